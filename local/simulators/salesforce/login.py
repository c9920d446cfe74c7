"""The token endpoint: assertions, refresh tokens, credentials, passwords, with Salesforce's words for every refusal."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import jwt

from local.simulators.kernel.http import Request
from local.simulators.salesforce.sessions import PASSWORD, SECURITY_TOKEN, App, Sessions
from local.simulators.salesforce.world import World

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LOGIN_HOSTS = ("login.salesforce.com", "test.salesforce.com")
MAX_LIFE_SECONDS = 300


class LoginRefused(Exception):
    """A token request that is refused: `error` and `error_description`."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.body = {"error": error, "error_description": description}


@dataclass(frozen=True, slots=True)
class Login:
    """Answers token requests."""

    world: World
    sessions: Sessions

    def grant(self, request: Request, base_url: str) -> dict[str, Any]:
        """The body of a granted request, or `LoginRefused`."""
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        form |= dict(parse_qsl(request.query))
        form = {**form, **_basic(request.headers.get("authorization", ""))}
        match form.get("grant_type"):
            case "urn:ietf:params:oauth:grant-type:jwt-bearer":
                user_id, app = self._by_assertion(form.get("assertion", ""), base_url)
                return self._answer(user_id, app, base_url)
            case "client_credentials":
                user_id, app = self._by_credentials(form)
                return self._answer(user_id, app, base_url)
            case "password":
                user_id, app = self._by_username(form)
                return self._answer(user_id, app, base_url)
            case "refresh_token":
                return self._by_refresh_token(form, base_url)
        raise LoginRefused("unsupported_grant_type", "grant type not supported")

    def identity(self, user_id: str, base_url: str) -> dict[str, Any]:
        """Who a token belongs to, as the identity URL tells."""
        row = self.world.find(user_id) or {}
        return {
            "id": f"{base_url}/id/{self.world.org_id}/{user_id}",
            "user_id": user_id,
            "organization_id": self.world.org_id,
            "username": row.get("Username"),
            "display_name": row.get("Name"),
            "email": row.get("Email"),
            "first_name": row.get("FirstName"),
            "last_name": row.get("LastName"),
            "timezone": row.get("TimeZoneSidKey"),
            "active": bool(row.get("IsActive")),
            "user_type": "STANDARD",
            "urls": {"rest": f"{base_url}/services/data/v{{version}}/"},
        }

    def _by_assertion(self, assertion: str, base_url: str) -> tuple[str, App]:
        try:
            claims = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise LoginRefused("invalid_grant", "invalid assertion") from None
        app = self.sessions.apps.get(str(claims.get("iss")))
        if app is None:
            raise LoginRefused("invalid_client_id", "client identifier invalid")
        _verify(assertion, app)
        self._audience(str(claims.get("aud", "")), base_url)
        self._expiry(claims.get("exp"))
        user_id = self._user(str(claims.get("sub", "")))
        if user_id is None or user_id in self.sessions.unapproved:
            raise LoginRefused("invalid_grant", "user hasn't approved this consumer")
        return user_id, app

    def _audience(self, audience: str, base_url: str) -> None:
        host = urlsplit(audience).netloc or audience
        if host in LOGIN_HOSTS or host.endswith(".my.salesforce.com") or host == urlsplit(base_url).netloc:
            return
        raise LoginRefused("invalid_grant", "audience is invalid")

    def _expiry(self, value: Any) -> None:
        """The expiry may be a number or a numeric string: real clients send both."""
        try:
            expires = float(value)
        except (TypeError, ValueError):
            raise LoginRefused("invalid_grant", "invalid assertion") from None
        now = self.sessions.clock.timestamp()
        if not now < expires <= now + MAX_LIFE_SECONDS:
            raise LoginRefused("invalid_grant", "expired authorization code")

    def by_password(self, username: str, password: str) -> str | None:
        """The active user of these, where the password is right, with or without the security token behind it."""
        user_id = self._user(username)
        row = self.world.find(user_id) if user_id is not None else None
        if user_id is None or row is None or not row.get("IsActive", False):
            return None
        right = self.sessions.passwords.get(user_id, PASSWORD)
        return user_id if password in {right, right + SECURITY_TOKEN} else None

    def _by_username(self, form: Mapping[str, str]) -> tuple[str, App]:
        app = self._app(form)
        user_id = self.by_password(form.get("username", ""), form.get("password", ""))
        if user_id is None:
            raise LoginRefused("invalid_grant", "authentication failure")
        return user_id, app

    def _by_credentials(self, form: Mapping[str, str]) -> tuple[str, App]:
        app = self._app(form)
        if app.run_as is None:
            raise LoginRefused("invalid_grant", "no client credentials user enabled")
        return app.run_as, app

    def _by_refresh_token(self, form: Mapping[str, str], base_url: str) -> dict[str, Any]:
        app = self._app(form)
        token = form.get("refresh_token", "")
        consent = self.sessions.refresh.get(token)
        if consent is None or consent.client_id != app.client_id:
            raise LoginRefused("invalid_grant", "expired access/refresh token")
        answer = self._answer(consent.user_id, app, base_url)
        if app.rotate:
            del self.sessions.refresh[token]
            answer["refresh_token"] = self.sessions.consent(consent.user_id, app.client_id)
        return answer

    def _app(self, form: Mapping[str, str]) -> App:
        app = self.sessions.apps.get(form.get("client_id", ""))
        if app is None:
            raise LoginRefused("invalid_client_id", "client identifier invalid")
        if not hmac.compare_digest(form.get("client_secret", ""), app.client_secret):
            raise LoginRefused("invalid_client", "invalid client credentials")
        return app

    def _user(self, username: str) -> str | None:
        found = self.world.tables["User"].find("Username", [username])
        return found[0] if found else None

    def _answer(self, user_id: str, app: App, base_url: str) -> dict[str, Any]:
        row = self.world.find(user_id)
        if row is None or not row.get("IsActive", False):
            raise LoginRefused("invalid_grant", "inactive user")
        issued = str(int(self.sessions.clock.timestamp() * 1000))
        identity = f"{base_url}/id/{self.world.org_id}/{user_id}"
        digest = hmac.new(app.client_secret.encode(), (identity + issued).encode(), hashlib.sha256).digest()
        return {
            "access_token": self.sessions.open(user_id, app.client_id),
            "signature": base64.b64encode(digest).decode(),
            "scope": "api refresh_token",
            "instance_url": base_url,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued,
        }


def _verify(assertion: str, app: App) -> None:
    if app.public_key is None:
        raise LoginRefused("invalid_grant", "invalid assertion")
    checks = {f"verify_{name}": False for name in ("aud", "exp", "iat", "nbf", "iss", "sub", "jti")}
    try:
        jwt.decode(assertion, app.public_key, algorithms=["RS256"], options=checks)  # type: ignore[arg-type]
    except (jwt.InvalidTokenError, ValueError):
        raise LoginRefused("invalid_grant", "invalid assertion") from None


def _basic(header: str) -> dict[str, str]:
    """Client id and secret from HTTP Basic."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": unquote_plus(client_id), "client_secret": unquote_plus(secret)}
