"""The ground that the simulators share: clock, fault plan, seeded ids, transport."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.kernel.control import CallLog
from local.simulators.kernel.faults import FaultPlan
from local.simulators.kernel.http import Request, Response, Transport
from local.simulators.kernel.population import population, with_checksum


class Echo:
    """A vendor that answers with what it was sent."""

    def __init__(self, clock: SimClock) -> None:
        """Begin with no faults."""
        self.clock = clock
        self.faults = FaultPlan(clock)
        self.log = CallLog()
        self.served: list[Request] = []

    def handle(self, request: Request) -> Response:
        """Serve under the fault plan."""
        return self.faults.around(request, self.serve)

    def serve(self, request: Request) -> Response:
        """Note the request and give its target back."""
        self.served.append(request)
        return Response(200, [], request.target.encode())


@pytest.fixture
def echo() -> Echo:
    """An echo on a stopped clock."""
    return Echo(SimClock(start="2026-11-20T12:00:00Z"))


def test_a_set_clock_stands_until_it_is_moved() -> None:
    """set stops, advance moves, and pause moves a stopped clock instead of waiting."""
    clock = SimClock(start="2026-11-20T13:00:00+01:00")
    assert write_instant(clock.now()) == write_instant(clock.now()) == "2026-11-20T12:00:00Z"
    clock.advance(1)
    clock.pause(2)
    assert write_instant(clock.now()) == "2026-11-20T12:00:03Z"
    clock.real()
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 5


def test_a_followed_clock_is_moved_by_its_owner() -> None:
    """It shows the outside clock plus what it was advanced by, and a pause leaves it alone."""
    outside = [datetime(2026, 11, 20, tzinfo=UTC)]
    clock = SimClock(follow=lambda: outside[0])
    clock.pause(30)
    clock.advance(5)
    outside[0] += timedelta(seconds=60)
    assert clock.now() == datetime(2026, 11, 20, 0, 1, 5, tzinfo=UTC)


def test_faults_hit_the_calls_they_name(echo: Echo) -> None:
    """Method and path must fit, `after` lets calls through, `times` is used up, a new plan replaces the old."""
    client = httpx.Client(transport=Transport(echo), base_url="http://vendor")
    echo.faults.load([{"method": "POST", "path": "/a?x=1", "fault": "status", "code": 503, "after": 1, "times": 2}])
    assert client.get("/a?x=1").status_code == 200
    assert [client.post("/a?x=1").status_code for _ in range(4)] == [200, 503, 503, 200]
    echo.faults.load([{"fault": "html", "times": 9}])
    assert client.get("/a").status_code == 502
    echo.faults.load([])
    assert client.get("/a").status_code == 200


def test_a_late_write_is_served_when_due(echo: Echo) -> None:
    """late_commit breaks the connection and serves the request later, once."""
    client = httpx.Client(transport=Transport(echo), base_url="http://vendor")
    echo.faults.load([{"path": "/late", "fault": "late_commit", "seconds": 10}])
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/late")
    assert echo.served == []
    echo.clock.advance(10)
    client.get("/now")
    client.get("/now")
    assert [request.path for request in echo.served] == ["/late", "/now", "/now"]


def test_requests_keep_their_bytes(echo: Echo) -> None:
    """Path and query stay encoded, header names are lower case, the body is untouched."""
    client = httpx.Client(transport=Transport(echo), base_url="http://vendor")
    assert client.post("/a%20b?q=%C3%A9&q=2", content=b"\x00\xff", headers={"X-Id": "7"}).text == "/a%20b?q=%C3%A9&q=2"
    (request,) = echo.served
    assert (request.path, request.query, request.headers["x-id"], request.body) == (
        "/a%20b", "q=%C3%A9&q=2", "7", b"\x00\xff",
    )  # fmt: skip


def test_ids_carry_the_right_checksum() -> None:
    """A published pair of a 15- and an 18-character id agrees, and seeded ids are unique."""
    assert with_checksum("001D000000IqhSL") == "001D000000IqhSLIAZ"
    people = population(7, 1000)
    ids = [person.crm_id for person in people if person.kind]
    assert len(set(ids)) == len(ids)
    assert all(with_checksum(number[:15]) == number for number in ids)
