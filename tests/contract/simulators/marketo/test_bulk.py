"""Bulk extract: the life of a job, its limits, and what stands in the file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator
from tests.contract.simulators.marketo.conftest import Caller

SPAN = {"startAt": "2026-11-01T00:00:00Z", "endAt": "2026-11-30T00:00:00Z"}
LEADS = {"fields": ["id", "email"], "filter": {"createdAt": SPAN}}


def made(api: Any, order: dict[str, Any] | None = None, kind: str = "leads") -> str:
    """A created job's id."""
    return str(api.bulk(f"{kind}/export/create", order or LEADS)["result"][0]["exportId"])


def state(api: Any, job: str, kind: str = "leads") -> dict[str, Any]:
    """What status says of a job."""
    told: dict[str, Any] = api.bulk(f"{kind}/export/{job}/status", method="GET")["result"][0]
    return told


def fetched(api: Any, clock: SimClock, order: dict[str, Any], kind: str = "leads") -> str:
    """The file of an order, all the way."""
    job = made(api, order, kind)
    api.bulk(f"{kind}/export/{job}/enqueue")
    clock.advance(5)
    assert state(api, job, kind)["status"] == "Completed"
    return str(api.http.get(f"/bulk/v1/{kind}/export/{job}/file.json").content.decode())


def rows(text: str) -> list[list[str]]:
    """A CSV file's rows."""
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.simulator("marketo-32")
def test_a_job_is_created_queued_processed_and_completed(api: Any, clock: SimClock) -> None:
    """Each state has its members in the recorded order; a time stands there once it has come."""
    api.sync({"email": "a@example.net"})
    (created,) = api.bulk("leads/export/create", LEADS)["result"]
    assert list(created) == ["exportId", "format", "status", "createdAt"]
    assert (created["format"], created["status"]) == ("CSV", "Created")
    job = created["exportId"]
    (queued,) = api.bulk(f"leads/export/{job}/enqueue")["result"]
    assert list(queued) == ["exportId", "format", "status", "createdAt", "queuedAt"]
    assert queued["status"] == "Queued"
    clock.advance(1)
    assert (state(api, job)["status"], state(api, job)["startedAt"]) == ("Processing", "2026-11-20T12:00:01Z")
    clock.advance(1)
    assert list(state(api, job)) == [
        "exportId", "format", "status", "createdAt", "queuedAt", "startedAt", "finishedAt", "numberOfRecords",
        "fileSize", "fileChecksum",
    ]  # fmt: skip
    assert state(api, job)["status"] == "Completed"


@pytest.mark.simulator("marketo-32")
def test_two_run_ten_wait_and_the_rest_are_turned_away(api: Any, clock: SimClock) -> None:
    """The third starts when one of two has ended; the eleventh, and one enqueued twice, are 1029 in other words."""
    jobs = [made(api) for _ in range(11)]
    for job in jobs[:10]:
        assert api.bulk(f"leads/export/{job}/enqueue")["success"]
    full = api.bulk(f"leads/export/{jobs[10]}/enqueue")["errors"][0]
    twice = api.bulk(f"leads/export/{jobs[0]}/enqueue")["errors"][0]
    assert (full["code"], twice["code"]) == ("1029", "1029")
    assert full["message"] != twice["message"]
    for seconds in range(1, 4):
        clock.advance(1)
        states = [state(api, job)["status"] for job in jobs[:10]]
        assert states.count("Processing") == 2
        assert states.count("Completed") == 2 * (seconds - 1)
    assert api.bulk(f"leads/export/{jobs[10]}/enqueue")["success"]


@pytest.mark.simulator("marketo-32")
def test_jobs_are_cancelled_or_fail(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """A cancelled job is Cancelled with two l and stays so; a failed one has an errorMsg; neither has a file."""
    job, lost = made(api), made(api)
    assert api.bulk(f"leads/export/{job}/cancel")["result"][0]["status"] == "Cancelled"
    assert api.code(api.bulk(f"leads/export/{job}/cancel")) == "1003"
    assert api.code(api.bulk(f"leads/export/{job}/enqueue")) == "1029"
    marketo.faults.load([{"path": "/enqueue.json", "fault": "fail_job"}])
    api.bulk(f"leads/export/{lost}/enqueue")
    clock.advance(10)
    assert (state(api, lost)["status"], state(api, lost)["errorMsg"]) == ("Failed", "Export failed")
    assert api.http.get(f"/bulk/v1/leads/export/{lost}/file.json").status_code == 404
    listed = api.bulk("leads/export", method="GET", status="Failed")["result"]
    assert [entry["exportId"] for entry in listed] == [lost]
    assert len(api.bulk("leads/export", method="GET")["result"]) == 2


@pytest.mark.simulator("marketo-32")
def test_the_days_bytes_come_back_at_midnight_central(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """When the day's files have used the allowance, enqueue is 1029 until midnight in US Central."""
    api.sync({"email": "a@example.net"})
    fetched(api, clock, LEADS)
    marketo.limits({"bulk_bytes_per_day": 10})
    job = made(api)
    assert "quota" in api.bulk(f"leads/export/{job}/enqueue")["errors"][0]["message"]
    clock.set("2026-11-21T05:59:59Z")
    api.log_in()
    assert api.code(api.bulk(f"leads/export/{job}/enqueue")) == "1029"
    clock.set("2026-11-21T06:00:01Z")
    assert api.bulk(f"leads/export/{job}/enqueue")["success"]


@pytest.mark.simulator("marketo-32")
def test_a_job_is_its_owners_alone(api: Any, marketo: MarketoSimulator) -> None:
    """Another API user sees neither status nor list nor file; statistics tell the two apart."""
    job = made(api)
    marketo.act("add_client", {"client_id": "other", "client_secret": "s", "user": "other@example.com"})
    other = Caller.__new__(Caller)
    other.http, other.simulator = api.http, marketo
    asked = {"grant_type": "client_credentials", "client_id": "other", "client_secret": "s"}
    token = api.http.get("/identity/oauth/token", params=asked).json()
    assert token["scope"] == "other@example.com"
    theirs = {"Authorization": f"Bearer {token['access_token']}"}
    answer = api.http.get(f"/bulk/v1/leads/export/{job}/status.json", headers=theirs).json()
    assert answer["errors"][0]["code"] == "1013"
    assert api.http.get("/bulk/v1/leads/export.json", headers=theirs).json()["result"] == []
    assert state(api, job)["status"] == "Created"
    users = {entry["userId"]: entry["count"] for entry in api.get("stats/usage")["result"][0]["users"]}
    assert users["other@example.com"] == 2


@pytest.mark.simulator("marketo-32")
def test_orders_are_checked(api: Any, marketo: MarketoSimulator) -> None:
    """Over 31 days, unknown fields, no or two filters, a filter that is off, a wrong format: each has its code."""
    long = {"startAt": "2026-10-01T00:00:00Z", "endAt": "2026-11-02T00:00:00Z"}
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        ("1003", "leads", {**LEADS, "filter": {"createdAt": long}}),
        ("1003", "leads", {**LEADS, "fields": ["nosuch"]}),
        ("1002", "leads", {**LEADS, "fields": []}),
        ("1002", "leads", {"fields": ["id"]}),
        ("1003", "leads", {**LEADS, "filter": {"createdAt": SPAN, "updatedAt": SPAN}}),
        ("1035", "leads", {**LEADS, "filter": {"smartListId": 1}}),
        ("1003", "leads", {**LEADS, "filter": {"staticListName": "nosuch"}}),
        ("1003", "leads", {**LEADS, "format": "XML"}),
        ("1002", "activities", {"filter": {"activityTypeIds": [1]}}),
        ("1003", "activities", {"filter": {"createdAt": SPAN, "activityTypeIds": [37]}}),
        ("1003", "activities", {"filter": {"createdAt": SPAN, "activityTypeIds": [1], "primaryAttributeValues": ["a"],
                                           "primaryAttributeValueIds": [1]}}),
        ("1002", "activities", {"filter": {"createdAt": SPAN, "primaryAttributeValues": ["a"]}}),
    ]  # fmt: skip
    for code, kind, order in wrong:
        assert api.code(api.bulk(f"{kind}/export/create", order)) == code
    assert made(api, {**LEADS, "filter": {"updatedAt": SPAN}})
    marketo.limits({"bulk_no_filters": ["updatedAt"]})
    refused = api.bulk("leads/export/create", {**LEADS, "filter": {"updatedAt": SPAN}})["errors"][0]
    assert refused == {"code": "1035", "message": "Unsupported filter type for target subscription: updatedAt"}


@pytest.mark.simulator("marketo-33")
def test_a_file_is_exact_to_the_byte(api: Any, clock: SimClock) -> None:
    """404 in plain text before completion; then size and sha256 fit, ranges are 206, and one outside is 416."""
    api.sync({"email": "a@example.net"})
    job = made(api)
    path = f"/bulk/v1/leads/export/{job}/file.json"
    early = api.http.get(path)
    assert (early.status_code, early.headers["content-type"]) == (404, "text/plain;charset=UTF-8")
    assert api.http.get("/bulk/v1/leads/export/nosuch/file.json").status_code == 404
    api.bulk(f"leads/export/{job}/enqueue")
    clock.advance(5)
    whole, told = api.http.get(path), state(api, job)
    assert whole.headers["content-type"] == "text/csv;charset=UTF-8"
    assert told["fileSize"] == len(whole.content)
    assert told["fileChecksum"] == f"sha256:{hashlib.sha256(whole.content).hexdigest()}"
    assert told["numberOfRecords"] == 1
    part = api.http.get(path, headers={"Range": "bytes=3-7"})
    assert (part.status_code, part.content) == (206, whole.content[3:8])
    assert part.headers["content-range"] == f"bytes 3-7/{len(whole.content)}"
    assert api.http.get(path, headers={"Range": "bytes=5-"}).content == whole.content[5:]
    assert api.http.get(path, headers={"Range": "bytes=-4"}).content == whole.content[-4:]
    assert api.http.get(path, headers={"Range": "bytes=9999-"}).status_code == 416
    clock.advance(8 * 86_400)
    api.log_in()
    assert api.http.get(path).status_code == 404


@pytest.mark.simulator("marketo-33")
def test_leads_are_written_as_recorded(api: Any, clock: SimClock) -> None:
    """null for nothing, booleans in small letters, quotes doubled, line breaks and emoji kept, headers renamed."""
    names = ['first"Name', "a,b", "line\nbreak", "zoë 🎈"]
    made_ = api.sync(*({"email": f"{n}@example.net", "firstName": name} for n, name in enumerate(names)))
    order = {"fields": ["id", "firstName", "lastName", "unsubscribed"], "filter": {"createdAt": SPAN},
             "columnHeaderNames": {"lastName": "Family"}}  # fmt: skip
    text = fetched(api, clock, order)
    assert '"first""Name"' in text
    assert text.splitlines()[0] == "id,firstName,Family,unsubscribed"
    assert rows(text)[1:] == [[str(made_[n]["id"]), name, "null", "false"] for n, name in enumerate(names)]
    assert fetched(api, clock, {**order, "format": "tsv"}).splitlines()[0].split("\t")[2] == "Family"
    assert fetched(api, clock, {**order, "format": "SSV"}).splitlines()[0].split(";")[2] == "Family"


@pytest.mark.simulator("marketo-33")
def test_leads_are_chosen_by_list_and_by_change(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """A static list by id or name gives its members; updatedAt gives whom a change reached, none deleted."""
    marketo.reset(7, 30)
    api.log_in()
    api.sync({"id": 1003, "title": "Chief"}, {"id": 1004, "title": "Chief"}, action="updateOnly", lookupField="id")
    api.delete("leads", {"input": [{"id": 1004}]})
    changed = fetched(api, clock, {"fields": ["id", "title"], "filter": {"updatedAt": SPAN}})
    assert rows(changed)[1:] == [["1003", "Chief"]]
    marketo.seed([{"type": "list", "id": 9, "name": "Ours", "leads": [1003, 1004, 1007]}])
    for by, value in (("staticListId", 9), ("staticListName", "Ours")):
        assert rows(fetched(api, clock, {"fields": ["id"], "filter": {by: value}}))[1:] == [["1003"], ["1007"]]


@pytest.mark.simulator("marketo-33")
@pytest.mark.parametrize("fields", [[], None])
def test_activities_have_all_columns_unless_asked(api: Any, clock: SimClock, fields: list[str] | None) -> None:
    """No fields means all eight in their order, attributes as a JSON object; New Lead has the lead as primary."""
    (lead,) = api.sync({"email": "a@example.net"})
    api.sync({"email": "a@example.net", "firstName": "Ada"})
    head, new, change = rows(fetched(api, clock, {"fields": fields, "filter": {"createdAt": SPAN}}, "activities"))
    assert head == [
        "marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId", "primaryAttributeValueId",
        "primaryAttributeValue", "attributes",
    ]  # fmt: skip
    assert new[1:7] == [str(lead["id"]), "2026-11-20T12:00:00Z", "12", "null", str(lead["id"]), "null"]
    assert json.loads(new[7])["Created Date"] == "2026-11-20"
    assert (change[5], change[6], json.loads(change[7])["New Value"]) == ("53", "First Name", "Ada")


@pytest.mark.simulator("marketo-33")
def test_activities_are_chosen_by_type_and_primary_value(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """Types and primary values narrow; deletions are never in a file; asked columns come in the asked order."""
    leads = [entry["id"] for entry in api.sync({"email": "a@example.net"}, {"email": "b@example.net"})]
    visits = [(leads[0], 501), (leads[0], 502), (leads[1], 501)]
    marketo.seed([
        {"type": "activity", "leadId": lead, "activityTypeId": 1, "primaryAttributeValueId": page,
         "primaryAttributeValue": f"page {page}"}
        for lead, page in visits
    ])  # fmt: skip
    api.delete("leads", {"input": [{"id": leads[1]}]})
    order = {"fields": ["activityTypeId", "leadId"], "filter": {"createdAt": SPAN}}
    assert {row[0] for row in rows(fetched(api, clock, order, "activities"))[1:]} == {"1", "12"}
    for name, value in (("primaryAttributeValueIds", [501]), ("primaryAttributeValues", ["page 501"])):
        narrow = {"createdAt": SPAN, "activityTypeIds": [1], name: value}
        found = rows(fetched(api, clock, {**order, "filter": narrow}, "activities"))[1:]
        assert found == [["1", str(leads[0])], ["1", str(leads[1])]]


@pytest.mark.simulator("marketo-34")
def test_a_completed_jobs_file_may_lag(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """With the switch the file is 404 for the first askings although the job is Completed."""
    marketo.limits({"bulk_file_misses": 2})
    job = made(api)
    api.bulk(f"leads/export/{job}/enqueue")
    clock.advance(5)
    assert state(api, job)["status"] == "Completed"
    path = f"/bulk/v1/leads/export/{job}/file.json"
    assert [api.http.get(path).status_code for _ in range(3)] == [404, 404, 200]


@pytest.mark.simulator("marketo-19")
def test_deletions_are_told_by_the_feed_and_not_by_bulk(api: Any, clock: SimClock) -> None:
    """A deletion is a type 37 in deletedleads; a bulk file of all types leaves it out."""
    (lead,) = api.sync({"email": "a@example.net"})
    api.delete("leads", {"input": [{"id": lead["id"]}]})
    told = api.get("activities/deletedleads", nextPageToken=api.token())["result"]
    assert [entry["leadId"] for entry in told] == [lead["id"]]
    text = fetched(api, clock, {"filter": {"createdAt": SPAN}}, "activities")
    assert [row[3] for row in rows(text)[1:]] == ["12"]


@pytest.mark.simulator("marketo-12")
@pytest.mark.simulator("marketo-13")
def test_bulk_paths_and_files_keep_their_own_rules(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """/rest/../bulk reaches the same jobs (form posts included), and a large file is never compressed."""
    marketo.reset(7, 100)
    marketo.faults.load([])
    api.log_in()
    order = json.dumps({"fields": ["id", "email"], "filter": {"staticListId": 1001}}).encode()
    marketo.seed([{"type": "list", "id": 1001, "leads": range(1001, 1101)}])
    request = api.http.build_request(
        "POST", "/x", content=order, headers={"Content-Type": "application/json", **api.http.headers}
    )
    request.url = request.url.copy_with(raw_path=b"/rest/../bulk/v1/leads/export/create.json?_method=POST")
    job = api.http.send(request).json()["result"][0]["exportId"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    api.http.post(f"/bulk/v1/leads/export/{job}/enqueue.json", content="_method=POST", headers=form)
    clock.advance(5)
    answer = api.http.get(f"/bulk/v1/leads/export/{job}/file.json", headers={"Accept-Encoding": "gzip"})
    assert len(answer.content) > 1024
    assert "content-encoding" not in answer.headers
