"""What follows for an item from a refused or unanswered update that may be repeated; pure (reliability.md 3.6)."""

from datetime import datetime, timedelta

from lockstep.catalogue.retry_schedules import LOCKED_FOR_DAYS, TRANSIENT
from lockstep.domain.cause import by_hand
from lockstep.domain.item import Item, Outcome, needs_you, retry
from lockstep.engine.errors import Defer, SyncError, Throttled, UnknownOutcome
from lockstep.engine.ports import Chance
from lockstep.engine.retry import next_attempt
from lockstep.salesforce.errors import LockedForApproval


def after_update(item: Item, error: SyncError, now: datetime, chance: Chance) -> Outcome:
    """An update with absolute values is told again as often as its schedule says, then a person is asked."""
    if isinstance(error, Throttled):
        at = error.until or now + timedelta(seconds=error.seconds)
        return retry(at, error.reason, error.detail, counted=False)
    if isinstance(error, Defer | UnknownOutcome):
        schedule = LOCKED_FOR_DAYS if isinstance(error, LockedForApproval) else TRANSIENT
        if again := next_attempt(schedule, item.attempts, now, chance):
            return retry(again, error.reason, error.detail)
    return needs_you(error.reason, by_hand(item.connection), error.detail)
