"""Who is on a static list, in the order of ids: a page of a large list costs what it shows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, MutableSet


class Members(MutableSet[int]):
    """A set of lead ids that can be read on from an id."""

    def __init__(self, ids: Iterable[int] = ()) -> None:
        self._ids = set(ids)
        self._ordered: list[int] | None = None

    def __contains__(self, lead: object) -> bool:
        return lead in self._ids

    def __iter__(self) -> Iterator[int]:
        return self.after(0)

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, lead: int) -> None:
        """Take a lead in."""
        if lead not in self._ids:
            self._ids.add(lead)
            if self._ordered is not None:
                insort(self._ordered, lead)

    def discard(self, lead: int) -> None:
        """Let a lead go, if it was there."""
        if lead in self._ids:
            self._ids.discard(lead)
            if self._ordered is not None:
                del self._ordered[bisect_left(self._ordered, lead)]

    def after(self, lead: int) -> Iterator[int]:
        """All members with a greater id, in order."""
        if self._ordered is None:
            self._ordered = sorted(self._ids)
        ordered = self._ordered
        return (ordered[place] for place in range(bisect_right(ordered, lead), len(ordered)))
