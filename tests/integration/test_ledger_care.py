"""The minute's round: what is due wakes, what was forgotten is nudged, what does not balance is cried out."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, PEOPLE_FROM_MARKETO
from lockstep.domain.balance import RECEIVED
from lockstep.domain.ids import UserEmail
from lockstep.domain.item import Item, Outcome, State, needs_you, retry, unknown
from lockstep.domain.load import ChangesPosition, LoadProgress
from lockstep.domain.reason import Reason
from lockstep.runtime.observability import metrics
from lockstep.store import codec
from lockstep.store.ledger import Claim, lane_row
from lockstep.store.table import Change, Key
from lockstep.store.unit import count_key
from tests.senders import Sender, event
from tests.world import Context, SimWorld

SELLER = UserEmail("seller1@example.com")


@pytest.fixture
def world() -> SimWorld:
    """A world in which a seller has just reported an email, and nobody was told."""
    world = SimWorld()
    report(world, 1)
    return world


def report(world: SimWorld, *numbers: int, **more: Any) -> None:
    """Events that happened just now."""
    now = codec.stamp(world.clock.now())
    Sender(world).send(*(event(number, occurred_at=now) | more for number in numbers))


def ready(world: SimWorld) -> list[Item]:
    """What the seller's work list shows."""
    return world.world.ledger.ready(ACTIVITIES_TO_SALESFORCE, SELLER)


def lease(world: SimWorld) -> list[Item]:
    """Claim all that is ready, as a worker does before it calls."""
    return world.world.ledger.claim([Claim(item, "hash", "00Q") for item in ready(world)], seconds=120, version=0)


def put(world: SimWorld, outcome: Outcome) -> None:
    """Give every item of the seller this outcome."""
    assert world.world.ledger.settle([(item, outcome) for item in lease(world)]) == []


def care(world: SimWorld, seconds: float = 0, context: Context | None = None) -> dict[str, list[float]]:
    """Let time pass and run the round alone; returns what it measured."""
    world.clock.advance(seconds)
    measured: dict[str, list[float]] = {}
    keep = metrics().add_metric

    def add_metric(name: str, unit: Any, value: float, **more: Any) -> None:
        measured.setdefault(name, []).append(value)
        keep(name=name, unit=unit, value=value, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics(), "add_metric", add_metric)
        world.call("ledger_care", {}, context)
    return measured


def nudged(world: SimWorld) -> list[str]:
    """The connections whose nudges wait on the queues."""
    return [message.nudge.connection for message in world.nudges.messages]


# --- waking -----------------------------------------------------------------------------------------------------------


def test_an_item_wakes_when_its_wait_is_over_and_not_before(world: SimWorld) -> None:
    """RETRY_AT becomes READY at its time, back on the work list, with the stream's record that brings a worker."""
    put(world, retry(world.clock.now() + timedelta(seconds=300), Reason.VENDOR_BUSY))
    inserted = len(world.table.inserted)
    care(world, 299)
    assert ready(world) == []
    care(world, 1)
    (item,) = ready(world)
    assert (item.state, item.due_at, item.reason) == (State.READY, None, None)
    assert len(world.table.inserted) == inserted + 1
    assert world.world.ledger.due(ACTIVITIES_TO_SALESFORCE, 0) == []


def test_the_doubt_about_an_earlier_write_outlives_the_wait(world: SimWorld) -> None:
    """An item that waits while an earlier write may have arrived is still probed when it wakes (I4)."""
    put(world, replace(retry(world.clock.now(), Reason.VENDOR_BUSY), doubt=True))
    care(world)
    (item,) = ready(world)
    assert (item.state, item.in_doubt) == (State.READY, True)


def test_an_unknown_item_comes_back_to_be_probed(world: SimWorld) -> None:
    """UNKNOWN stays UNKNOWN and comes on the work list when its settle time is over; the books count it as waiting."""
    put(world, unknown(world.clock.now() + timedelta(seconds=300), "no answer"))
    care(world, 60)
    assert ready(world) == []
    care(world, 240)
    (item,) = ready(world)
    assert (item.state, item.due_at) == (State.UNKNOWN, None)
    balance = world.world.ledger.balance(ACTIVITIES_TO_SALESFORCE, world.world.ledger.today())
    assert (balance.waiting, balance.balanced) == (1, True)


def test_more_than_a_slice_wakes_in_one_round(world: SimWorld) -> None:
    """Five hundred due items in all sixteen lists wake in one round, and none twice."""
    for start in range(2, 500, 83):
        report(world, *range(start, start + 83))
    now = world.clock.now()
    while work := ready(world):
        claimed = world.world.ledger.claim([Claim(item, "hash", "00Q") for item in work], seconds=120, version=0)
        world.world.ledger.settle([(item, retry(now, Reason.QUOTA_SPENT, counted=False)) for item in claimed])
    care(world, 1)
    states = [row["state"] for row in world.items(ACTIVITIES_TO_SALESFORCE)]
    assert states == [State.READY] * 499
    assert len(world.table.rows("READY#")) == 499
    assert world.table.rows("DUE#") == []


def test_a_round_without_time_left_begins_nothing(world: SimWorld) -> None:
    """With the deadline near nothing is woken; the next round finds it all again."""
    put(world, retry(world.clock.now(), Reason.VENDOR_BUSY))
    care(world, 1, Context(seconds=1))
    assert ready(world) == []
    care(world)
    assert len(ready(world)) == 1


def test_what_waits_for_a_person_is_left_alone(world: SimWorld) -> None:
    """Parked items stay parked, also after seven days: they are judged when their cause is mended (LS-16d)."""
    put(world, needs_you(Reason.NO_CONNECTION, f"connection:{SELLER}"))
    rows = world.items(ACTIVITIES_TO_SALESFORCE)
    care(world, 8 * 24 * 3600)
    assert world.items(ACTIVITIES_TO_SALESFORCE) == rows
    assert nudged(world) == []


def test_two_rounds_at_once_move_an_item_once(world: SimWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another round was faster, the slower one moves nothing and ends."""
    put(world, retry(world.clock.now(), Reason.VENDOR_BUSY))
    due = world.world.ledger.due

    def late(flow: str, shard: int, limit: int = 200) -> list[Item]:
        items = due(flow, shard, limit)
        monkeypatch.setattr(world.world.ledger, "due", due)
        care(world)
        return items

    monkeypatch.setattr(world.world.ledger, "due", late)
    care(world)
    (row,) = world.items(ACTIVITIES_TO_SALESFORCE)
    assert [step["state"] for step in row["history"]] == ["READY", "LEASED", "RETRY_AT", "READY"]


# --- reminding --------------------------------------------------------------------------------------------------------


@pytest.mark.fault("F096")
def test_a_lost_nudge_costs_a_minute(world: SimWorld) -> None:
    """Work that nobody was told of is nudged when it is older than 60 seconds, and not before."""
    care(world, 60)
    assert nudged(world) == []
    care(world, 1)
    assert nudged(world) == [SELLER]


def test_a_lane_in_a_workers_hands_is_not_nudged(world: SimWorld) -> None:
    """While a worker holds the lane, or let go of it within the minute, its own nudge is on the way."""
    leases, key = world.world.leases, lane_row(ACTIVITIES_TO_SALESFORCE, SELLER)
    held = leases.take(key)
    assert held
    care(world, 100)
    leases.give_back(held)
    care(world, 50)
    assert nudged(world) == []
    care(world, 11)
    assert nudged(world) == [SELLER]


def test_the_lane_of_a_dead_worker_is_nudged(world: SimWorld) -> None:
    """A worker that died with claimed items is followed by another a minute after its lease has run out (I13)."""
    world.world.leases.take(lane_row(ACTIVITIES_TO_SALESFORCE, SELLER))
    lease(world)
    care(world, 120)
    assert nudged(world) == []
    care(world, 61)
    assert nudged(world) == [SELLER]


def test_nobody_is_nudged_while_the_vendor_is_parked(world: SimWorld) -> None:
    """While Salesforce's allowance is gone work stays READY, and no nudges pile up for hours (I19)."""
    world.world.budgets.park("salesforce", world.clock.now() + timedelta(hours=1))
    measured = care(world, 1800)
    assert nudged(world) == []
    assert max(measured["OldestReadySeconds"]) == 1800
    care(world, 1801)
    assert nudged(world) == [SELLER]


def test_a_nudge_that_is_not_taken_is_measured(world: SimWorld) -> None:
    """Where the queue refuses, the metric rises and the next round tries again."""
    world.nudges.refuse_next = 1
    assert care(world, 61)["NudgesFailed"] == [1]
    care(world, 60)
    assert nudged(world) == [SELLER]


# --- measuring --------------------------------------------------------------------------------------------------------


def test_books_that_do_not_balance_are_cried_out(world: SimWorld, caplog: pytest.LogCaptureFixture) -> None:
    """A counter that was tampered with is found in the same minute and the day after, with flow, day and columns."""
    assert care(world)["BooksOutOfBalance"] == [0] * 6
    day = world.world.ledger.today().isoformat()
    world.table.transact([Change(count_key((ACTIVITIES_TO_SALESFORCE, day), 3), add={RECEIVED: 1})])
    assert sum(care(world)["BooksOutOfBalance"]) == 1
    assert sum(care(world, 24 * 3600)["BooksOutOfBalance"]) == 1
    errors = [vars(record) for record in caplog.records if record.levelname == "ERROR"]
    assert [(error["flow"], error["day"]) for error in errors] == [(ACTIVITIES_TO_SALESFORCE, day)] * 2


def test_lag_is_measured(world: SimWorld) -> None:
    """The age of the oldest work and of the people's watermark are measured; without a people sync there is none."""
    assert "WatermarkAgeSeconds" not in care(world)
    position = ChangesPosition(watermark=world.clock.now())
    world.world.cursors.set(PEOPLE_FROM_MARKETO, {"changes": codec.row(position)})
    measured = care(world, 240)
    assert measured["WatermarkAgeSeconds"] == [240]
    assert max(measured["OldestReadySeconds"]) == 240


def test_a_load_that_moves_is_not_late(world: SimWorld) -> None:
    """Behind a load that gets on, and shortly after its end, changes wait rightly; a load that stands still is told."""
    begun = world.clock.now()
    load = replace(LoadProgress.request("admin@example.com", begun), state="running", started_at=begun)
    position = codec.row(ChangesPosition(watermark=begun))

    def measured(load: LoadProgress, seconds: float) -> float:
        world.world.cursors.set(PEOPLE_FROM_MARKETO, {"changes": position, "load": codec.row(load)})
        (age,) = care(world, seconds)["WatermarkAgeSeconds"]
        return age

    assert measured(load, 3000) == 3000
    moved = load.after_range(300, 900, world.clock.now(), qualified=300, failed=0)
    assert measured(moved, 60) == 60
    assert measured(moved, 1800) == 1860
    done = replace(moved, state="done", finished_at=world.clock.now())
    assert measured(done, 120) == 120


def test_a_round_at_rest_is_cheap(world: SimWorld) -> None:
    """With one seller in one flow a round asks the store about thirty times, as its README says."""
    asked: list[str] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            asked.extend([name] if name != "get_many" else [])  # here of no keys, which asks nothing
            return getattr(world.table, name)

    world.world.ledger._table = world.world.cursors._table = Counting()
    care(world)
    assert sorted(set(asked)) == ["get", "query", "snapshot"]
    assert len(asked) == 3 * (2 + 1) + 16 + 1 + 1
    assert world.table.get(Key("LANES#activities_to_salesforce", SELLER))
