"""Chance in equal parts: retries of one account never come back at one instant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities_to_salesforce.accounts import Slot
from local.fakes.manual_clock import START, SeededChance
from lockstep.catalogue.retry_schedules import TRANSIENT
from lockstep.engine.retry import next_attempt


@given(st.integers(1, 200), st.integers(0, 10**6), st.integers(200, 10_000))
def test_every_slot_draws_from_its_own_part(number: int, seed: int, limit: int) -> None:
    """The draws of all slots are different, in order, and within what was asked for."""
    drawn = [Slot(SeededChance(seed), place, number).below(limit) for place in range(number)]
    assert drawn == sorted(set(drawn))
    assert 0 <= drawn[0] <= drawn[-1] < limit


@pytest.mark.invariant("I19")
@given(st.integers(1, 200), st.integers(0, 10**6), st.integers(0, len(TRANSIENT.steps) - 1))
def test_retries_of_one_account_stay_within_their_jitter(number: int, seed: int, attempts: int) -> None:
    """Up to a whole call of one account: no two at one instant, none outside a fifth of its step."""
    due = [next_attempt(TRANSIENT, attempts, START, Slot(SeededChance(seed), p, number)) for p in range(number)]
    assert len(set(due)) == number
    waits = [(at - START).total_seconds() / TRANSIENT.steps[attempts] for at in due if at]
    assert 0.79 <= min(waits) <= max(waits) <= 1.21
