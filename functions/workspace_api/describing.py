"""What sellers may write on a Task: asked of Salesforce now where that works, else as it was last described."""

from datetime import datetime, timedelta

from pydantic import Field

from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import UserEmail
from lockstep.domain.task import TaskSchema
from lockstep.engine.errors import SyncError
from lockstep.runtime.wiring import World
from workspace_api import connect
from workspace_api.views import View

ENOUGH = timedelta(seconds=15)  # the interface answers within 29


class Looked(View):
    """One seller whose fields were looked at, or why not."""

    user: str
    as_of: datetime | None = Field(description="When Salesforce described them; null where they are not known")
    note: str


def look(here: World, users: list[UserEmail], *, fresh: bool) -> list[tuple[Looked, TaskSchema | None]]:
    """What each of these sellers may write; a seller without a connection is told so."""
    until = here.now() + ENOUGH
    return [_look(here, user, fresh=fresh and here.now() < until) for user in users]


def _look(here: World, user: UserEmail, *, fresh: bool) -> tuple[Looked, TaskSchema | None]:
    link = here.connections.salesforce(user)
    if link is None or here.connections.secret(user) is None:
        return Looked(user=user, as_of=None, note="not connected to Salesforce"), None
    note = "" if fresh else "as last described"
    if fresh:
        try:
            connect.tried_again(here, link)
        except SyncError as error:
            note = f"as last described, since Salesforce could not be asked: {error.detail}"
    schema = here.connections.schema(user)
    if schema is None:
        blocked = link.state is not ConnectionState.CONNECTED
        return Looked(user=user, as_of=None, note=note or ("blocked" if blocked else "not described yet")), None
    return Looked(user=user, as_of=schema.read_at, note=note), schema
