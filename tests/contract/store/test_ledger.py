"""The ledger: claims and fences, work lists that follow states, causes that wake, books that balance."""

from datetime import timedelta

import pytest

from lockstep.domain.balance import Balance
from lockstep.domain.cause import by_hand
from lockstep.domain.item import Item, Outcome, State, logged, needs_you, ready, retry, skipped, unknown
from lockstep.domain.reason import Reason
from tests.contract.store.backends import UNHURRIED
from tests.contract.store.shelf import FLOW, SELLER, Shelf, email

CAUSE = f"connection:{SELLER}"


def books(shelf: Shelf) -> Balance:
    """Today's books."""
    return shelf.ledger.balance(FLOW, shelf.ledger.today())


def due(shelf: Shelf) -> list[Item]:
    """Everything that is due now."""
    return [item for shard in range(16) for item in shelf.ledger.due(FLOW, shard)]


def waiting(shelf: Shelf) -> list[str]:
    """The events whose items stand on the work list, in order."""
    return [item.event_id for item in shelf.ledger.ready(FLOW, SELLER)]


def test_a_new_item_waits_on_the_list_of_its_seller(shelf: Shelf) -> None:
    """It stands there once, oldest first, and nowhere else; the lane is known."""
    shelf.events.accept([email(2), email(1)])
    assert waiting(shelf) == ["evt_1", "evt_2"]
    assert shelf.ledger.lanes(FLOW) == [SELLER]
    assert shelf.ledger.oldest(FLOW, SELLER) == email(1).instant
    assert shelf.ledger.ready(FLOW, "another@example.com") == []
    assert books(shelf) == Balance(received=2, waiting=2)


def test_the_work_list_is_read_page_by_page(shelf: Shelf) -> None:
    """Behind an item come the ones that happened after it."""
    first = shelf.log(*range(1, 6))[:2]
    assert [i.event_id for i in shelf.ledger.ready(FLOW, SELLER, after=first[-1], limit=2)] == ["evt_3", "evt_4"]


@pytest.mark.fault("F030")
def test_of_two_workers_one_claims(shelf: Shelf) -> None:
    """Both read the item READY and both claim it: one has it, the other is told so."""
    (seen,) = shelf.log(1)
    (mine,) = shelf.claim(seen)
    assert shelf.claim(seen) == []
    assert (mine.state, mine.fence, mine.target, mine.payload_hash) == (State.LEASED, 1, "003", "hash")
    assert shelf.item(seen) == mine
    assert mine.lease_until == shelf.later(120)


@pytest.mark.fault("F031")
def test_a_worker_that_wakes_after_its_lease_is_refused(shelf: Shelf) -> None:
    """Its outcome is not written over that of the worker who took over."""
    (late,) = shelf.claim(*shelf.log(1))
    shelf.clock.advance(121)
    (other,) = shelf.claim(*shelf.ledger.ready(FLOW, SELLER))
    assert not shelf.settle(late, logged("00Tlate"))
    assert shelf.item(late).state is State.LEASED
    assert shelf.settle(other, logged("00Tother"))
    assert not shelf.settle(late, needs_you(Reason.NO_CONNECTION, CAUSE))
    assert (shelf.item(late).state, shelf.item(late).remote_id) == (State.CONFIRMED, "00Tother")
    assert books(shelf) == Balance(received=1, logged=1)


OUTCOMES = {
    "logged": (logged("00T1"), Balance(received=1, logged=1)),
    "skipped": (skipped(Reason.NOT_SENT), Balance(received=1, skipped={"NOT_SENT": 1})),
    "parked": (needs_you(Reason.NO_CONNECTION, CAUSE), Balance(received=1, needs_you={"NO_CONNECTION": 1})),
    "ready": (ready(), Balance(received=1, waiting=1)),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_lists_and_books_move_with_the_state(shelf: Shelf, name: str) -> None:
    """After each outcome the item stands on the lists of its state only, and in one column of the books."""
    outcome, expected = OUTCOMES[name]
    (mine,) = shelf.claim(*shelf.log(1))
    assert shelf.settle(mine, outcome)
    assert books(shelf) == expected
    assert waiting(shelf) == (["evt_1"] if name == "ready" else [])
    assert [i.event_id for i in shelf.ledger.waiting_for(CAUSE)] == (["evt_1"] if name == "parked" else [])
    now = shelf.item(mine)
    assert (now.state, now.reason, now.cause) == (outcome.state, outcome.reason, outcome.cause)
    assert now.lease_until is None


def test_what_was_skipped_and_can_be_mended_is_found_for_a_retry(shelf: Shelf) -> None:
    """It stands under its seller's own cause, and goes back to the work list by a person's word."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, skipped(Reason.NO_SF_RECORD))
    assert [item.event_id for item in shelf.ledger.waiting_for(by_hand(SELLER))] == ["evt_1"]
    assert shelf.ledger.wake(by_hand(SELLER), lambda _: ready("retried by hand")) == 1
    assert waiting(shelf) == ["evt_1"]
    assert books(shelf) == Balance(received=1, waiting=1)


def test_one_late_item_does_not_hold_up_the_others(shelf: Shelf) -> None:
    """Of a slice the refused item is taken out and named, the rest is stored."""
    mine = shelf.claim(*shelf.log(1, 2, 3))
    shelf.clock.advance(121)
    shelf.claim(shelf.item(mine[1]))
    assert shelf.ledger.settle([(item, logged(f"00T{item.key}")) for item in mine]) == [mine[1].key]
    assert [shelf.item(item).state for item in mine] == [State.CONFIRMED, State.LEASED, State.CONFIRMED]
    assert books(shelf) == Balance(received=3, logged=2, waiting=1)


@pytest.mark.parametrize("table", UNHURRIED, indirect=True)
def test_a_page_larger_than_a_transaction(shelf: Shelf) -> None:
    """A hundred and twenty items are taken in, claimed and settled whole, in slices."""
    items = shelf.log(*range(1, 121))
    mine = shelf.claim(*items)
    assert [item.key for item in mine] == [item.key for item in items]
    assert shelf.ledger.settle([(item, logged("00T")) for item in mine]) == []
    assert books(shelf) == Balance(received=120, logged=120)
    assert waiting(shelf) == []


def test_two_words_on_one_item_are_heard_one_after_the_other(shelf: Shelf) -> None:
    """The second settlement of an item in one call is refused like any late one."""
    (mine,) = shelf.claim(*shelf.log(1))
    assert shelf.ledger.settle([(mine, logged("00T1")), (mine, ready())]) == [mine.key]
    assert shelf.item(mine).state is State.CONFIRMED


def test_a_retry_waits_for_its_time(shelf: Shelf) -> None:
    """It leaves the work list, is due at its time and not before, and is then ready again."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, retry(shelf.later(60), Reason.RECORD_LOCKED, "held by another"))
    assert waiting(shelf) == []
    shelf.clock.advance(59)
    assert due(shelf) == []
    shelf.clock.advance(1)
    (found,) = due(shelf)
    assert (found.state, found.attempts, found.reason) == (State.RETRY_AT, 1, Reason.RECORD_LOCKED)
    assert shelf.settle(found, ready())
    assert due(shelf) == []
    assert waiting(shelf) == ["evt_1"]
    assert books(shelf) == Balance(received=1, waiting=1)


def test_waiting_for_quota_is_no_attempt(shelf: Shelf) -> None:
    """Only a counted retry counts."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, retry(shelf.later(60), Reason.QUOTA_SPENT, counted=False))
    assert shelf.item(mine).attempts == 0


def doubtful(shelf: Shelf) -> Item:
    """An item whose write was sent and not answered, and is due to be looked at."""
    (mine,) = shelf.claim(*shelf.log(1))
    assert shelf.settle(mine, unknown(shelf.later(300), "no answer"))
    assert waiting(shelf) == []
    shelf.clock.advance(300)
    (found,) = due(shelf)
    return found


def test_an_unknown_item_comes_back_to_be_probed(shelf: Shelf) -> None:
    """When due it stands on the work list again, still UNKNOWN and in doubt, until a worker has probed it."""
    found = doubtful(shelf)
    assert shelf.ledger.look_again([found]) == []
    assert due(shelf) == []
    (probed,) = shelf.ledger.ready(FLOW, SELLER)
    assert (probed.state, probed.in_doubt, probed.target) == (State.UNKNOWN, True, "003")
    assert shelf.settle(probed, logged("00T1", "found by its key"))
    assert not shelf.item(found).in_doubt
    assert waiting(shelf) == []
    assert books(shelf) == Balance(received=1, logged=1)


def test_looking_again_twice_is_looking_once(shelf: Shelf) -> None:
    """Two care runs that saw the same item due put it on the work list once; the second is told so."""
    found = doubtful(shelf)
    shelf.ledger.look_again([found])
    assert shelf.ledger.look_again([found]) == [found.key]
    assert waiting(shelf) == ["evt_1"]


def test_an_unknown_item_that_waits_again_leaves_no_row_behind(shelf: Shelf) -> None:
    """Of two workers that probed in vain one sets the next time; nothing is due at the other's."""
    shelf.ledger.look_again([doubtful(shelf)])
    (seen,) = shelf.ledger.ready(FLOW, SELLER)
    assert shelf.settle(seen, unknown(shelf.later(60), "not seen yet"))
    assert not shelf.settle(seen, unknown(shelf.later(90), "not seen yet"))
    shelf.clock.advance(60)
    (again,) = due(shelf)
    assert shelf.ledger.look_again([again]) == []
    shelf.clock.advance(60)
    assert due(shelf) == []
    (last,) = shelf.ledger.ready(FLOW, SELLER)
    assert shelf.settle(last, needs_you(Reason.CANNOT_TELL, "item:x"))


def test_what_waits_for_its_time_cannot_be_claimed(shelf: Shelf) -> None:
    """A claim of an item that is not on the work list is a mistake, and changes nothing."""
    found = doubtful(shelf)
    with pytest.raises(ValueError, match="work list"):
        shelf.claim(found)
    assert shelf.item(found).state is State.UNKNOWN


def test_a_cause_wakes_exactly_its_items(shelf: Shelf) -> None:
    """Items parked under it become ready in one go; those of another cause wait on."""
    mine = shelf.claim(*shelf.log(1, 2, 3))
    for item, cause in zip(mine, (CAUSE, "user:x", CAUSE), strict=True):
        shelf.settle(item, needs_you(Reason.NO_CONNECTION, cause))
    assert shelf.ledger.wake(CAUSE, lambda _: ready("connected")) == 2
    assert waiting(shelf) == ["evt_1", "evt_3"]
    assert shelf.ledger.waiting_for(CAUSE) == []
    assert [item.event_id for item in shelf.ledger.waiting_for("user:x")] == ["evt_2"]
    assert books(shelf) == Balance(received=3, waiting=2, needs_you={"NO_CONNECTION": 1})


def test_what_is_judged_too_old_does_not_wake(shelf: Shelf) -> None:
    """The judge may also skip; the cause is then forgotten."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, needs_you(Reason.NO_CONNECTION, CAUSE))
    assert shelf.ledger.wake(CAUSE, lambda item: skipped(item.reason or Reason.NOT_SENT, "too old")) == 1
    assert shelf.item(mine).state is State.SKIPPED
    assert shelf.ledger.wake(CAUSE, lambda _: ready()) == 0


def test_waking_ends_where_items_stay_parked(shelf: Shelf) -> None:
    """An item that its judge parks again under the same cause is asked once, not for ever."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.settle(mine, needs_you(Reason.NO_CONNECTION, CAUSE))
    assert shelf.ledger.wake(CAUSE, lambda _: skipped(Reason.NO_CONNECTION, cause=CAUSE)) == 1
    assert [item.state for item in shelf.ledger.waiting_for(CAUSE)] == [State.SKIPPED]


def test_waking_settles_no_doubt(shelf: Shelf) -> None:
    """A write that may have arrived before the connection broke is still in doubt when the item wakes."""
    (mine,) = shelf.claim(*shelf.log(1))
    parked = Outcome(State.NEEDS_YOU, Reason.CONNECTION_EXPIRED, cause=CAUSE, doubt=True)
    shelf.settle(mine, parked)
    shelf.ledger.wake(CAUSE, lambda _: ready())
    assert shelf.item(mine).in_doubt


def test_each_move_is_in_the_history_with_its_reason(shelf: Shelf) -> None:
    """From the first to the last, in order, with the settings version of the attempt."""
    (mine,) = shelf.claim(*shelf.log(1))
    shelf.clock.advance(2)
    shelf.settle(mine, needs_you(Reason.NO_CONNECTION, CAUSE, "never connected"))
    shelf.ledger.wake(CAUSE, lambda _: ready("connected"))
    steps = shelf.item(mine).history
    assert [(step.state, step.reason) for step in steps] == [
        (State.READY, None),
        (State.LEASED, None),
        (State.NEEDS_YOU, Reason.NO_CONNECTION),
        (State.READY, None),
    ]
    assert "settings version 1" in steps[1].note
    assert steps[2].at - steps[1].at == timedelta(seconds=2)


def test_books_are_kept_by_the_day_received(shelf: Shelf) -> None:
    """An item settled tomorrow moves in the books of the day it came."""
    monday = shelf.ledger.today()
    shelf.log(1)
    shelf.clock.advance(86_400)
    tuesday = shelf.ledger.today()
    mine = shelf.claim(*shelf.log(2, 3))
    assert shelf.ledger.settle([(item, logged("00T")) for item in mine[:2]]) == []
    by_day = [shelf.ledger.balance(FLOW, day) for day in (monday, tuesday)]
    assert by_day == [Balance(received=1, logged=1), Balance(received=2, logged=1, waiting=1)]
    assert Balance.total(by_day) == Balance(received=3, logged=2, waiting=1)
    assert all(day.balanced for day in by_day)


def test_no_move_that_the_protocol_does_not_know(shelf: Shelf) -> None:
    """From READY nothing is confirmed: intent comes before effect."""
    (seen,) = shelf.log(1)
    with pytest.raises(ValueError, match="cannot go"):
        shelf.settle(seen, logged("00T1"))
    assert shelf.item(seen).state is State.READY
