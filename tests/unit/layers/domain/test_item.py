"""The protocol of an item: which moves there are, and what an outcome must say."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import (
    MOVES,
    WAITING,
    Item,
    Outcome,
    State,
    logged,
    may_become,
    needs_you,
    ready,
    retry,
    skipped,
    unknown,
)
from lockstep.domain.reason import Reason

NOW = datetime(2026, 11, 2, tzinfo=UTC)


def test_every_state_has_its_moves() -> None:
    """None is forgotten, and none leads back to RECEIVED."""
    assert set(MOVES) == set(State)
    assert State.RECEIVED not in {after for moves in MOVES.values() for after in moves}


def test_what_ended_stays_ended() -> None:
    """A logged item is never written again; only erasing moves it. A skipped one may be retried by hand."""
    assert MOVES[State.CONFIRMED] == MOVES[State.SUPERSEDED] == {State.ERASED}
    assert MOVES[State.ERASED] == frozenset()
    assert State.READY in MOVES[State.SKIPPED]


def test_nothing_is_logged_without_a_claim_or_a_probe() -> None:
    """CONFIRMED follows a write or a probe; READY leads to it only where an earlier write is in doubt (M5)."""
    fresh = Item("f", ItemKey("k"), UserEmail("u"), "e", "email.sent", MarketoId(1), NOW, NOW.date())
    doubtful = replace(fresh, leased_at=NOW)
    for state in State:
        before = (replace(fresh, state=state), replace(doubtful, state=state))
        allowed = [may_become(item, State.CONFIRMED) for item in before]
        assert allowed == {
            State.LEASED: [True, True],
            State.UNKNOWN: [True, True],
            State.READY: [False, True],
        }.get(state, [False, False])


def test_a_doubt_is_settled_before_anything_else() -> None:
    """UNKNOWN never becomes READY or RETRY_AT, from which it would be written as if for the first time."""
    assert not MOVES[State.UNKNOWN] & {State.READY, State.RETRY_AT, State.SKIPPED}


def test_every_waiting_item_can_end_and_be_erased() -> None:
    """No state is a trap."""
    for state in WAITING | {State.NEEDS_YOU, State.SKIPPED}:
        reached, frontier = set[State](), {state}
        while frontier - reached:
            reached |= frontier
            frontier = {after for each in reached for after in MOVES[each]}
        assert {State.CONFIRMED, State.ERASED} <= reached, state


@pytest.mark.parametrize(
    "build",
    [
        lambda: logged(""),
        lambda: Outcome(State.CONFIRMED),
        lambda: Outcome(State.SKIPPED),
        lambda: Outcome(State.NEEDS_YOU, Reason.NO_CONNECTION),
        lambda: needs_you(Reason.NO_CONNECTION, ""),
        lambda: Outcome(State.RETRY_AT, Reason.VENDOR_BUSY),
        lambda: Outcome(State.UNKNOWN, Reason.CANNOT_TELL),
        lambda: Outcome(State.READY, due_at=NOW),
    ],
)
def test_an_outcome_is_whole(build: object) -> None:
    """Without the remote id, reason, cause or next look that its state needs it is refused where it is made."""
    assert callable(build)
    with pytest.raises(ValueError, match="an item"):
        build()


def test_the_outcomes_that_there_are() -> None:
    """Each carries exactly what its state needs."""
    assert logged("00T1", "note", ("MSE_Url__c",)).withheld == ("MSE_Url__c",)
    assert skipped(Reason.KIND_OFF).cause is None
    assert needs_you(Reason.NO_CONNECTION, "c").cause == "c"
    assert retry(NOW, Reason.RECORD_LOCKED).counted
    assert not retry(NOW, Reason.QUOTA_SPENT, counted=False).counted
    assert unknown(NOW, "no answer").doubt
    assert not ready().doubt
