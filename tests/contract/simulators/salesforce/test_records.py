"""Single records: create, read, change, delete, and upsert by a key."""

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User, V

KEY = f"{V}/sobjects/Task/Lockstep_Key__c"


@pytest.mark.simulator("salesforce-17")
def test_a_record_is_created_read_changed_and_deleted(seller: User, truth: Truth) -> None:
    """201 with a location, 200 with attributes, 204 without a body, and a deleted record is ENTITY_IS_DELETED."""
    made = seller.create("Lead", LastName="Lovell", Company="Acme")
    lead = made.json()["id"]
    assert made.json() == {"id": lead, "success": True, "errors": []}
    assert (made.status_code, made.headers["Location"]) == (201, f"{V}/sobjects/Lead/{lead}")
    shown = seller.get(f"/sobjects/Lead/{lead}", fields="LastName,Title").json()
    assert shown == {
        "attributes": {"type": "Lead", "url": f"{V}/sobjects/Lead/{lead}"},
        "LastName": "Lovell",
        "Title": None,
        "Id": lead,
    }
    changed = seller.change("Lead", lead, Title="CTO")
    assert (changed.status_code, changed.content) == (204, b"")
    assert truth.one("Lead", lead)["Title"] == "CTO"
    assert seller.http.delete(f"{V}/sobjects/Lead/{lead}").status_code == 204
    assert truth.one("Lead", lead)["IsDeleted"] is True
    gone = [{"message": "entity is deleted", "errorCode": "ENTITY_IS_DELETED", "fields": []}]
    for answer in (seller.change("Lead", lead, Title="x"), seller.http.delete(f"{V}/sobjects/Lead/{lead}")):
        assert (answer.status_code, answer.json()) == (404, gone)


@pytest.mark.simulator("salesforce-17")
def test_what_is_not_there(seller: User, lead: str) -> None:
    """An id of nobody, a bad id, an unknown field: each in its recorded words."""
    nobody = lead[:8] + "9999999"
    missing = seller.http.delete(f"{V}/sobjects/Lead/{nobody}")
    assert (missing.status_code, missing.json()[0]["message"]) == (404, "invalid cross reference id")
    expected = "Provided external ID field does not exist or is not accessible: Namez"
    namez = f"{V}/sobjects/Lead/Namez"
    for bad in (seller.http.get(namez), seller.http.delete(namez), seller.change("Lead", "Namez", Title="x")):
        assert (bad.status_code, bad.json()) == (404, [{"message": expected, "errorCode": "NOT_FOUND"}])
    unknown = seller.change("Lead", lead, foo="x")
    assert unknown.json() == [{"message": "No such column 'foo' on sobject of type Lead", "errorCode": "INVALID_FIELD"}]


@pytest.mark.simulator("salesforce-18")
def test_an_upsert_creates_once_and_then_changes(seller: User, truth: Truth) -> None:
    """201 and created true the first time, 200 and false the second, 204 without a body for old versions."""
    first = seller.http.patch(f"{KEY}/a1", json={"Subject": "one"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    second = seller.http.patch(f"{KEY}/a1", json={"Subject": "two"})
    assert (second.status_code, second.json()) == (200, {**first.json(), "created": False})
    old = seller.http.patch(f"{KEY.replace('62.0', '45.0')}/a1", json={"Subject": "three"})
    assert (old.status_code, old.content) == (204, b"")
    assert [(row["Lockstep_Key__c"], row["Subject"]) for row in truth.all("Task")] == [("a1", "three")]
    assert seller.http.get(f"{KEY}/a1").json()["Subject"] == "three"


@pytest.mark.simulator("salesforce-18")
def test_an_upsert_is_refused_where_it_must_be(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Key or id in the body, update-only without a record, a field that is no key, a key that looks like a file."""
    for body in ({"Lockstep_Key__c": "a1"}, {"Id": "x"}):
        answer = seller.http.patch(f"{KEY}/a1", json=body)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_FIELD")
    assert seller.http.patch(f"{KEY}/a1?updateOnly=true", json={"Subject": "x"}).status_code == 404
    no_key = seller.http.patch(f"{V}/sobjects/Task/Subject/a1", json={})
    expected = "Provided external ID field does not exist or is not accessible: Subject"
    assert (no_key.status_code, no_key.json()[0]["message"]) == (404, expected)
    assert seller.http.patch(f"{KEY}/mail.inc", json={"Subject": "x"}).status_code == 404
    sim.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
    assert seller.http.patch(f"{KEY}/a1", json={"Subject": "x"}).status_code == 404
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-18")
def test_several_matches_change_nothing(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """An external id that is not unique can match twice: 300 with the addresses, nothing written."""
    sim.schema([{"object": "Task", "name": "Loose__c", "type": "string", "length": 20, "externalId": True}])
    ids = sim.seed([{"type": "Task", "Subject": "x", "Loose__c": "same"} for _ in range(2)])
    answer = seller.http.patch(f"{V}/sobjects/Task/Loose__c/SAME", json={"Subject": "y"})
    assert (answer.status_code, answer.json()) == (300, [f"{V}/sobjects/Task/{one}" for one in ids])
    assert {row["Subject"] for row in truth.all("Task")} == {"x"}


@pytest.mark.simulator("salesforce-18")
def test_a_unique_text_ignores_case_unless_told(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """A plain unique key matches whatever its case; a case-sensitive one does not."""
    sim.schema([{"object": "Task", "name": "Plain__c", "type": "string", "externalId": True, "unique": True}])
    seller.http.patch(f"{V}/sobjects/Task/Plain__c/abc", json={"Subject": "x"})
    assert seller.http.patch(f"{V}/sobjects/Task/Plain__c/ABC", json={"Subject": "y"}).status_code == 200
    seller.http.patch(f"{KEY}/abc", json={"Subject": "x"})
    assert seller.http.patch(f"{KEY}/ABC", json={"Subject": "y"}).status_code == 201
    doubled = seller.create("Task", Subject="z", Plain__c="Abc").json()[0]
    other = next(row["Id"] for row in truth.all("Task") if row["Plain__c"])
    assert (doubled["errorCode"], doubled["message"]) == (
        "DUPLICATE_VALUE",
        f"duplicate value found: Plain__c duplicates value on record with id: {other[:15]}",
    )


@pytest.mark.simulator("salesforce-19")
@pytest.mark.parametrize("kind", ["Lead", "Contact"])
def test_an_upsert_by_email_meets_everybody_with_it(sim: SalesforceSimulator, seller: User, kind: str) -> None:
    """E-mail is an id look-up and not unique: one match is changed, two give 300."""
    company = {"Company": "Acme"} if kind == "Lead" else {}
    record = {"type": kind, "LastName": "Lovell", "Email": "ada@example.com", **company}
    ids = sim.seed([record])
    url = f"{V}/sobjects/{kind}/Email/ADA@example.com"
    assert seller.http.patch(url, json={"Title": "CTO"}).status_code == 200
    ids += sim.seed([record])
    answer = seller.http.patch(url, json={"Title": "CEO"})
    assert (answer.status_code, len(answer.json())) == (300, 2)
    assert [row["Title"] for row in sim.records(kind)] == ["CTO", None]
    assert len(ids) == 2
