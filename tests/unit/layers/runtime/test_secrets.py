"""The signing secrets in memory: how old they may be, and how an outage is bridged."""

import pytest

from local.fakes.manual_clock import ManualClock
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.runtime.secrets import RememberedSecrets


class Source:
    """Where the secrets are kept."""

    def __init__(self) -> None:
        self.secrets: tuple[str, ...] = ("new", "old")
        self.down = False
        self.reads = 0

    def read(self) -> tuple[str, ...]:
        """The secrets, or the outage."""
        self.reads += 1
        if self.down:
            raise Unavailable(Reason.VENDOR_BUSY, "the secrets service was not reached")
        return self.secrets


@pytest.fixture
def clock() -> ManualClock:
    """Time."""
    return ManualClock()


@pytest.fixture
def source() -> Source:
    """The secrets service."""
    return Source()


@pytest.fixture
def secrets(source: Source, clock: ManualClock) -> RememberedSecrets:
    """What a container remembers."""
    return RememberedSecrets(source, clock)


def test_one_look_serves_five_minutes(secrets: RememberedSecrets, source: Source, clock: ManualClock) -> None:
    """Within five minutes the service is asked once; after them a rotation is seen."""
    assert secrets.read() == ("new", "old")
    source.secrets = ("newer", "new")
    clock.advance(299)
    assert (secrets.read(), source.reads) == (("new", "old"), 1)
    clock.advance(1)
    assert (secrets.read(), source.reads) == (("newer", "new"), 2)


def test_an_outage_of_ten_minutes_is_bridged(secrets: RememberedSecrets, source: Source, clock: ManualClock) -> None:
    """While the service is down the last secrets serve, and it is asked twice a minute and not with every request."""
    secrets.read()
    source.down = True
    for _ in range(10 * 60):
        clock.advance(1)
        assert secrets.read() == ("new", "old")
    assert source.reads == 1 + 11
    source.down = False
    clock.advance(30)
    source.secrets = ("newer",)
    assert secrets.read() == ("newer",)


def test_after_an_hour_the_bridge_ends(secrets: RememberedSecrets, source: Source, clock: ManualClock) -> None:
    """Secrets that could not be confirmed for an hour are used no longer."""
    secrets.read()
    source.down = True
    clock.advance(3600)
    with pytest.raises(Unavailable):
        secrets.read()


def test_without_a_first_look_there_is_nothing_to_bridge_with(secrets: RememberedSecrets, source: Source) -> None:
    """A new container that cannot read the secrets says so each time, until it can."""
    source.down = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            secrets.read()
    source.down = False
    assert secrets.read() == ("new", "old")
