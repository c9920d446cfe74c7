"""Marketo's identity call: client id and secret in, the one shared token out.

Promises that credentials travel in a form body and never in an address, and that only Marketo's own
word "these credentials are wrong" stops the connection; every other failure leaves it as it is (F003).
"""

from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, SyncError, Throttled
from lockstep.engine.ports import Clock, Token
from lockstep.exchange.http import MARKETO, unavailable

_WRONG = (
    "Marketo does not accept this client id and secret. Copy both anew from Admin > LaunchPoint > View Details "
    "of the API service, and run `lockstep connect marketo` again."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Client id and secret of the custom service."""

    client_id: str
    client_secret: str = field(repr=False)


class _Grant(BaseModel):
    model_config = ConfigDict(defer_build=True)

    access_token: str
    expires_in: float


class _Refusal(BaseModel):
    model_config = ConfigDict(defer_build=True)

    error: str


def fetch_token(http: httpx.Client, base_url: str, credentials: Credentials, clock: Clock) -> Token:
    """The token of these credentials; Halt where Marketo refuses them, Unavailable where it cannot say (I15)."""
    asked_at = clock.now()
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }
    response = MARKETO.send(http, "POST", f"{base_url}/identity/oauth/token", write=False, data=form)
    if response.status_code != 200:
        raise _refusal(response)
    try:
        grant = _Grant.model_validate_json(response.content)
    except ValidationError:
        raise unavailable("Marketo's identity service answered with something that is not a token") from None
    return Token(grant.access_token, expires_at=asked_at + timedelta(seconds=grant.expires_in))


def _refusal(response: httpx.Response) -> SyncError:
    status = response.status_code
    if status == 429:
        return Throttled(Reason.VENDOR_BUSY, "Marketo's identity service: too many requests (HTTP 429)", code="429")
    if status in (400, 401, 403):
        try:
            _Refusal.model_validate_json(response.content)
        except ValidationError:
            pass
        else:
            return Halt(Reason.CONNECTION_EXPIRED, _WRONG, scope="connection", code="invalid_client")
    sentence = f"Marketo's identity service answered HTTP {status}; if it stays, check the address"
    return unavailable(sentence, code=str(status))
