"""The webhook's signing secrets, remembered by the container.

Promises one look every five minutes, and that an outage of the secrets service is bridged for an
hour with what was read last (F100): long enough to mend it, short enough for a withdrawn secret.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from lockstep.engine.errors import Unavailable
from lockstep.engine.ports import Clock

FRESH = timedelta(minutes=5)
AGAIN = timedelta(seconds=30)
BRIDGED = timedelta(hours=1)


class SecretsSource(Protocol):
    """Where the secrets are kept."""

    def read(self) -> tuple[str, ...]:
        """Every secret that is accepted; raises Unavailable where they could not be read."""


class RememberedSecrets:
    """The accepted secrets as last read."""

    def __init__(self, source: SecretsSource, clock: Clock):
        self._source = source
        self._clock = clock
        self._known: tuple[str, ...] = ()
        self._read_at = self._look_at = datetime.min.replace(tzinfo=UTC)

    def read(self) -> tuple[str, ...]:
        """Every secret that is accepted; raises Unavailable where none is known recently enough."""
        now = self._clock.now()
        if now >= self._look_at:
            self._renew(now)
        return self._known

    def _renew(self, now: datetime) -> None:
        try:
            self._known = self._source.read()
        except Unavailable:
            if now - self._read_at >= BRIDGED:
                raise
            self._look_at = now + AGAIN  # not with every request: each look may take seconds
        else:
            self._read_at, self._look_at = now, now + FRESH
