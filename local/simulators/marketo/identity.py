"""The identity service: one token per client, the same until it ends, then a new one.

A token that has ended answers 602 once and 601 ever after; no secret and no token is ever logged.
"""

from __future__ import annotations

import hashlib

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request, Response
from local.simulators.marketo.envelope import Refused, as_json
from local.simulators.marketo.incoming import parameters
from local.simulators.marketo.switches import Switches

PATH = "/identity/oauth/token"
API_USER = "sync-api@example.com"
_PROTECTION = [
    ("Cache-Control", "no-store"),
    ("Pragma", "no-cache"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-XSS-Protection", "1; mode=block"),
    ("X-Frame-Options", "DENY"),
]


class Identity:
    """Issues and checks the token of the one API client."""

    def __init__(self, client_id: str, client_secret: str, clock: SimClock, switches: Switches) -> None:
        self.client_id, self._secret = client_id, client_secret
        self._clock, self._switches = clock, switches
        self.calls = 0
        self._issued = 0
        self._token = ""
        self._ends = 0.0
        self._ended: set[str] = set()

    def answer(self, request: Request) -> Response:
        """The identity call, by query or form."""
        self.calls += 1
        given = parameters(request)
        if given.one("grant_type") != "client_credentials":
            return self._refuse(400, "unsupported_grant_type", "Unsupported grant type")
        if (given.one("client_id"), given.one("client_secret")) != (self.client_id, self._secret):
            return self._refuse(401, "invalid_client", "Bad client credentials")
        now = self._clock.timestamp()
        if not self._token or now >= self._ends:
            self._retire()
            self._issue(now)
        left = int(self._ends - now)
        body = {"access_token": self._token, "token_type": "bearer", "expires_in": left, "scope": API_USER}
        return self._protected(as_json(body))

    def check(self, request: Request) -> None:
        """Let a call with a living token pass; else 601, 602 or 603."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if self._switches.query_token and not token:
            scheme, token = "bearer", parameters(request).one("access_token")
        if scheme.lower() != "bearer" or not token:
            raise Refused("603")
        if token == self._token:
            if self._clock.timestamp() < self._ends:
                return
            self._retire()
        if token in self._ended:
            self._ended.remove(token)
            raise Refused("602")
        raise Refused("601")

    def expire(self) -> None:
        """End the present token now."""
        self._retire()

    def _issue(self, now: float) -> None:
        self._issued += 1
        seed = hashlib.blake2b(
            f"{self.client_id}/{self._issued}".encode(), key=self._secret.encode()[:64], digest_size=16
        )
        digits = seed.hexdigest()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        self._token = f"{'-'.join(parts)}:sj"
        self._ends = now + self._switches.token_seconds

    def _retire(self) -> None:
        if self._token:
            self._ended.add(self._token)
        self._token = ""

    def _refuse(self, status: int, error: str, text: str) -> Response:
        return self._protected(as_json({"error": error, "error_description": text}, status))

    def _protected(self, response: Response) -> Response:
        response.headers += _PROTECTION
        return response
