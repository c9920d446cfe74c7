"""The brakes of the flows in the store: one row each, and none while nothing is refused.

Promises that two workers never file more than the limit between them, and that a success is only written down
where refusals came before it.
"""

from contextlib import suppress

from lockstep.domain.brake import Brake, Refusals
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Throttled
from lockstep.engine.ports import Clock
from lockstep.store import codec
from lockstep.store.table import Delete, Equals, Key, Missing, Put, Refused, Table

_TRIES = 8


def _key(flow: str) -> Key:
    return Key(f"BRAKE#{flow}", "BRAKE")


class Brakes:
    """Brakes by flow."""

    def __init__(self, table: Table, clock: Clock):
        self._table = table
        self._clock = clock

    def read(self, flow: str) -> Brake:
        """The brake as it stands."""
        row = self._table.get(_key(flow))
        return codec.read(Brake, row) if row else Brake()

    def refused(self, flow: str, refusals: Refusals, limit: int) -> int:
        """Count refusals; returns how many of them may be filed under "needs you"."""
        for _ in range(_TRIES):
            row = self._table.get(_key(flow)) or {}
            before = codec.read(Brake, row) if row else Brake()
            after, filed = before.after(refusals, limit, self._clock.now())
            version = int(row.get("version", 0))
            guard = Equals("version", version) if row else Missing()
            try:
                self._table.transact([Put(_key(flow), codec.row(after) | {"version": version + 1}, (guard,))])
            except Refused:
                continue
            return filed
        raise Throttled(Reason.VENDOR_BUSY, f"the brake of {flow} is contested", scope="concern")

    def succeeded(self, flow: str) -> None:
        """The row of refusals is broken; a flow that is halted stays so until a person sets it going."""
        with suppress(Refused):
            self._table.transact([Delete(_key(flow), (Missing("halted_at"),))])

    def release(self, flow: str, limit: int) -> Brake | None:
        """Set a halted flow going; what it was halted for, or None where it was not halted."""
        row = self._table.get(_key(flow)) or {}
        before = codec.read(Brake, row) if row else Brake()
        if before.halted_at is None:
            return None
        changed = codec.row(before.released(limit)) | {"version": int(row["version"]) + 1}
        try:
            self._table.transact([Put(_key(flow), changed, (Equals("version", row["version"]),))])
        except Refused:
            return None
        return before
