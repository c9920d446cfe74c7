"""Custom activity types and their records, and native sales activities through the door that only a simulator has."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator

META = "activities/external/type"
MAIL = {
    "apiName": "salesEmail", "name": "Sales Email", "triggerName": "Gets Sales Email", "filterName": "Got Sales Email",
    "description": "From the Workspace", "primaryAttribute": {"apiName": "subject", "name": "Subject"},
}  # fmt: skip
ATTRIBUTES = [
    {"apiName": "eventId", "name": "Event Id", "dataType": "string"},
    {"apiName": "opens", "name": "Opens", "dataType": "integer"},
    {"apiName": "sentAt", "name": "Sent At", "dataType": "datetime"},
    {"apiName": "bot", "name": "Bot", "dataType": "boolean"},
]


@pytest.fixture
def mail(api: Any) -> int:
    """An approved type with four attributes; its id."""
    api.post(META, MAIL)
    api.post(f"{META}/salesEmail/attributes/create", {"attributes": ATTRIBUTES})
    return int(api.post(f"{META}/salesEmail/approve", {})["result"][0]["id"])


@pytest.fixture
def record(api: Any, mail: int) -> dict[str, Any]:
    """A good record of it."""
    (lead,) = api.sync({"email": "a@example.net"})
    return {
        "leadId": lead["id"], "activityDate": "2026-11-20T11:59:30Z", "activityTypeId": mail,
        "primaryAttributeValue": "Hello",
        "attributes": [{"name": "Event Id", "value": "e1"}, {"apiName": "opens", "value": "3"}],
    }  # fmt: skip


def status(api: Any, **params: str) -> str:
    """What describe says of the type's state."""
    return str(api.get(f"{META}/salesEmail/describe", **params)["result"][0]["status"])


@pytest.mark.simulator("marketo-29")
def test_a_type_goes_from_draft_to_approved(api: Any) -> None:
    """Created as a draft, it joins types.json when approved; an edit makes a draft on top that can be discarded."""
    (made,) = api.post(META, MAIL)["result"]
    assert (made["status"], made["attributes"]) == ("draft", [])
    assert made["primaryAttribute"] == {"apiName": "subject", "name": "Subject", "dataType": "string"}
    assert made["id"] > 100_000
    assert made["id"] not in [entry["id"] for entry in api.get("activities/types")["result"]]
    api.post(f"{META}/salesEmail/approve", {})
    assert status(api) == "approved"
    api.post(f"{META}/salesEmail/attributes/create", {"attributes": ATTRIBUTES[:2]})
    assert status(api) == "approved with draft"
    assert api.get(f"{META}/salesEmail/describe")["result"][0]["attributes"] == []
    (draft,) = api.get(f"{META}/salesEmail/describe", draft="true")["result"]
    assert draft["attributes"] == ATTRIBUTES[:2]
    api.post(f"{META}/salesEmail/discardDraft", {})
    assert status(api, draft="true") == "approved"
    (listed,) = [entry for entry in api.get("activities/types")["result"] if entry["id"] == made["id"]]
    assert listed == {
        "id": made["id"], "name": "Sales Email", "description": "From the Workspace", "apiName": "salesEmail",
        "primaryAttribute": {"name": "Subject", "dataType": "string"}, "attributes": [],
    }  # fmt: skip
    assert [entry["apiName"] for entry in api.get("activities/external/types")["result"]] == ["salesEmail"]


@pytest.mark.simulator("marketo-29")
def test_attributes_are_changed_and_dropped(api: Any, mail: int) -> None:
    """Attributes are found by apiName; an unknown one is 1006, a known one again 1017, the primary one can change."""
    base = f"{META}/salesEmail/attributes"
    api.post(f"{base}/update", {"attributes": [{"apiName": "opens", "name": "Times Opened", "dataType": "float"}]})
    api.post(f"{base}/delete", {"attributes": [{"apiName": "bot"}]})
    (draft,) = api.get(f"{META}/salesEmail/describe", draft="true")["result"]
    assert [(entry["name"], entry["dataType"]) for entry in draft["attributes"]][1] == ("Times Opened", "float")
    assert len(draft["attributes"]) == 3
    assert api.code(api.post(f"{base}/delete", {"attributes": [{"apiName": "nosuch"}]})) == "1006"
    assert api.code(api.post(f"{base}/create", {"attributes": [ATTRIBUTES[0]]})) == "1017"
    changed = {"primaryAttribute": {"apiName": "subject", "name": "Topic"}, "description": "New"}
    assert api.post(f"{META}/salesEmail", changed)["result"][0]["primaryAttribute"]["name"] == "Topic"
    assert api.code(api.post(f"{META}/salesEmail", {"name": "Other"})) == "1003"


@pytest.mark.simulator("marketo-29")
def test_types_have_their_limits(api: Any) -> None:
    """The 11th type is 1027, the 21st attribute 1028, a known apiName 1017, a missing member 1002, no type 1013."""
    for number in range(10):
        assert api.post(META, {**MAIL, "apiName": f"kind{number}"})["success"]
    assert api.code(api.post(META, {**MAIL, "apiName": "kind10"})) == "1027"
    assert api.code(api.post(META, {**MAIL, "apiName": "kind1"})) == "1017"
    made = [{"apiName": f"a{n}", "name": f"A {n}", "dataType": "string"} for n in range(21)]
    assert api.post(f"{META}/kind1/attributes/create", {"attributes": made[:20]})["success"]
    assert api.code(api.post(f"{META}/kind1/attributes/create", {"attributes": made[20:]})) == "1028"
    api.post(f"{META}/kind9/delete", {})
    assert api.code(api.get(f"{META}/kind9/describe")) == "1013"
    for name in ("apiName", "name", "triggerName", "filterName", "primaryAttribute"):
        lacking = {key: value for key, value in MAIL.items() if key != name}
        assert api.code(api.post(META, lacking)) == "1002"
    for wrong in ({"apiName": "with space"}, {"apiName": "123"}, {"name": "Quote'd"}):
        assert api.code(api.post(META, {**MAIL, **wrong})) == "1003"


@pytest.mark.simulator("marketo-29")
def test_a_draft_takes_no_records(api: Any, record: dict[str, Any]) -> None:
    """A record of a type that was never approved is refused, and a type with records cannot be deleted (1022)."""
    (draft,) = api.post(META, {**MAIL, "apiName": "other"})["result"]
    (refused,) = api.post("activities/external", {"input": [{**record, "activityTypeId": draft["id"]}]})["result"]
    assert refused["errors"][0]["code"] == "1003"
    api.post("activities/external", {"input": [record]})
    assert api.code(api.post(f"{META}/salesEmail/delete", {})) == "1022"


@pytest.mark.simulator("marketo-30")
def test_records_are_added_and_read_back(api: Any, record: dict[str, Any], mail: int) -> None:
    """A record is added by name or apiName, read back with its types, and the same input twice makes two of it."""
    (first,) = api.post("activities/external", {"input": [record]})["result"]
    (second,) = api.post("activities/external", {"input": [record]})["result"]
    assert first["status"] == second["status"] == "added"
    assert first["marketoGUID"] != second["marketoGUID"]
    read = api.activities(mail)
    assert [entry["marketoGUID"] for entry in read] == [first["marketoGUID"], second["marketoGUID"]]
    assert read[0]["primaryAttributeValue"] == "Hello"
    assert read[0]["activityDate"] == "2026-11-20T11:59:30Z"
    assert read[0]["attributes"] == [{"name": "Event Id", "value": "e1"}, {"name": "Opens", "value": 3}]


@pytest.mark.simulator("marketo-30")
def test_each_wrong_record_is_refused_alone(api: Any, record: dict[str, Any]) -> None:
    """Unknown person, missing member, wrong type, long subject, native type, unknown attribute: each under errors."""
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("1004", {"leadId": 999}), ("1002", {"leadId": None}), ("1002", {"activityDate": None}),
        ("1002", {"primaryAttributeValue": None}), ("1002", {"attributes": None}), ("1001", {"activityDate": "soon"}),
        ("1003", {"primaryAttributeValue": "x" * 256}), ("1003", {"activityTypeId": 39}),
        ("1001", {"attributes": [{"name": "Opens", "value": "many"}]}),
        ("1001", {"attributes": [{"name": "Bot", "value": "perhaps"}]}),
        ("1006", {"attributes": [{"name": "Nosuch", "value": "1"}]}),
        ("1049", {"attributes": [{"name": "Event Id", "value": "x" * 65_536}]}),
    ]  # fmt: skip
    inputs = [{**record, **change} for _code, change in wrong]
    result = api.post("activities/external", {"input": [*inputs, record]})["result"]
    assert [entry["errors"][0]["code"] for entry in result[:-1]] == [code for code, _change in wrong]
    assert all(set(entry) == {"status", "errors"} and entry["status"] == "skipped" for entry in result[:-1])
    assert result[-1]["status"] == "added"
    assert len(api.activities(record["activityTypeId"])) == 1
    assert api.code(api.post("activities/external", {"input": [record] * 301})) == "1003"
    assert len(api.post("activities/external", {"input": [record] * 300})["result"]) == 300


@pytest.mark.simulator("marketo-31")
def test_native_sales_activities_come_by_the_back_door(api: Any, marketo: MarketoSimulator) -> None:
    """They are seeded by name, under ids that a switch sets, and read like any other; the API itself takes none."""
    marketo.limits({"type_ids": {"Received Sales Call": 4711}})
    (lead,) = marketo.seed([{"type": "lead", "email": "a@example.net"}])
    call = {"Sales Call Made By": "seller1@example.com", "Status": "completed", "Duration": 65, "Source": "Sales App"}
    marketo.seed([
        {"type": "activity", "leadId": lead, "activityType": "Received Sales Call", "attributes": call,
         "primaryAttributeValue": "Intro"},
        {"type": "activity", "leadId": lead, "activityTypeId": 39, "attributes": {"Sent By": "seller1@example.com"}},
    ])  # fmt: skip
    named = {entry["name"]: entry["id"] for entry in api.get("activities/types")["result"]}
    assert (named["Received Sales Call"], named["Send Sales Email"]) == (4711, 39)
    (read,) = api.activities(4711)
    assert {entry["name"]: entry["value"] for entry in read["attributes"]} == call
    assert [entry["activityTypeId"] for entry in api.activities(4711, 39)] == [4711, 39]
    with pytest.raises(ValueError, match="no activity type Nosuch"):
        marketo.seed([{"type": "activity", "leadId": lead, "activityType": "Nosuch"}])
