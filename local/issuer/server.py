"""The issuer over HTTP, on loopback: discovery, key set, and `POST /token {"email", "role"}` for whoever is here."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.issuer.keys import ROLES, Keys, Person

DISCOVERY = "/.well-known/openid-configuration"
KEY_SET = "/.well-known/jwks.json"


class Issuer(ThreadingHTTPServer):
    """A server that knows its own address, which is the tokens' `iss`."""

    daemon_threads = True

    def __init__(self, port: int, keys: Keys, audience: str) -> None:
        """Listen on loopback; port 0 takes a free one."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.keys = keys
        self.audience = audience
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def discovery(self) -> dict[str, Any]:
        """The OpenID discovery document."""
        return {
            "issuer": self.address,
            "jwks_uri": self.address + KEY_SET,
            "token_endpoint": self.address + "/token",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
        }

    def mint(self, wish: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Answer a request for a token."""
        email, role = wish.get("email"), wish.get("role", "user")
        if not isinstance(email, str) or "@" not in email:
            return 400, {"error": "invalid_request", "error_description": "email is missing"}
        if role not in ROLES and not wish.get("any_role"):
            return 400, {"error": "invalid_request", "error_description": f"role is one of {', '.join(ROLES)}"}
        audience, lifetime = wish.get("audience", self.audience), int(wish.get("lifetime_s", 3600))
        token = self.keys.token(Person(email, role), self.address, audience, lifetime)
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": lifetime}


class _Handler(BaseHTTPRequestHandler):
    server: Issuer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        documents = {DISCOVERY: self.server.discovery, KEY_SET: self.server.keys.key_set}
        document = documents.get(self.path)
        if document is None:
            self._answer(404, {"error": "not_found"})
        else:
            self._answer(200, document())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path != "/token":
            self._answer(404, {"error": "not_found"})
            return
        try:
            wish = json.loads(body)
        except ValueError:
            wish = None
        if not isinstance(wish, dict):
            self._answer(400, {"error": "invalid_request", "error_description": "the body is a JSON object"})
            return
        self._answer(*self.server.mint(wish))

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: tokens have no place in a log."""
