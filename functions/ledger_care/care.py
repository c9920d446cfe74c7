"""The story: measure, wake what is due, nudge lanes whose work nobody looks at.

Promises that an item waits no longer than a minute beyond its time, that a lost nudge or a dead
worker costs minutes and no item, and that books which do not balance are cried out (I1).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from lockstep.catalogue.routes import FLOWS, PEOPLE_FROM_MARKETO
from lockstep.domain.item import Item, State, ready
from lockstep.domain.load import LoadProgress
from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.runtime.observability import count, logger, seconds
from lockstep.runtime.wiring import World
from lockstep.store import codec
from lockstep.store.codec import instant
from lockstep.store.unit import SHARDS

SLICE = 200
FORGOTTEN = timedelta(seconds=60)


def tend(world: World, deadline: Deadline) -> None:
    """Look after every flow; what there is no time for is done in the next minute."""
    for flow in FLOWS:
        audit(world, flow)
    measure_watermark(world)
    for flow in FLOWS:
        lanes = world.ledger.lanes(flow)
        if lanes:  # a flow that never had work, as one that is switched off, has nothing to wake
            wake(world, flow, deadline)
        remind(world, flow, lanes, deadline)


def audit(world: World, flow: str) -> None:
    """Check the books of today and yesterday; an imbalance is an error and a metric (I1)."""
    today = world.ledger.today()
    for day in (today - timedelta(days=1), today):
        balance = world.ledger.balance(flow, day)
        count("BooksOutOfBalance", 0 if balance.balanced else 1)
        if not balance.balanced:
            extra = {"flow": flow, "day": day.isoformat(), "columns": balance.counts()}
            logger().error("the books do not balance", extra=extra)


def measure_watermark(world: World) -> None:
    """How long ago the changes of people were last known to be complete, once that sync was started.

    Changes wait behind a load, and are caught up with after it: until then it counts how long the load has not moved.
    """
    positions = world.cursors.read(PEOPLE_FROM_MARKETO)
    if position := positions.get("changes"):
        since = instant(position["watermark"])
        if load := positions.get("load"):
            since = max(since, codec.read(LoadProgress, load).alive_at)
        seconds("WatermarkAgeSeconds", _age(world, since))


def wake(world: World, flow: str, deadline: Deadline) -> None:
    """Put every item on its work list whose time has come: to be tried again, or to be probed."""
    for shard in range(SHARDS):
        while not deadline.near and _wake_slice(world, world.ledger.due(flow, shard, limit=SLICE)):
            pass


def _wake_slice(world: World, items: list[Item]) -> bool:
    """Move one slice; whether any of it moved, so that it pays to look again."""
    rested = [item for item in items if item.state is State.RETRY_AT]
    unknown = [item for item in items if item.state is State.UNKNOWN]
    refused = world.ledger.settle([(item, ready("the wait is over")) for item in rested])
    refused += world.ledger.look_again(unknown)
    return len(refused) < len(rested) + len(unknown)


def remind(world: World, flow: str, lanes: list[str], deadline: Deadline) -> None:
    """Nudge each lane with old work that no worker looks at, and measure the oldest (F096, F091)."""
    oldest = timedelta()
    forgotten: list[Nudge] = []
    for connection, since in _waiting(world, flow, lanes, deadline):
        age = world.now() - since
        oldest = max(oldest, age)
        if age > FORGOTTEN and not _looked_at(world, flow, connection):
            forgotten.append(Nudge(flow, connection))
    seconds("OldestReadySeconds", oldest.total_seconds())
    if forgotten and not (world.budgets.parked(_vendor(flow)) or world.budgets.parked(flow)):
        refused = world.nudges.send(forgotten)
        count("NudgesFailed", len(refused))
        logger().info("nudged forgotten work", extra={"flow": flow, "lanes": len(forgotten)})


def _waiting(world: World, flow: str, lanes: list[str], deadline: Deadline) -> Iterator[tuple[str, datetime]]:
    """Lanes with work, and since when; in another order each time, so that none is always last."""
    first = world.chance.below(len(lanes)) if lanes else 0
    for connection in lanes[first:] + lanes[:first]:
        if deadline.near:
            logger().warning("no time for all lanes", extra={"flow": flow})
            return
        since = world.ledger.oldest(flow, connection)
        if since:
            yield connection, since


def _looked_at(world: World, flow: str, connection: str) -> bool:
    """Whether a worker is at it or was a moment ago: then a nudge of its own is on the way."""
    until = world.ledger.held_until(flow, connection)
    return until is not None and world.now() - until <= FORGOTTEN


def _vendor(flow: str) -> str:
    return flow.rpartition("_")[2]


def _age(world: World, since: datetime) -> float:
    return max(0.0, (world.now() - since).total_seconds())
