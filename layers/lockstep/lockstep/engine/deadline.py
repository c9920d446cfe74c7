"""Time left in this invocation: stop early, never be killed in the middle of a write."""

from dataclasses import dataclass
from datetime import datetime

from lockstep.engine.ports import Clock


@dataclass(frozen=True, slots=True)
class Deadline:
    """The instant after which no further vendor call is begun."""

    clock: Clock
    at: datetime

    @property
    def near(self) -> bool:
        """Whether it is time to stop."""
        return self.clock.now() >= self.at
