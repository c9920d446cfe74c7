"""A simulated Marketo with its clock standing still, and a plain HTTP client in front of it.

Every answer that a test meets is judged by Adobe's schemas, where those are at hand.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.marketo import MarketoSimulator
from tests.contract.simulators.marketo.schema import violations

IDENTITY = "/identity/oauth/token"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}


def judge(response: httpx.Response) -> None:
    """Fail a test that was given an answer which Adobe's schema does not allow."""
    response.read()
    asked = response.request
    method = "GET" if "_method=GET" in str(asked.url) + str(asked.content[:200]) else asked.method
    method = "DELETE" if "_method=DELETE" in str(asked.url) else method
    if response.status_code == 200 and response.headers.get("content-type", "").startswith("application/json"):
        try:
            body = response.json()
        except ValueError:
            return
        assert not violations(method, asked.url.path, body)


class Caller:
    """Calls the simulator as a client would, with a token fetched when needed."""

    def __init__(self, simulator: MarketoSimulator) -> None:
        self.simulator = simulator
        self.http = httpx.Client(
            transport=Transport(simulator), base_url="http://marketo.test", event_hooks={"response": [judge]}
        )
        self.log_in()

    def log_in(self) -> dict[str, Any]:
        """Take the present token."""
        answer: dict[str, Any] = self.http.get(IDENTITY, params=CREDENTIALS).json()
        self.http.headers["Authorization"] = f"Bearer {answer['access_token']}"
        return answer

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET under /rest/v1/; the body."""
        body: dict[str, Any] = self.http.get(f"/rest/v1/{path}.json", params=params).json()
        return body

    def post(self, path: str, json: Any = None, **params: Any) -> dict[str, Any]:
        """POST under /rest/v1/; the body."""
        body: dict[str, Any] = self.http.post(f"/rest/v1/{path}.json", json=json, params=params).json()
        return body

    def delete(self, path: str, json: Any = None, **params: Any) -> dict[str, Any]:
        """DELETE under /rest/v1/; the body."""
        body: dict[str, Any] = self.http.request("DELETE", f"/rest/v1/{path}.json", json=json, params=params).json()
        return body

    def asset(self, path: str, form: dict[str, str] | None = None, **params: Any) -> dict[str, Any]:
        """GET, or POST of a form, under /rest/asset/v1/; the body."""
        method = "GET" if form is None else "POST"
        body: dict[str, Any] = self.http.request(
            method, f"/rest/asset/v1/{path}.json", data=form, params=params
        ).json()  # fmt: skip
        return body

    def bulk(self, path: str, json: Any = None, method: str = "POST", **params: Any) -> dict[str, Any]:
        """POST (or another method) under /bulk/v1/; the body."""
        body: dict[str, Any] = self.http.request(method, f"/bulk/v1/{path}.json", json=json, params=params).json()
        return body

    def sync(self, *records: dict[str, Any], **rest: Any) -> list[dict[str, Any]]:
        """Sync Leads; the result list."""
        body = self.post("leads", {"input": list(records), **rest})
        assert body["success"], body
        result: list[dict[str, Any]] = body["result"]
        return result

    def lead(self, lead_id: int, *fields: str) -> dict[str, Any]:
        """One living lead by id."""
        found: list[dict[str, Any]] = self.find("id", lead_id, *fields)
        assert len(found) == 1
        return found[0]

    def find(self, kind: str, values: object, *fields: str) -> list[dict[str, Any]]:
        """Leads by filter."""
        rest = {"fields": ",".join(fields)} if fields else {}
        body = self.get("leads", filterType=kind, filterValues=values, **rest)
        assert body["success"], body
        result: list[dict[str, Any]] = body["result"]
        return result

    def token(self, since: str = "2020-01-01T00:00:00Z") -> str:
        """A paging token."""
        return str(self.get("activities/pagingtoken", sinceDatetime=since)["nextPageToken"])

    def activities(self, *types: int, **params: Any) -> list[dict[str, Any]]:
        """All activities of these types since the beginning."""
        asked = {"nextPageToken": self.token(), "activityTypeIds": ",".join(map(str, types)), **params}
        found: list[dict[str, Any]] = self.get("activities", **asked)["result"]
        return found

    def changes(self, *fields: str, **params: Any) -> list[dict[str, Any]]:
        """All changes of these fields since the beginning, without the creations."""
        asked = {"nextPageToken": self.token(), "fields": ",".join(fields), **params}
        found = self.get("activities/leadchanges", **asked)["result"]
        return [entry for entry in found if entry["activityTypeId"] == 13]

    def code(self, body: dict[str, Any]) -> str:
        """The code of a refused request."""
        assert body["success"] is False
        return str(body["errors"][0]["code"])


@pytest.fixture
def clock() -> SimClock:
    """A clock that moves only when told to."""
    return SimClock(start="2026-11-20T12:00:00Z")


@pytest.fixture
def marketo(clock: SimClock) -> MarketoSimulator:
    """An empty subscription."""
    return MarketoSimulator(clock=clock)


@pytest.fixture
def api(marketo: MarketoSimulator) -> Caller:
    """A client of it."""
    return Caller(marketo)
