"""A Task of Salesforce traced back to the activity that made it.

A row for each Task would cost a write for each, and nothing else needs it. So Salesforce is asked for the Task's
key, with the connection of whoever asks, else (for admins) of the sellers, one after the other; in an organization
without the key field the Task's person leads to the activities, and their ids to the right one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import SalesforceId, UserEmail
from lockstep.domain.item import Item
from lockstep.domain.task import KEY_FIELD
from lockstep.engine.errors import SyncError
from lockstep.runtime.wiring import World
from lockstep.store.events import items_of
from workspace_api.access import Caller

TRIES = 5  # sellers whose connections are tried for one Task
LINES = 100  # activities of the Task's person that are looked through
SALESFORCE = "salesforce"


@dataclass(frozen=True, slots=True)
class Traced:
    """What is known of a Task: what Salesforce shows, whom it was asked as, and the item that made it."""

    task: dict[str, Any] | None = None
    asked: tuple[UserEmail, ...] = ()
    item: Item | None = None
    trouble: str = ""


def trace(here: World, caller: Caller, task_id: SalesforceId) -> Traced:
    """Ask Salesforce for the Task, and the ledger for what made it."""
    asked: list[UserEmail] = []
    trouble = ""
    for user in _connected(here, caller):
        asked.append(user)
        try:
            task = here.salesforce(user).task(task_id, _key(here, user))
        except SyncError as error:
            trouble = error.detail
            continue
        if task:
            return Traced(task, tuple(asked), _item(here, task_id, task))
    return Traced(asked=tuple(asked), trouble=trouble)


def _connected(here: World, caller: Caller) -> Iterator[UserEmail]:
    """Whose connections may be used: the caller's own; an admin's question may use the sellers'."""
    if here.budgets.parked(SALESFORCE):
        return
    others = [user for user in here.connections.users() if user != caller.email] if caller.admin else []
    links = ((user, here.connections.salesforce(user)) for user in (caller.email, *others))
    working = (user for user, link in links if link and link.state is ConnectionState.CONNECTED)
    for _, user in zip(range(TRIES), working, strict=False):
        yield user


def _key(here: World, user: UserEmail) -> list[str]:
    schema = here.connections.schema(user)
    return [KEY_FIELD] if schema and KEY_FIELD in schema.fields else []


def _item(here: World, task_id: SalesforceId, task: dict[str, Any]) -> Item | None:
    if key := task.get(KEY_FIELD):
        return here.ledger.get(ACTIVITIES_TO_SALESFORCE, str(key))
    for person in here.people.by_salesforce_id(str(task.get("WhoId") or "-")):
        lines = here.people.history(person, LINES)
        events = here.events.get_many([line["id"] for line in lines])
        for event in events.values():
            keys = [item.key for item in items_of(event, here.ledger) if item.effect == "task"]
            for item in here.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys):
                if item.remote_id == task_id:
                    return item
    return None
