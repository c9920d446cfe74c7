"""Many workers over one budget row: what they do to the vendor, second by second, on a clock that tests move."""

import heapq
import random
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.fakes.manual_clock import START, ManualClock
from local.fakes.memory_table import MemoryTable
from lockstep.engine.errors import Throttled
from lockstep.store.budgets import Budgets, Gate

WINDOW = timedelta(seconds=20)


@dataclass
class Vendor:
    """What the vendor would see: when calls began, and how many ran at once."""

    begun: list[datetime] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    def busiest_window(self) -> int:
        """The most calls that began within any 20 seconds."""
        most, first = 0, 0
        for last, at in enumerate(self.begun):
            while at - self.begun[first] >= WINDOW:
                first += 1
            most = max(most, last - first + 1)
        return most


class Crowd:
    """Workers that call as fast as they are let, each in its own invocation after it was turned away."""

    def __init__(self, workers: int, seed: int, seconds: tuple[float, float], *, deaths: float = 0):
        self.random = random.Random(seed)
        self.clock = ManualClock()
        self.budgets = Budgets(MemoryTable(), self.clock)
        self.vendor = Vendor()
        self.seconds = seconds
        self.deaths = deaths
        self.names = count()
        self.order = count()
        self.queue: list[tuple[datetime, int, Gate, AbstractContextManager[None] | None]] = []
        for _ in range(workers):
            self.later(START, self.gate(), None)

    def gate(self) -> Gate:
        """A worker's way to Marketo."""
        return Gate(self.budgets, self.clock, vendor="marketo", holder=f"w{next(self.names)}", lane="people")

    def later(self, at: datetime, gate: Gate, call: AbstractContextManager[None] | None) -> None:
        """Go on with this worker then."""
        heapq.heappush(self.queue, (at, next(self.order), gate, call))

    def run(self, seconds: int) -> None:
        """Let time pass."""
        while self.queue[0][0] < START + timedelta(seconds=seconds):
            at, _, gate, call = heapq.heappop(self.queue)
            self.clock.set(at)
            if call:
                call.__exit__(None, None, None)
                self.vendor.running -= 1
            if call and self.random.random() < self.deaths:
                gate = self.gate()  # the worker was killed: nothing was given back, another one starts
            self.begin(gate)

    def begin(self, gate: Gate) -> None:
        """The next call, or the end of this invocation until there is room."""
        call = gate.call()
        try:
            call.__enter__()
        except Throttled as wait:
            gate.close()
            self.later(wait.until or self.clock.now() + timedelta(seconds=1), self.gate(), None)
            return
        self.vendor.begun.append(self.clock.now())
        self.vendor.running += 1
        self.vendor.most_running = max(self.vendor.most_running, self.vendor.running)
        self.later(self.clock.now() + timedelta(seconds=self.random.uniform(*self.seconds)), gate, call)


@pytest.mark.invariant("I14")
@settings(max_examples=15)
@given(
    workers=st.integers(1, 12),
    seed=st.integers(0, 2**32),
    seconds=st.sampled_from([(0.05, 0.2), (0.1, 3.0), (0.5, 25.0)]),
    deaths=st.sampled_from([0, 0.05]),
)
def test_no_window_and_no_instant_is_ever_too_full(
    workers: int, seed: int, seconds: tuple[float, float], deaths: float
) -> None:
    """However many workers there are, however long their calls take, and whether or not some are killed."""
    crowd = Crowd(workers, seed, seconds, deaths=deaths)
    crowd.run(120)
    assert crowd.vendor.begun == sorted(crowd.vendor.begun)
    assert crowd.vendor.busiest_window() <= 50
    assert crowd.vendor.most_running <= 5


@pytest.mark.parametrize(("workers", "seconds"), [(1, (0.1, 0.3)), (5, (0.1, 0.3)), (8, (0.1, 0.3)), (8, (1.0, 1.8))])
def test_what_may_be_called_is_called(workers: int, seconds: tuple[float, float]) -> None:
    """With work for more than the limit, at least nine tenths of what the limit allows is done."""
    crowd = Crowd(workers, 7, seconds)
    crowd.run(600)
    best = 50 * 600 / 20
    assert len(crowd.vendor.begun) >= 0.9 * best
    assert crowd.vendor.busiest_window() == 50


def test_nobody_starves() -> None:
    """Eight workers that take turns all get through to the vendor."""
    crowd = Crowd(8, 7, (0.1, 0.3))
    crowd.run(600)
    gaps = Counter(int((later - sooner).total_seconds()) for sooner, later in pairwise(crowd.vendor.begun))
    assert max(gaps) <= 22
    assert next(crowd.names) > 8


def test_killed_workers_do_not_stop_the_flow_for_longer_than_their_permits_last() -> None:
    """All five die at once; a minute later calls go on, without anybody's help."""
    crowd = Crowd(5, 7, (1, 2))
    crowd.run(3)
    crowd.queue.clear()
    crowd.later(crowd.clock.now(), crowd.gate(), None)
    before = crowd.clock.now()
    crowd.run(120)
    assert timedelta(seconds=50) < min(at for at in crowd.vendor.begun if at > before) - before <= timedelta(seconds=60)
