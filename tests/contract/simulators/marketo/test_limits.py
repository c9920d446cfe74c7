"""Rate, concurrency and the day's quota, and the statistics about them; nobody waits, the clock is moved."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request, Transport
from local.simulators.marketo import MarketoSimulator


@pytest.mark.simulator("marketo-7")
def test_the_hundred_and_first_call_in_twenty_seconds_is_turned_away(api: Any, clock: SimClock) -> None:
    """100 counted calls pass in a sliding window of 20 s; identity and starred codes are not counted."""
    for _ in range(50):
        assert api.get("activities/types")["success"]
    clock.advance(10)
    stranger = {"Authorization": "Bearer nobody"}
    for _ in range(50):
        api.log_in()
        assert api.code(api.http.put("/rest/v1/leads.json").json()) == "605"
        other = httpx.Client(transport=api.http._transport, base_url="http://m", headers=stranger)
        assert api.code(other.get("/rest/v1/activities/types.json").json()) == "601"
        assert api.get("activities/types")["success"]
    refused = api.get("activities/types")
    assert api.code(refused) == "606"
    assert refused["errors"][0]["message"] == "Max rate limit '100' exceeded with in '20' secs"
    clock.advance(10)
    assert [api.get("activities/types")["success"] for _ in range(51)] == [True] * 50 + [False]


@pytest.mark.simulator("marketo-8")
def test_the_eleventh_call_at_a_time_is_turned_away(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """With calls that take time, ten may run at once and the next is told 615 until one has ended."""
    marketo.limits({"seconds_per_call": 2})
    headers = {"authorization": api.http.headers["Authorization"]}

    def call() -> bytes:
        return marketo.handle(Request("GET", "/rest/v1/leads/partitions.json", "", headers)).body

    assert all(b'"success":true' in call() for _ in range(10))
    assert b'"615"' in call()
    clock.advance(2)
    assert b'"success":true' in call()


@pytest.mark.simulator("marketo-9")
def test_the_daily_quota_ends_at_midnight_central(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """607 after the settable number of calls, until the day turns in US Central (06:00 UTC in winter)."""
    marketo.limits({"calls_per_day": 3})
    assert [api.get("activities/types")["success"] for _ in range(4)] == [True, True, True, False]
    clock.set("2026-11-21T05:59:59Z")
    api.log_in()
    assert api.code(api.get("activities/types")) == "607"
    clock.set("2026-11-21T06:00:00Z")
    assert api.get("activities/types")["success"]


@pytest.mark.simulator("marketo-36")
def test_the_statistics_agree_with_the_calls_made(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """Usage totals equal the counted calls day by day, and errors are told by code."""
    for _ in range(3):
        api.get("activities/types")
    marketo.faults.load([{"path": "/types", "fault": "status", "code": 604}])
    api.get("activities/types")
    api.get("nothing")
    assert api.get("stats/usage")["result"][0]["total"] == 4
    clock.advance(86_400)
    api.log_in()
    api.get("activities/types")
    last, before = api.get("stats/usage/last7days")["result"]
    assert (last["date"], last["total"]) == ("2026-11-21", 1)
    assert (before["date"], before["total"]) == ("2026-11-20", 5)
    assert before["users"] == [{"userId": "sync-api@example.com", "count": 5}]
    errors = api.get("stats/errors/last7days")["result"][-1]
    assert errors["errors"] == [{"errorCode": "604", "count": 1}, {"errorCode": "610", "count": 1}]
    assert len(marketo.calls) == 8


def test_two_clients_share_one_window(api: Any, marketo: MarketoSimulator) -> None:
    """The rate belongs to the instance, whoever calls."""
    other = httpx.Client(transport=Transport(marketo), base_url="http://m", headers=api.http.headers)
    for _ in range(50):
        other.get("/rest/v1/activities/types.json")
        api.get("activities/types")
    assert api.code(api.get("activities/types")) == "606"
