"""What the people sync works with, and how it stores what was decided."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.load import ChangesPosition, LoadProgress
from lockstep.domain.message import Nudge
from lockstep.domain.person import PersonRecord
from lockstep.engine.ports import Clock
from lockstep.marketo.people import People as MarketoPeople
from lockstep.runtime.observability import count, logger
from lockstep.runtime.wiring import World
from lockstep.store import codec
from lockstep.store.awaited import Awaited, gaining
from lockstep.store.connections import Connections
from lockstep.store.cursors import Cursors
from lockstep.store.leases import Lease
from lockstep.store.ledger import Ledger
from lockstep.store.people import Known, People
from lockstep.store.table import Action
from people_from_marketo import late, rules
from people_from_marketo.rules import Reading

CAP = 1_500_000  # PPL-17
DELETIONS_KEPT = timedelta(days=14)  # PPL-21: older deletions are no longer in the feed
SKEW = timedelta(minutes=5)  # between our clock and the vendor's (I31)

Change = tuple[Known | None, PersonRecord]


@dataclass(slots=True)
class Desk:
    """Ports of the story; `lag` is how long Marketo may take to show a change."""

    people: People
    ledger: Ledger
    awaited: Awaited
    cursors: Cursors
    connections: Connections
    clock: Clock
    open_marketo: Callable[[], AbstractContextManager[MarketoPeople]]
    nudge: Callable[[Nudge], None]
    lag: timedelta

    @classmethod
    def of(cls, world: World) -> "Desk":
        """The desk of this container."""
        return cls(
            people=world.people,
            ledger=world.ledger,
            awaited=world.awaited,
            cursors=world.cursors,
            connections=world.connections,
            clock=world.clock,
            open_marketo=lambda: world.marketo("people"),
            nudge=world.nudge,
            lag=timedelta(seconds=world.environment.settle_seconds),
        )

    def load(self) -> LoadProgress | None:
        """The pass over all ids, if one was ever asked for."""
        row = self.cursors.read(PEOPLE_FROM_MARKETO).get("load")
        return codec.read(LoadProgress, row) if row else None

    def followed(self) -> ChangesPosition | None:
        """Where the feeds continue; None where they were never followed, or cannot go on from there (I6)."""
        row = self.cursors.read(PEOPLE_FROM_MARKETO).get("changes")
        try:
            position = codec.read(ChangesPosition, row) if row else None
        except ValueError:
            logger().error("the position in the feeds is unreadable")
            return None
        if position and not -SKEW <= self.clock.now() - position.watermark <= DELETIONS_KEPT:
            logger().error("the feeds do not reach to the position", extra={"at": position.watermark.isoformat()})
            return None
        return position

    def reading(self, as_of: datetime) -> Reading:
        """The circumstances of a read that the vendor answered at `as_of`."""
        return Reading(as_of, self.clock.now(), CAP - self.people.stored())

    def save(
        self,
        lease: Lease,
        decided: Sequence[Change],
        *,
        load: LoadProgress | None = None,
        changes: ChangesPosition | None = None,
    ) -> None:
        """Store what was decided; the positions move in the transaction of the last slice."""
        positions = {"load": load, "changes": changes}
        moved = {name: codec.row(place) for name, place in positions.items() if place}
        last: list[Action] = [self.cursors.moving(lease, moved)]
        gained = sorted({one for known, new in decided for one in rules.gained(known.record if known else None, new)})
        noted: list[Action] = [gaining(gained, lease)] if gained else []

        def position(done: int) -> list[Action]:
            place = last if done == len(decided) else [self.cursors.holding(lease)]
            first = list(noted)
            if done:  # in the first slice, before any of these people is stored
                noted.clear()
            return first + place

        self.people.save(decided, position=position)
        if gained:
            late.wake(self.awaited, self.ledger, gained, self.clock.now())
            self.awaited.looked_after(lease.fence)
        if decided:
            count("PeopleStored", sum(1 for _, new in decided if new.reason is None))
            count("PeoplePassedOver", sum(1 for _, new in decided if new.reason))
