"""The outside of every call: envelope, paths, sizes, method override, compression, the vendor's clock."""

from __future__ import annotations

import gzip
import re
from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request, serving
from local.simulators.marketo import MarketoSimulator

DESCRIBE = "/rest/v1/leads/describe.json"


def test_the_envelope_of_the_lead_database(api: Any) -> None:
    """Success has requestId, success and no errors or warnings; failure has string codes and no result."""
    good, bad = api.get("leads", filterType="email", filterValues="x@example.net"), api.get("nothing")
    assert re.fullmatch(r"[0-9a-f]+#[0-9a-f]+", good["requestId"])
    assert set(good) == {"requestId", "result", "success"}
    assert set(bad) == {"requestId", "success", "warnings", "errors"}
    assert bad["errors"][0]["code"] == "610"


@pytest.mark.simulator("marketo-6")
def test_malformed_calls_are_refused_with_http_200(api: Any) -> None:
    """Unknown path 610, wrong method 605, bad JSON 609, JSON without its content type 612."""
    json_type = {"Content-Type": "application/json"}
    answers = {
        "610": api.http.get("/rest/v1/unknown.json"),
        "605": api.http.put("/rest/v1/leads.json", json={}),
        "609": api.http.post("/rest/v1/leads.json", content=b'{"input": [', headers=json_type),
        "612": api.http.post("/rest/v1/leads.json", content=b'{"input": []}', headers={"Content-Type": "text/plain"}),
    }
    assert {code: api.code(answer.json()) for code, answer in answers.items()} == {code: code for code in answers}
    assert {answer.status_code for answer in answers.values()} == {200}
    loud = api.http.post(
        "/rest/v1/leads.json", content=b"{}", headers={"Content-Type": "Application/JSON; Charset=UTF-8"}
    )
    assert api.code(loud.json()) == "1002"


@pytest.mark.simulator("marketo-10")
def test_oversized_requests_are_refused_by_the_gateway(api: Any) -> None:
    """A URI over 8,192 bytes is 414, a body over 1 MB is 413, the limits themselves pass."""
    base = "/rest/v1/leads.json?filterType=email&filterValues="
    assert api.http.get(base + "x" * (8192 - len(base))).status_code == 200
    assert api.http.get(base + "x" * (8193 - len(base))).status_code == 414
    assert api.http.post("/rest/v1/leads.json", content=b" " * 1_048_577).status_code == 413
    assert api.http.post("/rest/v1/leads.json", content=b" " * 1_048_576).status_code == 200


def test_a_post_may_stand_for_get_or_delete(api: Any) -> None:
    """_method works in the query and in the form, and repeated parameters equal comma lists."""
    first, second = (entry["id"] for entry in api.sync({"email": "a@example.net"}, {"email": "b@example.net"}))
    form = {"_method": "GET", "filterType": "id", "filterValues": f"{first},{second}", "fields": ["email", "firstName"]}
    by_form = api.http.post("/rest/v1/leads.json", data=form).json()["result"]
    wanted = {"filterType": "id", "filterValues": [first, second], "fields": "email,firstName"}
    by_query = api.http.post("/rest/v1/leads.json", params={"_method": "GET"}, data=wanted).json()["result"]
    assert by_form == by_query
    assert [list(entry) for entry in by_form] == [["id", "email", "firstName"]] * 2
    gone = api.http.post("/rest/v1/leads.json", params={"_method": "DELETE"}, json={"input": [{"id": first}]}).json()
    assert gone["result"] == [{"id": first, "status": "deleted"}]


@pytest.mark.simulator("marketo-12")
def test_dot_segments_are_normalised_and_double_slashes_are_not(marketo: MarketoSimulator, api: Any) -> None:
    """/rest/../rest/v1 reaches the call, a double slash in the path does not."""
    headers = {"authorization": api.http.headers["Authorization"]}
    assert b'"success":true' in marketo.handle(Request("GET", "/bulk/../rest/v1/leads/describe.json", "", headers)).body
    assert b'"610"' in marketo.handle(Request("GET", "/rest//v1/leads/describe.json", "", headers)).body


@pytest.mark.simulator("marketo-13")
def test_only_large_answers_are_compressed_and_only_when_asked(marketo: MarketoSimulator, api: Any) -> None:
    """gzip needs Accept-Encoding and more than 1,024 bytes."""
    headers = {"authorization": api.http.headers["Authorization"]}
    zipped = marketo.handle(Request("GET", DESCRIBE, "", {**headers, "accept-encoding": "gzip"}))
    plain = marketo.handle(Request("GET", DESCRIBE, "", headers))
    small = marketo.handle(Request("GET", "/rest/v1/none.json", "", {**headers, "accept-encoding": "gzip"}))
    assert ("Content-Encoding", "gzip") in zipped.headers
    assert b"firstName" in gzip.decompress(zipped.body)
    assert b"firstName" in plain.body
    assert small.body.startswith(b"{")


def test_every_answer_carries_the_vendors_date(api: Any, clock: SimClock) -> None:
    """The Date header follows the simulator's clock, errors included."""
    clock.set("2026-12-24T18:00:00Z")
    for path in (DESCRIBE, "/rest/v1/none.json", "/identity/oauth/token"):
        assert api.http.get(path).headers["Date"] == "Thu, 24 Dec 2026 18:00:00 GMT"


def test_the_loopback_server_speaks_the_same_api(marketo: MarketoSimulator, api: Any) -> None:
    """Over a socket the same truth answers on a kept connection, and a dropped call breaks it."""
    marketo.faults.load([{"path": "/describe", "fault": "drop_before_commit"}])
    authorization = {"Authorization": api.http.headers["Authorization"]}
    with serving(marketo) as address, httpx.Client(base_url=address, headers=authorization) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(DESCRIBE)
        assert client.get(DESCRIBE).json()["result"] == api.get("leads/describe")["result"]


def test_the_loopback_server_reads_chunked_bodies(marketo: MarketoSimulator, api: Any) -> None:
    """A body sent in chunks, without a length, is read like any other and the connection stays usable."""
    with serving(marketo) as address, httpx.Client(base_url=address, headers=api.http.headers) as client:
        pieces = iter([b'{"input": [{"email": ', b'"chunked@example.net"}]}'])
        head = {"Content-Type": "application/json"}
        for expected in ("created", "updated"):
            answer = client.post("/rest/v1/leads.json", content=pieces, headers=head)
            assert answer.json()["result"][0]["status"] == expected
            pieces = iter([b'{"input": [{"email": "chunked@example.net"}]}'])
