"""What follows for an item from a refused or unanswered write (reliability.md 3.6); pure."""

from datetime import datetime, timedelta

from lockstep.catalogue.retry_schedules import BRIEF, LOCKED_FOR_DAYS, TRANSIENT, Schedule
from lockstep.domain.cause import by_hand, fields
from lockstep.domain.item import Item, Outcome, needs_you, retry
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Defer, QuotaSpent, SyncError, Throttled, UnknownOutcome
from lockstep.engine.ports import Chance
from lockstep.engine.retry import next_attempt
from lockstep.salesforce.errors import FieldsRefused, LockedForApproval, Unexplained


def after_update(item: Item, error: SyncError, now: datetime, chance: Chance) -> Outcome:
    """What a failure means of which nothing is in doubt: an update may be told again, since its values are absolute."""
    match error:
        case UnknownOutcome():
            return again(item, error, TRANSIENT, now, chance)
        case Defer():
            return _later(item, error, now, chance)
    return _refused(item, error)


def again(item: Item, failure: SyncError, schedule: Schedule, now: datetime, chance: Chance) -> Outcome:
    """One more try as often as the schedule says, then a person is asked."""
    at = next_attempt(schedule, item.attempts, now, chance)
    if at is None:
        return needs_you(failure.reason, by_hand(item.connection), failure.detail)
    return retry(at, failure.reason, failure.detail)


def _later(item: Item, error: Defer, now: datetime, chance: Chance) -> Outcome:
    match error:
        case LockedForApproval():
            return again(item, error, LOCKED_FOR_DAYS, now, chance)
        case Unexplained():
            return again(item, error, BRIEF, now, chance)
        case Throttled() | QuotaSpent():
            at = error.until or now + timedelta(seconds=error.seconds)
            return retry(at, error.reason, error.detail, counted=False)
    return again(item, error, TRANSIENT, now, chance)


def _refused(item: Item, error: SyncError) -> Outcome:
    """A person must act; fields that the user may not write may be granted one day, and then it goes on by itself."""
    shut = isinstance(error, FieldsRefused) and error.reason is Reason.PERMISSION_REFUSED
    waits = fields(item.connection) if shut else by_hand(item.connection)
    return needs_you(error.reason, waits, error.detail)
