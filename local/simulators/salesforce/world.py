"""The truth of the simulated organisation: its records, and every way in which one comes, changes and goes.

Nothing here asks who may do what; the API does. Each write dates itself by the vendor's clock, to the second, and can
be undone as long as a journal is kept (all-or-none calls).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.population import ORG_ID
from local.simulators.salesforce import ids, instants, task_rules
from local.simulators.salesforce.events.change import BY_HAND, Change
from local.simulators.salesforce.schema.catalogue import Schema
from local.simulators.salesforce.schema.field import Field
from local.simulators.salesforce.table import Row, Table, exact, fold

PEOPLE = frozenset({"Lead", "Contact", "User"})


class World:
    """All records, by object and id."""

    def __init__(self, clock: SimClock, schema: Schema) -> None:
        self.clock = clock
        self.schema = schema
        self.org_id = ORG_ID
        self.tables = {name: Table(name) for name in schema.objects}
        self.mint = ids.IdMint()
        self.locked: set[str] = set()
        self.purged: dict[str, list[tuple[str, str]]] = {}
        self.closed_statuses = {"Completed"}
        self.high_priorities = {"High"}
        self.watched = False
        self.origin = BY_HAND
        self.changes: list[Change] = []
        self._late_seconds = 0.0
        self._journal: list[tuple[Table, str, Row | None]] | None = None
        self.index_keys()

    def index_keys(self) -> None:
        """Keep a look-up for every field that can be a key; called again when the schema has changed."""
        for name, kind in self.schema.objects.items():
            for field in kind.fields.values():
                if field.external_id or field.unique or field.id_lookup:
                    self.tables[name].index(field.name, exact if field.case_sensitive else fold)

    def now(self) -> str:
        """The vendor's present as records carry it."""
        return instants.stamp(self.clock.now())

    def find(self, record_id: str) -> Row | None:
        """The true row with this 18-character id, deleted or not."""
        name = ids.object_of(record_id)
        return self.tables[name].rows.get(record_id) if name is not None else None

    def seen(self, record_id: str) -> Row | None:
        """The row with this id as it is visible now."""
        name = ids.object_of(record_id)
        if name is None:
            return None
        self.tables[name].late(self.clock.timestamp())
        return self.tables[name].seen(record_id)

    def value(self, row: Row, field: Field) -> Any:
        """What a record shows in a field: checkboxes are never null, addresses are made of their parts."""
        if field.type == "address":
            return _address(row, field.name.removesuffix("Address"))
        return row.get(field.name, field.zero)

    def full(self, name: str, row: Row) -> Row:
        """Every field of a record, as the organisation holds it."""
        return {item.name: self.value(row, item) for item in self.schema.objects[name].fields.values()}

    def insert(self, name: str, values: Mapping[str, Any], user_id: str) -> Row:
        """Create a record; values that are system fields override what would be set (data loads do that)."""
        now = self.now()
        row: Row = {"Id": "", "IsDeleted": False}
        if name == "Task":
            row |= task_rules.DEFAULTS
        if "OwnerId" in self.schema.objects[name].fields:
            row["OwnerId"] = user_id
        row |= {"CreatedDate": now, "CreatedById": user_id, "LastModifiedDate": now, "LastModifiedById": user_id}
        row["SystemModstamp"] = now
        row.update({key: value for key, value in values.items() if value is not None})
        row["Id"] = row["Id"] or self.mint.mint(ids.PREFIXES[name])
        return self._store(name, row, None)

    def update(self, record_id: str, values: Mapping[str, Any], user_id: str) -> Row:
        """Change fields of a record, as one of its users."""
        touched = {"LastModifiedDate": self.now(), "LastModifiedById": user_id}
        return self.touch(record_id, {**touched, **values})

    def touch(self, record_id: str, values: Mapping[str, Any]) -> Row:
        """Change fields as the system does: only SystemModstamp moves."""
        name = ids.object_of(record_id)
        before = self.find(record_id)
        if name is None or before is None:
            raise ValueError(f"there is no record {record_id}")
        row = {**before, "SystemModstamp": self.now(), **values}
        for key in [key for key, value in values.items() if value is None]:
            del row[key]
        return self._store(name, row, before)

    def delete(self, record_id: str, user_id: str, **marks: Any) -> list[str]:
        """Put a record into the recycle bin together with what it cascades to; the ids that went."""
        self.update(record_id, {"IsDeleted": True, **marks}, user_id)
        gone = [record_id]
        for child_id in self.children(record_id, cascading=True):
            gone += self.delete(child_id, user_id)
        return gone

    def purge(self, record_id: str) -> None:
        """Take a deleted record out of the recycle bin for good, with what went in because of it."""
        row, name = self.find(record_id) or {}, ids.object_of(record_id) or ""
        for child_id in self.children(record_id, cascading=True, deleted_at=row.get("SystemModstamp")):
            self.purge(child_id)
        self.tables[name].remove(record_id)
        self.purged.setdefault(name, []).append((self.now(), record_id))

    def running(self) -> list[str]:
        """The stamps of rows whose transactions have not committed yet, of all objects."""
        now = self.clock.timestamp()
        late = [(table, record_id) for table in self.tables.values() for record_id in table.late(now)]
        return [table.rows[record_id]["SystemModstamp"] for table, record_id in late]

    def children(self, record_id: str, *, cascading: bool, deleted_at: str | None = None) -> list[str]:
        """Records that point to this one through a child relationship: live ones, or those deleted at that moment."""
        kind = self.schema.objects[ids.object_of(record_id) or ""]
        found: dict[str, None] = {}
        for child in kind.children:
            table = self.tables[child.object]
            if (child.cascade or not cascading) and table.indexed(child.field):
                found.update(dict.fromkeys(table.find(child.field, [record_id])))
        if deleted_at is None:
            return [child_id for child_id in found if not self.is_deleted(child_id)]
        rows = [(child_id, self.find(child_id) or {}) for child_id in found]
        return [one for one, row in rows if row.get("IsDeleted") and row["SystemModstamp"] == deleted_at]

    def is_deleted(self, record_id: str) -> bool:
        """Whether a record is gone or in the recycle bin."""
        row = self.find(record_id)
        return row is None or bool(row.get("IsDeleted"))

    @contextmanager
    def committing_late(self, seconds: float) -> Iterator[None]:
        """Writes inside are a transaction that commits so many seconds after it stamped its rows."""
        self._late_seconds = seconds
        try:
            yield
        finally:
            self._late_seconds = 0.0

    @contextmanager
    def journal(self) -> Iterator["Undo"]:
        """Writes inside can be undone together; journals nest."""
        own: list[tuple[Table, str, Row | None]] = []
        outer = self._journal
        self._journal = own
        try:
            yield Undo(own, self.changes)
        finally:
            self._journal = outer
            if outer is not None:
                outer.extend(own)

    def _store(self, name: str, row: Row, before: Row | None) -> Row:
        if name in PEOPLE:
            row["Name"] = " ".join(part for part in (row.get("FirstName"), row.get("LastName")) if part)
        if name == "Task":
            task_rules.derive(self, row, before)
        if self._journal is not None:
            self._journal.append((self.tables[name], row["Id"], before))
        if self.watched:
            self.changes.append(Change(name, row, before, self.origin))
        late = self.clock.timestamp() + self._late_seconds if self._late_seconds else None
        self.tables[name].put(row, visible_at=late)
        return row


class Undo:
    """The way back from a transaction."""

    def __init__(self, journal: list[tuple[Table, str, Row | None]], changes: list[Change]) -> None:
        self._journal, self._changes, self._before = journal, changes, len(changes)

    def roll_back(self) -> None:
        """Make every write of the transaction undone, last first."""
        for table, record_id, before in reversed(self._journal):
            if before is None:
                table.remove(record_id)
            else:
                table.put(before)
        self._journal.clear()
        del self._changes[self._before :]


_ADDRESS_PARTS = (
    ("city", "City"),
    ("country", "Country"),
    ("geocodeAccuracy", "GeocodeAccuracy"),
    ("latitude", "Latitude"),
    ("longitude", "Longitude"),
    ("postalCode", "PostalCode"),
    ("state", "State"),
    ("street", "Street"),
)


def _address(row: Row, prefix: str) -> dict[str, Any] | None:
    made = {key: row.get(prefix + part) for key, part in _ADDRESS_PARTS}
    return made if any(value is not None for value in made.values()) else None
