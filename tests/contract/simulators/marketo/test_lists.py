"""Static lists: members come, go, are asked for and are paged."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def people(api: Any, marketo: MarketoSimulator) -> list[int]:
    """Three people, and the empty list 1159."""
    marketo.seed([{"type": "list", "id": 1159, "name": "High, Value", "leads": []}])
    return [entry["id"] for entry in api.sync(*({"email": f"{n}@example.net"} for n in "abc"))]


@pytest.mark.simulator("marketo-38")
def test_members_come_and_go(api: Any, marketo: MarketoSimulator, people: list[int]) -> None:
    """Adding twice says added twice, one who is not in is skipped with 1015, an unknown one with 1004; ids are kept."""
    one, two, _three = people
    added = [{"id": one, "status": "added"}]
    assert api.post("lists/1159/leads", {"input": [{"id": one}]})["result"] == added
    assert api.post("lists/1159/leads", {"input": [{"id": one}, {"id": two}]})["result"][0] == added[0]
    assert set(marketo.world.assets.lists[1159].members) == {one, two}
    assert api.post("lists/1159/leads", {"input": [{"id": 999}]})["result"] == [
        {"id": 999, "status": "skipped", "reasons": [{"code": "1004", "message": "Lead not found"}]}
    ]
    assert api.delete("lists/1159/leads", {"input": [{"id": one}]})["result"] == [{"id": one, "status": "removed"}]
    assert api.delete("lists/1159/leads", {"input": [{"id": one}]})["result"] == [
        {"id": one, "status": "skipped", "reasons": [{"code": "1015", "message": "Lead not in list"}]}
    ]
    asked = api.get("lists/1159/leads/ismember", id=[one, two])["result"]
    assert [entry["status"] for entry in asked] == ["notmemberof", "memberof"]
    assert [entry["leadId"] for entry in api.activities(24)] == [one, two]
    assert [entry["primaryAttributeValue"] for entry in api.activities(25)] == ["High, Value"]


@pytest.mark.simulator("marketo-38")
def test_membership_leaves_the_lead_as_it_was(api: Any, people: list[int], clock: Any) -> None:
    """Joining a list does not touch updatedAt; leaving the database leaves every list."""
    before = api.lead(people[0])
    clock.advance(60)
    api.post("lists/1159/leads", {"input": [{"id": people[0]}]})
    assert api.lead(people[0]) == before
    asked = api.http.get("/__control__/records", params={"type": "list"}).json()["records"]
    assert [(entry["name"], entry["members"]) for entry in asked] == [("High, Value", people[:1])]
    assert api.get(f"leads/{people[0]}/listMembership")["result"][0]["listId"] == 1159
    api.delete("leads", {"input": [{"id": people[0]}]})
    assert api.get("lists/1159/leads")["result"] == []


@pytest.mark.simulator("marketo-11")
def test_lists_understand_every_form_of_a_call(api: Any, people: list[int]) -> None:
    """Ids in the query, repeated or with commas, equal JSON; _method works in the query and in the form."""
    one, two, three = people
    for ids in ([one, two], f"{one},{two}"):
        added = api.post("lists/1159/leads", id=ids)["result"]
        assert [entry["id"] for entry in added] == [one, two]
    shown = api.get("lists/1159/leads", fields="email")["result"]
    assert shown == [{"id": one, "email": "a@example.net"}, {"id": two, "email": "b@example.net"}]
    form = "listId=1159&_method=GET&fields=email"
    for path in ("list", "lists"):
        answer = api.http.post(f"/rest/v1/{path}/1159/leads.json", content=form, headers=FORM)
        assert answer.json()["result"] == shown
    asked = api.post("lists/1159/leads/ismember", {"input": [{"id": one}, {"id": three}]}, _method="GET")
    assert [entry["status"] for entry in asked["result"]] == ["memberof", "notmemberof"]
    removed = api.post("lists/1159/leads", {"input": [{"id": one}]}, _method="DELETE")
    assert removed["result"] == [{"id": one, "status": "removed"}]
    removed = api.http.post("/rest/v1/lists/1159/leads.json", content=f"_method=DELETE&id={two}", headers=FORM)
    assert removed.json()["result"] == [{"id": two, "status": "removed"}]


@pytest.mark.simulator("marketo-38")
def test_members_are_paged_by_token_alone(api: Any, marketo: MarketoSimulator) -> None:
    """A page of members says by its token that there is more; the last one has none, and moreResult never stands."""
    marketo.reset(7, 700)
    marketo.seed([{"type": "list", "id": 1, "leads": range(1001, 1701)}])
    seen, token, sizes = [], "", []
    while True:
        page = api.get("lists/1/leads", **({"nextPageToken": token} if token else {}))
        assert "moreResult" not in page
        seen += [lead["id"] for lead in page["result"]]
        sizes.append(len(page["result"]))
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert sizes == [300, 300, 100]
    assert seen == list(range(1001, 1701))
    assert api.code(api.get("lists/1/leads", nextPageToken=api.token())) == "1003"


@pytest.mark.simulator("marketo-39")
def test_lists_are_listed_by_id_and_name(api: Any, marketo: MarketoSimulator) -> None:
    """lists.json narrows by id and by name (also one with a comma) and pages; an unknown list is 1013."""
    marketo.seed([{"type": "list", "name": name, "leads": []} for name in ("One", "Two, too", "Three")])
    assert [entry["name"] for entry in api.get("lists")["result"]] == ["One", "Two, too", "Three"]
    (found,) = api.get("lists", name="Two, too")["result"]
    assert found == {
        "id": 1002, "name": "Two, too", "workspaceName": "Default", "createdAt": "2026-11-20T12:00:00Z",
        "updatedAt": "2026-11-20T12:00:00Z",
    }  # fmt: skip
    assert api.get("lists/1002")["result"] == [found] == api.get("lists", id="1002,77")["result"]
    first = api.get("lists", batchSize=2)
    rest = api.get("lists", batchSize=2, nextPageToken=first["nextPageToken"])
    assert [entry["name"] for entry in rest["result"]] == ["Three"]
    assert "nextPageToken" not in rest
    for path in ("lists/77", "lists/77/leads"):
        assert api.code(api.get(path)) == "1013"
