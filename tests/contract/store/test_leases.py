"""Leases, cursors and budgets: one holder at a time, nobody turned away unheard, no call without a reservation."""

from datetime import timedelta
from typing import Any

import pytest

from lockstep.domain.reason import Reason
from lockstep.engine.errors import QuotaSpent, Throttled
from lockstep.store.budgets import Gate
from lockstep.store.leases import Leases
from lockstep.store.table import Key, Refused
from tests.contract.store.shelf import Meddling, Shelf

ROW = Key("CURSOR#x", "CURSOR")


@pytest.mark.fault("F066")
def test_one_holder_at_a_time(shelf: Shelf) -> None:
    """The second is turned away until the first lets go."""
    first = shelf.leases.take(ROW)
    assert first
    assert shelf.leases.take(ROW) is None
    shelf.leases.give_back(first)
    second = shelf.leases.take(ROW)
    assert second
    assert second.fence == first.fence + 1


def test_whoever_was_turned_away_is_heard(shelf: Shelf) -> None:
    """The holder learns of it when it lets go, once."""
    lease = shelf.leases.take(ROW)
    assert lease
    shelf.leases.take(ROW)
    assert shelf.leases.give_back(lease) is True
    again = shelf.leases.take(ROW)
    assert again
    assert shelf.leases.give_back(again) is False


def test_a_dead_holder_is_followed_when_its_time_is_over(shelf: Shelf) -> None:
    """And is refused everything from then on: going on, giving back, writing."""
    dead = shelf.leases.take(ROW)
    assert dead
    shelf.clock.advance(119)
    assert shelf.leases.take(ROW) is None
    shelf.clock.advance(1)
    assert shelf.leases.take(ROW)
    assert shelf.leases.extend(dead) is False
    assert shelf.leases.give_back(dead) is False
    with pytest.raises(Refused):
        shelf.cursors.move(dead, {"at": 1})
    assert "at" not in (shelf.table.get(ROW) or {})


def test_a_lease_is_held_on_to(shelf: Shelf) -> None:
    """Extended before its end it lasts another full term."""
    lease = shelf.leases.take(ROW)
    assert lease
    shelf.clock.advance(100)
    assert shelf.leases.extend(lease) is True
    shelf.clock.advance(100)
    assert shelf.leases.take(ROW) is None


def test_a_word_left_at_the_last_moment_is_not_lost() -> None:
    """A worker that finds the lease held, while its holder is just letting go, gets it instead of leaving unheard."""
    table = Meddling()
    shelf = Shelf(table)
    lease = shelf.leases.take(ROW)
    assert lease
    table.act = lambda: shelf.leases.give_back(lease)
    assert shelf.leases.take(ROW)


def test_a_lease_extended_at_the_last_moment_is_not_taken() -> None:
    """A worker that read it as ended, just before its holder extended it, is turned away."""
    table = Meddling()
    shelf = Shelf(table)
    lease = shelf.leases.take(ROW)
    assert lease
    shelf.clock.advance(121)
    table.act = lambda: shelf.leases.extend(lease)
    assert shelf.leases.take(ROW) is None
    assert shelf.leases.give_back(lease) is True


def test_positions_are_kept_by_name(shelf: Shelf) -> None:
    """Two positions of one flow move apart, and survive the lease that moved them."""
    assert shelf.cursors.read("flow") == {}
    lease = shelf.cursors.take("flow")
    assert lease
    shelf.cursors.move(lease, {"load": {"next_id": 301}})
    shelf.cursors.move(lease, {"changes": {"token": "é"}})
    shelf.cursors.give_back(lease)
    found = shelf.cursors.read("flow")
    assert (found["load"], found["changes"]) == ({"next_id": 301}, {"token": "é"})


def gate(shelf: Shelf, holder: str, lane: Any = "people") -> Gate:
    """One worker's way to Marketo."""
    return Gate(shelf.budgets, shelf.clock, vendor="marketo", holder=holder, lane=lane)


def call(*gates: Gate) -> None:
    """One call of each worker."""
    for worker in gates:
        with worker.call():
            pass


def test_all_functions_share_one_window(shelf: Shelf) -> None:
    """Five workers run and a sixth waits; what is given back is free for it."""
    workers = [gate(shelf, f"w{n}") for n in range(5)]
    call(*workers)
    with pytest.raises(Throttled) as sixth:
        call(gate(shelf, "w5"))
    assert sixth.value.until == shelf.later(60)
    workers[0].close()
    call(gate(shelf, "w5"))
    window = shelf.budgets.window("marketo")
    assert len(window.permits) == 5
    assert window.used == {"people": 11}  # six workers took two calls each, of which one came back


def test_the_permit_of_a_dead_worker_ends_by_itself(shelf: Shelf) -> None:
    """A minute after its last reservation its place is free."""
    call(*(gate(shelf, f"w{n}") for n in range(5)))
    shelf.clock.advance(60)
    call(gate(shelf, "w5"))
    assert set(shelf.budgets.window("marketo").permits) == {"w5"}


def test_a_vendor_that_asks_to_wait_is_left_alone_by_all(shelf: Shelf) -> None:
    """Until the time is over; a shorter wait asked for by another worker does not cut a longer one."""
    worker = gate(shelf, "w0")
    until = shelf.later(3600)
    spent = QuotaSpent(Reason.QUOTA_SPENT, "607", until=until)
    with pytest.raises(QuotaSpent), worker.call():
        raise spent
    shelf.budgets.park("marketo", shelf.later(10))
    assert shelf.budgets.parked("marketo") == until
    with pytest.raises(Throttled) as refused:
        call(gate(shelf, "w1"))
    assert refused.value.until == until
    shelf.clock.advance(3600)
    assert shelf.budgets.parked("marketo") is None
    call(gate(shelf, "w1"))


def test_a_wait_asked_for_during_a_reservation_is_not_lost() -> None:
    """The reservation that was decided on the row before sees it and is refused."""
    table = Meddling()
    shelf = Shelf(table)
    table.act = lambda: shelf.budgets.park("marketo", shelf.later(60))
    with pytest.raises(Throttled):
        call(gate(shelf, "w0"))
    assert shelf.budgets.parked("marketo") == shelf.later(60)


def test_calls_reserved_and_not_begun_in_time_are_taken_anew(shelf: Shelf) -> None:
    """A worker that paused does not start calls of an old reservation."""
    worker = gate(shelf, "w0")
    call(worker)
    shelf.clock.advance(3)
    call(worker)
    window = shelf.budgets.window("marketo")
    assert window.used == {"people": 2}
    assert max(window.slots) == shelf.later(22)


def test_leases_of_two_terms_share_a_row_format(shelf: Shelf) -> None:
    """A short lease (a token's) ends after its own term."""
    short = Leases(shelf.table, shelf.clock, seconds=30)
    assert short.take(ROW)
    shelf.clock.advance(31)
    assert shelf.leases.take(ROW)
    assert (shelf.table.get(ROW) or {})["lease_until"] > (shelf.clock.now() + timedelta(seconds=100)).isoformat()
