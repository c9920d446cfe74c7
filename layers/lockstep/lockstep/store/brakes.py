"""The brakes of the flows in the store: one row each, and none while nothing is refused.

Promises that two workers never file more than the limit between them, and that nothing is written of successes
but while refusals are being counted.
"""

from dataclasses import dataclass

from lockstep.domain.brake import Answers, Brake
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Throttled
from lockstep.engine.ports import Clock
from lockstep.store import codec
from lockstep.store.table import Delete, Equals, Key, Missing, Put, Refused, Table

_TRIES = 8


def _key(flow: str) -> Key:
    return Key(f"BRAKE#{flow}", "BRAKE")


@dataclass(frozen=True, slots=True)
class Counted:
    """What counting came to: how many are filed, the brake then, and whether it was this that halted the flow."""

    filed: int
    brake: Brake
    halted: bool


class Brakes:
    """Brakes by flow."""

    def __init__(self, table: Table, clock: Clock):
        self._table = table
        self._clock = clock

    def read(self, flow: str) -> Brake:
        """The brake as it stands."""
        row = self._table.get(_key(flow))
        return codec.read(Brake, row) if row else Brake()

    def count(self, flow: str, some: Answers, limit: int) -> Counted:
        """Count answers; how many of the refused may be filed under "needs you", and how the brake stands then."""
        for _ in range(_TRIES):
            row = self._table.get(_key(flow)) or {}
            before = codec.read(Brake, row) if row else Brake()
            after, filed = before.after(some, limit, self._clock.now())
            counted = Counted(filed, after, halted=before.halted_at is None and after.halted_at is not None)
            if after == before:
                return counted
            version = int(row.get("version", 0))
            guard = Equals("version", version) if row else Missing()
            put = Put(_key(flow), codec.row(after) | {"version": version + 1}, (guard,))
            try:
                self._table.transact([put if after != Brake() else Delete(_key(flow), (guard,))])
            except Refused:
                continue
            return counted
        if not some.refused:  # how many were accepted is news, and may be lost
            return Counted(0, self.read(flow), halted=False)
        raise Throttled(Reason.VENDOR_BUSY, f"the brake of {flow} is contested", scope="concern")

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
