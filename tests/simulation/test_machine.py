"""The machine at work: many seeds, every story that ever failed, and that the generator reaches the rare states."""

from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.machine import Story, chunks, explain, kept, play, read, trouble
from tests.simulation.machine import watched as played_and_watched

RUNS, PORTION = 500, 25


@pytest.mark.invariant("I1")
@pytest.mark.invariant("I2")
@pytest.mark.invariant("I3")
@pytest.mark.invariant("I4")
@pytest.mark.invariant("I5")
@pytest.mark.invariant("I7")
@pytest.mark.invariant("I12")
@pytest.mark.invariant("I13")
@pytest.mark.invariant("I14")
@pytest.mark.invariant("I15")
@pytest.mark.invariant("I16")
@pytest.mark.invariant("I17")
@pytest.mark.invariant("I18")
@pytest.mark.invariant("I19")
@pytest.mark.invariant("I22")
@pytest.mark.invariant("I25")
@pytest.mark.invariant("I27")
@pytest.mark.invariant("I28")
@pytest.mark.invariant("I29")
@pytest.mark.invariant("I30")
@pytest.mark.invariant("I31")
@pytest.mark.invariant("I34")
@pytest.mark.parametrize("seeds", chunks(RUNS, PORTION), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_random_stories_break_nothing(seeds: range) -> None:
    """Kills, overtaking workers, doubled deliveries, failing vendors and busy people break no invariant."""
    for seed in seeds:
        wrong = trouble(Story.of(seed))
        assert wrong is None, explain(seed, wrong)


@pytest.mark.parametrize("path", kept(), ids=lambda path: path.stem)
def test_stories_that_failed_once_do_not_fail_again(path: Path) -> None:
    """Every story that the machine ever found stays mended."""
    assert trouble(read(path)) is None


def test_a_seed_is_one_story() -> None:
    """The same seed plays the same story to the last row of the store."""
    one, other = (play(Story.of(11)) for _ in range(2))
    assert one.inner.rows() == other.inner.rows()
    assert one.salesforce.records("Task") == other.salesforce.records("Task")


def test_the_generator_reaches_the_rare_states() -> None:
    """Every kind of blow, every state of an item, merges, deletions and workers who come too late are soon met."""
    wanted = {"kill", "overtake", "hold", "cut", "READY", "LEASED", "CONFIRMED", "RETRY_AT", "UNKNOWN", "NEEDS_YOU"}
    wanted |= {
        "SKIPPED",
        "merged",
        "deleted",
        "refused",
        "poison",
        "other version",
        "day spent",
        "overtaken",
        "filled in",
    }
    seen: Counter[str] = Counter()
    for seed in range(150):
        if wanted <= seen.keys():
            break
        seen += played_and_watched(Story.of(seed))
    assert wanted <= seen.keys()
