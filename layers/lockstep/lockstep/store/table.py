"""The table port: rows by key, one transaction at a time.

Everything the product stores is written once over this port; DynamoDB (store/dynamo.py) and the
memory table of the tests implement it and pass one contract suite. Promises that "not found" is
a value and "could not ask" an exception, and that a transaction happens whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

Row = dict[str, Any]

LIMIT = 100  # DynamoDB's: actions in a transaction, rows in a snapshot
MAX_ACTIONS = 96  # reliability.md 3.2: the rest is kept for counters


class Key(NamedTuple):
    """The two parts of a row's key."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The row must not exist, or (with another attribute named) must not hold this attribute."""

    attribute: str = "pk"


@dataclass(frozen=True, slots=True)
class Exists:
    """The row must exist."""


@dataclass(frozen=True, slots=True)
class Equals:
    """The attribute must have this value."""

    attribute: str
    value: Any


@dataclass(frozen=True, slots=True)
class AtMost:
    """The attribute must be absent (or its row missing), or not greater than this value."""

    attribute: str
    value: Any


Condition = Missing | Exists | Equals | AtMost


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole row."""

    key: Key
    row: Row
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the row; a row that is not there is no error."""

    key: Key
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Set, add to, append to or remove attributes; creates the row where it is missing."""

    key: Key
    set: Mapping[str, Any] = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    append: Mapping[str, list[Any]] = field(default_factory=dict)
    remove: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but only go on if the row is as expected."""

    key: Key
    when: tuple[Condition, ...]


Action = Put | Delete | Change | Check


class Refused(Exception):
    """A transaction was refused by conditions; `failed` are the indexes of the actions named."""

    def __init__(self, failed: Iterable[int]):
        self.failed = frozenset(failed)
        super().__init__(f"conditions of actions {sorted(self.failed)} did not hold")


def check_sizes(actions: Sequence[Action]) -> None:
    """Raise ValueError for what no backend takes: over 100 actions, or two on one row."""
    if len(actions) > LIMIT:
        raise ValueError(f"a transaction takes at most {LIMIT} actions, not {len(actions)}")
    if len({action.key for action in actions}) < len(actions):
        raise ValueError("a transaction takes one action per row")


class Table(Protocol):
    """What a backend must do; every call raises Unavailable where it could not be asked."""

    def get(self, key: Key) -> Row | None:
        """The row as it is now (strongly consistent), or None."""

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """The rows that exist, any number of keys, strongly consistent each."""

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
        """Rows of one partition in order of sk: those beginning with `prefix`, or those with
        `after` < sk <= `through`; at most `limit`; each row holds its pk and sk."""

    def transact(self, actions: Sequence[Action]) -> None:
        """All actions or none; raises Refused where a condition did not hold, ValueError where the
        transaction is one that no repetition mends (see `check_sizes`; a row over 400 KB)."""

    def snapshot(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Up to 100 rows as they were at one instant."""
