"""One request to Marketo: token, call budget, envelope.

Promises that HTTP 200 is never taken for success, that every counted call passes the gate, that a worn
token is renewed once and the call repeated once, and that the token goes only to Marketo (S14).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NewType
from urllib.parse import urlencode

import httpx
from pydantic import ValidationError

from lockstep.domain.reason import Reason
from lockstep.domain.vendor_address import vendor_origin
from lockstep.engine.errors import Halt
from lockstep.engine.ports import CallGate, Clock, Token, TokenKeeper
from lockstep.exchange.http import MARKETO, unanswered, unavailable, vendor_time
from lockstep.marketo import errors
from lockstep.marketo.auth import Credentials, fetch_token
from lockstep.marketo.wire import Envelope

DOMAINS = ("mktorest.com",)
LONGEST_URI = 8_000  # Marketo's limit is 8 KB (8,192), the host included
_MUNCHKIN = re.compile(r"\d{3}-[A-Z]{3}-\d{3}")

MarketoAddress = NewType("MarketoAddress", str)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful envelope, and the vendor's clock when it was given."""

    envelope: Envelope
    as_of: datetime


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    content: dict[str, Any]
    write: bool


def marketo_address(url: str, own: str | None = None) -> MarketoAddress:
    """The address of an instance, checked: Marketo's, or this deployment's own one; Halt says what is wrong (S14)."""
    try:
        return MarketoAddress(vendor_origin(url, DOMAINS, own))
    except ValueError as error:
        raise Halt(Reason.CONNECTION_EXPIRED, f"Marketo: {error}.", scope="connection") from None


def munchkin_address(munchkin_id: str) -> MarketoAddress:
    """The address of an instance by its Munchkin id; ValueError says what such an id looks like."""
    name = munchkin_id.strip().upper()
    if not _MUNCHKIN.fullmatch(name):
        raise ValueError("a Munchkin id looks like 123-ABC-456; it stands in Marketo under Admin > Munchkin")
    return MarketoAddress(f"https://{name.lower()}.mktorest.com")


class _Worn(Exception):
    """The token is to be renewed, once."""


class Marketo:
    """One Marketo instance; the timeouts are those of `http`, which must be shorter than a lease."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        base_url: MarketoAddress,
        credentials: Credentials,
        tokens: TokenKeeper,
        gate: CallGate,
        clock: Clock,
    ) -> None:
        self._http = http
        self._base = base_url
        self._credentials = credentials
        self._tokens = tokens
        self._gate = gate
        self._clock = clock

    def ask(self, path: str, params: Mapping[str, str]) -> Answer:
        """A read; as a form where the address would be too long (F040)."""
        query = urlencode(params)
        if len(self._base) + len(path) + len(query) + 1 > LONGEST_URI:
            return self._call(_Request("POST", path, {"data": {"_method": "GET", **params}}, write=False))
        return self._call(_Request("GET", f"{path}?{query}" if query else path, {}, write=False))

    def tell(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A write; UnknownOutcome where nobody knows whether it was executed."""
        return self._call(_Request("POST", path, {"json": body}, write=True))

    def _call(self, request: _Request) -> Answer:
        token = self._tokens.current() or self._tokens.renew(None, self._fetch)
        try:
            return self._once(request, token)
        except _Worn:
            token = self._tokens.renew(token.value, self._fetch)
            return self._once(request, token, last=True)

    def _once(self, request: _Request, token: Token, *, last: bool = False) -> Answer:
        url, headers = f"{self._base}{request.path}", {"Authorization": f"Bearer {token.value}"}
        with self._gate.call():  # 606 and 607 come with HTTP 200: the gate must hear of them to back off
            response = MARKETO.send(
                self._http, request.method, url, write=request.write, headers=headers, **request.content
            )
            envelope = _envelope(response, write=request.write)
            if not last and envelope.errors and envelope.errors[0].code in errors.TOKEN_WORN:
                raise _Worn
            return self._checked(envelope, response, request)

    def _checked(self, envelope: Envelope, response: httpx.Response, request: _Request) -> Answer:
        if not envelope.success:
            if not envelope.errors:
                raise unanswered("Marketo said that the call failed, without a code", write=request.write)
            fault = envelope.errors[0]
            raise errors.of_code(fault.code, fault.message, write=request.write, now=self._clock.now())
        as_of = vendor_time(response)
        if as_of is None:
            if not request.write:
                raise unavailable("Marketo's answer does not say when it was given (no Date header)")
            as_of = self._clock.now()
        return Answer(envelope, as_of)

    def _fetch(self) -> Token:
        return fetch_token(self._http, self._base, self._credentials, self._clock)


def _envelope(response: httpx.Response, *, write: bool) -> Envelope:
    if response.status_code != 200:
        raise errors.of_status(response.status_code, write=write)
    try:
        return Envelope.model_validate_json(response.content)
    except ValidationError:
        raise unanswered("Marketo's answer is broken or is not its JSON", write=write) from None
