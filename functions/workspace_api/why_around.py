"""What an explanation of one item rests on: settings of then and now, seller, person, record and Task, as they are.

Promises that Salesforce is asked at most three things, with the seller's own connection and only where it works,
and that an answer which could not be had is told as such.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain.brake import Brake
from lockstep.domain.connection import ConnectionState, SalesforceConnection
from lockstep.domain.ids import SalesforceId, UserEmail, user_email
from lockstep.domain.item import Item, State
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.rollup import Standing
from lockstep.domain.rollup_fields import OBJECTS, places
from lockstep.domain.sales_activity import CallLogged, EmailSent, SalesEvent
from lockstep.domain.settings import VersionedSettings
from lockstep.domain.task import KEY_FIELD, Match, ObjectSchema, TaskSchema
from lockstep.engine.errors import SyncError
from lockstep.runtime.wiring import World
from workspace_api.mail_items import parents

SALESFORCE = "salesforce"
CONTACT = "003"


@dataclass(frozen=True, slots=True)
class Seen:
    """What Salesforce said just now; `trouble` where it could not be asked.

    `living` is who the person's record became, itself or a successor; `matches` who has the address; `task` the
    Task as it stands, deleted or not, None where there is none to be seen.
    """

    trouble: str | None = None
    living: SalesforceId | None = None
    matches: Sequence[Match] = ()
    task: dict[str, Any] | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Seller:
    """A seller as the Workspace knows the account."""

    user: UserEmail
    known: bool
    link: SalesforceConnection | None
    schema: TaskSchema | None

    @property
    def works(self) -> bool:
        """Whether something can be asked and written in this name."""
        return self.link is not None and self.link.state is ConnectionState.CONNECTED


@dataclass(frozen=True, slots=True)
class Newest:
    """The records of a person that may show the newest activity: how each stands, and the seller's rights there."""

    places: Mapping[str, SalesforceId] = field(default_factory=dict)
    standings: Mapping[SalesforceId, Standing] = field(default_factory=dict)
    schemas: Mapping[str, ObjectSchema] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """One item with everything that its checks look at."""

    item: Item
    event: SalesEvent
    then: VersionedSettings | None
    now: VersionedSettings
    versions: Sequence[VersionedSettings]
    seller: Seller
    record: PersonRecord | None
    parents: Sequence[Item]
    parked_until: datetime | None
    brake: Brake
    seen: Seen
    newest: Newest

    @property
    def candidates(self) -> list[Match]:
        """Who has the address and is of a kind that is logged to."""
        return [match for match in self.seen.matches if match.kind.lower() in self.now.values.log_to]

    @property
    def person(self) -> Person | None:
        """The person, if active."""
        return self.record.person if self.record and self.record.active else None


def seller(here: World, user: str) -> Seller:
    """What is known of a seller."""
    email = user_email(user)
    connections = here.connections
    return Seller(email, connections.is_user(email), connections.salesforce(email), connections.schema(email))


def around(here: World, item: Item, event: SalesEvent) -> Around:
    """Everything around one item."""
    who = seller(here, item.connection)
    record = here.people.living([item.person_id]).get(item.person_id)
    parked = here.budgets.parked(SALESFORCE)
    asks = who.works and not parked
    return Around(
        item=item,
        event=event,
        then=None if item.settings_version is None else here.settings.at(item.settings_version),
        now=here.settings.current(),
        versions=here.settings.history(),
        seller=who,
        record=record,
        parents=parents(here, [item], {item.event_id: event}).get(item.key, ()),
        parked_until=parked,
        brake=here.brakes.read(item.flow),
        seen=_look(here, item, event, record) if asks else Seen(),
        newest=_newest(here, item, record),
    )


def _newest(here: World, item: Item, record: PersonRecord | None) -> Newest:
    """How the records stand that may show the newest activity, and what the seller may write there."""
    if item.effect != "rollup" or record is None or record.person is None:
        return Newest()
    found = places(record.person, OBJECTS)
    schemas = {kind: here.connections.object_schema(item.connection, kind) for kind in found}
    return Newest(found, here.rollups.of(found.values()), {kind: one for kind, one in schemas.items() if one})


def _look(here: World, item: Item, event: SalesEvent, record: PersonRecord | None) -> Seen:
    """Ask Salesforce, as this seller, for the Task where there is one, else for the person's record."""
    if item.effect == "rollup":
        return Seen()
    person = record.person if record and record.active else None
    try:
        client = here.salesforce(item.connection)
        if item.state is State.CONFIRMED and item.remote_id:
            return Seen(task=client.task(SalesforceId(item.remote_id), _visible(here, item.connection)), asked=True)
        if person is None or item.effect == "life":
            return Seen()
        own = person.salesforce_id
        living = client.successors([own]).get(own) if own else None
        address = searched(person, event)
        matches = client.find_by_email([address]).get(address, []) if address and living is None else []
        return Seen(living=living, matches=matches, asked=True)
    except SyncError as error:
        return Seen(trouble=f"Salesforce could not be asked: {error.detail}")


def _visible(here: World, user: UserEmail) -> list[str]:
    """The fields of a Task that are worth looking at and that this user sees."""
    schema = here.connections.schema(user)
    names = [*(attribute.name for attribute in TASK_ATTRIBUTES), KEY_FIELD, "Type", "Description"]
    return [name for name in names if schema and name in schema.fields]


def kind_of(record: str) -> str:
    """What an id names: a contact, or a lead."""
    return "contact" if record.startswith(CONTACT) else "lead"


def searched(person: Person, event: SalesEvent) -> str | None:
    """The address that an email's record is searched by; calls are never searched (LS-08)."""
    if isinstance(event, CallLogged):
        return None
    only = event.data.to[0] if isinstance(event, EmailSent) and len(event.data.to) == 1 else None
    found = (person.email or only or "").strip().lower()
    return found if "@" in found else None
