"""What several pages read: one person, one activity, all connections, each as far as the caller may see it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from lockstep.catalogue.routes import FLOWS, PEOPLE_FROM_MARKETO
from lockstep.domain.connection import ConnectionState, SalesforceConnection
from lockstep.domain.ids import MarketoId, UserEmail
from lockstep.domain.item import Item
from lockstep.domain.load import LoadProgress
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import EVENTS, SalesEvent
from lockstep.runtime.wiring import World
from lockstep.store import codec
from lockstep.store.events import items_of
from workspace_api.access import Caller
from workspace_api.problems import not_found
from workspace_api.views import (
    ConnectionsView,
    ItemView,
    LineView,
    MarketoConnectionView,
    PersonView,
    ReasonView,
    SalesforceConnectionView,
    View,
)


class ActivityView(View):
    """A sales activity as it was received, and what became of it."""

    id: str
    type: str
    seller: str
    person_id: int
    occurred_at: datetime
    received_at: datetime
    answer: str = Field(description="What became of it, in a sentence")
    content: dict[str, Any] = Field(description="The event as its sender reported it")
    items: list[ItemView] = Field(description="One for each flow that wants this kind")
    reason: ReasonView | None = Field(description="Set where no flow wants this kind")


def activity(here: World, caller: Caller, event_id: str) -> ActivityView | None:
    """What was received under an id; None where there is nothing that the caller may see."""
    row = here.events.received(event_id)
    if row is None:
        return None
    event = EVENTS.validate_python(row["content"])
    if not caller.sees(event.user):
        return None
    items = _items(here, event)
    unrouted = None if items else ReasonView.of(Reason.NOT_ROUTED)
    views = [ItemView.of(item) for item in items]
    return ActivityView(
        id=event.id,
        type=event.type,
        seller=event.user,
        person_id=event.person.marketo_id,
        occurred_at=event.instant,
        received_at=row["received_at"],
        answer=" ".join(view.answer for view in views) or (unrouted.meaning if unrouted else ""),
        content=row["content"],
        items=views,
        reason=unrouted,
    )


def _items(here: World, event: SalesEvent) -> list[Item]:
    """The items that an event opened, those of its further records, and their back-fills."""
    found = [here.ledger.get(wanted.flow, wanted.key) for wanted in items_of(event, here.ledger)]
    items: list[Item] = []
    latest = [item for item in found if item]
    while latest:
        items += latest
        latest = [other for item in latest if item.others for other in here.ledger.get_many(item.flow, item.others)]
    return items


def item(here: World, caller: Caller, flow: str, key: str) -> ItemView | None:
    """One item by flow and key; None where there is none that the caller may see."""
    found = here.ledger.get(flow, key) if flow in FLOWS else None
    return ItemView.of(found) if found and caller.sees(found.connection) else None


def person(here: World, caller: Caller, marketo_id: int) -> PersonView:
    """One person; raises Problem with the reason where nothing is stored (PPL-11)."""
    known = here.people.known([marketo_id]).get(MarketoId(marketo_id))
    if known is None:
        started = "" if load_progress(here) else " The people load was never started."
        raise not_found(
            f"The Workspace knows nobody with the Marketo id {marketo_id}. "
            f"People who were created in the last minutes may still be on their way.{started}"
        )
    record = known.record
    if record.person is None:
        reason = ReasonView.of(record.reason)
        detail = f"{reason.title}. {reason.meaning} {reason.remedy}" if reason else "Nothing is stored."
        raise not_found(
            f"Person {marketo_id} is not in the Workspace: {detail}",
            title="Passed over",
            reason=reason and reason.model_dump(),
        )
    return PersonView.of(record, here.people.opted_out(marketo_id), history(here, caller, record))


def history(here: World, caller: Caller, record: PersonRecord) -> list[LineView]:
    """A person's activities, newest first; a seller sees only the own ones (behaviour.md 12.1)."""
    lines = here.people.history(record.marketo_id)
    if not caller.admin:
        events = here.events.get_many([line["id"] for line in lines])
        lines = [line for line in lines if line["id"] in events and caller.sees(events[line["id"]].user)]
    return [LineView.model_validate(line) for line in lines]


def load_progress(here: World) -> LoadProgress | None:
    """How far the load of people has come; None where it was never started."""
    row = here.cursors.read(PEOPLE_FROM_MARKETO).get("load")
    return codec.read(LoadProgress, row) if row else None


def links(here: World, caller: Caller) -> dict[UserEmail, SalesforceConnection | None]:
    """Users that the caller may see, with their connections."""
    users = here.connections.users() if caller.admin else [caller.email]
    return {user: here.connections.salesforce(user) for user in users}


def connections(here: World, caller: Caller) -> ConnectionsView:
    """The connections that the caller may see."""
    found = links(here, caller)
    marketo = here.connections.marketo()
    working = {user for user, link in found.items() if link and link.state is ConnectionState.CONNECTED}
    return ConnectionsView(
        marketo=MarketoConnectionView.of(marketo) if marketo else None,
        salesforce=[SalesforceConnectionView.of(link) for link in found.values() if link],
        not_connected=[user for user in found if user not in working],
    )
