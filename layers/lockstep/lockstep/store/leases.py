"""Single flight: the right to work on one row's concern until a time, with a fence (F066, I13).

Promises that at most one holder is inside, that a dead holder's lease ends by itself, and that
whoever was turned away has left word, so that the holder looks again before it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lockstep.engine.ports import Clock
from lockstep.store.codec import stamp
from lockstep.store.table import AtMost, Change, Condition, Equals, Key, Refused, Table


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
        row = self._table.get(key) or {}
        now = self._clock.now()
        fence = int(row.get("fence", 0))
        try:
            if row.get("lease_until", "") > stamp(now):
                self._table.transact([Change(key, set={"again": 1}, when=(Equals("fence", fence),))])
                return None
            until = now + timedelta(seconds=self._seconds)
            self._table.transact(
                [
                    Change(
                        key,
                        set={"fence": fence + 1, "lease_until": stamp(until), "again": 0},
                        when=(AtMost("fence", fence),),
                    )
                ]
            )
        except Refused:
            return None
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
