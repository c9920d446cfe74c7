"""Seats: none while nobody complains, half as many after each crowd, one more each minute, and never lost."""

from datetime import timedelta

import pytest

from lockstep.domain.seats import MOST
from lockstep.engine.errors import Throttled
from tests.contract.store.shelf import Shelf

VENDOR = "salesforce"


def taken(shelf: Shelf) -> int:
    """How many more workers find a seat."""
    for number in range(MOST + 1):
        try:
            if shelf.seats.take(VENDOR) is None:
                return MOST
        except Throttled:
            return number
    raise AssertionError("more seats than workers")


def test_nobody_needs_a_seat_while_nothing_was_said(shelf: Shelf) -> None:
    """Any number of workers go in, and the store has no row of it."""
    assert [shelf.seats.take(VENDOR) for _ in range(MOST + 5)] == [None] * (MOST + 5)
    assert shelf.table.query(f"BUDGET#{VENDOR}") == []


@pytest.mark.fault("F016")
def test_a_crowd_halves_and_time_raises(shelf: Shelf) -> None:
    """Three seats of seven, then one; what several are told within ten seconds is one crowd; a minute gives one."""
    for _ in range(4):
        shelf.seats.fewer(VENDOR)
    assert taken(shelf) == MOST // 2
    shelf.clock.advance(11)
    shelf.seats.fewer(VENDOR)
    shelf.clock.advance(50)
    assert taken(shelf) == 1
    for minutes in range(1, MOST - 1):
        shelf.clock.advance(61 if minutes == 1 else 60)
        assert taken(shelf) == 1 + minutes
    shelf.clock.advance(60)
    assert taken(shelf) == MOST


def test_a_seat_that_is_left_is_taken_by_the_next(shelf: Shelf) -> None:
    """A worker that goes makes room at once, one that dies after its lease."""
    shelf.seats.fewer(VENDOR)
    seats = [shelf.seats.take(VENDOR) for _ in range(MOST // 2)]
    assert taken(shelf) == 0
    assert seats[1] is not None
    shelf.seats.leave(seats[1])
    assert taken(shelf) == 1
    shelf.clock.advance(timedelta(seconds=59).total_seconds())
    assert taken(shelf) == 0
    shelf.clock.advance(2)
    assert taken(shelf) >= MOST // 2
