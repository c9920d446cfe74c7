"""Standard Webhooks signatures over the raw body: strict headers, our clock, every accepted secret.

Promises one and the same refusal for everything that is wrong (S44), comparison in constant time,
and that a signature older or newer than five minutes is worthless (S01 to S05).
"""

import hmac
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.runtime.observability import logger
from webhook_intake.problem import bad_signature

TOLERANCE = timedelta(minutes=5)

# The signed text joins id, stamp and body with full stops, so neither of the first two may hold one (S05).
_ID = re.compile(r"[A-Za-z0-9_:\-]{1,256}")
_STAMP = re.compile(r"[1-9][0-9]{0,10}")
_SIGNATURES = re.compile(r"v[0-9a-z]{1,4},[A-Za-z0-9+/=_\-]{1,512}( v[0-9a-z]{1,4},[A-Za-z0-9+/=_\-]{1,512}){0,15}")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What the headers say; nothing in it is to be believed yet."""

    message_id: str
    sent_at: datetime
    signatures: tuple[str, ...]


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> None:
    """Go on only if one accepted secret signed this body within the last five minutes (I25).

    The library judges time by the machine's clock, so it only signs here: what it would have sent
    is compared with what was sent.
    """
    text = _text(body)
    claim = (_claim(headers, now) if text is not None else None) or _Claim("none", now, ())
    signers = list(_signers(secrets))
    genuine = False
    for signer in signers:
        wanted = signer.sign(claim.message_id, claim.sent_at, text or "")  # always the same work (S44)
        for signature in claim.signatures:
            genuine |= hmac.compare_digest(wanted, signature)
    if not genuine:
        raise bad_signature()


def _claim(headers: Mapping[str, str], now: datetime) -> _Claim | None:
    message_id = _header(headers, "webhook-id", _ID)
    stamp = _header(headers, "webhook-timestamp", _STAMP)
    signatures = _header(headers, "webhook-signature", _SIGNATURES)
    sent_at = _instant(stamp, now)
    if message_id and signatures and sent_at:
        return _Claim(message_id, sent_at, tuple(signatures.split(" ")))
    return None


def _header(headers: Mapping[str, str], name: str, form: re.Pattern[str]) -> str | None:
    given = [value for key, value in headers.items() if key.lower() == name]
    return given[0] if len(given) == 1 and form.fullmatch(given[0]) else None


def _instant(stamp: str | None, now: datetime) -> datetime | None:
    if stamp is None or abs(int(stamp) - now.timestamp()) > TOLERANCE.total_seconds():
        return None
    return datetime.fromtimestamp(int(stamp), UTC)


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None  # the library signs text, and what is no text is no JSON either


def _signers(secrets: Sequence[str]) -> Iterator[Webhook]:
    usable = 0
    for secret in secrets:
        try:
            yield Webhook(secret)
        except (ValueError, EmptyWebhookSecretError):
            logger().error("a signing secret is not base64: put one there that is")
        else:
            usable += 1
    if not usable:
        raise Unavailable(Reason.VENDOR_BUSY, "the webhook has no usable signing secret")
