"""The identity service: one token per client, the same until it ends, then a new one.

A token that has ended answers 602 once and 601 ever after; no secret and no token is ever logged.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

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


@dataclass(slots=True)
class Client:
    """One custom service and the API user behind it."""

    id: str
    secret: str
    user: str
    token: str = ""
    ends: float = 0.0
    issued: int = 0


class Identity:
    """Issues and checks the tokens of the API clients."""

    def __init__(self, client_id: str, client_secret: str, clock: SimClock, switches: Switches) -> None:
        self._clock, self._switches = clock, switches
        self._clients: dict[str, Client] = {}
        self.calls = 0
        self._ended: set[str] = set()
        self.add(client_id, client_secret, API_USER)

    def add(self, client_id: str, client_secret: str, user: str) -> None:
        """One more client; it has a token of its own."""
        self._clients[client_id] = Client(client_id, client_secret, user)

    def answer(self, request: Request) -> Response:
        """The identity call, by query or form."""
        self.calls += 1
        given = parameters(request)
        if not given.one("client_id"):
            return self._refuse(401, "unauthorized", "Full authentication is required to access this resource")
        client = self._clients.get(given.one("client_id"))
        if client is None or given.one("client_secret") != client.secret:
            return self._refuse(401, "invalid_client", "Bad client credentials")
        grant = given.one("grant_type")
        if not grant:
            return self._refuse(400, "invalid_request", "Missing grant type")
        if grant != "client_credentials":
            return self._refuse(400, "unsupported_grant_type", f"Unsupported grant type: {grant}")
        now = self._clock.timestamp()
        if not client.token or now >= client.ends:
            self._retire(client)
            self._issue(client, now)
        left = int(client.ends - now)
        body = {"access_token": client.token, "token_type": "bearer", "expires_in": left, "scope": client.user}
        return self._protected(as_json(body))

    def check(self, request: Request) -> str:
        """The user behind a living token; else 601, 602 or 603."""
        scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
        token = token.strip()
        if self._switches.query_token and not token:
            scheme, token = "bearer", parameters(request).one("access_token")
        if scheme.lower() != "bearer" or not token:
            raise Refused("603")
        client = next((client for client in self._clients.values() if client.token == token), None)
        if client is not None:
            if self._clock.timestamp() < client.ends:
                return client.user
            self._retire(client)
        if token in self._ended:
            self._ended.remove(token)
            raise Refused("602")
        raise Refused("601")

    def expire(self) -> None:
        """End the present tokens now."""
        for client in self._clients.values():
            self._retire(client)

    def _issue(self, client: Client, now: float) -> None:
        client.issued += 1
        seed = hashlib.blake2b(f"{client.id}/{client.issued}".encode(), key=client.secret.encode()[:64], digest_size=16)
        digits = seed.hexdigest()
        parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        client.token = f"{'-'.join(parts)}:sj"
        client.ends = now + self._switches.token_seconds

    def _retire(self, client: Client) -> None:
        if client.token:
            self._ended.add(client.token)
        client.token = ""

    def _refuse(self, status: int, error: str, text: str) -> Response:
        return self._protected(as_json({"error": error, "error_description": text}, status))

    def _protected(self, response: Response) -> Response:
        response.headers += _PROTECTION
        return response
