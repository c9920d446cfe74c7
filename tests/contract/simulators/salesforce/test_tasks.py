"""What a task works out for itself, what it refuses, and in which order objections come."""

from typing import Any

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User

SELLER = "seller1@example.com"


def _refusal(seller: User, **fields: Any) -> tuple[str, list[str]]:
    answer = seller.create("Task", **fields)
    assert answer.status_code == 400, answer.text
    errors = answer.json()
    assert len(errors) == 1
    return errors[0]["errorCode"], errors[0]["fields"]


@pytest.mark.simulator("salesforce-27")
def test_a_task_fills_in_what_was_not_said(sim: SalesforceSimulator, seller: User, truth: Truth, contact: str) -> None:
    """Defaults for status, priority, subtype and owner; the account is the contact's."""
    task = truth.one("Task", seller.created("Task", Subject="x", WhoId=contact))
    assert (task["Status"], task["Priority"], task["TaskSubtype"]) == ("Not Started", "Normal", "Task")
    assert (task["IsClosed"], task["IsHighPriority"], task["CompletedDateTime"]) == (False, False, None)
    assert task["OwnerId"] == task["CreatedById"] == sim.org.user(SELLER)
    assert task["AccountId"] == truth.one("Contact", contact)["AccountId"]


@pytest.mark.simulator("salesforce-27")
def test_closing_and_reopening_follows_the_status(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """IsClosed and CompletedDateTime follow Status, IsHighPriority follows Priority."""
    task = seller.created("Task", Subject="x", Priority="High")
    sim.clock.advance(60)
    seller.change("Task", task, Status="Completed")
    closed = truth.one("Task", task)
    assert (closed["IsClosed"], closed["CompletedDateTime"]) == (True, "2026-11-23T09:31:00.000+0000")
    assert closed["IsHighPriority"] is True
    sim.clock.advance(60)
    seller.change("Task", task, Subject="y")
    assert truth.one("Task", task)["CompletedDateTime"] == "2026-11-23T09:31:00.000+0000"
    seller.change("Task", task, Status="In Progress")
    opened = truth.one("Task", task)
    assert (opened["IsClosed"], opened["CompletedDateTime"]) == (False, None)


@pytest.mark.simulator("salesforce-27")
@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"Subject": "x" * 256}, "STRING_TOO_LONG", ["Subject"]),
        ({"Description": "x" * 32_001}, "STRING_TOO_LONG", ["Description"]),
        ({"CallType": "Sideways"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["CallType"]),
        ({"TaskSubtype": "Fax"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["TaskSubtype"]),
        ({"CallDurationInSeconds": 100_000_000}, "NUMBER_OUTSIDE_VALID_RANGE", ["CallDurationInSeconds"]),
        ({"IsClosed": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsClosed"]),
        ({"WhoId": "nonsense"}, "MALFORMED_ID", ["WhoId"]),
    ],
)
def test_values_that_a_task_cannot_take(
    seller: User, truth: Truth, fields: dict[str, Any], code: str, named: list[str]
) -> None:
    """Lengths, restricted picklists, ranges, derived fields and ids are refused with the field's name."""
    assert _refusal(seller, **fields) == (code, named)
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-27")
def test_unrestricted_picklists_take_anything(seller: User, truth: Truth) -> None:
    """Status, Priority and Type are not restricted: renamed values are stored as they come."""
    task = seller.created("Task", Subject="x", Status="Erledigt", Priority="Hoch", Type="Reply")
    assert (truth.one("Task", task)["Status"], truth.one("Task", task)["Type"]) == ("Erledigt", "Reply")


@pytest.mark.simulator("salesforce-27")
def test_who_and_what_have_rules(sim: SalesforceSimulator, seller: User, lead: str, contact: str) -> None:
    """Who is a lead or contact that lives, a lead has no What, and the owner is active."""
    account = sim.seed([{"type": "Account", "Name": "Acme"}])[0]
    answer = seller.create("Task", WhoId=account).json()[0]
    assert (answer["errorCode"], answer["fields"]) == ("FIELD_INTEGRITY_EXCEPTION", ["WhoId"])
    assert answer["message"] == f"Name ID: id value of incorrect type: {account}"
    assert _refusal(seller, WhoId=lead, WhatId=account) == ("FIELD_INTEGRITY_EXCEPTION", ["WhatId"])
    assert _refusal(seller, WhoId=lead[:8] + "9999999")[0] == "INVALID_CROSS_REFERENCE_KEY"
    inactive = sim.org.user("owner8@example.com")
    assert _refusal(seller, OwnerId=inactive)[0] == "INACTIVE_OWNER_OR_USER"
    sim.act("convert", {"lead": lead})
    assert _refusal(seller, WhoId=lead)[0] == "CANNOT_UPDATE_CONVERTED_LEAD"
    sim.act("delete", {"type": "Contact", "id": contact})
    gone = seller.create("Task", WhoId=contact)
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


@pytest.mark.simulator("salesforce-27")
def test_the_subtype_is_fixed_after_create(seller: User, truth: Truth) -> None:
    """An upsert may set TaskSubtype when it creates; the same upsert fails when it would update."""
    record = {"Lockstep_Key__c": "a", "Subject": "x", "TaskSubtype": "Call"}
    assert seller.upsert(record)[0]["success"] is True
    again = seller.upsert(record)[0]["errors"][0]
    assert (again["statusCode"], again["fields"]) == ("INVALID_FIELD_FOR_INSERT_UPDATE", ["TaskSubtype"])
    assert truth.all("Task")[0]["TaskSubtype"] == "Call"


@pytest.mark.simulator("salesforce-28")
def test_custom_fields_are_kept_by_their_rules(seller: User, truth: Truth) -> None:
    """Texts have their lengths, checkboxes are never null, an empty text is null, the key is unique."""
    first = seller.upsert({"Lockstep_Key__c": "a", "MSE_Viewed__c": True, "MSE_Campaign__c": ""})[0]
    task = truth.one("Task", first["id"])
    assert (task["MSE_Viewed__c"], task["MSE_Clicked__c"], task["MSE_Campaign__c"]) == (True, False, None)
    seller.change("Task", first["id"], MSE_Viewed__c=None)
    assert truth.one("Task", first["id"])["MSE_Viewed__c"] is False
    long = {"mktosales_call_reason__c": "x" * 51, "MSE_Details__c": "https://x/" + "y" * 250}
    code, named = _refusal(seller, **long)
    assert (code, named) == ("STRING_TOO_LONG", list(long))
    assert _refusal(seller, Lockstep_Key__c="a") == ("DUPLICATE_VALUE", ["Lockstep_Key__c"])


@pytest.mark.simulator("salesforce-29")
def test_objections_come_in_one_order(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """A record wrong in every way meets its objections one step at a time, as each is put right."""
    sim.act("validation_rule", {"object": "Lead", "when": {"Title": "Dr"}, "message": "Titel ungültig"})
    sim.schema([{"object": "Lead", "name": "Key__c", "type": "string", "externalId": True, "unique": True}])
    sim.seed([{"type": "Lead", "LastName": "x", "Company": "x", "Key__c": "k"}])
    permission = {"user": SELLER, "object": "Lead", "field": "Phone", "read": True, "edit": False}
    sim.act("set_permissions", permission)
    record: dict[str, Any] = {"Phone": "1", "Odd": 1, "FirstName": "x" * 41, "City": "x" * 41, "Email": "no"}
    record |= {"Title": "Dr", "Key__c": "k"}
    seen = []
    for cure in ({}, {"Odd": None}, {"Phone": None}, {"LastName": "L", "Company": "C"}):
        record = {name: value for name, value in {**record, **cure}.items() if value is not None}
        seen.append([(one["errorCode"], one.get("fields")) for one in seller.create("Lead", **record).json()])
    assert seen == [
        [("INVALID_FIELD", None)],
        [("INVALID_FIELD_FOR_INSERT_UPDATE", ["Phone"])],
        [("REQUIRED_FIELD_MISSING", ["LastName", "Company"])],
        [("STRING_TOO_LONG", ["FirstName", "City"]), ("INVALID_EMAIL_ADDRESS", ["Email"])],
    ]
    record |= {"FirstName": "F", "City": "C", "Email": "a@example.com"}
    answer = seller.create("Lead", **record).json()[0]
    assert (answer["errorCode"], answer["message"]) == ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Titel ungültig")
    record |= {"Title": "Prof"}
    assert seller.create("Lead", **record).json()[0]["errorCode"] == "DUPLICATE_VALUE"
    sim.act("lock", {"id": lead})
    assert seller.change("Lead", lead, Key__c="k").json()[0]["errorCode"] == "DUPLICATE_VALUE"
    locked = seller.change("Lead", lead, Key__c="other").json()[0]
    assert locked["errorCode"] == "UNABLE_TO_LOCK_ROW"
