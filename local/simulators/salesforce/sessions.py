"""Who is let in: connected apps with their keys, users' approvals, refresh tokens and access tokens.

Tokens are made from a counter, so that a run can be repeated; an access token lives by the vendor's clock.
"""

import hashlib
from dataclasses import dataclass, field

from local.simulators.kernel.clock import SimClock

FIVE_APPROVALS = 5
# What every user of a new organisation has, and what their clients may put behind it.
PASSWORD, SECURITY_TOKEN = "demo-password", "demo-token"


@dataclass(slots=True)
class App:
    """A connected app; `run_as` is the user of its client-credentials flow."""

    client_id: str
    client_secret: str
    public_key: str | None = None
    run_as: str | None = None
    rotate: bool = False


@dataclass(slots=True)
class Session:
    """What an access token stands for."""

    user_id: str
    client_id: str
    expires: float


@dataclass(slots=True)
class Consent:
    """A refresh token's grant."""

    user_id: str
    client_id: str


@dataclass(slots=True)
class Sessions:
    """All tokens of the organisation."""

    clock: SimClock
    org_id: str
    life_seconds: float = 7_200.0
    apps: dict[str, App] = field(default_factory=dict)
    unapproved: set[str] = field(default_factory=set)
    api_disabled: set[str] = field(default_factory=set)
    passwords: dict[str, str] = field(default_factory=dict)
    by_token: dict[str, Session] = field(default_factory=dict)
    refresh: dict[str, Consent] = field(default_factory=dict)
    _count: int = 0

    def open(self, user_id: str, client_id: str) -> str:
        """A new access token for a user."""
        token = f"{self.org_id[:15]}!{self._secret(user_id)}"
        self.by_token[token] = Session(user_id, client_id, self.clock.timestamp() + self.life_seconds)
        return token

    def user_of(self, token: str) -> str | None:
        """The user of a token that is still good."""
        session = self.by_token.get(token)
        if session is None or session.expires <= self.clock.timestamp():
            return None
        return session.user_id

    def expire(self, token: str) -> None:
        """End one access token."""
        self.by_token.pop(token, None)

    def expire_all(self, user_id: str | None = None) -> None:
        """End every access token, or those of one user."""
        for token in [token for token, one in self.by_token.items() if user_id in {None, one.user_id}]:
            del self.by_token[token]

    def consent(self, user_id: str, client_id: str) -> str:
        """A refresh token, as after the user's approval in a browser; a sixth revokes the oldest."""
        self.unapproved.discard(user_id)
        held = [token for token, one in self.refresh.items() if one == Consent(user_id, client_id)]
        if len(held) >= FIVE_APPROVALS:
            del self.refresh[held[0]]
        token = f"5Aep{self._secret(user_id)}"
        self.refresh[token] = Consent(user_id, client_id)
        return token

    def revoke_user(self, user_id: str) -> None:
        """Take back everything that a user ever approved."""
        self.expire_all(user_id)
        for token in [token for token, one in self.refresh.items() if one.user_id == user_id]:
            del self.refresh[token]
        self.unapproved.add(user_id)

    def revoke_token(self, token: str) -> bool:
        """End an access token, or a refresh token with the access tokens of its user; whether there was one."""
        consent = self.refresh.pop(token, None)
        if consent is not None:
            self.expire_all(consent.user_id)
        return self.by_token.pop(token, None) is not None or consent is not None

    def _secret(self, user_id: str) -> str:
        self._count += 1
        return hashlib.sha256(f"{self.org_id}/{user_id}/{self._count}".encode()).hexdigest()
