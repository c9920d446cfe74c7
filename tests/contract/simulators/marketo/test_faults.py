"""Faults on demand: what the caller sees, and what the truth has become."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator

ADA = {"input": [{"email": "ada@example.net"}]}


def fault(kind: str, **rest: Any) -> dict[str, Any]:
    """One fault on lead writes."""
    return {"method": "POST", "path": "/leads.json", "fault": kind, **rest}


@pytest.mark.simulator("marketo-35")
@pytest.mark.parametrize(("kind", "leads"), [("drop_before_commit", 0), ("drop_after_commit", 1)])
def test_a_dropped_connection_hides_what_happened(api: Any, marketo: MarketoSimulator, kind: str, leads: int) -> None:
    """The caller sees a broken connection both times; only after the commit is the lead there."""
    marketo.faults.load([fault(kind)])
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("leads", ADA)
    assert len(marketo.world.leads) == leads
    assert [call.outcome for call in marketo.calls] == ["dropped"]
    assert api.post("leads", ADA)["success"]


@pytest.mark.simulator("marketo-35")
@pytest.mark.parametrize("code", ["604", "608", "611", "614", "713"])
def test_transient_codes_on_demand(api: Any, marketo: MarketoSimulator, code: str) -> None:
    """The code arrives as HTTP 200 so many times as asked, on the asked path only, and nothing is written."""
    marketo.faults.load([fault("status", code=int(code), times=2)])
    assert api.get("leads/describe")["success"]
    assert [api.code(api.post("leads", ADA)) for _ in range(2)] == [code, code]
    assert len(marketo.world.leads) == 0
    assert api.post("leads", ADA)["success"]


@pytest.mark.simulator("marketo-35")
def test_a_proxy_in_the_way(api: Any, marketo: MarketoSimulator) -> None:
    """html is a 502 page, status 502 a bare one, after_commit a 502 whose write was done, truncate half an answer."""
    marketo.faults.load([
        fault("html"), fault("status", code=502), fault("status", code=502, after_commit=True), fault("truncate"),
    ])  # fmt: skip
    answers = [api.http.post("/rest/v1/leads.json", json=ADA) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [502, 502, 502]
    assert "<html>" in answers[0].text
    assert len(marketo.world.leads) == 1
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|delimiter"):
        api.post("leads", ADA)


@pytest.mark.simulator("marketo-35")
def test_a_slow_answer_costs_the_caller_its_patience(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """Beyond the read timeout the client gives up after that time, while the write is done."""
    marketo.faults.load([fault("slow", seconds=30)])
    before = clock.timestamp()
    with pytest.raises(httpx.ReadTimeout):
        api.http.post("/rest/v1/leads.json", json=ADA, timeout=5)
    assert clock.timestamp() - before == 5
    assert len(marketo.world.leads) == 1


@pytest.mark.simulator("marketo-35")
def test_a_late_write_lands_after_the_caller_has_left(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """late_commit breaks the connection now and executes the write when its time has come."""
    marketo.faults.load([fault("late_commit", seconds=60)])
    with pytest.raises(httpx.RemoteProtocolError):
        api.post("leads", ADA)
    assert api.find("email", "ada@example.net") == []
    clock.advance(60)
    assert len(api.find("email", "ada@example.net")) == 1


@pytest.mark.simulator("marketo-35")
def test_one_record_may_fail_among_many(api: Any, marketo: MarketoSimulator) -> None:
    """record_error skips the records that match, with its code; an empty page is served once on demand."""
    marketo.faults.load([
        fault("record_error", code="1003", match="b@"), {"path": "activities.json", "fault": "empty_page"},
    ])  # fmt: skip
    result = api.sync({"email": "a@example.net"}, {"email": "b@example.net"})
    assert [entry["status"] for entry in result] == ["created", "skipped"]
    asked = {"nextPageToken": api.token(), "activityTypeIds": "12"}
    empty = api.get("activities", **asked)
    assert (empty["result"], empty["moreResult"]) == ([], True)
    assert len(api.get("activities", **{**asked, "nextPageToken": empty["nextPageToken"]})["result"]) == 1
