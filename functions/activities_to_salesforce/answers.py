"""What follows from each answer of Salesforce (reliability.md 3.6); pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from activities_to_salesforce.rules import Moment
from lockstep.catalogue.retry_schedules import BRIEF, LOCKED_FOR_DAYS, TRANSIENT, Schedule
from lockstep.domain.cause import by_hand, connected, fields, known
from lockstep.domain.cause import withheld as fields_of
from lockstep.domain.ids import UserEmail
from lockstep.domain.item import Item, Outcome, State, logged, needs_you, retry, skipped, unknown
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Defer, Halt, QuotaSpent, SyncError, Throttled, UnknownOutcome
from lockstep.engine.ports import Chance
from lockstep.engine.retry import next_attempt
from lockstep.salesforce.errors import DuplicateKey, FieldsRefused, LockedForApproval, Unexplained


def causes(user: UserEmail) -> tuple[str, str]:
    """What a seller's items can wait for: the connection, and being known at all."""
    return connected(user), known(user)


def completed_by(item: Item, withheld: Sequence[str]) -> str | None:
    """What a back-fill finds this Task by, where fields were left out that may come (ATR-06)."""
    lacking = [entry for entry in withheld if "shortened" not in entry]
    return fields_of(item.connection) if lacking else None


def parked(item: Item, halt: Halt) -> Outcome:
    """An item of a seller whose connection is missing or broken: it waits for exactly that cause.

    A write that may have arrived stays in doubt and is probed when the item wakes.
    """
    waits = known if halt.reason is Reason.USER_UNKNOWN else connected
    outcome = needs_you(halt.reason, waits(item.connection), halt.detail)
    return replace(outcome, doubt=item.in_doubt)


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
            outcome = _again(item, result, TRANSIENT, moment, chance)
            return replace(outcome, doubt=outcome.state is State.RETRY_AT)
    if result.reason is Reason.SF_RECORD_GONE:
        return skipped(result.reason, f"{note}; {result.detail}")
    return after_update(item, result, moment, chance)


def after_update(item: Item, error: SyncError, moment: Moment, chance: Chance) -> Outcome:
    """What a failure means of which nothing is in doubt: an update may be told again, since its values are absolute."""
    match error:
        case UnknownOutcome():
            return _again(item, error, TRANSIENT, moment, chance)
        case Defer():
            return _later(item, error, moment, chance)
    return _refused(item, error)


def _later(item: Item, error: Defer, moment: Moment, chance: Chance) -> Outcome:
    match error:
        case LockedForApproval():
            return _again(item, error, LOCKED_FOR_DAYS, moment, chance)
        case Unexplained():
            return _again(item, error, BRIEF, moment, chance)
        case Throttled() | QuotaSpent():
            at = error.until or moment.now + timedelta(seconds=error.seconds)
            return retry(at, error.reason, error.detail, counted=False)
    return _again(item, error, TRANSIENT, moment, chance)


def _refused(item: Item, error: SyncError) -> Outcome:
    """A person must act; fields that the user may not write may be granted one day, and then it goes on by itself."""
    shut = isinstance(error, FieldsRefused) and error.reason is Reason.PERMISSION_REFUSED
    waits = fields(item.connection) if shut else by_hand(item.connection)
    return needs_you(error.reason, waits, error.detail)


def _again(item: Item, failure: SyncError, schedule: Schedule, moment: Moment, chance: Chance) -> Outcome:
    at = next_attempt(schedule, item.attempts, moment.now, chance)
    if at is None:
        return needs_you(failure.reason, by_hand(item.connection), failure.detail)
    return retry(at, failure.reason, failure.detail)
