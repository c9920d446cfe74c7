"""The simulator against recorded answers and Adobe's own schema, where that evidence is at hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator
from tests.contract.simulators.marketo.schema import definition_of, violations


@pytest.fixture(scope="module")
def evidence() -> Path:
    """The folder of recorded answers beside the repository."""
    folder = Path(__file__).parents[5] / "shared" / "evidence" / "marketo"
    if not folder.is_dir():
        pytest.skip("the recorded evidence is not beside this repository (../shared/evidence)")
    return folder


@pytest.mark.simulator("marketo-37")
def test_describe_equals_the_recorded_fields(api: Any, evidence: Path) -> None:
    """The first 100 fields are the recorded ones, member by member."""
    recorded = json.loads((evidence / "leads-describe.body.json").read_text())["result"]
    assert api.get("leads/describe")["result"][: len(recorded)] == recorded


def shape(value: Any) -> Any:
    """A body with its values replaced by their types."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value).__name__


def test_bodies_have_the_recorded_shapes(api: Any, evidence: Path) -> None:
    """Look-up, write and unknown path have the members and types of the recorded answers."""
    written = api.post("leads", {"input": [{"email": "a@example.net", "firstName": "A", "lastName": "B"}]})
    found = api.get("leads", filterType="email", filterValues="a@example.net")
    for name, body in (("write-leads", written), ("leads", found), ("not-found", api.get("nothing"))):
        assert shape(body) == shape(json.loads((evidence / f"{name}.json").read_text()))


@pytest.mark.simulator("marketo-40")
def test_answers_are_valid_by_adobes_schema(api: Any, marketo: MarketoSimulator, evidence: Path) -> None:
    """Every kind of database answer, successes and refusals, validates against the swagger's own operations."""
    marketo.reset(7, 50)
    marketo.act("update", {"type": "lead", "id": 1001, "fields": {"title": "Chief", "email": "x@example.net"}})
    marketo.act("merge", {"winner": 1001, "losers": [1002]})
    marketo.act("delete", {"type": "lead", "id": 1003})
    marketo.limits({"calls_per_20s": 1000})
    token, span = api.token(), {"startAt": "2024-01-01T00:00:00Z", "endAt": "2024-01-20T00:00:00Z"}
    kind = {"apiName": "k1", "name": "K 1", "triggerName": "K 1", "filterName": "K 1"}
    export = api.bulk("leads/export/create", {"fields": ["id"], "filter": {"createdAt": span}})["result"][0]["exportId"]
    answers = [
        ("GET", "rest/v1/leads", api.get("leads", filterType="id", filterValues="1001,1004")),
        ("POST", "rest/v1/leads", api.post("leads", {"input": [{"email": "n@example.net"}, {"nosuch": 1}]})),
        ("GET", "rest/v1/leads", api.get("leads", filterType="nosuch", filterValues="1")),
        ("GET", "rest/v1/lead/1010", api.get("lead/1010")),
        ("POST", "rest/v1/leads/delete", api.post("leads/delete", {"input": [{"id": 1005}, {"id": 99}]})),
        ("GET", "rest/v1/leads/describe", api.get("leads/describe")),
        ("GET", "rest/v1/leads/describe2", api.get("leads/describe2")),
        ("GET", "rest/v1/leads/partitions", api.get("leads/partitions")),
        ("POST", "rest/v1/leads/1010/merge", api.post("leads/1010/merge", leadId=1011)),
        ("GET", "rest/v1/activities/leadchanges",
         api.get("activities/leadchanges", nextPageToken=token, fields="title,email")),
        ("GET", "rest/v1/activities", api.get("activities", nextPageToken=token, activityTypeIds="12,13,32")),
        ("GET", "rest/v1/activities/deletedleads", api.get("activities/deletedleads", nextPageToken=token)),
        ("GET", "rest/v1/activities/types", api.get("activities/types")),
        ("POST", "rest/v1/activities/external/type", api.post(
            "activities/external/type", {**kind, "primaryAttribute": {"apiName": "p", "name": "P"}})),
        ("GET", "rest/v1/activities/external/types", api.get("activities/external/types")),
        ("GET", "rest/v1/stats/usage", api.get("stats/usage")),
        ("GET", "rest/v1/stats/errors", api.get("stats/errors")),
        ("GET", "rest/v1/lists", api.get("lists")),
        ("GET", "rest/v1/campaigns", api.get("campaigns")),
        ("POST", "rest/v1/lists/1001/leads", api.post("lists/1001/leads", {"input": [{"id": 1010}, {"id": 9}]})),
        ("GET", "rest/v1/lists/1001/leads", api.get("lists/1001/leads")),
        ("GET", "rest/v1/lists/1001/leads/ismember", api.get("lists/1001/leads/ismember", id=1001)),
        ("GET", "bulk/v1/leads/export", api.bulk("leads/export", method="GET")),
        ("POST", "bulk/v1/leads/export/x/enqueue", api.bulk(f"leads/export/{export}/enqueue")),
        ("GET", "bulk/v1/leads/export/x/status", api.bulk(f"leads/export/{export}/status", method="GET")),
    ]  # fmt: skip
    refused = [path for _method, path, body in answers if not body["success"]]
    assert refused == ["rest/v1/leads"]
    for method, path, body in answers:
        assert definition_of(method, f"/{path}.json")
        assert not violations(method, f"/{path}.json", body)
    assert violations("GET", "/rest/v1/lists.json", {"requestId": "1#1", "success": True, "result": [{"id": "x"}]})


def rows_of(text: str) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(text)))


def extracted(api: Any, clock: SimClock, kind: str, order: dict[str, Any]) -> str:
    """The file of a bulk job."""
    job = api.bulk(f"{kind}/export/create", order)["result"][0]["exportId"]
    api.bulk(f"{kind}/export/{job}/enqueue")
    clock.advance(5)
    assert api.bulk(f"{kind}/export/{job}/status", method="GET")["result"][0]["status"] == "Completed"
    return str(api.http.get(f"/bulk/v1/{kind}/export/{job}/file.json").content.decode())


@pytest.mark.simulator("marketo-33")
def test_an_activity_file_equals_the_recorded_one(
    api: Any, marketo: MarketoSimulator, clock: SimClock, evidence: Path
) -> None:
    """The recorded activities, put into the log, come out of a bulk job letter by letter."""
    recorded = (evidence / "activity_extract1.csv").read_text()
    for row in csv.DictReader(io.StringIO(recorded)):
        told = json.loads(row["attributes"])
        del told["Created Date"]
        marketo.seed([{"type": "activity", "id": row["marketoGUID"], "leadId": row["leadId"], "attributes": told,
                       "activityTypeId": row["activityTypeId"], "activityDate": row["activityDate"]}])  # fmt: skip
    span = {"startAt": "2017-09-08T00:00:00Z", "endAt": "2017-09-09T00:00:00Z"}
    text = extracted(api, clock, "activities", {"filter": {"createdAt": span}})
    assert text.splitlines() == recorded.splitlines()


@pytest.mark.simulator("marketo-33")
def test_a_lead_file_reads_like_the_recorded_ones(api: Any, clock: SimClock, evidence: Path) -> None:
    """A quoted name comes out as it was recorded, and empty cells are the literal null."""
    recorded = rows_of((evidence / "lead_extract_with_quote_RFC4180.csv").read_text())
    head, values = recorded
    api.sync({"email": "a@example.net", **dict(zip(head, values, strict=True))})
    span = {"startAt": "2026-11-01T00:00:00Z", "endAt": "2026-11-30T00:00:00Z"}
    text = extracted(api, clock, "leads", {"fields": head, "filter": {"createdAt": span}})
    assert rows_of(text) == recorded
    columns = rows_of((evidence / "lead_extract1.csv").read_text())[0]
    known = {entry["rest"]["name"] for entry in api.get("leads/describe")["result"]}
    asked = [name for name in columns if name in known]
    assert len(asked) >= 80
    order = {"fields": asked, "filter": {"createdAt": span}}
    row = dict(zip(*rows_of(extracted(api, clock, "leads", order)), strict=True))
    assert (row["site"], row["unsubscribed"], row["createdAt"]) == ("null", "false", "2026-11-20T12:00:00Z")


@pytest.mark.simulator("marketo-33")
def test_what_marketo_itself_knows_of_a_lead(api: Any, clock: SimClock, evidence: Path) -> None:
    """The cells that Marketo fills by itself (type, flags, partition, who it is) are as recorded for a new lead."""
    recorded = next(csv.DictReader(io.StringIO((evidence / "lead_extract1.csv").read_text())))
    names = ["mktoName", "personType", "mktoIsPartner", "isLead", "mktoIsCustomer", "isAnonymous", "contactCompany",
             "leadPerson", "personPrimaryLeadInterest", "leadPartitionId", "emailInvalid"]  # fmt: skip
    (made,) = api.sync({"company": "TD_TESTING"})
    span = {"startAt": "2026-11-01T00:00:00Z", "endAt": "2026-11-30T00:00:00Z"}
    text = extracted(api, clock, "leads", {"fields": [*names, "emailSuspended"], "filter": {"createdAt": span}})
    row = dict(zip(*rows_of(text), strict=True))
    wanted = {name: recorded[name].replace(recorded["id"], str(made["id"])) for name in names}
    assert row == {**wanted, "emailSuspended": "null"}
    (named,) = api.sync({"email": "a@example.net", "firstName": "Ada", "lastName": "Lovell"})
    lead = api.lead(named["id"], "mktoName", "isLead", "leadPartitionId", "emailSuspended")
    told = {"mktoName": "Ada Lovell", "isLead": True, "leadPartitionId": 1, "emailSuspended": False}
    assert lead == {"id": named["id"], **told}


@pytest.mark.simulator("marketo-33")
def test_lives_in_a_file_as_a_sandbox_has_them(api: Any, clock: SimClock) -> None:
    """A new lead's name is its primary value; the ids of a merge are a list; a fill of gaps is told."""
    winner, loser = (
        entry["id"] for entry in api.sync({"email": "w@example.net", "firstName": "Win"}, {"email": "l@example.net"})
    )
    assert api.post(f"leads/{winner}/merge", leadId=loser)["success"]
    span = {"startAt": "2026-11-20T00:00:00Z", "endAt": "2026-11-21T00:00:00Z"}
    text = extracted(api, clock, "activities", {"filter": {"createdAt": span, "activityTypeIds": [12, 32]}})
    first, _, merged = csv.DictReader(io.StringIO(text))
    assert (first["primaryAttributeValueId"], first["primaryAttributeValue"]) == (str(winner), "Win")
    assert json.loads(merged["attributes"]) == {
        "Merge IDs": [loser], "Merged in Sales": False, "Merge Source": "leaddb", "Master Updated": False,
    }  # fmt: skip
