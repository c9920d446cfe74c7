"""Lambda entry: a nudge that a seller has news waiting in, a partial-batch answer out."""

from lockstep.domain.ids import user_email
from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.runtime import entry
from lockstep.runtime.wiring import World
from rollups_to_salesforce import sync
from rollups_to_salesforce.desk import Desk


@entry.queue
def handler(nudge: Nudge, world: World, deadline: Deadline) -> None:
    """Tell what waits for one seller."""
    sync.run(Desk(world, user_email(nudge.connection)), deadline)
