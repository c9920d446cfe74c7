"""Get Leads and describe: what is shown, in which order, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator


@pytest.mark.simulator("marketo-14")
def test_fields_come_in_the_asked_order_with_nulls_and_false(api: Any) -> None:
    """id first, then as asked; empty values are null and booleans false; without fields the six standard ones."""
    (made,) = api.sync({"email": "ada@example.net", "firstName": "Ada"})
    asked = api.lead(made["id"], "unsubscribed", "lastName", "email", "leadScore")
    assert list(asked.items()) == [
        ("id", made["id"]), ("unsubscribed", False), ("lastName", None), ("email", "ada@example.net"),
        ("leadScore", None),
    ]  # fmt: skip
    assert list(api.lead(made["id"])) == ["id", "firstName", "lastName", "email", "updatedAt", "createdAt"]
    assert api.lead(made["id"])["createdAt"] == "2026-11-20T12:00:00Z"


@pytest.mark.simulator("marketo-14")
def test_only_what_is_found_comes_back(api: Any) -> None:
    """Unknown values leave no placeholder and no match is an empty list; addresses match in any case."""
    ids = [entry["id"] for entry in api.sync({"email": "a@example.net"}, {"email": "b@example.net"})]
    assert [lead["id"] for lead in api.find("id", f"{ids[1]},999999,{ids[0]}")] == [ids[1], ids[0]]
    assert api.find("email", "nobody@example.net") == []
    assert [lead["id"] for lead in api.find("email", "A@Example.NET")] == [ids[0]]


@pytest.mark.simulator("marketo-14")
def test_pages_hold_three_hundred_and_a_filter_a_thousand(api: Any, marketo: MarketoSimulator) -> None:
    """A larger result is paged by token with moreResult; over 1,000 matches and over 300 values are refused."""
    record = {"type": "lead", "email": "same@example.net"}
    marketo.seed([record] * 700)
    seen, more = [], {"filterType": "email", "filterValues": "same@example.net"}
    sizes = []
    for _ in range(3):
        body = api.get("leads", **more)
        seen += [lead["id"] for lead in body["result"]]
        sizes.append((len(body["result"]), body.get("moreResult")))
        more["nextPageToken"] = body.get("nextPageToken", "")
    assert sizes == [(300, True), (300, True), (100, None)]
    assert len(set(seen)) == 700
    marketo.seed([record] * 301)
    assert api.code(api.get("leads", filterType="email", filterValues="same@example.net")) == "1003"
    assert api.code(api.get("leads", filterType="id", filterValues=",".join(map(str, range(301))))) == "1003"


@pytest.mark.simulator("marketo-14")
def test_unknown_names_are_refused(api: Any) -> None:
    """A filterType that is not searchable is 1011, an unknown or wrongly cased field 1006, a missing one 1002."""
    refused = api.get("leads", filterType="createdAt", filterValues="2018-01-01")
    assert refused["errors"] == [{"code": "1011", "message": "Lookup field 'createdAt' not supported"}]
    assert api.code(api.get("leads", filterType="id", filterValues="1", fields="FirstName")) == "1006"
    assert api.code(api.get("leads", filterValues="1")) == "1002"


@pytest.mark.simulator("marketo-37")
def test_describe2_drives_the_filters(api: Any, marketo: MarketoSimulator) -> None:
    """Every searchable field is accepted as filterType, a new custom text field becomes one, others are not."""
    marketo.schema([{"object": "lead", "name": "plan", "type": "string"}, {"name": "height", "type": "float"}])
    told = api.get("leads/describe2")["result"][0]
    names = [name for (name,) in told["searchableFields"]]
    assert {"email", "id", "sfdcContactId", "sfdcLeadOwnerId", "plan"} <= set(names)
    for name in names:
        assert api.find(name, "0") == []
    assert api.code(api.get("leads", filterType="height", filterValues="1")) == "1011"
    crm = {entry["name"] for entry in told["fields"] if entry["crmManaged"]}
    assert "sfdcType" in crm
    assert "email" not in crm


def test_a_removed_field_is_gone_everywhere(api: Any, marketo: MarketoSimulator) -> None:
    """After the act remove_field describe no longer lists the field and asking for it is 1006."""
    assert any(entry["rest"]["name"] == "phone" for entry in api.get("leads/describe")["result"])
    marketo.act("remove_field", {"name": "phone"})
    assert not any(entry["rest"]["name"] == "phone" for entry in api.get("leads/describe")["result"])
    assert api.code(api.get("leads", filterType="id", filterValues="1", fields="phone")) == "1006"


def test_the_owner_and_salesforce_fields_are_described(api: Any) -> None:
    """Describe carries the fields that decide whether a person has a sales owner, under their display names."""
    named = {entry["rest"]["name"]: entry["displayName"] for entry in api.get("leads/describe")["result"]}
    assert named["leadOwnerEmailAddress"] == "Lead Owner Email Address"
    assert named["sfdcType"] == "SFDC Type"
    assert {
        "sfdcContactId", "sfdcLeadId", "sfdcAccountId", "sfdcOpptyId", "sfdcIsDeleted", "linkedInProfileURL",
        "leadOwnerFirstName", "leadOwnerLastName", "leadOwnerJobTitle", "leadOwnerPhoneNumber",
    } <= set(named)  # fmt: skip


def test_one_lead_by_its_id(api: Any) -> None:
    """lead/{id}.json gives one record, and 1004 when there is none."""
    (made,) = api.sync({"email": "a@example.net"})
    assert api.get(f"lead/{made['id']}", fields="email")["result"] == [{"id": made["id"], "email": "a@example.net"}]
    assert api.code(api.get("lead/999999")) == "1004"
