"""How many workers may call a vendor at once, after it said that they were too many: halved, and raised slowly; pure.

While nothing is said there are no seats, and nobody needs one (F016).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

MOST = 7  # workers of both flows to Salesforce that template.yaml lets run at once
RAISED = timedelta(minutes=1)
ONE_CROWD = timedelta(seconds=10)  # what several workers are told within it is one crowd


@dataclass(frozen=True, slots=True)
class Seats:
    """So many at `since`, and one more for each minute that passed."""

    number: int
    since: datetime

    def at(self, now: datetime) -> int | None:
        """How many seats there are; None when nobody needs one any more."""
        number = self.number + max(0, int((now - self.since) / RAISED))
        return number if number < MOST else None


def fewer(known: Seats | None, now: datetime) -> Seats:
    """Half as many as there are, one at least."""
    if known and now - known.since < ONE_CROWD:
        return known
    there = (known.at(now) if known else None) or MOST
    return Seats(max(1, there // 2), now)
