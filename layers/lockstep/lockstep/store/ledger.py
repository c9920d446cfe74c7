"""The ledger: every item with its state, the work lists, and the books that balance.

Promises that a state moves only under its fence, that work lists and counters move with it in
one transaction, and that an item is found by its key for as long as it is kept.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from lockstep.domain.balance import RECEIVED, Balance, column
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import MOVES, Item, Outcome, State, Step
from lockstep.engine.ports import Chance, Clock
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.table import Action, Change, Delete, Equals, Key, Missing, Put, Row, Table
from lockstep.store.unit import SHARDS, Group, commit, count_key

ON_WORK_LIST = frozenset({State.READY, State.LEASED, State.UNKNOWN})


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


def _wait_row(item: Item, cause: str) -> Key:
    return Key(f"WAIT#{cause}", f"{item.flow}#{item.key}")


def _listing(item: Item) -> Row:
    return {"flow": item.flow, "key": item.key, "connection": item.connection}


@dataclass(frozen=True, slots=True)
class Claim:
    """An item to be written now: the hash of what will be sent, and the remote record it is for."""

    item: Item
    payload_hash: str
    target: str


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
        book = (item.flow, item.received_on.isoformat())
        row = codec.row(item) | {"history": [_step(self._clock, item.state)]}
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

    def get(self, flow: str, key: str) -> Item | None:
        """One item with its history."""
        row = self._table.get(item_row(flow, key))
        return None if row is None else codec.read(Item, row)

    def _items(self, listings: Iterable[Row]) -> list[Item]:
        keys = [item_row(row["flow"], row["key"]) for row in listings]
        found = self._table.get_many(keys)
        return [codec.read(Item, found[key]) for key in keys if key in found]

    def ready(self, flow: str, connection: str, *, after: Item | None = None, limit: int = 200) -> list[Item]:
        """Items on the work list, oldest first, beginning behind `after`.

        They are READY, or UNKNOWN and due, or LEASED by a worker that may have died.
        """
        start = _ready_row(after).sk if after else None
        return self._items(self._table.query(f"READY#{flow}#{connection}", after=start, limit=limit))

    def claim(self, claims: Sequence[Claim], *, seconds: int, version: int) -> list[Item]:
        """Intent before effect: lease these items; returns those that are ours now, in order."""
        now = self._clock.now()
        until = now + timedelta(seconds=seconds)
        groups = [self._claiming(claim, now, until, version) for claim in claims]
        refused = set(commit(self._table, groups, shard=self._shard))
        return [_claimed(claim, now, until, version) for claim in claims if claim.item.key not in refused]

    def _claiming(self, claim: Claim, now: datetime, until: datetime, version: int) -> Group:
        item = claim.item
        note = f"attempt {item.fence + 1}, judged under settings version {version}"
        change = Change(
            item_row(item.flow, item.key),
            set={
                "state": str(State.LEASED),
                "lease_until": stamp(until),
                "leased_at": stamp(now),
                "payload_hash": claim.payload_hash,
                "target": claim.target,
                "settings_version": version,
            },
            add={"fence": 1},
            append={"history": [_step(self._clock, State.LEASED, note=note)]},
            when=_as_seen(item),
        )
        return Group(item.key, [change], _shift(item, State.LEASED, None))

    def settle(self, moves: Sequence[tuple[Item, Outcome]], version: int | None = None) -> list[ItemKey]:
        """Write outcomes; returns the keys refused because another worker holds a newer fence."""
        groups = [self._moving(item, outcome, version) for item, outcome in moves]
        refused: list[ItemKey] = commit(self._table, groups, shard=self._shard)
        return refused

    def _moving(self, item: Item, outcome: Outcome, version: int | None) -> Group:
        if outcome.state not in MOVES[item.state]:
            raise ValueError(f"an item cannot go from {item.state} to {outcome.state}")
        values: Row = {
            "state": str(outcome.state),
            "reason": outcome.reason and str(outcome.reason),
            "cause": outcome.cause,
            "due_at": outcome.due_at and stamp(outcome.due_at),
            "lease_until": None,
        }
        if not outcome.doubt:
            values["leased_at"] = None
        if outcome.remote_id:
            values["remote_id"] = outcome.remote_id
        if outcome.withheld:
            values["withheld"] = list(outcome.withheld)
        if version is not None:
            values["settings_version"] = version
        change = Change(
            item_row(item.flow, item.key),
            set=values,
            add={"attempts": 1} if outcome.counted else {},
            append={"history": [_step(self._clock, outcome.state, outcome)]},
            when=_as_seen(item),
        )
        lists = _list_changes(item, outcome)
        return Group(item.key, [change, *lists], _shift(item, outcome.state, outcome))

    def due(self, flow: str, shard: int, limit: int = 200) -> list[Item]:
        """Items whose time to be looked at again has come."""
        now = stamp(self._clock.now())
        return self._items(self._table.query(_due_pk(flow, shard), through=now + "#~", limit=limit))

    def look_again(self, items: Sequence[Item]) -> list[ItemKey]:
        """Put due UNKNOWN items on their work list, where they are probed; they stay UNKNOWN.

        Returns the keys refused because another worker moved them meanwhile.
        """
        groups = []
        for item in items:
            row = Change(item_row(item.flow, item.key), set={"due_at": None}, when=_as_seen(item))
            moved: list[Action] = [row, Put(_ready_row(item), _listing(item))]
            if item.due_at:
                moved.append(Delete(_due_row(item, item.due_at)))
            groups.append(Group(item.key, moved))
        refused: list[ItemKey] = commit(self._table, groups, shard=self._shard)
        return refused

    def waiting_for(self, cause: str, limit: int = 200) -> list[Item]:
        """Items parked under a cause."""
        return self._items(self._table.query(f"WAIT#{cause}", limit=limit))

    def wake(self, cause: str, judge: Callable[[Item], Outcome]) -> int:
        """Move all items parked under a cause as `judge` says; returns how many moved."""
        moved = 0
        while items := self.waiting_for(cause):
            refused = self.settle([(item, judge(item)) for item in items])
            moved += len(items) - len(refused)
            if len(refused) == len(items):
                break
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


def _step(clock: Clock, state: State, outcome: Outcome | None = None, note: str = "") -> Row:
    reason = outcome.reason if outcome else None
    text = outcome.note if outcome else note
    return codec.row(Step(clock.now(), state, reason, text[:500]))


def _as_seen(item: Item) -> tuple[Equals, Equals]:
    return Equals("fence", item.fence), Equals("state", str(item.state))


def _shift(item: Item, state: State, outcome: Outcome | None) -> dict[tuple[tuple[str, str], str], int]:
    book = (item.flow, item.received_on.isoformat())
    before = column(item.state, item.reason)
    after = column(state, outcome.reason if outcome else None)
    return {} if before == after else {(book, before): -1, (book, after): 1}


def _list_changes(item: Item, outcome: Outcome) -> list[Action]:
    changes: list[Action] = []
    if item.state in ON_WORK_LIST and outcome.state is not State.READY:
        changes.append(Delete(_ready_row(item)))
    if outcome.state is State.READY and item.state not in ON_WORK_LIST:
        changes.append(Put(_ready_row(item), _listing(item)))
    if item.due_at and item.due_at != outcome.due_at:
        changes.append(Delete(_due_row(item, item.due_at)))
    if outcome.due_at:
        changes.append(Put(_due_row(item, outcome.due_at), _listing(item)))
    if item.cause and item.cause != outcome.cause:
        changes.append(Delete(_wait_row(item, item.cause)))
    if outcome.cause:
        changes.append(Put(_wait_row(item, outcome.cause), _listing(item)))
    return changes


def _claimed(claim: Claim, now: datetime, until: datetime, version: int) -> Item:
    return replace(
        claim.item,
        state=State.LEASED,
        fence=claim.item.fence + 1,
        leased_at=now,
        lease_until=until,
        payload_hash=claim.payload_hash,
        target=claim.target,
        settings_version=version,
    )
