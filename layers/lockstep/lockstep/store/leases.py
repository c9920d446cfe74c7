"""Single flight: the right to work on one row's concern until a time, with a fence (F066, I13).

Promises that at most one holder is inside, that a dead holder's lease ends by itself, and that
whoever was turned away has left word, so that the holder looks again before it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lockstep.engine.ports import Clock
from lockstep.store.codec import stamp
from lockstep.store.table import AtMost, Change, Condition, Equals, Key, Missing, Refused, Row, Table

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Lease:
    """A held lease; `fence` refuses all holders before this one."""

    key: Key
    fence: int

    @property
    def held(self) -> Condition:
        """The condition that a write under this lease carries."""
        return Equals("fence", self.fence)


class Leases:
    """Leases on rows of the table."""

    def __init__(self, table: Table, clock: Clock, seconds: int):
        self._table = table
        self._clock = clock
        self._seconds = seconds

    def take(self, key: Key) -> Lease | None:
        """The lease, or None where another worker holds it (who is told to look again)."""
        for _ in range(_TRIES):
            row = self._table.get(key) or {}
            try:
                return self._take(key, row)
            except Refused:
                continue  # the row changed since it was read: the word left, or the lease taken, would be lost
        return None

    def _take(self, key: Key, row: Row) -> Lease | None:
        now, fence, until = self._clock.now(), int(row.get("fence", 0)), row.get("lease_until")
        seen: Condition = Equals("lease_until", until) if until else Missing("lease_until")
        if until and until > stamp(now):
            self._table.transact([Change(key, set={"again": 1}, when=(Equals("fence", fence), seen))])
            return None
        end = stamp(now + timedelta(seconds=self._seconds))
        values = {"fence": fence + 1, "lease_until": end, "again": 0}
        self._table.transact([Change(key, set=values, when=(AtMost("fence", fence), seen))])
        return Lease(key, fence + 1)

    def extend(self, lease: Lease) -> bool:
        """Hold on for another full term; False where the lease was lost."""
        until = self._clock.now() + timedelta(seconds=self._seconds)
        return self._set(lease, {"lease_until": stamp(until)}, (lease.held,))

    def give_back(self, lease: Lease) -> bool:
        """Let go; True where somebody was turned away meanwhile and the work must be looked at."""
        ended = {"lease_until": stamp(self._clock.now())}
        if self._set(lease, ended, (lease.held, Equals("again", 0))):
            return False
        return self._set(lease, ended | {"again": 0}, (lease.held,))

    def _set(self, lease: Lease, values: Mapping[str, object], when: tuple[Condition, ...]) -> bool:
        try:
            self._table.transact([Change(lease.key, set=values, when=when)])
        except Refused:
            return False
        return True
