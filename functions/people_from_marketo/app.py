"""Lambda entry: a schedule or a nudge in; the load and the changes go as far as time allows."""

from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.runtime import entry
from lockstep.runtime.wiring import World
from people_from_marketo import sync
from people_from_marketo.desk import Desk


def _run(world: World, deadline: Deadline) -> None:
    sync.run(Desk.of(world), deadline)


@entry.queue
def _nudged(_nudge: Nudge, world: World, deadline: Deadline) -> None:
    _run(world, deadline)


handler = entry.by_source(queue=_nudged, schedule=entry.schedule(_run))
