"""The brake counts, shrinks batches, and never lets more pass than the limit."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.brake import SMALL, WINDOW, Answers, Brake

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@given(batches=st.lists(st.integers(1, 200), min_size=1, max_size=30), limit=st.integers(5, 300))
def test_no_more_than_the_limit_is_filed(batches: list[int], limit: int) -> None:
    """Of any refusals in a row at most the limit is filed, and the flow halts exactly when it is reached."""
    brake, filed = Brake(), 0
    for number in batches:
        assert brake.batch == (SMALL if filed else None)
        brake, some = brake.after(Answers(number), limit, NOW)
        filed += some
        assert (brake.halted_at is not None) == (filed >= limit)
    assert filed == min(sum(batches), limit)


@given(limit=st.integers(5, 300))
def test_behind_a_person_s_word_one_small_batch_is_enough(limit: int) -> None:
    """A released brake lets small batches through, and the first one that is refused whole halts it again."""
    halted, _ = Brake().after(Answers(limit), limit, NOW)
    again, filed = halted.released(limit).after(Answers(SMALL), limit, NOW)
    assert halted.released(limit).batch == SMALL
    assert filed <= SMALL
    assert again.halted_at


@given(refused=st.integers(1, 100), accepted=st.integers(1, 100), limit=st.integers(5, 300))
def test_a_flow_of_which_more_than_half_is_refused_halts(refused: int, accepted: int, limit: int) -> None:
    """However successes and refusals are mixed: halted behind ten limits of answers if most are refused, else never."""
    brake, filed, answered = Brake(), 0, 0
    while answered < 3 * WINDOW * limit and not brake.halted_at:
        brake, some = brake.after(Answers(refused, accepted), limit, NOW)
        filed, answered = filed + some, answered + refused + accepted
    assert (brake.halted_at is not None) == (refused > accepted)
    if brake.halted_at:
        assert answered < WINDOW * limit + refused + accepted


def test_successes_alone_leave_nothing_to_remember() -> None:
    """A refusal is forgotten behind ten limits of answers, and then no success counts any more."""
    brake, _ = Brake().after(Answers(1), 5, NOW)
    for _ in range(5):
        brake, _ = brake.after(Answers(0, 10), 5, NOW)
    assert brake == Brake()
