"""The change feed: tokens, activities, lead changes, sparse pages, late arrivals."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator


def walk(api: Any, **asked: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All items and all pages until moreResult is false."""
    items: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    asked.setdefault("nextPageToken", api.token())
    while not pages or pages[-1]["moreResult"]:
        pages.append(api.get("activities", **asked))
        items += pages[-1].get("result", [])
        asked["nextPageToken"] = pages[-1]["nextPageToken"]
        assert len(pages) < 200
    return items, pages


@pytest.mark.simulator("marketo-22")
def test_every_tracked_change_is_logged(api: Any) -> None:
    """Type 13 has the describe id and display name and old and new as text; a creation is type 12 without primary."""
    (made,) = api.sync({"email": "a@example.net", "leadScore": 5})
    api.sync({"email": "a@example.net", "leadScore": 15, "datetime_field": "2023-01-26T18:46:00Z", "doNotCall": True})
    score, moment, call = api.activities(13)
    assert (score["primaryAttributeValueId"], score["primaryAttributeValue"]) == (146, "Lead Score")
    assert {"name": "Old Value", "value": "5"} in score["attributes"]
    assert {"name": "New Value", "value": "15"} in score["attributes"]
    assert {"name": "New Value", "value": "2023-01-26 18:46:00"} in moment["attributes"]
    assert "Old Value" not in [entry["name"] for entry in moment["attributes"]]
    assert {"name": "New Value", "value": "True"} in call["attributes"]
    (created,) = api.activities(12)
    assert created["leadId"] == made["id"]
    assert not {"primaryAttributeValueId", "primaryAttributeValue"} & set(created)
    types = {entry["id"]: entry for entry in api.get("activities/types")["result"]}
    assert "primaryAttribute" not in types[12]
    assert types[13]["primaryAttribute"]["name"] == "Attribute Name"
    assert {12, 13, 32, 37} <= set(types)


@pytest.mark.simulator("marketo-23")
def test_paging_tokens_are_opaque_and_checked(api: Any) -> None:
    """ISO with zone or a bare date gives a padded token; a bad date is 1001; one changed character is refused."""
    for since in ("2026-11-20T12:00:00Z", "2026-11-20T12:00:00+02:00", "2026-11-20T12:00:00-0800", "2026-11-20"):
        token = api.token(since)
        assert token.endswith("=")
        assert api.get("activities", nextPageToken=token, activityTypeIds="1")["success"]
    assert api.code(api.get("activities/pagingtoken", sinceDatetime="last week")) == "1001"
    assert api.code(api.get("activities/pagingtoken")) == "1002"
    token = api.token()
    for place in range(0, len(token.rstrip("=")), 5):
        changed = token[:place] + ("B" if token[place] != "B" else "C") + token[place + 1 :]
        assert api.code(api.get("activities", nextPageToken=changed, activityTypeIds="1")) == "1003"


@pytest.mark.simulator("marketo-23")
def test_a_token_begins_at_its_moment(api: Any, clock: SimClock) -> None:
    """What happened before the date is not shown, what happens at or after it is."""
    api.sync({"email": "early@example.net"})
    clock.advance(10)
    token = api.token("2026-11-20T12:00:10Z")
    (later,) = api.sync({"email": "later@example.net"})
    found = api.get("activities", nextPageToken=token, activityTypeIds="12")["result"]
    assert [entry["leadId"] for entry in found] == [later["id"]]


@pytest.mark.simulator("marketo-24")
def test_what_activities_asks_for_and_always_gives(api: Any, marketo: MarketoSimulator) -> None:
    """nextPageToken is always there; over 10 types and over 30 leads are refused; types are required."""
    first, second = marketo.seed([{"type": "lead", "email": f"{n}@example.net"} for n in range(2)])
    empty = {"Client IP Address": None, "User Agent": "", "Query Parameters": "q=1"}
    marketo.seed([{"type": "activity", "leadId": first, "activityTypeId": 1, "attributes": empty}])
    body = api.get("activities", nextPageToken=api.token(), activityTypeIds="1")
    assert body["nextPageToken"]
    assert body["moreResult"] is False
    assert body["result"][0]["attributes"] == [{"name": "Query Parameters", "value": "q=1"}]
    assert api.get("activities", nextPageToken=body["nextPageToken"], activityTypeIds="1")["nextPageToken"]
    token = api.token()
    many = ",".join(map(str, range(1, 12)))
    assert api.code(api.get("activities", nextPageToken=token, activityTypeIds=many)) == "1003"
    assert api.code(api.get("activities", nextPageToken=token)) == "1002"
    leads = ",".join(map(str, range(31)))
    assert api.code(api.get("activities", nextPageToken=token, activityTypeIds="1", leadIds=leads)) == "1003"
    assert [entry["leadId"] for entry in api.activities(12, leadIds=str(second))] == [second]


@pytest.mark.simulator("marketo-25")
@pytest.mark.parametrize("mode", ["empty", "missing"])
def test_sparse_pages_do_not_end_the_walk(api: Any, marketo: MarketoSimulator, mode: str) -> None:
    """Empty pages with moreResult true, with or without the result key, and short ones; the end is still reached."""
    marketo.seed([{"type": "lead", "email": f"{n}@example.net"} for n in range(40)])
    marketo.limits({"sparse": mode})
    items, pages = walk(api, activityTypeIds="12")
    assert len({entry["marketoGUID"] for entry in items}) == 40
    starved = [page for page in pages if not page.get("result") and page["moreResult"]]
    assert starved
    assert all(("result" in page) == (mode == "empty") for page in starved)
    assert all(len(page.get("result", [])) < 300 for page in pages)


@pytest.mark.simulator("marketo-26")
def test_activities_may_come_without_id_and_with_large_ones(api: Any, marketo: MarketoSimulator) -> None:
    """With the switch only marketoGUID names an activity; ids may lie beyond 32 bits."""
    (lead,) = marketo.seed([{"type": "lead", "email": "a@example.net"}])
    marketo.seed([{"type": "activity", "id": 2**31 + 5, "leadId": lead, "activityTypeId": 1}])
    assert [entry["id"] for entry in api.activities(1)] == [2**31 + 5]
    marketo.limits({"no_ids": True})
    (bare,) = api.activities(1)
    assert "id" not in bare
    assert bare["marketoGUID"]


@pytest.mark.simulator("marketo-27")
def test_late_arrivals_hide_behind_a_passed_token(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """An activity dated back is never shown to a token that has passed its date, but to one that overlaps."""
    api.sync({"email": "first@example.net"})
    body = api.get("activities", nextPageToken=api.token(), activityTypeIds="12")
    marketo.limits({"late_s": 60})
    clock.advance(30)
    (late,) = api.sync({"email": "late@example.net"})
    passed = api.get("activities", nextPageToken=body["nextPageToken"], activityTypeIds="12")
    assert passed["result"] == []
    assert passed["moreResult"] is False
    overlapping = api.get("activities", nextPageToken=api.token("2026-11-20T11:59:00Z"), activityTypeIds="12")
    assert late["id"] in [entry["leadId"] for entry in overlapping["result"]]


@pytest.mark.simulator("marketo-28")
def test_lead_changes_use_rest_names(api: Any, marketo: MarketoSimulator) -> None:
    """fields is required; types 13 on the asked fields and 12 come back; a list of 10,000 leads is refused."""
    (made,) = api.sync({"email": "a@example.net"})
    api.sync({"email": "a@example.net", "firstName": "Ada", "lastName": "L"})
    token = api.token()
    assert api.code(api.get("activities/leadchanges", nextPageToken=token)) == "1002"
    created, changed = api.get("activities/leadchanges", nextPageToken=token, fields="firstName,email")["result"]
    assert (created["activityTypeId"], created["leadId"]) == (12, made["id"])
    assert changed["activityTypeId"] == 13
    assert changed["fields"] == [{"id": 53, "name": "firstName", "newValue": "Ada"}]
    assert {"name": "Lead ID", "value": made["id"]} in changed["attributes"]
    marketo.seed([
        {"type": "list", "id": 1, "leads": list(range(10_000))},
        {"type": "list", "id": 2, "leads": [made["id"]]},
    ])  # fmt: skip
    asked = {"nextPageToken": token, "fields": "firstName"}
    assert api.code(api.get("activities/leadchanges", **asked, listId=1)) == "1003"
    assert len(api.get("activities/leadchanges", **asked, listId=2)["result"]) == 2


def test_a_long_log_is_read_page_by_page(api: Any, marketo: MarketoSimulator) -> None:
    """Nothing is lost or shown twice when the log is longer than what one page looks at."""
    marketo.limits({"calls_per_20s": 1000})
    marketo.reset(7, 4000)
    lead = marketo.world.lead(4500)
    marketo.act("update", {"type": "lead", "id": lead.id, "fields": {"title": "Chief"}})
    items, pages = walk(api, activityTypeIds="12")
    assert len({entry["leadId"] for entry in items}) == len(items) == 4000
    rare, short = walk(api, activityTypeIds="12,13", leadIds=lead.id)
    assert [entry["activityTypeId"] for entry in rare] == [12, 13]
    assert len(short) == 2
    assert len(pages) == 14
