"""The whole store over one table, with a clock that tests move, and makers of what is stored."""

from datetime import timedelta
from typing import Any

from local.fakes.manual_clock import START, ManualClock, PlainSealer, SeededChance
from local.fakes.memory_table import MemoryTable
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.ids import MarketoId, SalesforceId, salesforce_id
from lockstep.domain.item import Item, Outcome
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import EVENTS, SalesEvent
from lockstep.store.brakes import Brakes
from lockstep.store.budgets import Budgets
from lockstep.store.connections import Connections, SharedToken
from lockstep.store.cursors import Cursors
from lockstep.store.events import Events
from lockstep.store.leases import Leases
from lockstep.store.ledger import Claim, Ledger
from lockstep.store.mails import Mails
from lockstep.store.people import People
from lockstep.store.seats import Seats
from lockstep.store.settings import SettingsStore
from lockstep.store.table import Key, Table

FLOW = ACTIVITIES_TO_SALESFORCE
SELLER = "seller1@example.com"


class Shelf:
    """Every part of the store over one table."""

    def __init__(self, table: Table):
        self.table = table
        self.clock = ManualClock()
        self.chance = SeededChance()
        self.sealer = PlainSealer()
        self.ledger = Ledger(table, self.clock, self.chance)
        self.events = Events(table, self.ledger, self.clock, self.chance)
        self.mails = Mails(table)
        self.people = People(table, self.chance)
        self.settings = SettingsStore(table, self.clock)
        self.connections = Connections(table, self.clock, self.sealer)
        self.leases = Leases(table, self.clock, seconds=120)
        self.cursors = Cursors(table, self.leases)
        self.budgets = Budgets(table, self.clock)
        self.brakes = Brakes(table, self.clock)
        self.seats = Seats(table, self.clock, Leases(table, self.clock, 60))

    def token(self, name: str) -> SharedToken:
        """One worker's hold on the shared token of a connection."""
        return SharedToken(self.table, self.clock, self.sealer, name)

    def log(self, *numbers: int, **changes: Any) -> list[Item]:
        """Take in that many emails, and give back their items as they wait."""
        self.events.accept([email(number, **changes) for number in numbers])
        return self.ledger.ready(FLOW, SELLER)

    def claim(self, *items: Item) -> list[Item]:
        """Lease items for two minutes."""
        claims = [Claim(item, "hash", "003") for item in items]
        return self.ledger.claim(claims, seconds=120, version=1)

    def settle(self, item: Item, outcome: Outcome) -> bool:
        """Write one outcome; whether it was taken."""
        return not self.ledger.settle([(item, outcome)])

    def item(self, item: Item) -> Item:
        """The item as it stands now."""
        found = self.ledger.get(item.flow, item.key)
        assert found is not None
        return found

    def later(self, seconds: float) -> Any:
        """An instant after now."""
        return self.clock.now() + timedelta(seconds=seconds)


class Meddling(MemoryTable):
    """A table on which somebody else acts between a worker's read and its write, once."""

    def __init__(self) -> None:
        super().__init__()
        self.act: Any = None

    def get(self, key: Key) -> Any:
        """Read, and then let the other one act."""
        row = super().get(key)
        act, self.act = self.act, None
        if act:
            act()
        return row


def email(number: int, **changes: Any) -> SalesEvent:
    """A sent email to person number `number`; each a second after the one before."""
    event = {
        "id": f"evt_{number}",
        "type": "email.sent",
        "occurred_at": (START + timedelta(seconds=number)).isoformat(),
        "user": SELLER,
        "person": {"marketo_id": number},
        "data": {"subject": f"Hello {number}"},
    }
    return EVENTS.validate_python(event | changes)


def person(number: int, reason: Reason | None = None, **fields: Any) -> PersonRecord:
    """What is known of one Marketo id; qualified where there is no reason."""
    links = {name: fields.pop(name) for name in ("merged_into", "merged_from") if name in fields}
    facts = {"email": f"p{number}@example.com", "salesforce_contact_id": sfid("003", number)} | fields
    return PersonRecord(
        marketo_id=MarketoId(number),
        person=Person(MarketoId(number), **facts),
        reason=reason,
        as_of=START,
        received_on=START.date(),
        synced_at=START,
        **links,
    )


def sfid(prefix: str, number: int) -> SalesforceId:
    """A made-up id in its 18-character form."""
    return salesforce_id(f"{prefix}{number:012d}")
