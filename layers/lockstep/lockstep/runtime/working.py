"""How the items of one seller are worked off, in any flow to Salesforce: under the lease, until nothing is left.

Promises that a halted flow makes no call, that a broken connection parks exactly its own items, and that a worker
whose time is short leaves the rest to the next one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.item import Item
from lockstep.domain.wanted import passed_over
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import Crowded, Halt, QuotaSpent
from lockstep.runtime import isolating
from lockstep.runtime.lane import SALESFORCE, Lane, parked

Work = Callable[[SalesforceConnection, Sequence[Item]], None]


def run(lane: Lane, batches: Iterable[list[Item]], work: Work, deadline: Deadline) -> None:
    """Do the work for each batch, with the connection as it is then; `batches` are read under the lease only."""
    lane.while_held(lambda: _until_done(lane, batches, work, deadline))


def _until_done(lane: Lane, batches: Iterable[list[Item]], work: Work, deadline: Deadline) -> bool:
    """Whether more is left that could be done now."""
    try:
        for batch in batches:
            for part in _parts(lane, batch):
                if deadline.near:
                    return True
                isolating.work(lane, part, partial(work, lane.link()), deadline)
                lane.tell_usage()
            if lane.brake.halted_at:
                return False
    except Halt as halt:
        if halt.scope != "connection":
            raise
        return _set_aside(lane, halt, deadline)
    except QuotaSpent as spent:
        lane.wait_for_quota(spent)
        raise
    except Crowded:
        lane.world.seats.fewer(SALESFORCE)
        raise
    return False


def _set_aside(lane: Lane, halt: Halt, deadline: Deadline) -> bool:
    """The connection is missing or broken: what is wanted waits for that cause, and nobody else stands in.

    Whoever mends the connection wakes what waits for it. Returns whether more is left to set aside.
    """
    lane.block(halt)
    for page in lane.pages():
        if deadline.near:
            return True
        isolating.work(lane, page, partial(_park, lane, halt), deadline)
    lane.wake()
    return False


def _park(lane: Lane, halt: Halt, items: Sequence[Item]) -> None:
    events = lane.world.events.get_many([item.event_id for item in items])
    settings = lane.settings.values
    lane.settle([(item, passed_over(item, events[item.event_id], settings) or parked(item, halt)) for item in items])


def _parts(lane: Lane, batch: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The batch whole, or in small parts while Salesforce refuses; nothing of it once the flow is halted."""
    while batch and not lane.look().halted_at:
        size = lane.brake.batch or len(batch)
        yield batch[:size]
        batch = batch[size:]
