"""The call budget against what Marketo itself counts: its limits set to ours, and a crowd of workers at the door."""

import heapq
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import datetime, timedelta
from itertools import count

import pytest

from lockstep.domain.settings import Settings
from lockstep.engine.errors import Defer, QuotaSpent, Throttled
from lockstep.marketo.people import People
from tests.world import SimWorld

CALL_SECONDS = 1.5


@pytest.fixture
def world() -> SimWorld:
    """Marketo, connected, with a call's share of the minute behind it."""
    world = SimWorld()
    world.connect_marketo()
    world.clock.advance(60)
    return world


class Crowd:
    """Workers with clients of their own, as many functions have, each calling again as soon as its call has ended."""

    def __init__(self, world: SimWorld, workers: int):
        self.world = world
        self.order = count()
        self.turned_away = 0
        self.queue: list[tuple[datetime, int, ExitStack, People]] = []
        for _ in range(workers):
            self.arrive(world.clock.now())

    def arrive(self, at: datetime) -> None:
        """A new invocation."""
        stack = ExitStack()
        self.later(at, stack, stack.enter_context(self.world.world.marketo("people")))

    def later(self, at: datetime, stack: ExitStack, client: People) -> None:
        """Go on with this worker then."""
        heapq.heappush(self.queue, (at, next(self.order), stack, client))

    def run(self, seconds: float) -> None:
        """Let them call."""
        end = self.world.clock.now() + timedelta(seconds=seconds)
        while self.queue[0][0] < end:
            at, _, stack, client = heapq.heappop(self.queue)
            self.world.clock.set(at)
            try:
                client.paging_token(at)
            except Throttled as wait:
                self.turned_away += 1
                stack.close()
                self.arrive(wait.until or at + timedelta(seconds=wait.seconds))
            else:
                self.later(at + timedelta(seconds=CALL_SECONDS), stack, client)
        self.world.clock.set(end)


def calls(world: SimWorld) -> list[datetime]:
    """When Marketo was called, as it noted it."""
    return [datetime.fromisoformat(call.at) for call in world.marketo.calls]


def windows(times: list[datetime]) -> Iterator[int]:
    """How many calls began in the 20 seconds from each call on."""
    for first, at in enumerate(times):
        yield sum(1 for other in times[first : first + 60] if other - at < timedelta(seconds=20))


@pytest.mark.acceptance(14)
@pytest.mark.invariant("I14")
def test_marketo_never_sees_more_than_fifty_calls_in_20_seconds_nor_five_at_once(world: SimWorld) -> None:
    """Eight workers for five minutes, at an instance that would turn away the 51st call and the sixth at once."""
    world.marketo.switches.change({"calls_per_20s": 50, "concurrent": 5, "seconds_per_call": CALL_SECONDS})
    world.marketo.calls.clear()
    crowd = Crowd(world, 8)
    crowd.run(300)
    times = calls(world)
    assert max(windows(times)) == 50
    assert not [call.outcome for call in world.marketo.calls if call.outcome != "ok"]
    assert not world.marketo.quota.errors  # neither 606 nor 615 was ever answered
    assert len(times) >= 0.9 * 50 * 300 / 20
    assert crowd.turned_away > 0


@pytest.mark.fault("F011")
@pytest.mark.parametrize("limit", ["calls_per_20s", "concurrent"])
def test_one_refusal_is_heard_by_all_workers(world: SimWorld, limit: str) -> None:
    """Others have used up the instance's limit: after one 606 or 615 none of ours calls until the wait is over."""
    with world.world.marketo("people") as one, world.world.marketo("live") as other:
        world.marketo.switches.change({limit: 0})
        with pytest.raises(Throttled):
            one.paging_token(world.clock.now())
        world.marketo.switches.change({limit: 100})
        before = len(world.marketo.calls)
        for client in (one, other):
            with pytest.raises(Throttled) as told:
                client.paging_token(world.clock.now())
            assert told.value.until == world.clock.now() + timedelta(seconds=10)
        assert len(world.marketo.calls) == before
        world.clock.advance(10)
        other.paging_token(world.clock.now())
        assert len(world.marketo.calls) == before + 1


@pytest.mark.fault("F013")
def test_the_day_is_over_for_all_workers_when_marketo_says_so(world: SimWorld) -> None:
    """After one 607 nobody calls before midnight in US Central; then calls go on by themselves."""
    with world.world.marketo("people") as one, world.world.marketo("live") as other:
        world.marketo.switches.change({"calls_per_day": 0})
        with pytest.raises(QuotaSpent) as spent:
            one.paging_token(world.clock.now())
        midnight = spent.value.until
        assert midnight is not None
        world.marketo.switches.change({"calls_per_day": 50_000})
        before = len(world.marketo.calls)
        world.clock.set(midnight - timedelta(seconds=1))
        with pytest.raises(Defer):
            other.paging_token(world.clock.now())
        assert len(world.marketo.calls) == before
        world.clock.set(midnight)
        other.paging_token(world.clock.now())
        assert len(world.marketo.calls) == before + 1


def test_we_take_half_of_the_days_quota_at_most(world: SimWorld) -> None:
    """With a quota of 1,000 the people lane stops where it would eat into what others have reserved."""
    world.world.settings.save(Settings(marketo_daily_quota=1000), by="admin@example.com", over=0)
    world.marketo.calls.clear()
    with world.world.marketo("people") as client, suppress(QuotaSpent):
        for _ in range(600):
            client.paging_token(world.clock.now())
            world.clock.advance(0.5)
    reserved = 500 * (0.02 + 0.40 + 0.10)
    assert len(world.marketo.calls) == pytest.approx(500 - reserved, abs=5)
