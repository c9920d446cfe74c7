"""Every documented error code can be had, in the shape that real refusals have."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.marketo import MarketoSimulator
from local.simulators.marketo.codes import TEXTS

RECORDS = [code for code in TEXTS if len(code) == 4]


def members(body: dict[str, Any]) -> list[str]:
    """The members of a refusal."""
    assert body["requestId"].count("#") == 1
    return sorted(body)


@pytest.mark.simulator("marketo-5")
@pytest.mark.parametrize("code", TEXTS)
def test_each_code_refuses_a_request(api: Any, marketo: MarketoSimulator, code: str) -> None:
    """HTTP 200, success false, a code in text, the documented words, empty warnings, and no result."""
    marketo.faults.load([{"path": "/leads.json", "fault": "status", "code": code}])
    answer = api.http.get("/rest/v1/leads.json", params={"filterType": "id", "filterValues": "1"})
    assert answer.status_code == 200
    assert members(answer.json()) == ["errors", "requestId", "success", "warnings"]
    assert answer.json()["errors"] == [{"code": code, "message": TEXTS[code]}]
    assert answer.json()["success"] is False
    assert answer.json()["warnings"] == []


@pytest.mark.simulator("marketo-15")
@pytest.mark.parametrize("code", RECORDS)
def test_each_record_code_refuses_a_record(api: Any, marketo: MarketoSimulator, code: str) -> None:
    """In a write the record is skipped with the code under reasons and without an id; its neighbour is written."""
    marketo.faults.load([{"path": "/leads.json", "fault": "record_error", "code": code, "match": "bad"}])
    good, bad = api.sync({"email": "good@example.net"}, {"email": "bad@example.net"})
    assert good["status"] == "created"
    assert bad == {"status": "skipped", "reasons": [{"code": code, "message": TEXTS[code]}]}


def _provoked(api: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Codes that a caller's own mistakes bring about."""
    get, post = api.get, api.post
    token = api.token()
    yield "605", api.delete("leads/describe")
    yield "609", api.http.post(
        "/rest/v1/leads.json", content="{", headers={"Content-Type": "application/json"}
    ).json()  # fmt: skip
    yield "610", get("nothing")
    yield "612", api.http.post("/rest/v1/leads.json", content="{}", headers={"Content-Type": "text/plain"}).json()
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    yield "613", api.http.post("/bulk/v1/leads.json?format=csv", content="no parts", headers=form).json()
    yield "701", api.asset("staticList/byName")
    yield "702", api.asset("staticList/7/delete", {})
    yield "704", api.asset("programs", earliestUpdatedAt="x")
    yield "710", api.asset("staticLists", {"name": "a", "folder": '{"id": 99, "type": "Folder"}'})
    yield "1001", get("activities/pagingtoken", sinceDatetime="soon")
    yield "1002", get("leads", filterType="id")
    yield "1003", post("leads", {"action": "fly", "input": [{"email": "a@example.net"}]})
    yield "1004", post("leads/1/merge", leadId=2)
    yield "1006", post("leads", {"lookupField": "nosuch", "input": [{"email": "a@example.net"}]})
    yield "1011", post("leads", {"lookupField": "createdAt", "input": [{"email": "a@example.net"}]})
    yield "1013", get("lists/5")
    yield "1018", get("companies")
    yield "1035", api.bulk("leads/export/create", {"fields": ["id"], "filter": {"smartListId": 1}})
    yield "1080", post("leads/1/merge", leadIds=",".join(map(str, range(2, 40))))
    yield "1003", get("activities", nextPageToken=token[:-9] + "A" + token[-8:], activityTypeIds="1")


@pytest.mark.simulator("marketo-6")
def test_mistakes_bring_their_codes(api: Any) -> None:
    """What callers do wrong is refused with the documented code, and a wrong method is named in the words."""
    for code, body in _provoked(api):
        assert (code, members(body)) == (code, ["errors", "requestId", "success", "warnings"])
        assert api.code(body) == code, json.dumps(body)
    assert api.delete("leads/describe")["errors"][0]["message"] == "Request method 'DELETE' not supported"
