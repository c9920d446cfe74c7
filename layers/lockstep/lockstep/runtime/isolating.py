"""A fault of our own on one item: the item is set aside, the others of its seller go on (F091, I13).

Promises that whatever goes wrong with one item ends with that item: a page that fails is halved until the
culprit stands alone and needs a person, with the kind of error in its history and in the log.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from lockstep.domain.cause import by_hand
from lockstep.domain.item import Item, Outcome, needs_you
from lockstep.domain.reason import Reason
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import OutOfTime, SyncError
from lockstep.runtime.observability import count, logger
from lockstep.store.ledger import Ledger


class Desk(Protocol):
    """What a worker has in hand, as far as items are set aside with it."""

    ledger: Ledger

    def ours(self, item: Item) -> bool:
        """Whether no other worker has the item in hands."""

    def settle(self, moves: list[tuple[Item, Outcome]]) -> None:
        """Write outcomes."""


def work(desk: Desk, items: Sequence[Item], log: Callable[[Sequence[Item]], None], deadline: Deadline) -> None:
    """Log these items; an error that the engine does not know is found its item, and costs only that one."""
    try:
        log(items)
    except SyncError:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, it must not stop the others
        if len(items) == 1:
            _set_aside(desk, items[0], fault)
            return
        middle = len(items) // 2
        _go_on(desk, items[:middle], log, deadline)
        if deadline.near:  # behind the first half only, so that every worker gets somewhere
            raise OutOfTime(Reason.INTERNAL_FAULT, "a page failed and is being searched for the culprit") from None
        _go_on(desk, items[middle:], log, deadline)


def _go_on(desk: Desk, items: Sequence[Item], log: Callable[[Sequence[Item]], None], deadline: Deadline) -> None:
    if left := _left(desk, items):
        work(desk, left, log, deadline)


def _left(desk: Desk, items: Sequence[Item]) -> list[Item]:
    return [item for item in desk.ledger.still_listed(items) if desk.ours(item)]


def _set_aside(desk: Desk, item: Item, fault: Exception) -> None:
    kind = type(fault).__name__
    logger().error("an item failed", extra={"error": kind, "flow": item.flow, "item": item.key})
    count("InternalFaults")
    for now in _left(desk, [item]):
        outcome = needs_you(Reason.INTERNAL_FAULT, by_hand(now.connection), f"an error of kind {kind}")
        desk.settle([(now, replace(outcome, doubt=now.in_doubt))])
