"""Bulk API 2.0 query: the life of a job, and its file in parts."""

from typing import Any

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import User, V

JOBS = f"{V}/jobs/query"


def _ask(user: User, text: str, operation: str = "query", **rest: Any) -> httpx.Response:
    return user.http.post(JOBS, json={"operation": operation, "query": text, **rest})


def _run(sim: SalesforceSimulator, user: User, text: str, operation: str = "query") -> str:
    job = str(_ask(user, text, operation).json()["id"])
    sim.clock.advance(10)
    return job


@pytest.mark.simulator("salesforce-22")
def test_a_query_job_lives_from_upload_complete_on(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """The recorded keys when it is made, no results before its end, and a file of quoted cells with moments in Z."""
    made = _ask(seller, "SELECT Id, lastname, Title, Owner.Name, CreatedDate, HasOptedOutOfEmail FROM Lead")
    body = made.json()
    assert (made.status_code, body["state"], body["object"]) == (200, "UploadComplete", "Lead")
    assert list(body) == [
        *("id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state", "concurrencyMode"),
        *("contentType", "apiVersion", "lineEnding", "columnDelimiter"),
    ]
    early = seller.http.get(f"{JOBS}/{body['id']}/results")
    assert (early.status_code, early.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    sim.clock.advance(2)
    told = seller.http.get(f"{JOBS}/{body['id']}").json()
    assert (told["state"], told["jobType"], told["numberRecordsProcessed"]) == ("JobComplete", "V2Query", 1)
    answer = seller.http.get(f"{JOBS}/{body['id']}/results")
    assert answer.text == (
        '"Id","LastName","Title","Owner.Name","CreatedDate","HasOptedOutOfEmail"\n'
        f'"{lead}","Lovell","","Alex Admin","2026-11-23T09:30:00.000Z","false"\n'
    )
    assert answer.headers["Sforce-NumberOfRecords"] == "1"
    assert answer.headers["Sforce-Locator"] == "null"


@pytest.mark.simulator("salesforce-22")
def test_a_large_result_comes_in_parts(sim: SalesforceSimulator, seller: User) -> None:
    """Each part names the locator of the next, the last one says `null`; every row comes once."""
    sim.seed([{"type": "Lead", "LastName": f"L{n}", "Company": "A"} for n in range(25)])
    job = _run(sim, seller, "SELECT Id FROM Lead")
    seen: list[str] = []
    sizes, locator = [], ""
    while locator != "null":
        parameters = {"maxRecords": "10"} | ({"locator": locator} if locator else {})
        part = seller.http.get(f"{JOBS}/{job}/results", params=parameters)
        locator = part.headers["Sforce-Locator"]
        sizes.append(part.headers["Sforce-NumberOfRecords"])
        seen += part.text.splitlines()[1:]
    assert sizes == ["10", "10", "5"]
    assert sorted(seen) == sorted(f'"{row["Id"]}"' for row in sim.records("Lead"))
    wrong = seller.http.get(f"{JOBS}/{job}/results", params={"locator": "nonsense"})
    assert (wrong.status_code, wrong.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")


@pytest.mark.simulator("salesforce-22")
def test_deleted_rows_are_for_query_all(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """The operation decides whether the bin is part of the file."""
    sim.act("delete", {"id": lead})
    for operation, rows in (("query", 0), ("queryAll", 1)):
        job = _run(sim, seller, "SELECT Id, IsDeleted FROM Lead", operation)
        assert seller.http.get(f"{JOBS}/{job}/results").headers["Sforce-NumberOfRecords"] == f"{rows}"


@pytest.mark.simulator("salesforce-22")
@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("SELECT Id FROM Nothing", "INVALID_TYPE", "sObject type 'Nothing' is not supported."),
        ("SELECT Nothing FROM Lead", "INVALID_FIELD", "No such column 'Nothing' on entity 'Lead'."),
        ("SELECT FROM", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Address FROM Lead", "FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query"),
        ("SELECT count(Id) FROM Lead", "FEATURENOTENABLED", "not supported in Bulk Query"),
    ],
)
def test_a_statement_that_cannot_be_a_file_is_refused(seller: User, text: str, code: str, said: str) -> None:
    """The job is not made; the error is the one of the statement."""
    answer = _ask(seller, text)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert said in answer.json()[0]["message"]
    assert seller.http.get(JOBS).json()["records"] == []


@pytest.mark.simulator("salesforce-22")
def test_query_jobs_are_aborted_and_deleted(sim: SalesforceSimulator, seller: User) -> None:
    """Aborted before its turn it never has results; deleted it is not found; a done one cannot be aborted."""
    job = str(_ask(seller, "SELECT Id FROM Lead").json()["id"])
    assert seller.http.patch(f"{JOBS}/{job}", json={"state": "Aborted"}).json()["state"] == "Aborted"
    sim.clock.advance(10)
    assert seller.http.get(f"{JOBS}/{job}/results").status_code == 400
    assert seller.http.delete(f"{JOBS}/{job}").status_code == 204
    assert seller.http.get(f"{JOBS}/{job}").status_code == 404
    done = _run(sim, seller, "SELECT Id FROM Lead")
    assert seller.http.patch(f"{JOBS}/{done}", json={"state": "Aborted"}).status_code == 400
    assert [one["id"] for one in seller.http.get(JOBS).json()["records"]] == [done]
