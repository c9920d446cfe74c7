"""Time, chance and secrets for tests: moved, seeded and readable."""

import base64
import random
from datetime import UTC, datetime, timedelta

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime = START):
        self._now = start

    def now(self) -> datetime:
        """The present instant."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += timedelta(seconds=seconds)

    def set(self, instant: datetime) -> None:
        """Jump."""
        self._now = instant


class SeededChance:
    """Randomness that one seed repeats exactly."""

    def __init__(self, seed: int = 7):
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        return self._random.randrange(limit)

    def token(self) -> str:
        """A new opaque id, 32 hex digits."""
        return f"{self._random.getrandbits(128):032x}"


class PlainSealer:
    """Seals by encoding: bound to its context like KMS, and as unreadable to a naive search."""

    def seal(self, context: str, secret: str) -> str:
        """The secret with its context, encoded."""
        return base64.b85encode(f"{context}\n{secret}".encode()).decode()

    def open(self, context: str, sealed: str) -> str:
        """The secret, if the context fits."""
        bound, _, secret = base64.b85decode(sealed).decode().partition("\n")
        if bound != context:
            raise Halt(Reason.CONNECTION_EXPIRED, f"the secret of {context} does not belong to it")
        return secret
