"""What follows from each answer of Salesforce to the write of a Task (reliability.md 3.6); pure."""

from collections.abc import Sequence
from dataclasses import replace

from lockstep.catalogue.retry_schedules import TRANSIENT
from lockstep.domain.cause import withheld as fields_of
from lockstep.domain.item import Item, Outcome, State, logged, skipped, unknown
from lockstep.domain.moment import Moment
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import SyncError, UnknownOutcome
from lockstep.engine.ports import Chance
from lockstep.salesforce.answers import after_update, again
from lockstep.salesforce.errors import DuplicateKey


def completed_by(item: Item, withheld: Sequence[str]) -> str | None:
    """What a back-fill finds this Task by, where fields were left out that may come (ATR-06)."""
    lacking = [entry for entry in withheld if "shortened" not in entry]
    return fields_of(item.connection) if lacking else None


def after_write(item: Item, result: Written | SyncError, moment: Moment, chance: Chance, note: str) -> Outcome:
    """What the answer for one record means for its item."""
    match result:
        case Written():
            return logged(result.id, note)
        case UnknownOutcome():
            return unknown(moment.now + moment.settle, result.detail)
        case DuplicateKey(record_id=str() as there):  # Salesforce names the record that has our key (F041)
            return logged(there, "it was there already, under our key")
        case DuplicateKey():  # written before, and not to be seen yet: looked for by its key before anything else
            outcome = again(item, result, TRANSIENT, moment.now, chance)
            return replace(outcome, doubt=outcome.state is State.RETRY_AT)
    if result.reason is Reason.SF_RECORD_GONE:
        return skipped(result.reason, f"{note}; {result.detail}")
    return after_update(item, result, moment.now, chance)
