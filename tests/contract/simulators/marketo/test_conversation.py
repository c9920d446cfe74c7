"""One conversation in order, as an integration has it, with bodies equal to the recorded shapes up to ids and times."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator

KINDS = ("textarea", "boolean", "email", "integer", "float", "datetime", "date", "score", "percent", "currency")
FIELDS = ("email", "firstName", "lastName", "id", *(f"{kind}_field" for kind in KINDS))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NO_ASSETS = {"success": True, "errors": [], "warnings": ["No assets found for the given search criteria."]}
EMPTY = {
    "firstName": "Maria", "lastName": None, "textarea_field": None, "boolean_field": False, "email_field": None,
    "integer_field": None, "float_field": None, "datetime_field": None, "date_field": "2020-08-30",
    "score_field": None, "percent_field": None, "currency_field": None,
}  # fmt: skip


@pytest.fixture
def talk(api: Any, clock: SimClock) -> Any:
    """A speaker: each call comes a second after the one before and is answered without its requestId."""

    def say(method: str, path: str, json: Any = None, form: str | None = None, **params: str) -> dict[str, Any]:
        clock.advance(1)
        sent = {"json": json} if form is None else {"content": form, "headers": FORM}
        body: dict[str, Any] = api.http.request(method, f"/rest/{path}.json", params=params, **sent).json()
        assert body.pop("requestId").count("#") == 1
        return body

    return say


def upsert(talk: Any, *records: dict[str, Any], by: str = "email") -> Any:
    """Sync Leads as the recorded client writes: by e-mail to create, by id to update."""
    action = "createOrUpdate" if by == "email" else "updateOnly"
    return talk("POST", "v1/leads", {"lookupField": by, "action": action, "input": list(records)})


def look(talk: Any, by: str, values: str, *fields: str) -> Any:
    """Get Leads; the result."""
    rest = {"fields": ",".join(fields)} if fields else {}
    return talk("GET", "v1/leads", filterType=by, filterValues=values, **rest)["result"]


@pytest.mark.simulator("marketo-17")
def test_leads_are_created_found_updated_and_cleared(talk: Any) -> None:
    """Create, look-up by each key, update by id, clear with null and with an empty text, refuse, delete, look again."""
    assert talk("GET", "v1/leads", filterType="email", filterValues="a@x.com") == {"result": [], "success": True}
    made = upsert(talk, {"email": "a@x.com", "firstName": "Brian"})
    number = made["result"][0]["id"]
    assert made == {"result": [{"id": number, "status": "created"}], "success": True}
    born = "2026-11-20T12:00:02Z"
    usual = {"id": number, "firstName": "Brian", "lastName": None, "email": "a@x.com", "updatedAt": born,
             "createdAt": born}  # fmt: skip
    assert look(talk, "email", "a@x.com,nobody@x.com") == look(talk, "id", str(number)) == [usual]
    full = {
        "email": "a@x.com", "firstName": "Evan", "textarea_field": "text is here", "boolean_field": True,
        "email_field": "field@x.com", "integer_field": 5, "float_field": 5.4,
        "datetime_field": "2020-08-30T05:49:48.000Z", "date_field": "2020-08-30", "score_field": 10,
        "percent_field": 99, "currency_field": 34.66,
    }  # fmt: skip
    updated = {"result": [{"id": number, "status": "updated"}], "success": True}
    assert upsert(talk, {**full, "id": number}, by="id") == updated
    read = {"id": number, "lastName": None, **full, "datetime_field": "2020-08-30T05:49:48Z"}
    assert look(talk, "id", str(number), *FIELDS) == [read]
    keep = {"email", "firstName", "date_field"}
    for nothing in (None, ""):
        upsert(talk, {**full, "id": number}, by="id")
        cleared = {name: nothing for name in full if name not in keep}
        assert upsert(talk, {"id": number, "firstName": "Maria", **cleared}, by="id") == updated
        assert look(talk, "id", str(number), *FIELDS) == [{"id": number, "email": "a@x.com", **EMPTY}]
    assert look(talk, "integer_field", "5") == []


@pytest.mark.simulator("marketo-17")
def test_wrong_values_skip_their_record_alone(talk: Any) -> None:
    """Each of the recorded wrong values is refused in the recorded words, the record beside it goes through."""
    number = upsert(talk, {"email": "a@x.com", "firstName": "Maria"})["result"][0]["id"]
    other = upsert(talk, {"email": "b@x.com"})["result"][0]["id"]
    wrong: dict[str, object] = {
        "boolean_field": "other", "email_field": "bademail", "integer_field": 14.1, "float_field": "14c",
        "datetime_field": "yesterday", "percent_field": "100%",
    }  # fmt: skip
    for name, value in wrong.items():
        record = {"email": "a@x.com", "id": number, "firstName": "William", name: value}
        body = upsert(talk, {"id": other, "firstName": "Sam"}, record, by="id")
        words = f"Invalid value for field '{name}' and value '{value}'"
        refused = {"status": "skipped", "reasons": [{"code": "1003", "message": words}]}
        assert body == {"result": [{"id": other, "status": "updated"}, refused], "success": True}
    assert look(talk, "id", str(number))[0]["firstName"] == "Maria"


@pytest.mark.simulator("marketo-17")
def test_lists_are_made_filled_emptied_and_deleted(talk: Any) -> None:
    """Folder and list by name, make, add twice, members, remove a member and a stranger, delete leads and list."""
    one = upsert(talk, {"email": "a@x.com"})["result"][0]["id"]
    two = upsert(talk, {"email": "b@x.com"})["result"][0]["id"]
    assert talk("GET", "asset/v1/staticList/byName", name="(test) High Value") == NO_ASSETS
    (folder,) = talk("GET", "asset/v1/folder/byName", name="Group Lists")["result"]
    form = f"name=%28test%29%20High%20Value&folder=%7B%22type%22%3A%22Folder%22%2C%22id%22%3A{folder['id']}%7D"
    made = talk("POST", "asset/v1/staticLists", form=form)
    number = made["result"][0]["id"]
    assert talk("GET", "asset/v1/staticList/byName", name="(test) High Value") == made
    assert set(made["result"][0]) == {
        "id", "name", "createdAt", "updatedAt", "folder", "computedUrl", "workspace",
    }  # fmt: skip
    for leads in ([one], [one, two]):
        added = talk("POST", f"v1/lists/{number}/leads", {"input": [{"id": lead} for lead in leads]})
        assert added == {"result": [{"id": lead, "status": "added"} for lead in leads], "success": True}
    members = talk("POST", f"v1/list/{number}/leads", form=f"listId={number}&_method=GET")
    assert members == {"result": look(talk, "id", f"{one},{two}"), "success": True}
    talk("DELETE", f"v1/lists/{number}/leads", id=f"{two}")
    removed = talk("DELETE", f"v1/lists/{number}/leads", id=f"{one},{two}")
    stranger = {"id": two, "status": "skipped", "reasons": [{"code": "1015", "message": "Lead not in list"}]}
    assert removed == {"result": [{"id": one, "status": "removed"}, stranger], "success": True}
    gone = talk("POST", "v1/leads", {"input": [{"id": one}, {"id": two}]}, _method="DELETE")
    assert gone == {"result": [{"id": lead, "status": "deleted"} for lead in (one, two)], "success": True}
    assert look(talk, "email", "a@x.com,b@x.com") == look(talk, "id", f"{one},{two}") == []
    deleted = talk("POST", f"asset/v1/staticList/{number}/delete")
    assert deleted == {"success": True, "errors": [], "warnings": [], "result": [{"id": number}]}
    assert talk("GET", "asset/v1/staticList/byName", name="(test) High Value") == NO_ASSETS


@pytest.mark.simulator("marketo-17")
def test_several_are_updated_and_one_takes_a_new_address(talk: Any, marketo: MarketoSimulator) -> None:
    """Changing the address by id works, the old address finds nobody, and a no-op leaves updatedAt as it was."""
    one, two = (upsert(talk, {"email": f"{n}@x.com", "firstName": n})["result"][0]["id"] for n in "ab")
    before = look(talk, "id", str(two))
    answer = upsert(talk, {"email": "new@x.com", "id": one, "lastName": "T"}, {"id": two, "firstName": "b"}, by="id")
    assert answer["result"] == [{"id": one, "status": "updated"}, {"id": two, "status": "updated"}]
    assert look(talk, "id", str(two)) == before
    assert look(talk, "email", "a@x.com") == []
    (moved,) = look(talk, "email", "new@x.com")
    assert (moved["id"], moved["lastName"], moved["createdAt"] < moved["updatedAt"]) == (one, "T", True)
    assert marketo.world.leads.by_id[one].values["email"] == "new@x.com"
