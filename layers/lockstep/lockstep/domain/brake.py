"""The brake on a flow that is refused again and again: small batches first, then a halt until somebody looks; pure.

Promises that of any number of refusals in a row, over all sellers, no more than the limit is filed under "needs
you": what is refused beyond it keeps waiting, since a broken rule must not file thousands (architecture.md 6.5).
"""

from dataclasses import dataclass, replace
from datetime import datetime

SMALL = 20  # records in a batch once refusals have begun


@dataclass(frozen=True, slots=True)
class Refusals:
    """What one batch was refused: how many records, and what Salesforce said of the last one, with its code."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Brake:
    """Refusals in a row of one flow; `halted_at` since they reached the limit; `sentence` of the last."""

    refused: int = 0
    halted_at: datetime | None = None
    sentence: str = ""

    @property
    def batch(self) -> int | None:
        """How many records the next batch may have, where it is limited."""
        return SMALL if self.refused else None

    def after(self, refusals: Refusals, limit: int, now: datetime) -> tuple["Brake", int]:
        """The brake behind these refusals, and how many of them may be filed."""
        filed = min(refusals.number, max(0, limit - self.refused)) if self.halted_at is None else 0
        count = self.refused + filed
        halted = self.halted_at or (now if count >= limit else None)
        return Brake(count, halted, refusals.sentence), filed

    def released(self, limit: int) -> "Brake":
        """Set going by a person's word: the first batches are small, and one of them refused whole halts again."""
        return replace(self, refused=max(1, limit - SMALL), halted_at=None)
