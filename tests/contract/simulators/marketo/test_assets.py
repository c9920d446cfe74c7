"""Folders, static lists, programs and campaigns, as far as clients of the lead database need them."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator


@pytest.mark.simulator("marketo-39")
def test_a_folder_is_found_by_name(api: Any, marketo: MarketoSimulator) -> None:
    """The delivered folder for lists is there in its recorded shape; a seeded one of that name takes its place."""
    body = api.asset("folder/byName", name="Group Lists")
    assert list(body) == ["success", "errors", "requestId", "warnings", "result"]
    assert body["result"] == [
        {
            "name": "Group Lists", "description": None, "createdAt": "2020-08-14T20:43:13Z+0000",
            "updatedAt": "2020-08-14T20:43:13Z+0000", "url": None, "folderId": {"id": 12, "type": "Folder"},
            "folderType": "List", "parent": {"id": 5, "type": "Folder"}, "path": "/Lead Database/Default/Group Lists",
            "isArchive": False, "isSystem": True, "accessZoneId": 1, "workspace": "Default", "id": 12,
        }
    ]  # fmt: skip
    assert marketo.seed([{"type": "folder", "name": "Group Lists", "id": 77}]) == [77]
    assert [entry["id"] for entry in api.asset("folder/byName", name="Group Lists")["result"]] == [77]
    (number,) = marketo.seed([{"type": "folder", "name": "Partners", "parent": 77}])
    assert api.asset(f"folder/{number}")["result"][0]["path"] == "/Lead Database/Default/Group Lists/Partners"
    missing = api.asset("folder/byName", name="Nothing")
    assert missing["warnings"] == ["No assets found for the given search criteria."]
    assert "result" not in missing
    assert "parent" not in api.asset("folder/byName", name="Lead Database")["result"][0]


@pytest.mark.simulator("marketo-39")
def test_folders_are_made(api: Any) -> None:
    """A form makes a folder; a taken name is 709, an unknown parent 710, a missing name 701."""
    form = {"name": "Ours", "parent": '{"id": 12, "type": "Folder"}'}
    assert api.asset("folders", form)["result"][0]["path"] == "/Lead Database/Default/Group Lists/Ours"
    assert api.code(api.asset("folders", form)) == "709"
    assert api.code(api.asset("folders", {**form, "parent": '{"id": 9999, "type": "Folder"}'})) == "710"
    assert api.code(api.asset("folders", {"parent": "12"})) == "701"
    assert "Ours" in [entry["name"] for entry in api.asset("folders", maxReturn=200)["result"]]


@pytest.mark.simulator("marketo-39")
def test_static_lists_are_made_renamed_and_deleted(api: Any) -> None:
    """The asset API makes a list that the lead database fills, renames it and deletes it with a bare id."""
    form = {"name": "High Value", "folder": '{"type":"Folder","id":12}'}
    (made,) = api.asset("staticLists", form)["result"]
    assert made == {
        "id": 1001, "name": "High Value", "createdAt": "2026-11-20T12:00:00Z+0000",
        "updatedAt": "2026-11-20T12:00:00Z+0000", "folder": {"id": 12, "type": "Folder"},
        "computedUrl": made["computedUrl"], "workspace": "Default",
    }  # fmt: skip
    assert made["computedUrl"].endswith("/#ST1001A1")
    assert api.code(api.asset("staticLists", form)) == "709"
    assert api.code(api.asset("staticLists", {"name": "Low", "folder": '{"type":"Folder","id":99}'})) == "710"
    assert api.asset("staticList/byName", name="High Value")["result"] == [made]
    assert api.asset("staticList/1001")["result"] == api.asset("staticLists")["result"] == [made]
    assert api.asset("staticList/1001", {"name": "Top"})["result"][0]["name"] == "Top"
    assert api.get("lists", name="Top")["result"][0]["id"] == 1001
    assert api.asset("staticList/1001/delete", {})["result"] == [{"id": 1001}]
    assert api.code(api.asset("staticList/1001/delete", {})) == "702"
    assert api.code(api.get("lists/1001/leads")) == "1013"


@pytest.mark.simulator("marketo-39")
def test_programs_are_found_by_date_and_paged_by_offset(api: Any, marketo: MarketoSimulator) -> None:
    """programs.json narrows by the date of change, and past the last program it says that nothing was found."""
    days = ("2026-01-05T00:00:00Z", "2026-02-05T00:00:00Z", "2026-03-05T00:00:00Z")
    marketo.seed([{"type": "program", "name": f"P{day[6]}", "updatedAt": day, "createdAt": day} for day in days])
    span = {"earliestUpdatedAt": "2026-02-01T00:00:00Z", "latestUpdatedAt": "2026-12-01T00:00:00-08:00"}
    assert [entry["name"] for entry in api.asset("programs", **span)["result"]] == ["P2", "P3"]
    assert [entry["name"] for entry in api.asset("programs", maxReturn=2, offset=2)["result"]] == ["P3"]
    assert "result" not in api.asset("programs", maxReturn=2, offset=4)
    assert api.asset("program/byName", name="P1")["result"][0]["updatedAt"] == "2026-01-05T00:00:00Z+0000"
    assert api.code(api.asset("programs", earliestUpdatedAt="soon")) == "704"
    assert api.code(api.asset("programs", maxReturn=500)) == "701"


@pytest.mark.simulator("marketo-39")
def test_campaigns_are_listed_and_requested(api: Any, marketo: MarketoSimulator) -> None:
    """campaigns.json pages by token and names the program; an active trigger campaign takes people in as type 47."""
    (program,) = marketo.seed([{"type": "program", "name": "Welcome"}])
    trigger = {"type": "campaign", "campaignType": "trigger", "active": True, "program": program}
    ids = marketo.seed([trigger, *({"type": "campaign", "name": f"B{n}"} for n in range(300))])
    first = api.get("campaigns")
    rest = api.get("campaigns", nextPageToken=first["nextPageToken"])
    assert [entry["id"] for entry in first["result"] + rest["result"]] == ids
    assert first["result"][0] == {
        "id": ids[0], "name": f"Campaign {ids[0]}", "type": "trigger", "programName": "Welcome", "programId": program,
        "workspaceName": "Default", "createdAt": "2026-11-20T12:00:00Z", "updatedAt": "2026-11-20T12:00:00Z",
        "active": True,
    }  # fmt: skip
    (made,) = api.sync({"email": "a@example.net"})
    asked = {"input": {"leads": [{"id": made["id"]}]}}
    assert api.post(f"campaigns/{ids[0]}/trigger", asked)["result"] == [{"id": ids[0]}]
    assert [(entry["leadId"], entry["primaryAttributeValueId"]) for entry in api.activities(47)] == [
        (made["id"], ids[0])
    ]  # fmt: skip
    assert api.code(api.post(f"campaigns/{ids[1]}/trigger", asked)) == "1003"
    assert api.code(api.get("campaigns/99999")) == "1013"


def test_company_calls_are_off_beside_a_native_sync(api: Any) -> None:
    """With Salesforce synced natively every company call is refused with 1018."""
    assert api.code(api.get("companies", filterType="id", filterValues="1")) == "1018"
    assert api.code(api.post("companies", {"input": [{"company": "X"}]})) == "1018"
