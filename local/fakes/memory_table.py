"""The table port in memory: the same contract as DynamoDB, at a dictionary's price.

Promises whole transactions, the limits that DynamoDB enforces (100 actions, one action per row,
400 KB a row, 4 MB a transaction, keys and names that are not empty, numbers of 38 digits), and a
log of inserted rows from which a stream can be played.
"""

import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from typing import Any

from lockstep.store.table import (
    LIMIT,
    Action,
    AtMost,
    Change,
    Check,
    Condition,
    Equals,
    Exists,
    Key,
    Missing,
    Put,
    Refused,
    Row,
    check_sizes,
)

KB = 1024
_LONGEST_PK, _LONGEST_SK = 2 * KB, KB
_LARGEST_NUMBER = 10**38


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(part) for name, part in value.items()}
    return [_copy(part) for part in value] if isinstance(value, list) else value


def value_size(value: Any) -> int:
    """Bytes of a value by DynamoDB's size rules (developer guide, 'Item sizes and formats')."""
    match value:
        case bool() | None:
            return 1
        case str():
            return len(value) if value.isascii() else len(value.encode())
        case int():
            if abs(value) >= _LARGEST_NUMBER:
                raise ValueError(f"{value} has more digits than DynamoDB keeps")
            return (len(str(abs(value)).rstrip("0")) + 1) // 2 + 1 + (value < 0)
        case dict():
            return 3 + sum(_name_size(name) + value_size(part) + 1 for name, part in value.items())
        case list():
            return 3 + sum(value_size(part) + 1 for part in value)
    raise TypeError(f"a {type(value).__name__} has no place in a row")


def row_size(row: Row) -> int:
    """Bytes of a whole row, names included."""
    return sum(_name_size(name) + value_size(value) for name, value in row.items())


def _name_size(name: str) -> int:
    if not name:
        raise ValueError("an attribute has no name")
    return len(name) if name.isascii() else len(name.encode())


class MemoryTable:
    """One table; `inserted` receives every new row, in commit order."""

    def __init__(self) -> None:
        self._rows: dict[Key, Row] = {}
        self._sizes: dict[Key, int] = {}
        self._order: dict[str, list[str]] = {}
        self._lock = threading.RLock()
        self.inserted: list[Row] = []
        self.stream_prefix = "READY#"

    def rows(self, prefix: str = "") -> list[Row]:
        """Every row whose pk begins with `prefix`: for audits, never for the product."""
        return [_copy(row) for key, row in self._rows.items() if key.pk.startswith(prefix)]

    def get(self, key: Key) -> Row | None:
        """The row as it is now, or None."""
        with self._lock:
            row = self._rows.get(key)
            return None if row is None else _copy(row)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """The rows that exist."""
        with self._lock:
            return {key: _copy(self._rows[key]) for key in keys if key in self._rows}

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        through: str | None = None,
        limit: int = 1000,
        newest_first: bool = False,
    ) -> list[Row]:
        """Rows of one partition in order; see the port."""
        with self._lock:
            order = self._order.get(pk, [])
            low = bisect_left(order, prefix) if prefix else 0
            if not prefix and after is not None:
                low = bisect_right(order, after)
            high = bisect_right(order, prefix + "\U0010ffff") if prefix else len(order)
            if not prefix and through is not None:
                high = bisect_right(order, through)
            keys = order[max(low, high - limit) : high][::-1] if newest_first else order[low:high][:limit]
            return [_copy(self._rows[Key(pk, sk)]) for sk in keys]

    def snapshot(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Up to 100 rows as they were at one instant."""
        if len(keys) > LIMIT:
            raise ValueError(f"DynamoDB reads at most {LIMIT} rows in a transaction")
        return self.get_many(keys)

    def size(self, key: Key) -> int:
        """Bytes of a row, 0 where there is none: for meters, never for the product."""
        return self._sizes.get(key, 0)

    def transact(self, actions: Sequence[Action]) -> None:
        """All actions or none."""
        check_sizes(actions)
        with self._lock:
            failed = [i for i, action in enumerate(actions) if not self._holds(action)]
            if failed:
                raise Refused(failed)
            after = [(a.key, self._after(a)) for a in actions if not isinstance(a, Check)]
            sizes = [_checked_size(key, row) for key, row in after]
            if sum(sizes) > 4 * KB * KB:
                raise ValueError("the rows of a transaction are larger than DynamoDB's 4 MB")
            for (key, row), size in zip(after, sizes, strict=True):
                self._store(key, row, size)

    def _holds(self, action: Action) -> bool:
        row = self._rows.get(action.key)
        return all(_true(clause, row) for clause in action.when)

    def _after(self, action: Action) -> Row | None:
        key = action.key
        match action:
            case Put(_, row):
                new = {n: _copy(v) for n, v in row.items() if v is not None}
            case Change():
                new = _changed(dict(self._rows.get(key, {})), action)
            case _:
                return None
        return new | {"pk": key.pk, "sk": key.sk}

    def _store(self, key: Key, row: Row | None, size: int) -> None:
        known = key in self._rows
        if row is None:
            if known:
                del self._rows[key], self._sizes[key]
                order = self._order[key.pk]
                del order[bisect_left(order, key.sk)]
            return
        self._rows[key], self._sizes[key] = row, size
        if not known:
            insort(self._order.setdefault(key.pk, []), key.sk)
            if key.pk.startswith(self.stream_prefix):
                self.inserted.append(row)


def _checked_size(key: Key, row: Row | None) -> int:
    lengths = len(key.pk.encode()), len(key.sk.encode())
    if not (0 < lengths[0] <= _LONGEST_PK and 0 < lengths[1] <= _LONGEST_SK):
        raise ValueError(f"{key} is not a key that DynamoDB takes: 1 to 2,048 and 1 to 1,024 bytes")
    size = row_size(row) if row else 0
    if size > 400 * KB:
        raise ValueError(f"the row {key} is larger than DynamoDB's 400 KB")
    return size


def _changed(row: Row, change: Change) -> Row:
    for name, value in change.set.items():
        if value is None:
            row.pop(name, None)
        else:
            row[name] = _copy(value)
    for name, delta in change.add.items():
        row[name] = row.get(name, 0) + delta
    for name, more in change.append.items():
        row[name] = [*row.get(name, []), *_copy(more)]
    for name in change.remove:
        row.pop(name, None)
    return row


def _true(clause: Condition, row: Row | None) -> bool:
    match clause:
        case Missing(attribute):
            return row is None or attribute not in row
        case Exists():
            return row is not None
        case Equals(attribute, value):
            return row is not None and attribute in row and _alike(row[attribute], value) and row[attribute] == value
        case AtMost(attribute, value):
            if row is None or attribute not in row:
                return True
            return _alike(row[attribute], value) and bool(row[attribute] <= value)


def _alike(stored: Any, given: Any) -> bool:
    # DynamoDB compares values of one type only; in Python True would equal 1
    kinds = (bool, int, str, list, dict)
    return all(isinstance(stored, kind) == isinstance(given, kind) for kind in kinds)
