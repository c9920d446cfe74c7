"""Somebody else's Marketo client, pointed at the simulator, finds its way and agrees with the truth.

No call of its own gets a refusal, and a record lost at the edge of a page, or a lie about there being more, is noticed
by whoever counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from marketorestpython.client import MarketoClient

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import serving
from local.simulators.marketo import MarketoSimulator


@pytest.fixture
def client(marketo: MarketoSimulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """marketorestpython against a loopback server; its own patience between calls is taken away."""
    marketo.limits({"calls_per_20s": 10_000, "bulk_queued_s": 0, "bulk_processing_s": 0})
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    with serving(marketo) as address:
        made: Any = MarketoClient("123-ABC-456", "demo-client", "demo-secret", max_retry_time=2)
        made.host = address
        yield made
    assert {call.outcome for call in marketo.calls} == {"ok"}


@pytest.mark.simulator("marketo-40")
def test_marketorestpython_reads_writes_and_follows_the_feed(client: Any, marketo: MarketoSimulator) -> None:
    """Describe, upsert, look-up by a form, activities, changes and deletion agree with the truth."""
    assert len(client.execute(method="describe")) == len(marketo.world.book.by_name)
    (made,) = client.execute(
        method="create_update_leads", leads=[{"email": "a@example.net", "firstName": "Ada"}], lookupField="email"
    )
    found = client.execute(
        method="get_multiple_leads_by_filter_type",
        filterType="email",
        filterValues=["a@example.net"],
        fields=["firstName", "email"],
    )
    assert found == [{"id": made["id"], "firstName": "Ada", "email": "a@example.net"}]
    client.execute(method="create_update_leads", leads=[{"email": "a@example.net", "title": "CTO"}])
    told = client.execute(method="get_lead_activities", activityTypeIds=["12"], sinceDatetime="2026-11-01")
    assert [entry["leadId"] for entry in told] == [made["id"]]
    changed = client.execute(method="get_lead_changes", fields=["title"], sinceDatetime="2026-11-01")
    assert [entry["fields"][0]["newValue"] for entry in changed if entry["activityTypeId"] == 13] == ["CTO"]
    client.execute(method="delete_lead", id=[made["id"]])
    gone = client.execute(method="get_deleted_leads", sinceDatetime="2026-11-01")
    assert [entry["leadId"] for entry in gone] == [made["id"]]
    assert marketo.world.leads.by_id[made["id"]].deleted


@pytest.mark.simulator("marketo-40")
def test_marketorestpython_keeps_lists_and_merges(client: Any, marketo: MarketoSimulator) -> None:
    """Lists by the old path and by JSON bodies, membership, removal, folders and a merge."""
    one, two = marketo.seed([{"type": "lead", "email": f"{n}@example.net"} for n in "ab"])
    folder = client.execute(method="get_folder_by_name", name="Group Lists")[0]["id"]
    made = client.execute(method="create_list", folderId=folder, folderType="Folder", name="Ours")[0]["id"]
    added = client.execute(method="add_leads_to_list", listId=made, id=[one, two])
    assert [entry["status"] for entry in added] == ["added", "added"]
    members = client.execute(method="get_multiple_leads_by_list_id", listId=made, fields=["email"])
    assert [lead["id"] for lead in members] == [one, two]
    client.execute(method="remove_leads_from_list", listId=made, id=[one])
    asked = client.execute(method="member_of_list", listId=made, id=[one, two])
    assert [entry["status"] for entry in asked] == ["notmemberof", "memberof"]
    assert [entry["name"] for entry in client.execute(method="get_multiple_lists")] == ["Ours"]
    client.execute(method="merge_lead", id=one, leadIds=[two])
    assert marketo.world.leads.by_id[two].merged_into == one


@pytest.mark.simulator("marketo-40")
def test_marketorestpython_knows_custom_activities(client: Any, marketo: MarketoSimulator) -> None:
    """A type is made, given attributes, approved, described and filled by the foreign client."""
    (lead,) = marketo.seed([{"type": "lead", "email": "a@example.net"}])
    client.execute(
        method="create_custom_activity_type", apiName="call", name="Call", triggerName="Calls", filterName="Called",
        primaryAttributeApiName="topic", primaryAttributeName="Topic", primaryAttributeDescription="What about",
    )  # fmt: skip
    attributes = [{"apiName": "seconds", "name": "Seconds", "dataType": "integer"}]
    client.execute(method="create_custom_activity_type_attribute", apiName="call", attributes=attributes)
    number = client.execute(method="approve_custom_activity_type", apiName="call")[0]["id"]
    described = client.execute(method="describe_custom_activity_type", apiName="call")
    assert described[0]["attributes"] == attributes
    record = {
        "leadId": lead, "activityDate": "2026-11-20T11:00:00Z", "activityTypeId": number,
        "primaryAttributeValue": "Prices", "attributes": [{"name": "Seconds", "value": 61}],
    }  # fmt: skip
    assert client.execute(method="add_custom_activities", input=[record])[0]["status"] == "added"
    read = client.execute(method="get_lead_activities", activityTypeIds=[str(number)], sinceDatetime="2026-11-01")
    assert read[0]["attributes"] == [{"name": "Seconds", "value": 61}]


@pytest.mark.simulator("marketo-40")
def test_marketorestpython_extracts_in_bulk(client: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """Leads and activities by bulk jobs, in the foreign client's own words, agree with the truth."""
    marketo.reset(7, 200)
    span = {"createdAt": {"startAt": "2024-01-01T00:00:00Z", "endAt": "2024-01-31T00:00:00Z"}}
    for kind, fields in (("leads", ["id", "email"]), ("activities", None)):
        job = client.execute(method=f"create_{kind}_export_job", fields=fields, filters=span)[0]["exportId"]
        client.execute(method=f"enqueue_{kind}_export_job", job_id=job)
        told = client.execute(method=f"get_{kind}_export_job_status", job_id=job)[0]
        assert (told["status"], told["numberOfRecords"]) == ("Completed", 200)
        text = client.execute(method=f"get_{kind}_export_job_file", job_id=job).decode()
        assert len(text.strip().splitlines()) == 201


def counted(client: Any) -> list[int]:
    """How many creations the foreign client finds, and of how many people."""
    found = client.execute(method="get_lead_activities", activityTypeIds=["12"], sinceDatetime="2024-01-01")
    return [len(found), len({entry["leadId"] for entry in found})]


@pytest.mark.parametrize(
    ("fault", "at"), [("lose_record", "activities.json"), ("wrong_more", "activities.json")]
)  # fmt: skip
def test_a_planted_fault_is_noticed(client: Any, marketo: MarketoSimulator, fault: str, at: str) -> None:
    """A record dropped at a page edge, or moreResult false too early, makes the foreign client's count differ."""
    marketo.reset(7, 650)
    assert counted(client) == [650, 650]
    marketo.faults.load([{"path": at, "fault": fault, "after": 1}])
    assert counted(client)[0] < 650
