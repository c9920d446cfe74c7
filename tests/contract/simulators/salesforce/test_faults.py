"""Everything that can go wrong on command, and what of it is committed."""

import time
from typing import Any

import httpx
import pytest

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import TASKS, Truth, User, V

COLLECTIONS = "/composite/sobjects"


def _plan(sim: SalesforceSimulator, fault: str, **rest: Any) -> None:
    sim.faults.load([{"method": "PATCH", "path": COLLECTIONS, "fault": fault, **rest}])


def _keys(truth: Truth) -> list[str]:
    return [row["Lockstep_Key__c"] for row in truth.all("Task")]


@pytest.mark.simulator("salesforce-34")
def test_the_answer_is_lost_after_the_commit(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """The records are there although the connection broke; the repeat of the upsert doubles nothing."""
    records = [{"Lockstep_Key__c": f"k{n}", "Subject": "x"} for n in range(3)]
    _plan(sim, "drop_after_commit")
    with pytest.raises(httpx.RemoteProtocolError):
        seller.upsert(*records)
    assert _keys(truth) == ["k0", "k1", "k2"]
    assert [result["created"] for result in seller.upsert(*records)] == [False] * 3
    assert _keys(truth) == ["k0", "k1", "k2"]
    assert [(call.status, call.outcome) for call in sim.calls] == [(0, "dropped"), (200, "ok")]


@pytest.mark.simulator("salesforce-34")
def test_a_partly_failed_call_can_lose_its_answer(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """The good records of a call are committed, the bad ones are not, and nobody is told, over a real socket."""
    body = {
        "records": [
            {"attributes": {"type": "Task"}, "Lockstep_Key__c": "good", "Subject": "x"},
            {"attributes": {"type": "Task"}, "Lockstep_Key__c": "bad", "Subject": "x" * 256},
        ]
    }
    _plan(sim, "drop_after_commit")
    with serving(sim) as address, httpx.Client(base_url=address) as client, pytest.raises(httpx.RemoteProtocolError):
        client.patch(TASKS, json=body, headers={"Authorization": f"Bearer {seller.token}"})
    assert _keys(truth) == ["good"]


@pytest.mark.simulator("salesforce-35")
def test_a_call_can_be_lost_before_it_arrives(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Nothing is written and nothing is answered; or it is written only later."""
    _plan(sim, "drop_before_commit")
    with pytest.raises(httpx.RemoteProtocolError):
        seller.upsert({"Lockstep_Key__c": "a"})
    assert _keys(truth) == []
    _plan(sim, "late_commit", seconds=90)
    with pytest.raises(httpx.RemoteProtocolError):
        seller.upsert({"Lockstep_Key__c": "b"})
    assert _keys(truth) == []
    sim.clock.advance(91)
    assert len(seller.query("SELECT Id FROM Task")) == 1


@pytest.mark.simulator("salesforce-35")
@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        ({"fault": "status", "code": 503}, 503, "SERVER_UNAVAILABLE"),
        ({"fault": "status", "code": 500}, 500, "UNKNOWN_EXCEPTION"),
        ({"fault": "html"}, 502, "<html>"),
    ],
)
def test_gateways_and_servers_fail(
    sim: SalesforceSimulator, seller: User, truth: Truth, fault: dict[str, Any], status: int, said: str
) -> None:
    """503 and 500 in JSON, a gateway's page in HTML; nothing is written, and the next call works."""
    sim.faults.load([{"path": COLLECTIONS, **fault}])
    answer = seller.http.patch(TASKS, json={"records": [{"attributes": {"type": "Task"}, "Lockstep_Key__c": "a"}]})
    assert answer.status_code == status
    assert said in answer.text
    assert _keys(truth) == []
    assert seller.upsert({"Lockstep_Key__c": "a"})[0]["success"] is True


@pytest.mark.simulator("salesforce-35")
def test_answers_come_slowly_cut_or_as_something_else(sim: SalesforceSimulator, seller: User) -> None:
    """Slower than the client waits, cut in the middle, or JSON that says it is HTML."""
    began = time.monotonic()
    sim.faults.load([{"path": "/limits", "fault": "slow", "seconds": 60}])
    with pytest.raises(httpx.ReadTimeout):
        seller.http.get(f"{V}/limits", timeout=10)
    assert sim.clock.now().isoformat() == "2026-11-23T09:30:10+00:00"
    assert time.monotonic() - began < 5
    sim.faults.load([{"path": "/limits", "fault": "truncate"}])
    cut = seller.http.get(f"{V}/limits", headers={"Accept-Encoding": "identity"})
    with pytest.raises(ValueError, match="line 1"):
        cut.json()
    sim.faults.load([{"path": "/limits", "fault": "content_type"}])
    assert seller.get("/limits").headers["content-type"] == "text/html"


@pytest.mark.simulator("salesforce-35")
def test_single_records_fail_on_command(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """A failure hits the record that it matches, as often as it was ordered, with its own code and words."""
    _plan(sim, "record_error", code="UNABLE_TO_LOCK_ROW", match='"k1"', times=1)
    records = [{"Lockstep_Key__c": f"k{n}", "Subject": "x"} for n in range(3)]
    results = seller.upsert(*records)
    assert [result["success"] for result in results] == [True, False, True]
    assert results[1]["errors"][0]["statusCode"] == "UNABLE_TO_LOCK_ROW"
    assert seller.upsert(*records)[1]["success"] is True
    sim.faults.load([{"fault": "record_error", "code": "FLOW_ODD", "body": {"message": "né", "fields": ["Subject"]}}])
    odd = seller.create("Task", Subject="x").json()
    assert odd == [{"message": "né", "errorCode": "FLOW_ODD", "fields": ["Subject"]}]
    assert len(truth.all("Task")) == 3


@pytest.mark.simulator("salesforce-35")
def test_a_lock_on_the_parent_fails_its_tasks(sim: SalesforceSimulator, seller: User, lead: str, contact: str) -> None:
    """While somebody holds a person, tasks of that person cannot be written; those of others can."""
    sim.act("lock", {"id": contact})
    results = seller.upsert(
        {"Lockstep_Key__c": "a", "WhoId": contact, "Subject": "x"},
        {"Lockstep_Key__c": "b", "WhoId": lead, "Subject": "x"},
    )
    assert [result["success"] for result in results] == [False, True]
    assert contact in results[0]["errors"][0]["message"]
    sim.act("unlock", {"id": contact})
    assert seller.upsert({"Lockstep_Key__c": "a", "WhoId": contact})[0]["created"] is True


@pytest.mark.simulator("salesforce-35")
def test_rules_of_the_organisation_object(sim: SalesforceSimulator, seller: User, lead: str, truth: Truth) -> None:
    """A validation rule speaks the administrator's language, a duplicate rule has its misspelt key."""
    words = "Bitte „Titel“ prüfen:\nungültig"
    sim.act("validation_rule", {"object": "Lead", "when": {"Title": "Dr"}, "message": words, "fields": ["Title"]})
    answer = seller.change("Lead", lead, Title="Dr").json()[0]
    assert (answer["errorCode"], answer["message"]) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", words)
    sim.act("clear_rules", {})
    sim.faults.load([{"fault": "record_error", "code": "DUPLICATES_DETECTED", "match": "Dr"}])
    doubled = seller.change("Lead", lead, Title="Dr").json()[0]
    assert (doubled["message"], doubled["duplicateResut"]["allowSave"]) == ("Use one of these records?", True)
    assert seller.change("Lead", lead, Title="Dr").status_code == 204
    assert truth.one("Lead", lead)["Title"] == "Dr"


@pytest.mark.simulator("salesforce-35")
def test_in_maintenance_reads_work_and_writes_do_not(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """The organisation is read-only while it is being maintained."""
    sim.act("maintenance", {"on": True})
    code = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
    assert seller.change("Lead", lead, Title="x").json()[0]["errorCode"] == code
    assert seller.upsert({"Lockstep_Key__c": "a"})[0]["errors"][0]["statusCode"] == code
    assert seller.get(f"/sobjects/Lead/{lead}").status_code == 200
    sim.act("maintenance", {"on": False})
    assert seller.change("Lead", lead, Title="x").status_code == 204
    assert sim.records("Task") == []
