"""Cursors: where a reader continues, under the lease of its flow.

Promises that a position moves only under the reader's own fence and in the transaction that
stores what it covers (reliability.md 3.2).
"""

from typing import Any

from lockstep.store.leases import Lease, Leases
from lockstep.store.table import Action, Change, Check, Equals, Key, Missing, Refused, Table


def cursor_row(flow: str) -> Key:
    """A flow's cursor, which is also its lease."""
    return Key(f"CURSOR#{flow}", "CURSOR")


class Cursors:
    """Cursors in one table; each holds named positions (`load`, `changes`)."""

    def __init__(self, table: Table, leases: Leases):
        self._table = table
        self._leases = leases

    def take(self, flow: str) -> Lease | None:
        """The right to move this flow's cursor, or None while another worker has it."""
        return self._leases.take(cursor_row(flow))

    def extend(self, lease: Lease) -> bool:
        """Keep the right for another term; False where it was lost."""
        return self._leases.extend(lease)

    def give_back(self, lease: Lease) -> bool:
        """Let go; True where somebody was turned away meanwhile."""
        return self._leases.give_back(lease)

    def read(self, flow: str) -> dict[str, Any]:
        """All positions of a flow by name; empty where it never began."""
        return self._table.get(cursor_row(flow)) or {}

    def moving(self, lease: Lease, positions: dict[str, Any]) -> Action:
        """The action that moves positions, to go with the records that they cover."""
        return Change(lease.key, set=positions, when=(lease.held,))

    def holding(self, lease: Lease) -> Action:
        """The action that moves nothing and only goes on while the lease is held."""
        return Check(lease.key, (lease.held,))

    def move(self, lease: Lease, positions: dict[str, Any]) -> None:
        """Move positions that cover nothing new; raises Refused where the lease was lost."""
        self._table.transact([self.moving(lease, positions)])

    def set(self, flow: str, positions: dict[str, Any], *, over: dict[str, Any] | None = None) -> bool:
        """Set positions from outside the reader: the start command.

        With `over`, positions as they were read (None where there was none): False where one has moved since (I35).
        """
        seen = (over or {}).items()
        when = tuple(Missing(name) if before is None else Equals(name, before) for name, before in seen)
        try:
            self._table.transact([Change(cursor_row(flow), set=positions, when=when)])
        except Refused:
            return False
        return True
