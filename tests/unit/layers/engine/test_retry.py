"""When to try again: inside the schedule, spread by chance, and never for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.fakes.manual_clock import ManualClock, SeededChance
from lockstep.catalogue.retry_schedules import LOCKED_FOR_DAYS, TRANSIENT, Schedule
from lockstep.engine.deadline import Deadline
from lockstep.engine.retry import jittered, next_attempt

NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.invariant("I19")
@given(st.sampled_from([TRANSIENT, LOCKED_FOR_DAYS]), st.integers(0, 20), st.integers(0, 2**32))
def test_each_wait_is_its_step_give_or_take_a_fifth(schedule: Schedule, attempts: int, seed: int) -> None:
    """And after the last step there is no further attempt."""
    at = next_attempt(schedule, attempts, NOW, SeededChance(seed))
    if attempts >= len(schedule.steps):
        assert at is None
    else:
        assert at is not None
        step = schedule.steps[attempts]
        assert timedelta(seconds=0.8 * step) <= at - NOW <= timedelta(seconds=1.2 * step)


@pytest.mark.fault("F019")
@pytest.mark.invariant("I19")
def test_ten_thousand_items_do_not_come_back_together() -> None:
    """All failed in one second; after a minute's wait no single second has more than a tenth of them."""
    chance = SeededChance(7)
    seconds = [int(jittered(60, chance)) for _ in range(10_000)]
    assert (min(seconds), max(seconds)) == (48, 72)
    assert max(seconds.count(second) for second in set(seconds)) < 1_000


def test_the_ends_of_the_spread_are_reached() -> None:
    """The least and the greatest number that chance gives are exactly a fifth away."""

    class Least(SeededChance):
        def below(self, limit: int) -> int:
            return 0

    class Greatest(SeededChance):
        def below(self, limit: int) -> int:
            return limit - 1

    assert [round(jittered(100, chance), 6) for chance in (Least(), Greatest())] == [80, 120]


def test_the_schedules_are_those_of_the_design() -> None:
    """Transient failures: ten seconds to a day, eight tries; locks for approval: once a day for five days."""
    assert TRANSIENT.steps == (10, 60, 300, 1800, 7200, 21_600, 43_200, 86_400)
    assert LOCKED_FOR_DAYS.steps == (86_400,) * 5


def test_a_deadline_is_near_from_its_instant_on() -> None:
    """Not a moment earlier."""
    clock = ManualClock(NOW)
    deadline = Deadline(clock, NOW + timedelta(seconds=30))
    clock.advance(29.9)
    assert not deadline.near
    clock.advance(0.1)
    assert deadline.near
