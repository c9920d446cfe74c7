"""The activity log: one list per type in the order of dates, read from a place onwards.

An activity with an earlier date than the last is put where its date belongs, so a token that has passed that date
never shows it: that is how late arrivals are lost on a reader who does not overlap. A page looks at so many entries
and no more, whatever the size of the log; the rest is for the next page.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from operator import attrgetter
from typing import Any

SCAN = 3000
_LAST = 2**63
Key = tuple[int, int]


@dataclass(slots=True)
class Change:
    """What a type 13 says: one field from an old to a new value, as text."""

    field_id: int
    name: str
    old: str | None
    new: str | None


@dataclass(slots=True)
class Activity:
    """One thing that happened to a lead."""

    second: int
    id: int
    type_id: int
    lead_id: int
    primary_id: int | None = None
    primary: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    change: Change | None = None
    campaign_id: int | None = None

    @property
    def key(self) -> Key:
        """Its place in the log."""
        return self.second, self.id


@dataclass(slots=True)
class _Log:
    keys: list[Key] = field(default_factory=list)
    entries: list[Activity] = field(default_factory=list)

    def add(self, activity: Activity) -> None:
        key = activity.key
        if not self.keys or key > self.keys[-1]:
            self.keys.append(key)
            self.entries.append(activity)
            return
        place = bisect_left(self.keys, key)
        self.keys.insert(place, key)
        self.entries.insert(place, activity)

    def after(self, key: Key) -> Iterator[Activity]:
        return (self.entries[place] for place in range(bisect_right(self.keys, key), len(self.entries)))


@dataclass(slots=True)
class Page:
    """What one look into the log found; `last` is the place to read on from."""

    found: list[Activity]
    last: Key
    more: bool


class Feed:
    """The log of one subscription."""

    def __init__(self) -> None:
        self.last_id = 0
        self._logs: dict[int, _Log] = {}

    def add(self, activity: Activity) -> Activity:
        """Log an activity under the next id, or its own when it has one."""
        activity.id = activity.id or self.last_id + 1
        self.last_id = max(self.last_id, activity.id)
        self._logs.setdefault(activity.type_id, _Log()).add(activity)
        return activity

    def load(self, entries: list[Activity]) -> None:
        """Fill an empty log at once; ids follow the dates."""
        entries.sort(key=attrgetter("second"))
        for number, activity in enumerate(entries, 1):
            activity.id = number
            log = self._logs.setdefault(activity.type_id, _Log())
            log.keys.append(activity.key)
            log.entries.append(activity)
        self.last_id = len(entries)

    def has(self, type_id: int) -> bool:
        """Whether anything of this type ever happened."""
        return type_id in self._logs

    def between(self, types: Iterable[int] | None, start: int, end: int) -> Iterator[Activity]:
        """Everything of these types (of all, when None) from one second to another, both included, in order."""
        numbers = set(self._logs) if types is None else set(types) & set(self._logs)
        logs = [self._logs[number].after((start - 1, _LAST)) for number in numbers]
        return takewhile(lambda entry: entry.second <= end, heapq.merge(*logs, key=attrgetter("key")))

    def all(self) -> list[Activity]:
        """Everything, in order."""
        return sorted((a for log in self._logs.values() for a in log.entries), key=attrgetter("key"))

    def those(self, wanted: Callable[[Activity], bool]) -> list[Activity]:
        """Everything that is wanted, in order."""
        found = (activity for log in self._logs.values() for activity in log.entries if wanted(activity))
        return sorted(found, key=attrgetter("key"))

    def read(self, types: Iterable[int], after: Key, size: int, wanted: Callable[[Activity], bool]) -> Page:
        """At most `size` entries of these types after a place."""
        logs = [self._logs[number].after(after) for number in set(types) if number in self._logs]
        entries = heapq.merge(*logs, key=attrgetter("key"))
        found: list[Activity] = []
        last = after
        for activity in islice(entries, SCAN):
            if wanted(activity):
                found.append(activity)
            last = activity.key
            if len(found) == size:
                break
        return Page(found, last, next(entries, None) is not None)
