"""All five classes of reliability.md 3.5 at one budget: the real gate over the memory table.

The callers are synthetic, since not every class has a flow yet. Judged is what Marketo would see, call by call: every
window of 20 seconds, every instant, the day, and every class.
"""

import heapq
import random
from collections import Counter, defaultdict
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.fakes.manual_clock import START, ManualClock
from local.fakes.memory_table import MemoryTable
from lockstep.engine.budget import Lane, Rules, next_reset
from lockstep.engine.errors import Defer
from lockstep.store.budgets import Budgets, Gate

LANES: tuple[Lane, ...] = ("opt_out", "live", "task", "people", "backfill")
WINDOW = timedelta(seconds=20)
Call = AbstractContextManager[None]


@dataclass
class Lanes:
    """Workers of all classes, each calling as fast as it is let, and coming back as a delayed nudge brings it."""

    workers: dict[Lane, int]
    seed: int
    pace: tuple[float, float]
    rules: Rules = field(default_factory=Rules)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.clock = ManualClock()
        self.budgets = Budgets(MemoryTable(), self.clock)
        self.begun: defaultdict[Lane, list[datetime]] = defaultdict(list)
        self.running = self.most = 0
        self.order = count()
        self.queue: list[tuple[datetime, int, Lane, Gate, Call | None]] = []
        for lane, number in self.workers.items():
            for _ in range(number):
                self.later(START + timedelta(seconds=self.dice.uniform(0, 5)), lane, self.gate(lane), None)

    def gate(self, lane: Lane) -> Gate:
        """A new invocation's way to Marketo."""
        gate = Gate(self.budgets, self.clock, vendor="marketo", holder=f"w{next(self.order)}", lane=lane)
        gate.rules = self.rules
        return gate

    def later(self, at: datetime, lane: Lane, gate: Gate, call: Call | None) -> None:
        """Go on with this worker then."""
        heapq.heappush(self.queue, (at, next(self.order), lane, gate, call))

    def run(self, until: datetime) -> None:
        """Let time pass."""
        while self.queue[0][0] < until:
            at, _, lane, gate, call = heapq.heappop(self.queue)
            self.clock.set(at)
            if call:
                call.__exit__(None, None, None)
                self.running -= 1
            self.begin(lane, gate)

    def begin(self, lane: Lane, gate: Gate) -> None:
        """The next call, or the end of this invocation and a nudge for when there is room."""
        now, call = self.clock.now(), gate.call()
        try:
            call.__enter__()
        except Defer as wait:
            gate.close()
            seconds = max(1, int((wait.until - now).total_seconds()) + 1) if wait.until else wait.seconds
            self.later(now + timedelta(seconds=seconds), lane, self.gate(lane), None)
            return
        self.begun[lane].append(now)
        self.running += 1
        self.most = max(self.most, self.running)
        self.later(now + timedelta(seconds=self.dice.uniform(*self.pace)), lane, gate, call)

    def all(self) -> list[datetime]:
        """When calls began, whoever made them."""
        return sorted(at for times in self.begun.values() for at in times)

    def last_day(self, day_ends: datetime) -> Counter[Lane]:
        """Calls of each class before the vendor's midnight."""
        return Counter({lane: sum(at < day_ends for at in times) for lane, times in self.begun.items()})


def busiest(times: list[datetime]) -> int:
    """The most calls that began within any 20 seconds."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= WINDOW:
            first += 1
        most = max(most, last - first + 1)
    return most


def longest_wait(times: list[datetime], end: datetime) -> float:
    """The longest that one class went without a call, in seconds."""
    return max((later - sooner).total_seconds() for sooner, later in pairwise([START, *times, end]))


WORKERS = st.fixed_dictionaries({lane: st.integers(1, 4) for lane in LANES})
PACES = st.sampled_from([(0.05, 0.2), (0.1, 0.3), (0.5, 1.5), (1.0, 3.0), (0.5, 25.0)])


@pytest.mark.invariant("I14")
@settings(max_examples=12)
@given(workers=WORKERS, seed=st.integers(0, 2**32), pace=PACES)
def test_the_budget_holds_and_no_class_starves(workers: dict[Lane, int], seed: int, pace: tuple[float, float]) -> None:
    """At most fifty calls in any 20 seconds and five at once; no class starves, however many crowd in elsewhere."""
    lanes, end = Lanes(workers, seed, pace), START + timedelta(minutes=10)
    lanes.run(end)
    assert busiest(lanes.all()) <= 50
    assert lanes.most <= 5
    for lane in LANES:
        assert longest_wait(lanes.begun[lane], end) <= 240, lane
        assert len(lanes.begun[lane]) >= len(lanes.all()) / 15, lane


@pytest.mark.invariant("I14")
@pytest.mark.parametrize("pace", [(0.05, 0.2), (0.1, 0.3), (0.5, 25.0)])
def test_five_classes_use_what_there_is(pace: tuple[float, float]) -> None:
    """Nine tenths of what the window, or five calls at once, allow: with one worker a class and with several."""
    begin, end = START + timedelta(minutes=1), START + timedelta(minutes=31)
    best = min(50 / 20, 5 / (sum(pace) / 2)) * (end - begin).total_seconds()
    for crowd in (1, 3):
        lanes = Lanes(dict.fromkeys(LANES, crowd), 7, pace)
        lanes.run(end)
        assert sum(at >= begin for at in lanes.all()) >= 0.9 * best


@pytest.mark.invariant("I14")
@settings(max_examples=8)
@given(workers=WORKERS, seed=st.integers(0, 2**32), calls=st.integers(100, 600))
def test_a_day_holds_for_all_classes_together(workers: dict[Lane, int], seed: int, calls: int) -> None:
    """The day's calls are made and not one more; each class has its reserved share; after midnight all go on."""
    rules = Rules(day_calls=calls)
    lanes, midnight = Lanes(workers, seed, (0.1, 0.3), rules), next_reset(START)
    lanes.run(midnight + timedelta(minutes=1))
    day = lanes.last_day(midnight)
    assert day.total() <= calls
    assert day.total() >= calls - len(LANES)
    for lane, share in rules.shares.items():
        assert day[lane] >= int(calls * share), lane
    assert len(lanes.all()) > day.total()
