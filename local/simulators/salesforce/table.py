"""The rows of one object: truth with look-ups by value and by modification stamp, and what of it is visible.

A row is replaced, never changed in place: a snapshot that a query locator holds stays as it was. A row written by a
transaction that commits late has its stamp at once and is seen only later; until then its former state is seen.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Row = dict[str, Any]
Keyed = Callable[[Any], Any]

_INDEXED = {
    "Lead": ("Email", "OwnerId", "MasterRecordId", "ConvertedContactId"),
    "Contact": ("Email", "OwnerId", "AccountId", "MasterRecordId"),
    "Account": ("OwnerId", "MasterRecordId"),
    "Opportunity": ("AccountId", "OwnerId", "ContactId"),
    "OpportunityContactRole": ("OpportunityId", "ContactId"),
    "AccountContactRole": ("AccountId", "ContactId"),
    "Task": ("WhoId", "WhatId", "AccountId", "OwnerId"),
    "Event": ("WhoId", "WhatId", "AccountId"),
    "User": ("Username", "Email"),
}


def fold(value: Any) -> Any:
    """Text without its case, as look-ups compare it."""
    return value.casefold() if isinstance(value, str) else value


def exact(value: Any) -> Any:
    """The value as it is: ids and case-sensitive keys."""
    return value


class Table:
    """The rows of one object by id, with their indexes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[str, Row] = {}
        self._folds: dict[str, Keyed] = {}
        self._indexes: dict[str, dict[Any, dict[str, None]]] = {}
        self._stamps: list[tuple[str, str]] = []
        self._late: dict[str, tuple[float, Row | None]] = {}
        for field in _INDEXED.get(name, ()):
            self.index(field, exact if field.endswith("Id") else fold)

    def index(self, field: str, key: Keyed) -> None:
        """Keep a look-up by this field from now on; rows that are there already are taken in."""
        if self._folds.get(field) is key:
            return
        self._folds[field] = key
        self._indexes[field] = {}
        for row in self.rows.values():
            self._enter(field, row)

    def indexed(self, field: str) -> bool:
        """Whether rows are found by this field without a scan."""
        return field in self._indexes

    def put(self, row: Row, *, visible_at: float | None = None) -> None:
        """Store a row, new or changed; with `visible_at` it is seen only from that moment (seconds) on."""
        record_id = row["Id"]
        before = self.rows.get(record_id)
        if visible_at is not None:
            self._late[record_id] = (visible_at, self.seen(record_id))
        self.rows[record_id] = row
        for field in self._indexes:
            if before is not None:
                if before.get(field) == row.get(field):
                    continue
                self._leave(field, before)
            self._enter(field, row)
        self._note_stamp(row, before)

    def remove(self, record_id: str) -> None:
        """Forget a row altogether: the roll-back of its creation."""
        row = self.rows.pop(record_id)
        self._late.pop(record_id, None)
        for field in self._indexes:
            self._leave(field, row)

    def find(self, field: str, values: Iterable[Any]) -> list[str]:
        """Ids of the rows whose indexed field has one of these values, in the order of the values."""
        index, key = self._indexes[field], self._folds[field]
        found: dict[str, None] = {}
        for value in values:
            found.update(index.get(key(value), ()))
        return list(found)

    def stamped(self, low: str, high: str) -> list[str]:
        """Ids of the rows whose SystemModstamp lies in [low, high], oldest first."""
        start = bisect_left(self._stamps, (low, ""))
        stop = bisect_right(self._stamps, (high, "~"))
        rows = self.rows
        found = (
            record_id
            for mark, record_id in self._stamps[start:stop]
            if record_id in rows and rows[record_id]["SystemModstamp"] == mark
        )
        return list(dict.fromkeys(found))

    def late(self, now: float) -> list[str]:
        """Ids of rows whose newest state is not visible yet."""
        for record_id in [key for key, (visible_at, _) in self._late.items() if visible_at <= now]:
            del self._late[record_id]
        return list(self._late)

    def seen(self, record_id: str) -> Row | None:
        """The row as it is visible; call `late` first to let finished transactions surface."""
        held = self._late.get(record_id)
        return held[1] if held is not None else self.rows.get(record_id)

    def all_seen(self) -> Iterator[Row]:
        """Every visible row, in order of creation."""
        if not self._late:
            yield from self.rows.values()
            return
        for record_id in self.rows:
            row = self.seen(record_id)
            if row is not None:
                yield row

    def _enter(self, field: str, row: Row) -> None:
        value = row.get(field)
        if value is not None:
            self._indexes[field].setdefault(self._folds[field](value), {})[row["Id"]] = None

    def _leave(self, field: str, row: Row) -> None:
        value = row.get(field)
        if value is None:
            return
        key = self._folds[field](value)
        bucket = self._indexes[field].get(key, {})
        bucket.pop(row["Id"], None)
        if not bucket:
            self._indexes[field].pop(key, None)

    def _note_stamp(self, row: Row, before: Row | None) -> None:
        entry = (row["SystemModstamp"], row["Id"])
        if before is not None and before["SystemModstamp"] == row["SystemModstamp"]:
            return
        if not self._stamps or entry >= self._stamps[-1]:
            self._stamps.append(entry)
        else:
            insort(self._stamps, entry)
        if len(self._stamps) > 2 * len(self.rows) + 1_000:
            self._stamps = sorted((item["SystemModstamp"], item["Id"]) for item in self.rows.values())
