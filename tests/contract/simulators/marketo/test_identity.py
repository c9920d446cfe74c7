"""Tokens: how they are issued, how long they live, and how a call without a good one is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request
from local.simulators.marketo import MarketoSimulator

CREDENTIALS = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}
PATH = "/identity/oauth/token"


@pytest.mark.simulator("marketo-1")
def test_every_way_of_asking_gives_the_same_token_with_time_running_out(api: Any, clock: SimClock) -> None:
    """GET query, POST query and POST form give one token whose expires_in falls until a new one is issued."""
    asks: list[Callable[[], httpx.Response]] = [
        lambda: api.http.get(PATH, params=CREDENTIALS),
        lambda: api.http.post(PATH, params=CREDENTIALS),
        lambda: api.http.post(PATH, data=CREDENTIALS),
    ]
    seen = []
    for ask in asks:
        answer = ask()
        assert answer.headers["Cache-Control"] == "no-store"
        seen.append((answer.json()["access_token"], answer.json()["expires_in"]))
        clock.advance(1000)
    assert {token for token, _ in seen} == {seen[0][0]}
    assert [left for _, left in seen] == [3600, 2600, 1600]
    clock.advance(600)
    assert api.log_in()["access_token"] != seen[0][0]
    assert api.log_in()["expires_in"] == 3600


@pytest.mark.simulator("marketo-2")
def test_a_wrong_client_is_refused_and_nothing_leaks(api: Any, marketo: MarketoSimulator) -> None:
    """A wrong client is 401 invalid_client, none 401, another grant 400; no secret and no token is in the call log."""
    answer = api.http.post(PATH, data={**CREDENTIALS, "client_secret": "wrong"})
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_client", "error_description": "Bad client credentials"}
    asked = [
        {},
        {"client_id": "demo-client", "client_secret": "demo-secret"},
        {**CREDENTIALS, "grant_type": "password"},
    ]
    refused = [api.http.get(PATH, params=given) for given in asked]
    assert [(answer.status_code, answer.json()["error"]) for answer in refused] == [
        (401, "unauthorized"), (400, "invalid_request"), (400, "unsupported_grant_type"),
    ]  # fmt: skip
    api.get("leads/describe")
    token = api.http.headers["Authorization"].split()[1]
    written = repr(marketo.calls)
    assert token not in written
    assert "demo-secret" not in written


@pytest.mark.simulator("marketo-3")
def test_token_errors_arrive_as_http_200(api: Any, clock: SimClock) -> None:
    """No token is 603, an unknown one 601; an ended one is 602 once and 601 ever after."""
    good = api.http.headers["Authorization"]

    def code(headers: dict[str, str]) -> str:
        answer = httpx.Client(transport=api.http._transport, base_url="http://m").get(
            "/rest/v1/leads/describe.json", headers=headers
        )
        assert answer.status_code == 200
        return str(api.code(answer.json()))

    assert code({}) == "603"
    assert code({"Authorization": "Bearer never-issued"}) == "601"
    clock.advance(3600)
    assert [code({"Authorization": good}) for _ in range(3)] == ["602", "601", "601"]
    api.log_in()
    assert api.get("leads/describe")["success"]


@pytest.mark.simulator("marketo-3")
def test_a_token_that_dies_early_is_told_as_expired(api: Any, marketo: MarketoSimulator) -> None:
    """After the fault expire_token the next call gets 602, and identity hands out another token."""
    marketo.faults.load([{"path": "/describe", "fault": "expire_token"}])
    before = api.http.headers["Authorization"]
    assert api.code(api.get("leads/describe")) == "602"
    api.log_in()
    assert api.http.headers["Authorization"] != before
    assert api.get("leads/describe")["success"]


@pytest.mark.simulator("marketo-4")
def test_a_token_in_the_query_is_refused_unless_switched_on(marketo: MarketoSimulator, api: Any) -> None:
    """access_token in the query gives 603; the switch query_token lets it pass."""
    token = api.http.headers["Authorization"].split()[1]
    request = Request("GET", "/rest/v1/leads/describe.json", f"access_token={token}")
    assert b'"603"' in marketo.handle(request).body
    marketo.limits({"query_token": True})
    assert b'"success":true' in marketo.handle(request).body
