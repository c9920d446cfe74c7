"""Halving: whatever call is rejected whole, each record has its own answer, and what was written stays written."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.ids import salesforce_id
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Halt, Reject, Throttled, UnknownOutcome
from lockstep.salesforce.halving import Result, answered

REFUSED = Reject(Reason.VALIDATION_REFUSED, "no")
TASK = salesforce_id("00T000000000001")


class Vendor:
    """Refuses a call whole while a bad row is in it, or raises what is planned for it; keeps what it wrote."""

    def __init__(self, bad: set[int], *planned: Exception | None):
        self.bad = bad
        self.planned = list(planned)
        self.written: list[int] = []
        self.calls = 0

    def send(self, rows: Sequence[int]) -> list[Result]:
        """One call."""
        self.calls += 1
        if self.planned and (error := self.planned.pop(0)):
            raise error
        if self.bad & set(rows):
            raise REFUSED
        self.written += rows
        return [Written(TASK, created=True) for _ in rows]


@pytest.mark.fault("F046")
@given(st.integers(0, 60), st.sets(st.integers(0, 59), max_size=5))
def test_exactly_the_bad_rows_are_refused(number: int, bad: set[int]) -> None:
    """Whatever rows are bad, all others are written once, in order, and each row has its own answer."""
    vendor, rows = Vendor(bad), list(range(number))
    results = answered(rows, vendor.send)
    assert vendor.written == [row for row in rows if row not in bad]
    assert [isinstance(result, Written) for result in results] == [row not in bad for row in rows]


def test_one_bad_row_of_two_hundred_costs_few_calls() -> None:
    """The culprit is found in two calls for each halving, not by trying one row after the other."""
    vendor = Vendor({77})
    answered(range(200), vendor.send)
    assert vendor.calls <= 1 + 2 * 8


def test_a_lost_answer_is_that_of_all_its_rows() -> None:
    """Nobody knows what was written, so nothing is sent again."""
    vendor = Vendor(set(), UnknownOutcome("lost"))
    results = answered([1, 2, 3], vendor.send)
    assert all(isinstance(result, UnknownOutcome) for result in results)
    assert vendor.calls == 1


@pytest.mark.parametrize("error", [Throttled(Reason.VENDOR_BUSY, "busy"), Halt(Reason.CONNECTION_EXPIRED, "out")])
def test_what_stops_the_first_call_stops_all(error: Exception) -> None:
    """Nothing was written, so there is nothing to answer."""
    with pytest.raises(type(error)):
        answered([1, 2], Vendor(set(), error).send)


@pytest.mark.parametrize("error", [Throttled(Reason.VENDOR_BUSY, "busy"), Halt(Reason.CONNECTION_EXPIRED, "out")])
def test_what_stops_one_half_leaves_the_other_written(error: Exception) -> None:
    """The rows of the half that was stopped have that as their answer."""
    vendor = Vendor(set(), REFUSED, None, error)
    results = answered([1, 2, 3, 4], vendor.send)
    assert vendor.written == [1, 2]
    assert [type(result) for result in results] == [Written, Written, type(error), type(error)]
