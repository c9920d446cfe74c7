"""What happens between a worker's read and its next step, and what a row may grow to."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from local.fakes.memory_table import MemoryTable, row_size
from lockstep.domain.item import Item, State, logged, needs_you, ready, retry, unknown
from lockstep.domain.reason import Reason
from lockstep.store.ledger import item_row
from lockstep.store.table import MAX_ACTIONS, Action, Change, Key, Put, Row
from lockstep.store.unit import Group, commit
from tests.contract.store.shelf import FLOW, SELLER, Shelf, email


class BetweenListAndItems(MemoryTable):
    """Somebody else acts once, after a list was read and before its items are."""

    def __init__(self) -> None:
        super().__init__()
        self.act: Callable[[], Any] | None = None

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Let the other one act, then read."""
        act, self.act = self.act, None
        if act:
            act()
        return super().get_many(keys)


@pytest.fixture
def table() -> BetweenListAndItems:
    """A table with somebody else on it."""
    return BetweenListAndItems()


@pytest.fixture
def shelf(table: BetweenListAndItems) -> Shelf:
    """The store over it."""
    return Shelf(table)


def test_an_item_settled_since_the_list_was_read_is_not_handed_out(table: BetweenListAndItems, shelf: Shelf) -> None:
    """Else it would be claimed as CONFIRMED, written a second time, and stand on no list."""
    first, _second = shelf.log(1, 2)
    (mine,) = shelf.claim(first)
    table.act = lambda: shelf.settle(mine, logged("00T1"))
    assert [item.event_id for item in shelf.ledger.ready(FLOW, SELLER)] == ["evt_2"]


def test_a_page_of_items_that_have_all_left_is_not_the_end(table: BetweenListAndItems, shelf: Shelf) -> None:
    """The list is read on behind them."""
    mine = shelf.claim(*shelf.log(1, 2, 3))
    table.act = lambda: shelf.ledger.settle([(item, logged("00T")) for item in mine[:2]])
    assert [item.event_id for item in shelf.ledger.ready(FLOW, SELLER, limit=2)] == ["evt_3"]


def test_an_item_that_went_on_is_not_due(table: BetweenListAndItems, shelf: Shelf) -> None:
    """A care run does not touch what another one has just made ready."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, retry(shelf.later(1), Reason.RECORD_LOCKED))
    shelf.clock.advance(1)
    waiting = shelf.item(mine)
    shard = sum(mine.key.encode()) % 16
    table.act = lambda: shelf.settle(waiting, ready())
    assert shelf.ledger.due(FLOW, shard) == []


def test_an_item_that_woke_is_not_woken_again(table: BetweenListAndItems, shelf: Shelf) -> None:
    """Two clicks on connect wake it once."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, needs_you(Reason.NO_CONNECTION, "c"))
    table.act = lambda: shelf.ledger.wake("c", lambda _: ready())
    assert shelf.ledger.wake("c", lambda _: ready()) == 0
    assert [step.state for step in shelf.item(mine).history].count(State.READY) == 2


def test_more_items_than_a_page_wake(shelf: Shelf) -> None:
    """All of them, in one call."""
    mine = shelf.claim(*(shelf.log(*range(1, 251)) and all_ready(shelf)))
    shelf.ledger.settle([(item, needs_you(Reason.NO_CONNECTION, "c")) for item in mine])
    assert shelf.ledger.wake("c", lambda _: ready()) == 250
    assert len(all_ready(shelf)) == 250


def all_ready(shelf: Shelf) -> list[Item]:
    """The whole work list."""
    found = page = shelf.ledger.ready(FLOW, SELLER)
    while page:
        page = shelf.ledger.ready(FLOW, SELLER, after=page[-1])
        found = found + page
    return found


def test_a_row_stays_small_however_long_its_story(shelf: Shelf) -> None:
    """After five hundred probes the history tells how it began, how it stands, and how much lies between."""
    (item,) = shelf.claim(*shelf.log(1))
    note = "not seen in Salesforce yet; " * 30
    for _ in range(500):
        assert shelf.settle(item, unknown(shelf.later(60), note))
        shelf.clock.advance(60)
        shelf.ledger.look_again([shelf.item(item)])
        (item,) = shelf.claim(*shelf.ledger.ready(FLOW, SELLER))
    assert shelf.settle(item, logged("00T1"))
    steps = shelf.item(item).history
    assert [step.state for step in steps[:3]] == [State.READY, State.LEASED, State.UNKNOWN]
    assert [step.state for step in steps[-3:]] == [State.UNKNOWN, State.LEASED, State.CONFIRMED]
    assert steps[10].note == "953 steps left out"  # of 1,003
    assert "attempt 501" in steps[-2].note
    assert row_size(shelf.table.get(item_row(FLOW, item.key)) or {}) < 40_000


def test_an_item_enters_the_books_ready_and_no_other_way(shelf: Shelf) -> None:
    """Whatever else becomes of it is a move, with its reason."""
    (item,) = shelf.log(1)
    with pytest.raises(ValueError, match="READY"):
        shelf.ledger.opening(replace(item, state=State.SKIPPED, reason=Reason.KIND_OFF))
    assert shelf.item(item).state is State.READY


def test_instants_before_the_year_1000_would_still_sort(shelf: Shelf) -> None:
    """An instant is text of one width, whatever the platform's strftime makes of small years."""
    from lockstep.store.codec import instant, stamp

    early, late = datetime(33, 4, 3, 15, tzinfo=UTC), datetime(2026, 11, 2, 9, 0, 0, 5, tzinfo=UTC)
    assert stamp(early) == "0033-04-03T15:00:00.000000Z" < stamp(late) == "2026-11-02T09:00:00.000005Z"
    assert [instant(stamp(each)) for each in (early, late)] == [early, late]


class Counting(MemoryTable):
    """Remembers how many actions each transaction had."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def transact(self, actions: Sequence[Action]) -> None:
        """Count, and store."""
        self.sizes.append(len(actions))
        super().transact(actions)


def test_a_slice_is_full_but_never_over(shelf: Shelf) -> None:
    """Counters of several days and a position are part of the 96; the groups fill what is left."""
    table = Counting()
    days = ["2026-11-01", "2026-11-02", "2026-11-03"]
    groups = [Group(n, [Put(Key("R", str(n)), {})], {(("f", days[n % 3]), "READY"): 1}) for n in range(200)]
    moves: list[Action] = [Change(Key("CURSOR", "c"), set={"at": 1}), Change(Key("STORED", "s"), add={"n": 1})]
    assert commit(table, groups, shard=lambda: 0, position=lambda _: moves) == []
    assert table.sizes == [MAX_ACTIONS, MAX_ACTIONS, 200 - 2 * (MAX_ACTIONS - 5) + 5]
    assert sum(row["READY"] for row in table.rows("COUNT#")) == 200


def test_counts_that_cancel_out_cost_nothing() -> None:
    """A slice that moves nothing in the books writes no counter."""
    table = Counting()
    book = ("f", "2026-11-01")
    up, down = {(book, "READY"): 1}, {(book, "READY"): -1}
    commit(table, [Group(n, [Put(Key("R", n), {})], counts) for n, counts in (("a", up), ("b", down))], shard=lambda: 0)
    assert table.sizes == [2]


def test_new_work_is_seen_by_the_stream(shelf: Shelf, table: BetweenListAndItems) -> None:
    """A new item and one that becomes ready again are inserts of the work list; a claim and its return are not."""
    shelf.events.accept([email(1)])
    (mine,) = shelf.claim(*shelf.ledger.ready(FLOW, SELLER))
    shelf.settle(mine, ready("not sent"))
    assert len(table.inserted) == 1
    (again,) = shelf.claim(*shelf.ledger.ready(FLOW, SELLER))
    shelf.settle(again, retry(shelf.later(1), Reason.VENDOR_BUSY))
    shelf.settle(shelf.item(again), ready())
    assert [row["pk"] for row in table.inserted] == [f"READY#{FLOW}#{SELLER}"] * 2
