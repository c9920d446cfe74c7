"""How long an item waits after each failure of a class, and what then (reliability.md 3.6)."""

from dataclasses import dataclass

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds before each further attempt; after the last step the item needs a person."""

    steps: tuple[int, ...]


TRANSIENT = Schedule((10, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR))
BRIEF = Schedule((10, MINUTE, 5 * MINUTE))  # salesforce-api.md 13: an error that nobody explains, at most three times
LOCKED_FOR_DAYS = Schedule((24 * HOUR,) * 5)
JITTER = 0.2
