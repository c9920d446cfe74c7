"""The books as values: columns, the sum, and several days as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.balance import RECEIVED, Balance, column
from lockstep.domain.item import State
from lockstep.domain.reason import Reason

ENTRIES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([State.SKIPPED, State.NEEDS_YOU]), st.sampled_from(list(Reason))),
        st.tuples(st.sampled_from(sorted(set(State) - {State.SKIPPED, State.NEEDS_YOU, State.RECEIVED})), st.none()),
    ),
    max_size=40,
)


def counts(entries: list[tuple[State, Reason | None]]) -> dict[str, int]:
    """Counters as the ledger keeps them."""
    found = {RECEIVED: len(entries)}
    for state, reason in entries:
        name = column(state, reason)
        found[name] = found.get(name, 0) + 1
    return found


@given(ENTRIES)
def test_books_of_any_items_balance(entries: list[tuple[State, Reason | None]]) -> None:
    """Every item stands in one column, whatever its state."""
    balance = Balance.of(counts(entries))
    assert balance.balanced
    assert balance.received == len(entries)
    assert balance.logged == sum(state is State.CONFIRMED for state, _ in entries)


@given(st.lists(ENTRIES, max_size=4))
def test_several_days_are_their_sum(days: list[list[tuple[State, Reason | None]]]) -> None:
    """Adding up balances is the balance of everything."""
    everything = [entry for day in days for entry in day]
    assert Balance.total(Balance.of(counts(day)) for day in days) == Balance.of(counts(everything))


@given(ENTRIES, st.sampled_from([RECEIVED, State.READY, State.CONFIRMED, "SKIPPED.NO_SF_RECORD", State.ERASED]))
def test_one_count_too_many_is_seen(entries: list[tuple[State, Reason | None]], name: str) -> None:
    """A counter that moved without its state, or an item counted twice, puts the books out of balance."""
    wrong = counts(entries)
    wrong[name] = wrong.get(name, 0) + 1
    assert not Balance.of(wrong).balanced


def test_a_column_that_came_back_to_nothing_is_not_shown() -> None:
    """A reason that no item has any more is not in the list of reasons."""
    assert Balance.of({RECEIVED: 1, State.CONFIRMED: 1, "SKIPPED.NO_SF_RECORD": 0}) == Balance(received=1, logged=1)


def test_superseded_and_erased_stand_under_their_names() -> None:
    """They are not waiting, and have no reason of their own."""
    balance = Balance.of({RECEIVED: 3, State.ERASED: 1, State.SUPERSEDED: 2})
    assert balance.skipped == {"ERASED": 1, "SUPERSEDED": 2}


@pytest.mark.parametrize("state", [State.SKIPPED, State.NEEDS_YOU])
def test_no_item_is_put_aside_without_a_reason(state: State) -> None:
    """Neither skipped nor parked (I18)."""
    with pytest.raises(ValueError, match="without a reason"):
        column(state, None)
    assert column(state, Reason.KIND_OFF) == f"{state}.KIND_OFF"
