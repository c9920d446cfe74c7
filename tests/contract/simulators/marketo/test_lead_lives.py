"""What happens to people: unsubscribing, merging, conversion, owners coming and going."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator

BY_ID = {"action": "updateOnly", "lookupField": "id"}


def unsubscribed(api: Any, *ids: int) -> list[bool]:
    """The flag of each lead."""
    return [api.lead(number, "unsubscribed")["unsubscribed"] for number in ids]


@pytest.mark.simulator("marketo-21")
def test_unsubscribing_belongs_to_the_address(api: Any) -> None:
    """It spreads over everyone with the address, to newcomers, and back again; each change is logged."""
    first, second = (
        api.sync({"email": "a@example.net"}, action="createDuplicate")[0]["id"],
        api.sync({"email": "A@example.net"}, action="createDuplicate")[0]["id"],
    )
    api.sync({"id": first, "unsubscribed": True}, **BY_ID)
    third = api.sync({"email": "a@example.net"}, action="createDuplicate")[0]["id"]
    assert unsubscribed(api, first, second, third) == [True, True, True]
    assert [entry["leadId"] for entry in api.changes("unsubscribed")] == [first, second, third]
    reasons = [
        a["value"] for entry in api.changes("unsubscribed") for a in entry["attributes"] if a["name"] == "Reason"
    ]
    assert reasons[1] == "System flow action sysActionChangeDataValue resetLeadEmailStatus"
    api.sync({"id": third, "unsubscribed": False}, **BY_ID)
    assert unsubscribed(api, first, second, third) == [False, False, False]
    assert len(api.changes("unsubscribed")) == 6


@pytest.mark.simulator("marketo-21")
def test_a_new_address_brings_its_own_status(api: Any, marketo: MarketoSimulator) -> None:
    """Changing to an unsubscribed address unsubscribes, to a clean one re-subscribes, both logged as type 13."""
    gone, mover = (entry["id"] for entry in api.sync({"email": "gone@example.net"}, {"email": "mover@example.net"}))
    marketo.act("unsubscribe", {"id": gone})
    api.sync({"id": mover, "email": "gone@example.net"}, **BY_ID)
    assert unsubscribed(api, mover) == [True]
    api.sync({"id": mover, "email": "clean@example.net"}, **BY_ID)
    assert unsubscribed(api, mover) == [False]
    told = [entry["fields"][0]["newValue"] for entry in api.changes("unsubscribed") if entry["leadId"] == mover]
    assert told == ["True", "False"]


@pytest.mark.simulator("marketo-20")
def test_a_merge_leaves_the_winner_with_everything(api: Any, marketo: MarketoSimulator) -> None:
    """Values fill gaps, activities and lists move, losers vanish, type 32 names them; the answer has no result."""
    winner, loser, other = marketo.seed([
        {"type": "lead", "email": "w@example.net", "firstName": "Win"},
        {"type": "lead", "email": "l@example.net", "firstName": "Lose", "phone": "1"},
        {"type": "lead", "email": "o@example.net", "title": "CTO"},
    ])  # fmt: skip
    marketo.seed([
        {"type": "activity", "leadId": loser, "activityTypeId": 46, "primaryAttributeValue": "Milestone"},
        {"type": "list", "id": 9, "leads": [loser]},
    ])  # fmt: skip
    answer = api.post(f"leads/{winner}/merge", leadIds=f"{loser},{other}")
    assert answer["success"]
    assert "result" not in answer
    assert api.lead(winner, "firstName", "phone", "title") == {
        "id": winner, "firstName": "Win", "phone": "1", "title": "CTO",
    }  # fmt: skip
    assert api.find("id", f"{loser},{other}") == api.find("email", "l@example.net") == []
    assert [entry["leadId"] for entry in api.activities(46)] == [winner]
    assert set(marketo.world.assets.lists[9].members) == {winner}
    (merged,) = api.activities(32)
    assert merged["leadId"] == merged["primaryAttributeValueId"] == winner
    assert {"name": "Merge IDs", "value": [loser, other]} in merged["attributes"]
    assert api.get("activities/deletedleads", nextPageToken=api.token())["result"] == []


@pytest.mark.simulator("marketo-20")
def test_salesforce_decides_who_wins(api: Any, marketo: MarketoSimulator) -> None:
    """A contact beats a lead, and a lead in Salesforce one that is only in Marketo, whoever was asked to win."""
    only, lead, contact = marketo.seed([
        {"type": "lead", "email": "1@example.net"},
        {"type": "lead", "email": "2@example.net", "sfdcType": "lead"},
        {"type": "lead", "email": "3@example.net", "sfdcType": "contact", "sfdcContactId": "003000000000001AAA"},
    ])  # fmt: skip
    api.post(f"leads/{only}/merge", leadId=lead)
    assert [entry["id"] for entry in api.find("id", f"{only},{lead}")] == [lead]
    api.post(f"leads/{lead}/merge", leadId=contact)
    assert api.lead(contact, "email")["email"] == "3@example.net"


@pytest.mark.simulator("marketo-20")
def test_a_merge_takes_twenty_five_losers(api: Any, marketo: MarketoSimulator) -> None:
    """One more is refused with 1080, an unknown lead with 1004, and nothing is merged."""
    ids = marketo.seed([{"type": "lead", "email": f"{n}@example.net"} for n in range(27)])
    losers = [str(number) for number in ids[1:]]
    assert api.code(api.post(f"leads/{ids[0]}/merge", leadIds=",".join(losers))) == "1080"
    assert api.code(api.post(f"leads/{ids[0]}/merge", leadId="999999")) == "1004"
    assert len(api.find("id", ",".join(losers))) == 26
    assert api.post(f"leads/{ids[0]}/merge", leadIds=",".join(losers[:25]))["success"]


def test_owner_changes_are_told_field_by_field(api: Any, marketo: MarketoSimulator) -> None:
    """An owner fills the owner fields, a queue empties them, and the change feed tells of both."""
    (lead,) = marketo.seed([{"type": "lead", "email": "a@example.net", "sfdcType": "lead"}])
    marketo.act("change_owner", {"type": "lead", "id": lead, "owner": "seller1@example.com"})
    assert api.lead(lead, "leadOwnerEmailAddress")["leadOwnerEmailAddress"] == "seller1@example.com"
    marketo.act("change_owner", {"type": "lead", "id": lead, "owner": None})
    assert api.lead(lead, "leadOwnerEmailAddress", "leadOwnerFirstName") == {
        "id": lead, "leadOwnerEmailAddress": None, "leadOwnerFirstName": None,
    }  # fmt: skip
    told = [entry["fields"][0] for entry in api.changes("leadOwnerEmailAddress")]
    assert [(field.get("oldValue"), field["newValue"]) for field in told] == [
        (None, "seller1@example.com"), ("seller1@example.com", ""),
    ]  # fmt: skip


def test_conversion_and_return_from_the_bin(api: Any, marketo: MarketoSimulator) -> None:
    """A converted lead is a contact with a contact id; a deleted one comes back under its id as a new lead."""
    (lead,) = marketo.seed([{"type": "lead", "email": "a@example.net", "sfdcType": "lead", "sfdcLeadId": "00Q1"}])
    marketo.act("convert", {"lead": lead, "contact": "0035g00000000AAAAA"})
    assert api.lead(lead, "sfdcType", "sfdcContactId", "sfdcLeadId") == {
        "id": lead, "sfdcType": "contact", "sfdcContactId": "0035g00000000AAAAA", "sfdcLeadId": "00Q1",
    }  # fmt: skip
    marketo.act("delete", {"type": "lead", "id": lead})
    assert api.find("id", lead) == []
    marketo.act("undelete", {"type": "lead", "id": lead})
    assert [entry["id"] for entry in api.find("email", "a@example.net")] == [lead]
    assert [entry["leadId"] for entry in api.activities(12)] == [lead, lead]
