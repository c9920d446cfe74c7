"""What waited for a user to be known or connected goes on; what is too old is reported (LS-16d)."""

from datetime import timedelta

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain import cause
from lockstep.domain.ids import UserEmail
from lockstep.domain.item import Item, Outcome, ready, skipped
from lockstep.domain.message import Nudge
from lockstep.runtime.wiring import World

KEPT = timedelta(days=7)


def make_known(here: World, user: UserEmail) -> None:
    """Add an address to the users, if it is new, and wake what waited for that."""
    if here.connections.is_user(user):
        return
    here.connections.add_user(user)
    _wake(here, f"user:{user}")


def wake_connected(here: World, user: UserEmail) -> int:
    """Wake everything that waited for this user's connection; returns how many items moved."""
    moved = _wake(here, f"connection:{user}") + _wake(here, f"user:{user}") + _wake_for_fields(here, user)
    here.nudge(Nudge(ACTIVITIES_TO_SALESFORCE, user))
    return moved


def wake_granted(here: World, user: UserEmail) -> None:
    """Wake what waited for fields or rights, whatever its age: somebody granted them for it."""
    if _wake_for_fields(here, user):
        here.nudge(Nudge(ACTIVITIES_TO_SALESFORCE, user))


def _wake_for_fields(here: World, user: UserEmail) -> int:
    return here.ledger.wake(cause.fields(user), lambda _: ready("fields or rights may have come"))


def _wake(here: World, waits: str) -> int:
    since = here.clock.now() - KEPT

    def judge(item: Item) -> Outcome:
        # A write that may have arrived is looked up whatever its age.
        if item.in_doubt or item.occurred_at >= since:
            return ready("what it waited for is there")
        if item.reason is None:
            raise ValueError("a parked item has a reason")
        return skipped(item.reason, "older than 7 days when what it waited for came")

    return here.ledger.wake(waits, judge)
