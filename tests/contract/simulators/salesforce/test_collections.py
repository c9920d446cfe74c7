"""Many records in one call: order, limits, roll-back, keys met twice, reads; and calls within a call."""

from typing import Any

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User, V

MANY = f"{V}/composite/sobjects"


def _task(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Task"}, **fields}


@pytest.mark.simulator("salesforce-20")
def test_results_come_in_the_order_of_the_records(seller: User, truth: Truth) -> None:
    """200 records, bad ones among them: one result each, in order; a failed create has no id."""
    records = [{"Lockstep_Key__c": f"k{n}", "Subject": "x" * (300 if n % 10 == 3 else 5)} for n in range(200)]
    results = seller.upsert(*records)
    assert [result["success"] for result in results] == [n % 10 != 3 for n in range(200)]
    bad = results[3]
    assert "id" not in bad
    assert bad["errors"][0]["statusCode"] == "STRING_TOO_LONG"
    assert bad["errors"][0]["fields"] == ["Subject"]
    assert results[0] == {"id": truth.all("Task")[0]["Id"], "success": True, "errors": [], "created": True}
    assert [result["created"] for result in seller.upsert(*records[:2])] == [False, False]
    assert len(truth.all("Task")) == 180


@pytest.mark.simulator("salesforce-20")
def test_all_or_none_takes_everything_back(seller: User, truth: Truth) -> None:
    """One bad record carries its cause, every other one the roll-back text, and nothing is stored."""
    seller.upsert({"Lockstep_Key__c": "old", "Subject": "before"})
    results = seller.upsert(
        {"Lockstep_Key__c": "old", "Subject": "after"},
        {"Lockstep_Key__c": "new", "Subject": "x"},
        {"Lockstep_Key__c": "bad", "Subject": "x" * 256},
        allOrNone=True,
    )
    codes = [result["errors"][0]["statusCode"] for result in results]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK"] * 2 + ["STRING_TOO_LONG"]
    assert results[0]["errors"][0]["message"].startswith("Record rolled back because not all records were valid and")
    assert [row["Subject"] for row in truth.all("Task")] == ["before"]


@pytest.mark.simulator("salesforce-20")
def test_a_call_has_limits(seller: User, truth: Truth) -> None:
    """No record, more than 200, more than ten chunks of types: the whole call is refused."""
    cases: list[tuple[list[dict[str, Any]], str]] = [
        ([], "REQUIRED_FIELD_MISSING"),
        ([_task(Subject="x")] * 201, "EXCEEDED_ID_LIMIT"),
        ([_task(Subject="x"), {"attributes": {"type": "Account"}, "Name": "x"}] * 6, "LIMIT_EXCEEDED"),
    ]
    for records, code in cases:
        answer = seller.http.post(MANY, json={"records": records})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert seller.http.post(MANY, json={"records": []}).json()[0]["message"] == "At least 1 record is required"
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-20")
def test_a_key_given_twice_fails_every_row_that_has_it(seller: User, truth: Truth) -> None:
    """Rows that share a key are all refused, a row without one too; the others are stored."""
    results = seller.upsert(
        {"Lockstep_Key__c": "a", "Subject": "1"},
        {"Lockstep_Key__c": "b", "Subject": "2"},
        {"Lockstep_Key__c": "a", "Subject": "3"},
        {"Subject": "4"},
    )
    codes = [[error["statusCode"] for error in result["errors"]] for result in results]
    assert codes == [["DUPLICATE_VALUE"], [], ["DUPLICATE_VALUE"], ["MISSING_ARGUMENT"]]
    assert results[0]["errors"][0]["message"] == "Duplicate external id specified: a"
    assert [row["Subject"] for row in truth.all("Task")] == ["2"]


@pytest.mark.simulator("salesforce-20")
def test_update_needs_an_id_and_delete_goes_by_ids(seller: User, truth: Truth) -> None:
    """Updates without or with a malformed id fail one by one; deletes answer one by one as well."""
    one, two = (seller.created("Task", Subject=name) for name in ("one", "two"))
    records = [_task(Subject="x"), _task(id="001RM000003oLrB000", Subject="x"), _task(id=one, Subject="changed")]
    results = seller.http.patch(MANY, json={"records": records}).json()
    assert results[0]["errors"][0]["statusCode"] == "MISSING_ARGUMENT"
    assert results[0]["errors"][0]["message"] == "Id not specified in an update call"
    assert results[1]["errors"][0]["message"] == "malformed id 001RM000003oLrB000"
    assert results[2] == {"id": one, "success": True, "errors": []}
    gone = seller.http.delete(MANY, params={"ids": f"{two},{one},{two}"}).json()
    assert [result["success"] for result in gone] == [True, True, False]
    assert gone[2]["errors"][0]["statusCode"] == "ENTITY_IS_DELETED"
    assert [(row["Subject"], row["IsDeleted"]) for row in truth.all("Task")] == [("changed", True), ("two", True)]


@pytest.mark.simulator("salesforce-20")
def test_reads_give_null_for_what_is_missing(seller: User, lead: str) -> None:
    """Records are read in the order of the ids, by body or by address."""
    nobody = lead[:8] + "9999999"
    body = {"ids": [nobody, lead], "fields": ["LastName"]}
    by_body = seller.http.post(f"{MANY}/Lead", json=body).json()
    by_url = seller.http.get(f"{MANY}/Lead", params={"ids": f"{nobody},{lead}", "fields": "LastName"}).json()
    assert by_body == by_url
    assert (by_body[0], by_body[1]["LastName"]) == (None, "Lovell")


@pytest.mark.simulator("salesforce-20")
def test_a_call_that_cannot_be_read_stores_nothing(seller: User, truth: Truth) -> None:
    """A value of the wrong kind in the last record refuses the whole call, also the records before it."""
    answer = seller.http.post(MANY, json={"records": [_task(Subject="fine"), _task(Subject=5)]})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-21")
def test_a_composite_refers_to_what_it_made(seller: User, truth: Truth) -> None:
    """Later sub-requests use the ids of earlier ones; each has its own status and headers."""
    requests = [
        {
            "method": "POST",
            "url": f"{V}/sobjects/Lead",
            "referenceId": "lead",
            "body": {"LastName": "L", "Company": "A"},
        },
        {"method": "POST", "url": f"{V}/sobjects/Task", "referenceId": "t", "body": {"WhoId": "@{lead.id}"}},
        {"method": "GET", "url": f"{V}/query/?q=SELECT+Id+FROM+Task+WHERE+WhoId='@{{lead.id}}'", "referenceId": "q"},
        {"method": "GET", "url": f"{V}/sobjects/Nothing/1", "referenceId": "bad"},
    ]
    answer = seller.http.post(f"{V}/composite", json={"compositeRequest": requests}).json()["compositeResponse"]
    assert [one["httpStatusCode"] for one in answer] == [201, 201, 200, 404]
    assert answer[0]["httpHeaders"]["Location"].endswith(answer[0]["body"]["id"])
    assert answer[2]["body"]["records"][0]["Id"] == truth.all("Task")[0]["Id"]
    assert answer[3]["body"][0]["errorCode"] == "NOT_FOUND"


@pytest.mark.simulator("salesforce-21")
def test_a_composite_can_be_all_or_none_and_has_limits(seller: User, truth: Truth) -> None:
    """allOrNone takes everything back and halts the innocent; 25 requests, five of them heavy."""
    good = {"method": "POST", "url": f"{V}/sobjects/Task", "referenceId": "a", "body": {"Subject": "x"}}
    bad = {**good, "referenceId": "b", "body": {"Subject": "x" * 256}}
    body = {"allOrNone": True, "compositeRequest": [good, bad]}
    answer = seller.http.post(f"{V}/composite", json=body).json()["compositeResponse"]
    assert answer[0]["body"][0]["errorCode"] == "PROCESSING_HALTED"
    assert answer[1]["body"][0]["errorCode"] == "STRING_TOO_LONG"
    heavy = {"method": "GET", "url": f"{V}/query?q=SELECT+Id+FROM+Task", "referenceId": "q"}
    for requests in ([good] * 26, [heavy] * 6):
        assert seller.http.post(f"{V}/composite", json={"compositeRequest": requests}).status_code == 400
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-21")
def test_a_batch_halts_when_told_to(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Independent requests; with haltOnError what follows a failure gets 412, and each one counts."""
    requests = [{"method": "GET", "url": f"v62.0/sobjects/Lead/{one}"} for one in (lead, "nonsense", lead)]
    body: dict[str, Any] = {"batchRequests": requests, "haltOnError": True}
    answer = seller.http.post(f"{V}/composite/batch", json=body).json()
    assert (answer["hasErrors"], [one["statusCode"] for one in answer["results"]]) == (True, [200, 404, 412])
    assert answer["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert sim.org.quota.used == 3
