"""One call for many records, and the record that spoils it for the others found (F046).

Promises an answer for each record, and that what was written is never forgotten because of what came after it.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from lockstep.domain.task import Written
from lockstep.engine.errors import Defer, Halt, Reject, SyncError, UnknownOutcome
from lockstep.salesforce.errors import FieldsRefused

Row = TypeVar("Row")
Result = Written | SyncError


def answered(rows: Sequence[Row], send: Callable[[Sequence[Row]], Sequence[Result]]) -> list[Result]:
    """The answer for each row; a call that is rejected whole is halved until the culprit stands alone.

    Raises Defer and Halt where nothing was written. Met by one half, they are the answers for its rows.
    """
    if not rows:
        return []
    try:
        return list(send(rows))
    except (UnknownOutcome, FieldsRefused) as error:
        return [error] * len(rows)
    except Reject as rejected:
        if len(rows) == 1:
            return [rejected]
    middle = len(rows) // 2
    return [*_half(rows[:middle], send), *_half(rows[middle:], send)]


def _half(rows: Sequence[Row], send: Callable[[Sequence[Row]], Sequence[Result]]) -> list[Result]:
    try:
        return answered(rows, send)
    except (Defer, Halt) as error:
        return [error] * len(rows)
