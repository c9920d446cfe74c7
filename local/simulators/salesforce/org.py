"""One simulated organisation, put together: truth, schema, permissions, sessions, rules, quota."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from local.simulators.kernel.clock import SimClock
from local.simulators.salesforce.access import Permissions
from local.simulators.salesforce.bulk.book import JobBook
from local.simulators.salesforce.events.capture import Capture
from local.simulators.salesforce.events.outbound import Outbound
from local.simulators.salesforce.ids import normalise
from local.simulators.salesforce.login import Login
from local.simulators.salesforce.quota import Quota
from local.simulators.salesforce.records import Records
from local.simulators.salesforce.rules import Rules
from local.simulators.salesforce.schema.activity import KEY_FIELD
from local.simulators.salesforce.schema.catalogue import Schema
from local.simulators.salesforce.sessions import App, Sessions
from local.simulators.salesforce.soql.run import Executor
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.validation import Validator
from local.simulators.salesforce.world import World

# Which custom activity fields a new organisation has: all of them, all but the key, or none.
FieldSet = Literal["all", "no_key", "none"]


@dataclass(slots=True)
class Cursor:
    """A query result that is being paged: whose, its rows, and until when."""

    user_id: str
    rows: list[Any]
    show: Any
    page: int
    expires: float
    handed_out: set[int] = field(default_factory=set)


@dataclass
class Org:
    """Everything that one organisation is made of."""

    clock: SimClock
    schema: Schema
    apps: dict[str, App]
    cursors: dict[str, Cursor] = field(default_factory=dict)
    described: dict[tuple[int, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.permissions = Permissions(self.schema)
        self.world = World(self.clock, self.schema)
        self.rules = Rules()
        self.validator = Validator(self.world, self.permissions, self.rules)
        self.records = Records(self.world, self.permissions, self.validator)
        self.executor = Executor(self.world, self.permissions)
        self.sessions = Sessions(self.clock, self.world.org_id, apps=self.apps)
        self.login = Login(self.world, self.sessions)
        self.quota = Quota(self.clock)
        self.jobs = JobBook(self)
        self.capture = Capture()
        self.outbound = Outbound()

    def broadcast(self) -> None:
        """Tell what was committed since the last time, as one transaction."""
        changes, self.world.changes = self.world.changes, []
        if changes:
            self.capture.commit(self, changes)
            self.outbound.commit(self, changes)

    def user(self, named: str) -> str:
        """The id of the user whom a test names by id, username or e-mail address."""
        users = self.world.tables["User"]
        known = normalise(named)
        if known is not None and known in users.rows:
            return known
        found = users.find("Username", [named]) or users.find("Email", [named])
        if not found:
            raise ValueError(f"there is no user {named}")
        return found[0]

    def any_record(self, arguments: Mapping[str, Any]) -> Row:
        """The row that an act names by `id`, deleted or not."""
        known = normalise(str(arguments["id"]))
        row = self.world.find(known) if known is not None else None
        if row is None:
            raise ValueError(f"there is no record {arguments['id']}")
        return row


def new_org(clock: SimClock, apps: dict[str, App], fields: FieldSet) -> Org:
    """An organisation with its schema and nobody in it."""
    schema = Schema(custom_fields=fields != "none")
    if fields == "no_key":
        schema.remove_field("Task", KEY_FIELD)
    return Org(clock, schema, apps)
