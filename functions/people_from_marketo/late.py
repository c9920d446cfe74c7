"""What waited for a person to gain a record in Salesforce goes on, at once and by exactly that cause (LS-16c, F075).

Promises that who gained something is noted with the records themselves, so that a reader that dies in between is
followed by one that wakes the rest, and that what is older than seven days stays as it is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from lockstep.domain import cause
from lockstep.domain.ids import MarketoId
from lockstep.domain.item import Item, Outcome, ready
from lockstep.runtime.observability import logger
from lockstep.store.awaited import Awaited
from lockstep.store.ledger import Ledger

KEPT = timedelta(days=7)


def finish(waiting: Awaited, ledger: Ledger, now: datetime) -> None:
    """Look after those whom an earlier reader has stored, and died."""
    if noted := waiting.gained():
        people, fence = noted
        wake(waiting, ledger, people, now)
        waiting.looked_after(fence)


def wake(waiting: Awaited, ledger: Ledger, people: Sequence[MarketoId], now: datetime) -> None:
    """Wake what waits for these people; those for whom nothing waits cost one read together."""
    since = now - KEPT

    def judge(item: Item) -> Outcome | None:
        return ready("the person has gained a record in Salesforce") if item.occurred_at >= since else None

    for person, times in waiting.of(people).items():
        moved = ledger.wake(cause.person(person), judge)
        logger().info("woke what waited for a person", extra={"person": person, "items": moved})
        waiting.over(person, times)
