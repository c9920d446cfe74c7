"""Every documented error code can be produced, for a call and for a record, with its status and the recorded shape."""

from typing import Any

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from local.simulators.salesforce.codes import CODES, OAUTH, known
from tests.contract.simulators.salesforce.conftest import TASKS, Truth, User, V

LIMITS = (
    "TotalRequests Limit exceeded.",
    "ConcurrentPerOrgLongTxn Limit exceeded.",
    "ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
)


@pytest.mark.simulator("salesforce-35")
@pytest.mark.parametrize("code", CODES)
def test_a_call_fails_with_any_code(sim: SalesforceSimulator, seller: User, lead: str, code: str) -> None:
    """The fault `status` answers a call with the code's status, words and keys, and with the recorded headers."""
    sim.faults.load([{"method": "PATCH", "path": "/sobjects/", "fault": "status", "code": code}])
    answer = seller.change("Lead", lead, Title="x")
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"], error["message"]) == (CODES[code].status, code, CODES[code].words)
    extra = {"duplicateResut"} if code == "DUPLICATES_DETECTED" else set()
    assert set(error) - extra == {"message", "errorCode"} | ({"fields"} if CODES[code].of_record else set())
    assert {"Sforce-Limit-Info", "X-Sfdc-Request-Id"} <= {name.title() for name in answer.headers}
    assert seller.change("Lead", lead, Title="x").status_code == 204


@pytest.mark.simulator("salesforce-35")
@pytest.mark.parametrize("code", [name for name, kind in CODES.items() if kind.of_record] + ["QUITE_NEW"])
def test_a_record_fails_with_any_code(sim: SalesforceSimulator, seller: User, truth: Truth, code: str) -> None:
    """The fault `record_error` fails one record of a call, in the shape of Collections; alone it has the status."""
    body = {"message": "né", "fields": ["Subject"]}
    fault = {"fault": "record_error", "code": code, "body": body, "match": "k1", "times": 2}
    sim.faults.load([fault])
    good, bad = seller.upsert({"Lockstep_Key__c": "k0"}, {"Lockstep_Key__c": "k1"})
    error = bad["errors"][0]
    assert (good["success"], bad["success"]) == (True, False)
    assert {name: error[name] for name in ("statusCode", "message", "fields")} == {"statusCode": code, **body}
    alone = seller.create("Task", Lockstep_Key__c="k1")
    assert (alone.status_code, alone.json()[0]["errorCode"]) == (known(code).status, code)
    assert [row["Lockstep_Key__c"] for row in truth.all("Task")] == ["k0"]


@pytest.mark.simulator("salesforce-8")
@pytest.mark.parametrize("words", LIMITS)
def test_one_code_has_three_meanings(sim: SalesforceSimulator, seller: User, words: str) -> None:
    """The same code and status, told apart only by the message."""
    sim.faults.load([{"fault": "status", "code": "REQUEST_LIMIT_EXCEEDED", "body": words}])
    answer = seller.http.patch(TASKS, json={"records": [{"attributes": {"type": "Task"}, "Lockstep_Key__c": "a"}]})
    assert (answer.status_code, answer.json()) == (403, [{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}])
    assert sim.records("Task") == []


@pytest.mark.simulator("salesforce-1")
@pytest.mark.parametrize("words", OAUTH)
def test_the_token_endpoint_refuses_in_any_words(sim: SalesforceSimulator, words: str) -> None:
    """Every documented description can be ordered, with the error it stands under."""
    sim.faults.load([{"path": "/oauth2/token", "fault": "status", "code": words}])
    client = httpx.Client(transport=User(sim, "seller1@example.com").http._transport, base_url="http://salesforce.test")
    token = sim.act("issue_refresh_token", {"user": "seller1@example.com"})[0]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    form |= {"client_id": "demo-client", "client_secret": "demo-secret"}
    answer = client.post("/services/oauth2/token", data=form)
    assert (answer.status_code, answer.json()) == (400, {"error": OAUTH[words], "error_description": words})
    assert client.post("/services/oauth2/token", data=form).status_code == 200


@pytest.mark.simulator("salesforce-35")
@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"WhoId": "001000000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION", 400),
        ({"WhoId": "nonsense"}, "MALFORMED_ID", 400),
        ({"OwnerId": "005000000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY", 400),
        ({"CallType": "Loud"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", 400),
        ({"CallDurationInSeconds": 10**9}, "NUMBER_OUTSIDE_VALID_RANGE", 400),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", 400),
        ({"Subject": "x" * 256}, "STRING_TOO_LONG", 400),
        ({"Status": None}, "REQUIRED_FIELD_MISSING", 400),
        ({"Odd": 1}, "INVALID_FIELD", 400),
        ({"Subject": 5}, "JSON_PARSER_ERROR", 400),
    ],
)
def test_ones_own_mistakes_have_the_same_codes(seller: User, fields: dict[str, Any], code: str, status: int) -> None:
    """What a caller does wrong is answered by the same table."""
    task = seller.created("Task", Subject="x")
    for answer in (seller.create("Task", **fields), seller.change("Task", task, **fields)):
        if fields != {"Status": None} or answer.request.method == "PATCH":
            assert (answer.status_code, answer.json()[0]["errorCode"]) == (status, code)
    assert seller.get(f"/sobjects/Task/{task}").json()["Subject"] == "x"


@pytest.mark.simulator("salesforce-27")
def test_an_archived_task_cannot_be_changed(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Put away it is read-only, through single calls and many."""
    task = seller.created("Task", Subject="x")
    sim.act("archive", {"id": task})
    assert seller.change("Task", task, Subject="y").json()[0]["errorCode"] == "ENTITY_IS_ARCHIVED"
    record = {"attributes": {"type": "Task"}, "id": task, "Subject": "y"}
    result = seller.http.patch(f"{V}/composite/sobjects", json={"records": [record]}).json()[0]
    assert result["errors"][0]["statusCode"] == "ENTITY_IS_ARCHIVED"
    assert truth.one("Task", task)["Subject"] == "x"
