"""The brake counts, shrinks batches, and never lets more pass than the limit."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.brake import SMALL, Brake, Refusals

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@given(batches=st.lists(st.integers(1, 200), min_size=1, max_size=30), limit=st.integers(5, 300))
def test_no_more_than_the_limit_is_filed(batches: list[int], limit: int) -> None:
    """Of any refusals in a row at most the limit is filed, and the flow halts exactly when it is reached."""
    brake, filed = Brake(), 0
    for number in batches:
        assert brake.batch == (SMALL if filed else None)
        brake, some = brake.after(Refusals(number, "no"), limit, NOW)
        filed += some
        assert (brake.halted_at is not None) == (filed >= limit)
    assert filed == min(sum(batches), limit)


@given(limit=st.integers(5, 300))
def test_behind_a_person_s_word_one_small_batch_is_enough(limit: int) -> None:
    """A released brake lets small batches through, and the first one that is refused whole halts it again."""
    halted, _ = Brake().after(Refusals(limit, "no"), limit, NOW)
    again, filed = halted.released(limit).after(Refusals(SMALL, "no"), limit, NOW)
    assert halted.released(limit).batch == SMALL
    assert filed <= SMALL
    assert again.halted_at
