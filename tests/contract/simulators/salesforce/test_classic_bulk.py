"""Bulk API 1.0 as readers use it: the life of a query job, its files, and its own way of refusing."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from tests.contract.simulators.salesforce import foreign
from tests.contract.simulators.salesforce.conftest import User

if TYPE_CHECKING:
    import httpx

    from local.simulators.salesforce import SalesforceSimulator

JOBS = "/services/async/61.0/job"


class Reader:
    """Calls the old bulk API with a seller's session."""

    def __init__(self, user: User) -> None:
        self.http = user.http
        self.headers = {"X-SFDC-Session": user.token, "Content-Type": "application/json"}

    def get(self, path: str) -> httpx.Response:
        """GET under the jobs."""
        return self.http.get(f"{JOBS}{path}", headers=self.headers)

    def post(self, path: str, body: Any) -> httpx.Response:
        """POST a job or a change of it in JSON, or a batch's statement as it is."""
        if isinstance(body, str):
            return self.http.post(f"{JOBS}{path}", content=body, headers={**self.headers, "Content-Type": "text/csv"})
        return self.http.post(f"{JOBS}{path}", json=body, headers=self.headers)

    def batch(self, statement: str) -> str:
        """A job with one batch; the batch's path."""
        job = self.post("", {"operation": "queryAll", "object": "Lead", "contentType": "CSV"}).json()["id"]
        answer = self.post(f"/{job}/batch", statement)
        assert answer.status_code == 201
        assert self.post(f"/{job}", {"state": "Closed"}).json()["state"] == "Closed"
        return f"/{job}/batch/{parts(answer.text, 'id')[0]}"

    def code(self, answer: httpx.Response) -> str:
        """The code of a refusal."""
        assert answer.status_code == 400
        return str(answer.json()["exceptionCode"])


def parts(text: str, name: str) -> list[str]:
    """What stands in the elements of this name."""
    return re.findall(rf"<{name}>(.*?)</{name}>", text)


def test_a_batch_is_queued_completed_and_read(sim: SalesforceSimulator, seller: User) -> None:
    """Queued first; then its rows, deleted ones too, in as many files as it takes, outside the day's quota."""
    ids = foreign.load(sim, 45)
    sim.act("delete", {"id": ids[0]})
    sim.limits({"bulk_page": 20})
    reader = Reader(seller)
    batch = reader.batch("SELECT Id, IsDeleted, LastName FROM Lead ORDER BY LastName")
    assert parts(reader.get(batch).text, "state") == ["Queued"]
    assert reader.code(reader.get(f"{batch}/result")) == "InvalidBatch"
    sim.clock.advance(10)
    told = reader.get(batch).text
    assert (parts(told, "state"), parts(told, "numberRecordsProcessed")) == (["Completed"], ["45"])
    files = parts(reader.get(f"{batch}/result").text, "result")
    rows = [row for one in files for row in csv.DictReader(io.StringIO(reader.get(f"{batch}/result/{one}").text))]
    assert len(files) == 3
    assert [row["Id"] for row in rows] == ids
    assert [row["IsDeleted"] for row in rows] == ["true"] + ["false"] * 44
    assert parts(reader.get(batch.rpartition("/")[0]).text, "state") == ["Completed"]
    assert sim.calls == []


def test_nothing_found_is_said_in_words(sim: SalesforceSimulator, seller: User) -> None:
    """A result without rows is a sentence and no header."""
    sim.limits({"bulk_queued_s": 0, "bulk_chunk_s": 0})
    reader = Reader(seller)
    batch = reader.batch("SELECT Id FROM Lead")
    (only,) = parts(reader.get(f"{batch}/result").text, "result")
    assert reader.get(f"{batch}/result/{only}").text == "Records not found for this query"


def test_refusals_have_their_own_shape(sim: SalesforceSimulator, seller: User) -> None:
    """A dead session, an unknown job, batch or operation, and a statement that cannot be run."""
    sim.limits({"bulk_queued_s": 0, "bulk_chunk_s": 0})
    reader = Reader(seller)
    batch = reader.batch("SELECT Nothing FROM Lead")
    told = reader.get(batch).text
    assert parts(told, "state") == ["Failed"]
    assert "No such column" in parts(told, "stateMessage")[0]
    assert reader.code(reader.get("/750000000000000AAA")) == "InvalidJob"
    assert reader.code(reader.get(f"{batch[:-3]}AAA")) == "InvalidBatch"
    assert reader.code(reader.post("", {"operation": "insert", "object": "Lead", "contentType": "CSV"})) == "InvalidJob"
    assert reader.code(reader.post(f"{batch.partition('/batch')[0]}/batch", "SELECT Id FROM Lead")) == "InvalidJobState"
    reader.headers["X-SFDC-Session"] = "nobody"
    assert reader.code(reader.get(batch)) == "InvalidSessionId"
