"""Logins to Salesforce: one seller's token by JWT bearer, or by refresh token.

Promises that a token's `instance_url` is Salesforce's or this deployment's own login address (F005, S14),
that the one from before is kept where none came back, and that only Salesforce's own "no" ends a
connection; outages and limits leave it as it is (F003, F004).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

import httpx
from pydantic import ValidationError

from lockstep.domain.reason import Reason
from lockstep.domain.vendor_address import vendor_origin
from lockstep.engine.errors import Halt, SyncError, Throttled
from lockstep.engine.ports import Clock, Token
from lockstep.exchange.http import SALESFORCE, unavailable
from lockstep.salesforce.wire import Grant, LoginRefusal

DOMAINS = ("salesforce.com", "force.com")
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_SECONDS = 180
_OWNER = re.compile(r"https?://[^/]+/id/(\w{15,18})/(\w{15,18})")
_AGAIN = "Run `lockstep connect salesforce` for this user again."
_ADMIN = "A Salesforce administrator must act."

# Salesforce's words for a refused login (salesforce-api.md 2.2), in the order in which they are looked for.
SENTENCES: dict[str, str] = {
    "expired authorization code": "the signed login is out of time; check this deployment's clock",
    "expired access/refresh token": (
        f"the access was revoked, has run out, or was dropped for a sixth approval of the app by this user. {_AGAIN}"
    ),
    "authentication failure": f"Salesforce does not accept this login. {_AGAIN}",
    "hasn't approved this consumer": f"the connected app is not approved for this user. {_ADMIN}",
    "audience": "the login address is not the one that Salesforce expects; check SalesforceLoginUrl",
    "inactive user": f"the user is inactive in Salesforce. {_ADMIN}",
    "inactive organization": f"the organization is inactive. {_ADMIN}",
    "ip restricted": f"the user may not log in from this network address. {_ADMIN}",
    "no client credentials user": f"the connected app has no user to run as. {_ADMIN}",
    "invalid_client": f"the connected app's client id or secret is wrong. {_AGAIN}",
    "invalid_app_access": f"the connected app is not allowed for this user. {_ADMIN}",
    "unsupported_grant_type": f"the connected app does not allow this kind of login. {_ADMIN}",
}


@dataclass(frozen=True, slots=True)
class Granted(Token):
    """A token as it came from a login, with Salesforce's word for whose it is: org id and user id."""

    owner: tuple[str, str] | None = None


class Login(Protocol):
    """A way in for one Salesforce user."""

    @property
    def login_url(self) -> str:
        """Where this deployment logs in: the one address besides Salesforce's that a token may be sent to."""

    def fetch(self, http: httpx.Client, clock: Clock, previous: str | None = None) -> Granted:
        """A new token; `previous` is the instance address known so far."""


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """OAuth JWT bearer: the organization's connected app speaks for this one user (LS-36)."""

    client_id: str
    private_key_pem: str = field(repr=False)
    username: str
    login_url: str

    def fetch(self, http: httpx.Client, clock: Clock, previous: str | None = None) -> Granted:
        """A token for `username`; Halt says what a person must do."""
        form = {"grant_type": _JWT_BEARER, "assertion": self._assertion(clock)}
        return _token(http, self.login_url, form, previous, None)

    def _assertion(self, clock: Clock) -> str:
        import jwt  # with it comes cryptography, which a warm token does not need

        until = clock.now() + timedelta(seconds=_JWT_SECONDS)
        claims: dict[str, Any] = {
            "iss": self.client_id,
            "sub": self.username,
            "aud": self.login_url.rstrip("/"),
            "exp": int(until.timestamp()),
        }
        try:
            return jwt.encode(claims, self.private_key_pem, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError):
            detail = f"the private key cannot be read; give the whole PEM file of an RSA key. {_AGAIN}"
            raise Halt(Reason.CONNECTION_EXPIRED, detail, scope="connection", code="private_key") from None


@dataclass(frozen=True, slots=True)
class RefreshLogin:
    """OAuth refresh token, from the user's own consent.

    `refresh_token` may be asked for at the moment of use: where tokens rotate, another worker may have stored
    a newer one since this login was made.
    """

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str | Callable[[], str] = field(repr=False)
    login_url: str

    def fetch(self, http: httpx.Client, clock: Clock, previous: str | None = None) -> Granted:  # noqa: ARG002
        """A token for the user who consented; `refresh_token` is set where a rotated one came back."""
        held = self.refresh_token if isinstance(self.refresh_token, str) else self.refresh_token()
        form = {
            "grant_type": "refresh_token",
            "refresh_token": held,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return _token(http, self.login_url, form, previous, held)


def login_of(
    secret: Mapping[str, str], login_url: str, reread: Callable[[], Mapping[str, str]] | None = None
) -> JwtLogin | RefreshLogin:
    """The login that a connection's stored secret is for: its members are those of the two classes.

    `reread` gives the secret as it stands at the moment of a refresh; without it a token that another worker
    has rotated in the meantime would end the connection.
    """
    if "private_key_pem" in secret:
        client_id, pem, username = (_part(secret, part) for part in ("client_id", "private_key_pem", "username"))
        return JwtLogin(client_id, pem, username, login_url)
    held = _part(secret, "refresh_token") if reread is None else lambda: _part(reread(), "refresh_token")
    return RefreshLogin(_part(secret, "client_id"), _part(secret, "client_secret"), held, login_url)


def _part(secret: Mapping[str, str], part: str) -> str:
    try:
        return secret[part]
    except KeyError:
        detail = f"the stored login has no {part}. {_AGAIN}"
        raise Halt(Reason.CONNECTION_EXPIRED, detail, scope="connection") from None


def _token(
    http: httpx.Client, login_url: str, form: dict[str, str], previous: str | None, refresh_token: str | None
) -> Granted:
    address = instance(login_url, login_url)
    response = SALESFORCE.send(http, "POST", f"{address}/services/oauth2/token", write=False, data=form)
    if response.status_code != 200:
        raise _refused(response)
    try:
        grant = Grant.model_validate_json(response.content)
    except ValidationError:
        raise unavailable("Salesforce's login answered with something that is not a token") from None
    where = grant.instance_url or previous
    if not where:
        raise Halt(Reason.CONNECTION_EXPIRED, f"Salesforce did not name the instance. {_AGAIN}", scope="connection")
    rotated = grant.refresh_token if grant.refresh_token != refresh_token else None
    found = _OWNER.fullmatch(grant.id)
    return Granted(
        grant.access_token,
        instance_url=instance(where, login_url),
        refresh_token=rotated,
        owner=(found[1], found[2]) if found else None,
    )


def instance(url: str, login_url: str) -> str:
    """`url` where a token may be sent to it; Halt where not (S14)."""
    try:
        return vendor_origin(url, DOMAINS, login_url)
    except ValueError as error:
        raise Halt(Reason.CONNECTION_EXPIRED, f"Salesforce: {error}.", scope="connection") from None


def _refused(response: httpx.Response) -> SyncError:
    status = response.status_code
    if status == 429:
        return Throttled(Reason.VENDOR_BUSY, "Salesforce's login: too many requests (HTTP 429)", code="429")
    try:
        refusal = LoginRefusal.model_validate_json(response.content) if 400 <= status < 500 else None
    except ValidationError:
        refusal = None
    if refusal is None:
        return unavailable(f"Salesforce's login answered HTTP {status}; if it stays, check the address", str(status))
    said = f"{refusal.error} {refusal.error_description}".lower()
    if "rate exceeded" in said:
        return Throttled(Reason.VENDOR_BUSY, "Salesforce: login rate exceeded", code=refusal.error[:40])
    sentence = next((text for words, text in SENTENCES.items() if words in said), f"the login was refused. {_AGAIN}")
    return Halt(Reason.CONNECTION_EXPIRED, f"Salesforce: {sentence}", scope="connection", code=refusal.error[:40])
