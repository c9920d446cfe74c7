"""The seams: time, ids, chance, queues, secrets, tokens and call budgets come in through these."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lockstep.domain.message import Nudge


class Clock(Protocol):
    """Our own clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class Chance(Protocol):
    """Randomness and new ids."""

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""

    def token(self) -> str:
        """A new opaque id, 32 hex digits."""


class Nudges(Protocol):
    """Queues that carry 'have a look', never an item."""

    def send(self, nudges: list[Nudge], delay_seconds: int = 0) -> list[Nudge]:
        """Put nudges on their flows' queues; returns those that were not taken (F096)."""


class Sealer(Protocol):
    """Secrets at rest, bound to the id of the connection they belong to (S11)."""

    def seal(self, context: str, secret: str) -> str:
        """A text that only `open` under the same context turns back."""

    def open(self, context: str, sealed: str) -> str:
        """The secret; raises Halt where the context or the key does not fit."""


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; `expires_at` None where the vendor does not say.

    `instance_url` is Salesforce's; `refresh_token` is set only where a rotated one came back.
    """

    value: str
    expires_at: datetime | None = None
    instance_url: str | None = None
    refresh_token: str | None = None


class TokenKeeper(Protocol):
    """One shared token per connection with one refresher (I15)."""

    def current(self) -> Token | None:
        """The stored token, if it has not run out by our clock."""

    def renew(self, worn: str | None, fetch: Callable[[], Token]) -> Token:
        """A token other than `worn`: somebody else's newer one, or a fetched and stored one.

        Raises Throttled while another worker is fetching.
        """


class CallGate(Protocol):
    """Permission to make one vendor call now."""

    def call(self) -> AbstractContextManager[None]:
        """Enter before a call, leave after it; raises Throttled or QuotaSpent (reliability 3.5)."""
