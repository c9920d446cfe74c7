"""Seats in the store: one row of how many there are, and a lease for each that is taken.

Promises that a worker who dies frees its seat by time alone, and that nothing is written while there is no crowd.
"""

from contextlib import suppress

from lockstep.domain import seats
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Throttled
from lockstep.engine.ports import Clock
from lockstep.store import codec
from lockstep.store.leases import Lease, Leases
from lockstep.store.table import Equals, Key, Missing, Put, Refused, Table


def _key(vendor: str) -> Key:
    return Key(f"BUDGET#{vendor}", "SEATS")


class Seats:
    """Seats by vendor name."""

    def __init__(self, table: Table, clock: Clock, leases: Leases):
        self._table = table
        self._clock = clock
        self._leases = leases

    def take(self, vendor: str) -> Lease | None:
        """A seat, or None where nobody needs one; Throttled while all are taken."""
        known = self._known(vendor)
        number = known.at(self._clock.now()) if known else None
        if number is None:
            return None
        for place in range(number):
            if seat := self._leases.take(Key(f"BUDGET#{vendor}", f"SEAT#{place}")):
                return seat
        raise Throttled(
            Reason.VENDOR_BUSY, f"{number} workers call {vendor} at once, and it takes no more", scope="lane"
        )

    def leave(self, seat: Lease) -> None:
        """Let go of a seat."""
        self._leases.give_back(seat)

    def fewer(self, vendor: str) -> None:
        """The vendor said that there were too many at once; what somebody else was told just now counts for all."""
        known = self._known(vendor)
        less = seats.fewer(known, self._clock.now())
        guard = Equals("since", codec.stamp(known.since)) if known else Missing()
        if less != known:
            with suppress(Refused):
                self._table.transact([Put(_key(vendor), codec.row(less), (guard,))])

    def _known(self, vendor: str) -> seats.Seats | None:
        row = self._table.get(_key(vendor))
        return codec.read(seats.Seats, row) if row else None
