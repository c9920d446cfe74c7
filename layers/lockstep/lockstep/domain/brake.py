"""The brake on a flow that is refused again and again: small batches first, then a halt until somebody looks; pure.

Promises that of any number of refusals in a row, over all sellers, no more than the limit is filed under "needs
you", and that a flow of which more than half is refused halts within ten limits of answers: what is refused beyond
that keeps waiting, since a broken rule must not file thousands (architecture.md 6.5).
"""

from dataclasses import dataclass, replace
from datetime import datetime

SMALL = 20  # records in a batch once refusals have begun
WINDOW = 10  # limits of answers that are looked at together, where some pass and others are refused


@dataclass(frozen=True, slots=True)
class Answers:
    """What one batch met: how many records were refused and accepted, and what Salesforce said of the last refused."""

    refused: int
    accepted: int = 0
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Brake:
    """Refusals of one flow: in a row, and of all answers since they began; `halted_at` since they were too many."""

    row: int = 0
    refused: int = 0
    answered: int = 0
    halted_at: datetime | None = None
    sentence: str = ""

    @property
    def batch(self) -> int | None:
        """How many records the next batch may have, where it is limited."""
        return SMALL if self.row else None

    @property
    def told(self) -> str:
        """What was counted, in words."""
        return f"{self.row:,} refusals in a row, {self.refused:,} of the last {self.answered:,} answers"

    def after(self, some: Answers, limit: int, now: datetime) -> tuple["Brake", int]:
        """The brake behind these answers, and how many of the refused may be filed.

        A success breaks the row, and who was refused beside it is filed.
        """
        if self.halted_at or not (self.answered or some.refused):
            return self, some.refused if some.accepted else 0
        filed = some.refused if some.accepted else min(some.refused, max(0, limit - self.row))
        row = 0 if some.accepted else self.row + filed
        refused, answered = self.refused + filed, self.answered + filed + some.accepted
        full, sentence = answered >= WINDOW * limit, some.sentence or self.sentence
        if full and 2 * refused <= answered:
            return (Brake(row, row, row, None, sentence) if row else Brake()), filed
        return Brake(row, refused, answered, now if row >= limit or full else None, sentence), filed

    def released(self, limit: int) -> "Brake":
        """Set going by a person's word: the first batches are small, and one of them refused whole halts again."""
        row = max(1, limit - SMALL)
        return replace(self, row=row, refused=row, answered=row, halted_at=None)
