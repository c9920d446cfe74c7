"""The ledger: every item with its state, the work lists, and the books that balance.

Promises that a state moves only under its fence, that work lists and counters move with it in
one transaction, and that an item is found by its key for as long as it is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from lockstep.catalogue.reason_texts import mendable
from lockstep.domain.balance import RECEIVED, Balance, column
from lockstep.domain.cause import by_hand
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import Item, Outcome, State, Step, may_become
from lockstep.engine.ports import Chance, Clock
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.table import Action, Change, Condition, Delete, Equals, Key, Missing, Put, Row, Table
from lockstep.store.unit import SHARDS, Group, commit, count_key

ON_WORK_LIST = frozenset({State.READY, State.LEASED, State.UNKNOWN})
DUE = frozenset({State.RETRY_AT, State.UNKNOWN})
PARKED = frozenset({State.RETRY_AT, State.NEEDS_YOU, State.SKIPPED})  # waking settles no doubt
_FIRST, _LAST = 10, 40  # steps kept of a long history: how it began, and how it stands


def item_row(flow: str, key: str) -> Key:
    """The item itself."""
    return Key(f"ITEM#{flow}#{key}", "ITEM")


def lane_row(flow: str, connection: str) -> Key:
    """The lease of one connection's work in one flow."""
    return Key(f"CONN#{connection}", f"LEASE#{flow}")


def lane_of(pk: str) -> tuple[str, str] | None:
    """Flow and connection of a work list by its partition; None for any other row."""
    kind, _, lane = pk.partition("#")
    flow, _, connection = lane.partition("#")
    return (flow, connection) if kind == "READY" and flow and connection else None


def _ready_row(item: Item) -> Key:
    return Key(f"READY#{item.flow}#{item.connection}", f"{stamp(item.occurred_at)}#{item.key}")


def _due_row(item: Item, at: datetime) -> Key:
    return Key(_due_pk(item.flow, sum(item.key.encode()) % SHARDS), f"{stamp(at)}#{item.key}")


def _due_pk(flow: str, shard: int) -> str:
    return f"DUE#{flow}#{shard:02d}"


def wait_row(item: Item, cause: str) -> Key:
    """An item on the list of one cause."""
    return Key(f"WAIT#{cause}", f"{item.flow}#{item.key}")


def _listing(item: Item) -> Row:
    return {"flow": item.flow, "key": item.key, "connection": item.connection}


@dataclass(frozen=True, slots=True)
class Claim:
    """An item to be written now: a hash of what is sent, the record it is for, what is left out, what it relates to."""

    item: Item
    payload_hash: str
    target: str
    withheld: tuple[str, ...] = ()
    related: str | None = None


class Ledger:
    """Items in one table."""

    def __init__(self, table: Table, clock: Clock, chance: Chance):
        self._table = table
        self._clock = clock
        self._chance = chance
        self._lanes: set[Key] = set()

    def _shard(self) -> int:
        return self._chance.below(SHARDS)

    def opening(self, item: Item) -> Group:
        """The actions that enter a new item, to be stored with the event that caused it."""
        if item.state is not State.READY:
            raise ValueError(f"an item enters the ledger READY, not {item.state}")
        book = (item.flow, item.received_on.isoformat())
        row = codec.row(item) | {"history": [codec.row(Step(self._clock.now(), item.state))]}
        return Group(
            item,
            [
                Put(item_row(item.flow, item.key), row, (Missing(),)),
                Put(_ready_row(item), _listing(item)),
            ],
            {(book, RECEIVED): 1, (book, column(item.state, item.reason)): 1},
        )

    def open_lanes(self, lanes: Iterable[tuple[str, str]]) -> None:
        """Enter connections into their flow's directory, which care reads; once is enough."""
        new = {Key(f"LANES#{flow}", connection) for flow, connection in lanes} - self._lanes
        for key in sorted(new - self._table.get_many(list(new)).keys()):
            self._table.transact([Put(key, {"lane": key.sk})])
        self._lanes |= new

    def lanes(self, flow: str) -> list[str]:
        """Every connection that ever had work in this flow."""
        return [row["lane"] for row in self._table.query(f"LANES#{flow}", limit=100_000)]

    def oldest(self, flow: str, connection: str) -> datetime | None:
        """When the oldest activity on a work list happened; None where the list is empty."""
        rows = self._table.query(f"READY#{flow}#{connection}", limit=1)
        return codec.instant(rows[0]["sk"].split("#")[0]) if rows else None

    def held_until(self, flow: str, connection: str) -> datetime | None:
        """When the last worker let go of a lane, or will have to; None where none ever held it."""
        row = self._table.get(lane_row(flow, connection)) or {}
        return codec.instant(row["lease_until"]) if "lease_until" in row else None

    def get(self, flow: str, key: str) -> Item | None:
        """One item with its history."""
        row = self._table.get(item_row(flow, key))
        return None if row is None else codec.read(Item, row)

    def get_many(self, flow: str, keys: Sequence[str]) -> list[Item]:
        """Those of these items that are there, with their history."""
        return self._items({"flow": flow, "key": key} for key in keys)

    def _items(self, listings: Iterable[Row]) -> list[Item]:
        keys = [item_row(row["flow"], row["key"]) for row in listings]
        found = self._table.get_many(keys)
        return [codec.read(Item, found[key]) for key in keys if key in found]

    def ready(self, flow: str, connection: str, *, after: Item | None = None, limit: int = 200) -> list[Item]:
        """Items on the work list, oldest first, beginning behind `after`.

        They are READY, or UNKNOWN and due, or LEASED by a worker that may have died.
        """
        start = _ready_row(after).sk if after else ""
        return self._page(Key(f"READY#{flow}#{connection}", start), limit, _listed)

    def _page(self, start: Key, limit: int, keep: Callable[[Item], bool]) -> list[Item]:
        """The next items of a list; empty only at its end."""
        after = start.sk or None
        while listings := self._table.query(start.pk, after=after, limit=limit):
            # an item may have left the list since the list was read
            if items := [item for item in self._items(listings) if keep(item)]:
                return items
            after = listings[-1]["sk"]
        return []

    def claim(self, claims: Sequence[Claim], *, seconds: int, version: int) -> list[Item]:
        """Intent before effect: lease these items; returns those that are ours now, in order."""
        until = self._clock.now() + timedelta(seconds=seconds)
        taken = [(claim.item, self._claimed(claim, until, version)) for claim in claims]
        refused = set(commit(self._table, [_claiming(*pair) for pair in taken], shard=self._shard))
        return [item for _, item in taken if item.key not in refused]

    def _claimed(self, claim: Claim, until: datetime, version: int) -> Item:
        item, now = claim.item, self._clock.now()
        if not _listed(item):
            raise ValueError(f"an item that is {item.state} and not on the work list cannot be claimed")
        note = f"attempt {item.fence + 1}, judged under settings version {version}"
        return replace(
            item,
            state=State.LEASED,
            fence=item.fence + 1,
            leased_at=now,
            lease_until=until,
            payload_hash=claim.payload_hash,
            target=claim.target,
            withheld=claim.withheld,
            related=claim.related,
            settings_version=version,
            history=_grown(item, Step(now, State.LEASED, note=note)),
        )

    def settle(
        self,
        moves: Sequence[tuple[Item, Outcome]],
        version: int | None = None,
        along: Mapping[ItemKey, Sequence[Action]] | None = None,
    ) -> list[ItemKey]:
        """Write outcomes; returns the keys refused because another worker holds a newer fence.

        `along` holds what is to be written in the same transaction as the outcome of an item, or not at all.
        """
        groups = [self._moving(item, outcome, version) for item, outcome in moves]
        for group in groups:
            group.actions += (along or {}).get(group.tag, ())
        refused: list[ItemKey] = commit(self._table, groups, shard=self._shard)
        return refused

    def fixing(self, item: Item, record: str, related: str | None, others: Sequence[Item]) -> Action:
        """The action that decides for good which records an item belongs to, as long as nobody moved it."""
        values = {"record": record, "related": related, "others": [other.key for other in others]}
        return Change(item_row(item.flow, item.key), set=values, when=as_seen(item))

    def still_listed(self, items: Sequence[Item]) -> list[Item]:
        """Those of these items that are on a work list, as they stand now."""
        return [item for item in self._items(map(_listing, items)) if _listed(item)]

    def _moving(self, item: Item, outcome: Outcome, version: int | None) -> Group:
        if not may_become(item, outcome.state):
            raise ValueError(f"an item cannot go from {item.state} to {outcome.state}")
        values: Row = {
            "state": str(outcome.state),
            "reason": outcome.reason and str(outcome.reason),
            "cause": outcome.cause,
            "due_at": outcome.due_at and stamp(outcome.due_at),
            "lease_until": None,
        }
        if not outcome.doubt and item.state not in PARKED:
            values["leased_at"] = None
        if outcome.remote_id:
            values["remote_id"] = outcome.remote_id
        if outcome.withheld is not None:
            values["withheld"] = list(outcome.withheld)
        if version is not None and not item.in_doubt:  # what was claimed was judged then
            values["settings_version"] = version
        if outcome.anew:
            values["attempts"] = 0
        kept, added = _remembering(item, _grown(item, self._step(outcome)))
        change = Change(
            item_row(item.flow, item.key),
            set=values | kept,
            add={"attempts": 1} if outcome.counted else {},
            append=added,
            when=as_seen(item),
        )
        lists = _list_changes(item, outcome)
        return Group(item.key, [change, *lists], _shift(item, outcome.state, outcome))

    def _step(self, outcome: Outcome) -> Step:
        return Step(self._clock.now(), outcome.state, outcome.reason, outcome.note[:500])

    def due(self, flow: str, shard: int, limit: int = 200) -> list[Item]:
        """Items whose time to be looked at again has come."""
        now = self._clock.now()
        listings = self._table.query(_due_pk(flow, shard), through=stamp(now) + "#~", limit=limit)
        return [item for item in self._items(listings) if item.state in DUE and item.due_at and item.due_at <= now]

    def look_again(self, items: Sequence[Item]) -> list[ItemKey]:
        """Put due UNKNOWN items on their work list, where they are probed; they stay UNKNOWN.

        Returns the keys refused because another worker moved them meanwhile.
        """
        groups = []
        for item in items:
            if item.state is not State.UNKNOWN or item.due_at is None:
                raise ValueError(f"an item that is {item.state} is not looked at again")
            row = Change(item_row(item.flow, item.key), set={"due_at": None}, when=as_seen(item))
            moved: list[Action] = [row, Put(_ready_row(item), _listing(item)), Delete(_due_row(item, item.due_at))]
            groups.append(Group(item.key, moved))
        refused: list[ItemKey] = commit(self._table, groups, shard=self._shard)
        return refused

    def waiting_for(self, cause: str, limit: int = 200, *, after: Item | None = None) -> list[Item]:
        """Items parked under a cause, beginning behind `after`."""
        start = wait_row(after, cause).sk if after else ""
        return self._page(Key(f"WAIT#{cause}", start), limit, lambda item: cause in _waits(item))

    def wake(self, cause: str, judge: Callable[[Item], Outcome | None]) -> int:
        """Move all items parked under a cause as `judge` says (None: not at all), each once; returns how many moved."""
        moved = 0
        last: Item | None = None
        while items := self.waiting_for(cause, after=last):
            last = items[-1]  # never back: an item that stays parked must not be asked again and again
            moves = [(item, outcome) for item in items if (outcome := judge(item))]
            moved += len(moves) - len(self.settle(moves))
        return moved

    def balance(self, flow: str, day: date) -> Balance:
        """The books of a flow for one day received, exact at one instant."""
        book = (flow, day.isoformat())
        shards = self._table.snapshot([count_key(book, shard) for shard in range(SHARDS)])
        counts: dict[str, int] = {}
        for row in shards.values():
            for name, number in row.items():
                if name not in ("pk", "sk"):
                    counts[name] = counts.get(name, 0) + number
        return Balance.of(counts)

    def today(self) -> date:
        """The day whose books are open, in UTC."""
        return self._clock.now().astimezone(UTC).date()


def _claiming(before: Item, after: Item) -> Group:
    kept, added = _remembering(before, after.history)
    names = ("state", "lease_until", "leased_at", "payload_hash", "target", "related", "withheld", "settings_version")
    change = Change(
        item_row(before.flow, before.key),
        set={name: codec.value(getattr(after, name)) for name in names} | kept,
        add={"fence": 1},
        append=added,
        when=as_seen(before),
    )
    return Group(before.key, [change], _shift(before, State.LEASED, None))


def _grown(item: Item, step: Step) -> tuple[Step, ...]:
    """The history with one more step; a long one loses its middle, so that its row stays small."""
    if len(item.history) < _FIRST + _LAST:
        return (*item.history, step)
    first, middle, last = item.history[:_FIRST], item.history[_FIRST : 1 - _LAST], item.history[1 - _LAST :]
    left_out = sum(map(_left_out, middle))
    gap = Step(middle[0].at, middle[0].state, note=f"{left_out}{_LEFT_OUT}")
    return (*first, gap, *last, step)


def _remembering(item: Item, grown: tuple[Step, ...]) -> tuple[Row, dict[str, list[Row]]]:
    """What to set and what to append, so that the item's history becomes `grown`."""
    if grown[:-1] == item.history:
        return {}, {"history": [codec.row(grown[-1])]}
    return {"history": codec.value(grown)}, {}


_LEFT_OUT = " steps left out"


def _left_out(step: Step) -> int:
    number = step.note.removesuffix(_LEFT_OUT)
    return int(number) if number != step.note and number.isdigit() else 1


def _waits(item: Item) -> set[str]:
    """The lists on which an item stands: that of its cause, and of its seller where somebody can mend it."""
    found = {item.cause} if item.cause else set()
    if item.state in (State.NEEDS_YOU, State.SKIPPED) and item.reason and mendable(item.reason):
        found.add(by_hand(item.connection))
    return found


def _listed(item: Item) -> bool:
    """Whether the item's row on the work list exists."""
    return item.state in ON_WORK_LIST and item.due_at is None


def as_seen(item: Item) -> tuple[Condition, ...]:
    """What must be found unchanged for a move of this item."""
    # the due time too: an UNKNOWN item that waits again has neither another state nor another fence
    due = Equals("due_at", stamp(item.due_at)) if item.due_at else Missing("due_at")
    return Equals("fence", item.fence), Equals("state", str(item.state)), due


def _shift(item: Item, state: State, outcome: Outcome | None) -> dict[tuple[tuple[str, str], str], int]:
    book = (item.flow, item.received_on.isoformat())
    before = column(item.state, item.reason)
    after = column(state, outcome.reason if outcome else None)
    return {} if before == after else {(book, before): -1, (book, after): 1}


def _list_changes(item: Item, outcome: Outcome) -> list[Action]:
    changes: list[Action] = []
    if _listed(item) and outcome.state is not State.READY:
        changes.append(Delete(_ready_row(item)))
    if outcome.state is State.READY and not _listed(item):
        changes.append(Put(_ready_row(item), _listing(item)))
    if item.due_at and item.due_at != outcome.due_at:
        changes.append(Delete(_due_row(item, item.due_at)))
    if outcome.due_at:
        changes.append(Put(_due_row(item, outcome.due_at), _listing(item)))
    before = _waits(item)
    after = _waits(replace(item, state=outcome.state, reason=outcome.reason, cause=outcome.cause))
    changes += [Delete(wait_row(item, cause)) for cause in sorted(before - after)]
    changes += [Put(wait_row(item, cause), _listing(item)) for cause in sorted(after - before)]
    return changes
