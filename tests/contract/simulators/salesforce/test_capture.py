"""Change events: their header and fields, their two shapes in EventBridge, gaps, and events of several records."""

from typing import Any

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import User, V

HEADER = {
    *("entityName", "recordIds", "changeType", "changeOrigin", "transactionKey", "sequenceNumber", "commitTimestamp"),
    *("commitNumber", "commitUser", "nulledFields", "diffFields", "changedFields"),
}


@pytest.fixture
def events(sim: SalesforceSimulator) -> list[dict[str, Any]]:
    """The local sink for changes of people and tasks."""
    sim.act("capture_changes", {"objects": ["Lead", "Contact", "Task"]})
    return sim.records("ChangeEvent")


def _last(events: list[dict[str, Any]]) -> dict[str, Any]:
    payload: dict[str, Any] = events[-1]["detail"]["payload"]
    return payload


@pytest.mark.simulator("salesforce-37")
def test_an_edit_is_told_as_recorded(sim: SalesforceSimulator, contact: str, events: list[dict[str, Any]]) -> None:
    """An update by hand has the recorded header, its compound name nested, and only what changed."""
    sim.clock.advance(60)
    sim.act("update", {"id": contact, "fields": {"LastName": "Youngest", "Email": None, "MailingCity": "Izmir"}})
    payload = _last(events)
    header = payload.pop("ChangeEventHeader")
    assert set(header) == HEADER
    assert (header["entityName"], header["changeType"], header["recordIds"]) == ("Contact", "UPDATE", [contact])
    assert header["changeOrigin"].endswith(";client=SfdcInternalAPI/")
    assert header["commitNumber"] > 2**53
    assert header["commitTimestamp"] == 1_795_426_260_000
    assert set(header["changedFields"]) == {"LastModifiedDate", "Name.LastName", "Email", "MailingAddress.City"}
    assert header["nulledFields"] == ["Email"]
    assert payload["Name"] == {"LastName": "Youngest"}
    assert payload["MailingAddress"] == {"City": "Izmir"}
    assert (payload["Email"], payload["LastModifiedDate"]) == (None, "2026-11-23T09:31:00.000Z")


@pytest.mark.simulator("salesforce-37")
def test_the_envelope_is_event_bridges(sim: SalesforceSimulator, seller: User, events: list[dict[str, Any]]) -> None:
    """Detail type and partner source; the relay wraps a payload, the AppFlow source does not."""
    headers = {"Sforce-Call-Options": "client=lockstep"}
    seller.http.post(f"{V}/sobjects/Task", json={"Subject": "x"}, headers=headers)
    event = events[-1]
    assert event["detail-type"] == "TaskChangeEvent"
    assert event["source"].startswith(f"aws.partner/salesforce.com/{sim.org.world.org_id}/0YL")
    assert set(event["detail"]) == {"payload", "schemaId"}
    header = _last(events)["ChangeEventHeader"]
    assert (header["changeType"], header["changeOrigin"]) == ("CREATE", "com/salesforce/api/rest/62.0;client=lockstep")
    assert header["commitUser"] == sim.org.user("seller1@example.com")
    assert _last(events)["CreatedDate"] == "2026-11-23T09:30:00.000Z"
    sim.act("capture_changes", {"objects": ["Task"], "shape": "appflow"})
    seller.created("Task", Subject="y")
    assert "ChangeEventHeader" in events[-1]["detail"]
    seller.created("Lead", LastName="x", Company="y")
    assert events[-1]["detail-type"] == "TaskChangeEvent"


@pytest.mark.simulator("salesforce-37")
def test_deletions_gaps_and_overflows(sim: SalesforceSimulator, lead: str, events: list[dict[str, Any]]) -> None:
    """DELETE and UNDELETE; a gap has ids and no data; an overflow has a wildcard."""
    sim.act("delete", {"id": lead})
    assert _last(events).keys() == {"ChangeEventHeader"}
    sim.act("undelete", {"id": lead})
    assert _last(events)["Name"] == {"LastName": "Lovell"}
    sim.act("gap", {"object": "Lead"})
    sim.act("update", {"id": lead, "fields": {"Title": "CTO"}})
    assert _last(events).keys() == {"ChangeEventHeader"}
    assert _last(events)["ChangeEventHeader"]["recordIds"] == [lead]
    sim.act("update", {"id": lead, "fields": {"Title": "CEO"}})
    sim.act("gap", {"object": "Lead", "overflow": True})
    kinds = [event["detail"]["payload"]["ChangeEventHeader"]["changeType"] for event in events]
    assert kinds == ["DELETE", "UNDELETE", "GAP_UPDATE", "UPDATE", "GAP_OVERFLOW"]
    assert _last(events)["ChangeEventHeader"]["recordIds"] == ["00Q*"]


@pytest.mark.simulator("salesforce-37")
def test_one_event_for_several_records(sim: SalesforceSimulator, seller: User, events: list[dict[str, Any]]) -> None:
    """The same change of several records in one call is one event; what was rolled back is none."""
    ids = [seller.created("Task", Subject=f"{n}") for n in range(3)]
    events.clear()
    records = [{"attributes": {"type": "Task"}, "id": one, "Status": "Completed"} for one in ids[:2]]
    records.append({"attributes": {"type": "Task"}, "id": ids[2], "Priority": "High"})
    seller.http.patch(f"{V}/composite/sobjects", json={"records": records})
    headers = [event["detail"]["payload"]["ChangeEventHeader"] for event in events]
    assert [header["recordIds"] for header in headers] == [ids[:2], ids[2:]]
    assert [header["sequenceNumber"] for header in headers] == [1, 2]
    assert len({header["transactionKey"] for header in headers}) == 1
    seller.upsert({"Lockstep_Key__c": "a"}, {"Lockstep_Key__c": "b", "Subject": "x" * 256}, allOrNone=True)
    assert len(events) == 2
