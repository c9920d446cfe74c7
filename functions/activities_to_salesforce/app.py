"""Lambda entry: a nudge that a seller has work waiting in, a partial-batch answer out."""

from activities_to_salesforce import sync
from activities_to_salesforce.desk import Desk
from lockstep.domain.ids import user_email
from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.runtime import entry
from lockstep.runtime.wiring import World


@entry.queue
def handler(nudge: Nudge, world: World, deadline: Deadline) -> None:
    """Log what waits for one seller."""
    sync.run(Desk(world, user_email(nudge.connection)), deadline)
