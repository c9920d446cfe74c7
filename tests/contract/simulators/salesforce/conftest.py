"""A simulated Salesforce organisation with its clock standing still, and plain HTTP clients of its users."""

from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.salesforce import SalesforceSimulator

V = "/services/data/v62.0"
TASKS = f"{V}/composite/sobjects/Task/Lockstep_Key__c"
NOW = "2026-11-23T09:30:00Z"


class User:
    """Calls the simulator with one user's token."""

    def __init__(self, simulator: SalesforceSimulator, name: str) -> None:
        self.simulator = simulator
        self.http = httpx.Client(transport=Transport(simulator), base_url="http://salesforce.test")
        self.token = simulator.act("issue_token", {"user": name})[0]
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def get(self, path: str, **params: Any) -> httpx.Response:
        """GET under the API's version."""
        return self.http.get(f"{V}{path}", params=params or None)

    def query(self, text: str, resource: str = "query") -> list[dict[str, Any]]:
        """The records of a query that must succeed."""
        answer = self.get(f"/{resource}", q=text)
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records

    def refusal(self, text: str) -> dict[str, Any]:
        """The error of a query that must fail."""
        answer = self.get("/query", q=text)
        assert answer.status_code == 400, answer.text
        error: dict[str, Any] = answer.json()[0]
        return error

    def create(self, kind: str, **fields: Any) -> httpx.Response:
        """POST one record."""
        return self.http.post(f"{V}/sobjects/{kind}", json=fields)

    def created(self, kind: str, **fields: Any) -> str:
        """The id of one record that must be created."""
        answer = self.create(kind, **fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def change(self, kind: str, record_id: str, **fields: Any) -> httpx.Response:
        """PATCH one record."""
        return self.http.patch(f"{V}/sobjects/{kind}/{record_id}", json=fields)

    def upsert(self, *records: dict[str, Any], **rest: Any) -> list[dict[str, Any]]:
        """Collections upsert of tasks by their key; the results."""
        body = {"records": [{"attributes": {"type": "Task"}, **record} for record in records], **rest}
        answer = self.http.patch(TASKS, json=body)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()
        return results

    def describe(self, kind: str) -> dict[str, Any]:
        """What the user may see of an object."""
        body: dict[str, Any] = self.get(f"/sobjects/{kind}/describe").json()
        return body

    def fields(self, kind: str) -> dict[str, dict[str, Any]]:
        """The described fields by name."""
        return {field["name"]: field for field in self.describe(kind)["fields"]}


class Truth:
    """What the organisation really holds."""

    def __init__(self, simulator: SalesforceSimulator) -> None:
        self.simulator = simulator

    def one(self, kind: str, record_id: str) -> dict[str, Any]:
        """The record with this id, every field."""
        return next(row for row in self.simulator.records(kind) if row["Id"] == record_id)

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every record of an object."""
        return self.simulator.records(kind)


@pytest.fixture
def sim() -> SalesforceSimulator:
    """An organisation with users and no people."""
    return SalesforceSimulator(clock=SimClock(start=NOW))


@pytest.fixture
def seller(sim: SalesforceSimulator) -> User:
    """A seller with full rights."""
    return User(sim, "seller1@example.com")


@pytest.fixture
def truth(sim: SalesforceSimulator) -> Truth:
    """The simulator's records."""
    return Truth(sim)


@pytest.fixture
def lead(sim: SalesforceSimulator) -> str:
    """A lead of seller 1."""
    return sim.seed([{"type": "Lead", "LastName": "Lovell", "Company": "Acme", "Email": "Ada@Example.com"}])[0]


@pytest.fixture
def contact(sim: SalesforceSimulator) -> str:
    """A contact with an account."""
    account = sim.seed([{"type": "Account", "Name": "Acme"}])[0]
    record = {"type": "Contact", "LastName": "Hooper", "Email": "grace@example.com", "AccountId": account}
    return sim.seed([record])[0]
