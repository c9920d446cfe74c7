"""Sync Leads and deletion: actions, refusals record by record, and how values are kept."""

from __future__ import annotations

from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator


def codes(result: list[dict[str, Any]]) -> list[str]:
    """The status of each record, or the code why it was skipped."""
    return [entry["reasons"][0]["code"] if entry["status"] == "skipped" else entry["status"] for entry in result]


@pytest.mark.simulator("marketo-15")
def test_the_four_actions_answer_in_input_order(api: Any) -> None:
    """created, updated and skipped stand where their records stood; a skipped entry has no id."""
    a, b = {"email": "a@example.net"}, {"email": "b@example.net"}
    assert codes(api.sync(a)) == ["created"]
    mixed = api.sync(b, {**a, "firstName": "Ada"}, action="createOrUpdate")
    assert codes(mixed) == ["created", "updated"]
    assert codes(api.sync(a, {"email": "c@example.net"}, action="createOnly")) == ["1005", "created"]
    assert codes(api.sync({"email": "none@example.net"}, b, action="updateOnly")) == ["1004", "updated"]
    assert codes(api.sync(a, action="createDuplicate")) == ["created"]
    ambiguous = api.sync({**a, "firstName": "Which"}, b)
    assert codes(ambiguous) == ["1007", "updated"]
    assert "id" not in ambiguous[0]
    assert ambiguous[0]["reasons"] == [{"code": "1007", "message": "Multiple lead match lookup criteria"}]


@pytest.mark.simulator("marketo-15")
def test_a_bad_value_skips_its_record_only(api: Any) -> None:
    """Each wrong value is 1003 with the vendor's text, an unknown name 1006; the good record goes through."""
    bad: dict[str, Any] = {
        "boolean_field": "other", "email_field": "no-address", "integer_field": 14.1, "float_field": "14c",
        "datetime_field": "yesterday", "percent_field": "100%",
    }  # fmt: skip
    records: list[dict[str, Any]] = [{"email": f"{name}@example.net", name: value} for name, value in bad.items()]
    result = api.sync(*records, {"email": "x@example.net", "nosuch": 1}, {"email": "good@example.net"})
    assert codes(result) == ["1003"] * 6 + ["1006", "created"]
    assert result[0] == {
        "status": "skipped",
        "reasons": [{"code": "1003", "message": "Invalid value for field 'boolean_field' and value 'other'"}],
    }
    assert len(api.find("email", ",".join(record["email"] for record in records))) == 0


@pytest.mark.simulator("marketo-15")
def test_whole_requests_that_are_refused(api: Any) -> None:
    """Unknown lookupField 1006, unsearchable 1011, over 300 records or an unknown action 1003, no input 1002 or 609."""
    one = [{"email": "a@example.net"}]
    assert api.code(api.post("leads", {"lookupField": "userId", "input": one})) == "1006"
    assert api.code(api.post("leads", {"lookupField": "createdAt", "input": one})) == "1011"
    assert api.code(api.post("leads", {"input": one * 301})) == "1003"
    assert api.code(api.post("leads", {"action": "replace", "input": one})) == "1003"
    assert api.code(api.post("leads", {})) == "1002"
    for record in ("a@example.net", None, ["email"]):
        assert api.code(api.post("leads", {"input": [*one, record]})) == "609"
    assert api.find("email", "a@example.net") == []
    assert codes(api.sync({"id": 5, "email": "a@example.net"}, action="createOnly")) == ["1003"]


@pytest.mark.simulator("marketo-16")
def test_null_and_empty_clear(api: Any) -> None:
    """null and "" clear a field, and a boolean becomes false."""
    (made,) = api.sync({"email": "a@example.net", "firstName": "Ada", "lastName": "L", "boolean_field": True})
    by_id = {"action": "updateOnly", "lookupField": "id"}
    api.sync({"id": made["id"], "firstName": None, "lastName": "", "boolean_field": None}, **by_id)
    lead = api.lead(made["id"], "firstName", "lastName", "boolean_field")
    assert lead == {"id": made["id"], "firstName": None, "lastName": None, "boolean_field": False}


@pytest.mark.simulator("marketo-16")
def test_milliseconds_are_dropped_and_a_no_op_leaves_no_trace(api: Any, clock: SimClock) -> None:
    """Datetimes keep whole seconds; an update without a difference says updated, but leaves updatedAt and the log."""
    record = {"email": "a@example.net", "datetime_field": "2021-11-23T22:57:08.789+01:00"}
    (made,) = api.sync(record)
    clock.advance(60)
    assert codes(api.sync(record)) == ["updated"]
    lead = api.lead(made["id"], "datetime_field", "updatedAt")
    assert lead == {
        "id": made["id"], "datetime_field": "2021-11-23T21:57:08Z", "updatedAt": "2026-11-20T12:00:00Z",
    }  # fmt: skip
    assert api.changes("datetime_field", "email") == []
    api.sync({**record, "firstName": "Ada"})
    assert api.lead(made["id"], "updatedAt")["updatedAt"] == "2026-11-20T12:01:00Z"
    assert len(api.changes("firstName", "datetime_field")) == 1


@pytest.mark.simulator("marketo-18")
def test_an_address_may_belong_to_several_leads(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """createDuplicate makes a second lead; two upserts racing on a new key do so too when the switch is on."""
    api.sync({"email": "a@example.net"})
    api.sync({"email": "a@example.net"}, action="createDuplicate")
    assert len(api.find("email", "a@example.net")) == 2
    marketo.limits({"upsert_race_s": 2})
    assert codes(api.sync({"email": "r@example.net"})) == codes(api.sync({"email": "r@example.net"})) == ["created"]
    clock.advance(5)
    assert codes(api.sync({"email": "r@example.net"})) == ["1007"]


@pytest.mark.simulator("marketo-19")
def test_every_form_of_deletion(api: Any, marketo: MarketoSimulator) -> None:
    """POST delete, DELETE and _method=DELETE with a body, and ids in the query; look-ups are empty afterwards."""
    ids = [entry["id"] for entry in api.sync(*({"email": f"d{n}@example.net", "firstName": f"D{n}"} for n in range(4)))]
    body = [{"input": [{"id": number}]} for number in ids]
    path = "/rest/v1/leads.json"
    answers = [
        api.post("leads/delete", body[0]),
        api.http.request("DELETE", path, json=body[1]).json(),
        api.http.post(path, params={"_method": "DELETE"}, json=body[2]).json(),
        api.http.delete(path, params={"id": ids[3]}).json(),
    ]
    assert [answer["result"] for answer in answers] == [[{"id": number, "status": "deleted"}] for number in ids]
    assert api.find("id", ",".join(map(str, ids))) == []
    assert api.find("email", "d0@example.net,d3@example.net") == []
    gone = api.get("activities/deletedleads", nextPageToken=api.token())["result"]
    assert [(entry["leadId"], entry["primaryAttributeValue"], entry["activityTypeId"]) for entry in gone] == [
        (number, f"D{n}", 37) for n, number in enumerate(ids)
    ]
    assert codes(api.post("leads/delete", body[0])["result"]) == ["1004"]
    assert all(record["deleted"] for record in marketo.records("lead"))
