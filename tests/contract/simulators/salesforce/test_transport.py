"""Versions, headers, encodings and statuses of the transport."""

import http.client
import json
from typing import Any

import httpx
import pytest

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import User, V

RECORDED = {
    "cache-control": "no-cache,must-revalidate,max-age=0,no-store,private",
    "content-type": "application/json;charset=UTF-8",
    "server": "sfdcedge",
    "transfer-encoding": "chunked",
    "vary": "Accept-Encoding",
    "x-robots-tag": "none",
}


@pytest.mark.simulator("salesforce-6")
def test_versions_are_listed_without_a_token(seller: User) -> None:
    """The list needs no token, counts for nothing, and names 31.0 to the newest."""
    del seller.http.headers["Authorization"]
    answer = seller.http.get("/services/data/")
    listed = answer.json()
    assert (listed[0]["version"], listed[-1]) == (
        "31.0",
        {"label": "Summer '26", "url": "/services/data/v67.0", "version": "67.0"},
    )
    assert "sforce-limit-info" not in answer.headers
    assert seller.simulator.calls == []


@pytest.mark.simulator("salesforce-6")
@pytest.mark.parametrize(("version", "status"), [("31.0", 200), ("67.0", 200), ("30.0", 410), ("68.0", 404)])
def test_each_version_has_its_answer(seller: User, version: str, status: int) -> None:
    """Retired versions are gone, those to come are not there."""
    assert seller.http.get(f"/services/data/v{version}/limits").status_code == status


@pytest.mark.simulator("salesforce-6")
def test_an_unknown_path_is_not_found(seller: User) -> None:
    """Unknown resources and objects give 404 NOT_FOUND in the recorded words."""
    expected = [{"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}]
    for path in ("/nothing", "/sobjects/Accout/describe"):
        answer = seller.get(path)
        assert (answer.status_code, answer.json()) == (404, expected)


@pytest.mark.simulator("salesforce-9")
def test_answers_are_chunked_and_carry_the_recorded_headers(sim: SalesforceSimulator, seller: User) -> None:
    """Over a real socket: chunked, no length, the recorded header set, the vendor's own date."""
    with serving(sim) as address:
        connection = http.client.HTTPConnection(address.removeprefix("http://"))
        connection.request("GET", f"{V}/limits", headers={"Authorization": f"Bearer {seller.token}"})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        body = json.loads(answer.read())
        connection.request("GET", f"{V}/sobjects", headers={"Authorization": f"Bearer {seller.token}"})
        assert connection.getresponse().status == 200
        connection.close()
    assert body["DailyApiRequests"]["Max"] == 100_000
    assert RECORDED.items() <= headers.items()
    assert "content-length" not in headers
    assert headers["date"] == "Mon, 23 Nov 2026 09:30:00 GMT"
    assert len(headers["x-sfdc-request-id"]) == 32


@pytest.mark.simulator("salesforce-9")
def test_gzip_and_pretty_print_come_when_asked_for(seller: User) -> None:
    """Compact by default, `"key" : value` with X-PrettyPrint, gzip only when accepted."""
    plain = seller.http.get(f"{V}/limits", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert '"Max":100000' in plain.text
    pretty = seller.http.get(f"{V}/limits", headers={"X-PrettyPrint": "1"})
    assert pretty.headers["content-encoding"] == "gzip"
    assert '{\n  "DailyApiRequests" : {\n    "Max" : 100000' in pretty.text


@pytest.mark.simulator("salesforce-10")
def test_moments_are_written_in_one_form(seller: User, lead: str) -> None:
    """`.000+0000` goes out, `Z`, `+00:00` and `+0000` come in, a date has no time."""
    forms = ("2026-12-01T09:00:00Z", "2026-12-01T10:00:00+01:00", "2026-12-01T09:00:00.000+0000")
    for form in forms:
        task = seller.created("Task", Subject="x", WhoId=lead, ReminderDateTime=form, ActivityDate="2026-12-01")
        shown = seller.get(f"/sobjects/Task/{task}").json()
        assert shown["ReminderDateTime"] == "2026-12-01T09:00:00.000+0000"
        assert shown["ActivityDate"] == "2026-12-01"
        assert shown["CreatedDate"] == "2026-11-23T09:30:00.000+0000"


@pytest.mark.simulator("salesforce-14")
def test_too_long_addresses_and_statements(seller: User) -> None:
    """An address over 16,384 bytes meets 414 in HTML; a statement over 100,000 characters is MALFORMED_QUERY."""
    long = seller.get("/query", q="SELECT Id FROM Lead WHERE Email IN ('" + "a" * 17_000 + "')")
    assert (long.status_code, long.headers["content-type"][:9]) == (414, "text/html")
    assert "URI Too Long" in long.text
    assert seller.http.get(f"{V}/limits", headers={"X-Big": "a" * 17_000}).status_code == 431
    statement = "SELECT Id FROM Lead WHERE LastName = '" + "a" * 100_000 + "'"
    url = f"{V}/query/?q={statement}"
    body = {"compositeRequest": [{"method": "GET", "url": url, "referenceId": "q"}]}
    inner = seller.http.post(f"{V}/composite", json=body).json()["compositeResponse"][0]
    assert inner["httpStatusCode"] == 400
    assert inner["body"][0]["errorCode"] == "MALFORMED_QUERY"
    assert "can not be longer than 100000 characters" in inner["body"][0]["message"]


@pytest.mark.simulator("salesforce-38")
def test_unknown_headers_and_parameters_are_ignored(seller: User, lead: str) -> None:
    """Optional headers of the API and strange parameters change nothing."""
    headers = {"Sforce-Call-Options": "client=lockstep", "Sforce-Auto-Assign": "FALSE", "If-Match": '"x"'}
    headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
    answer = seller.http.patch(f"{V}/sobjects/Lead/{lead}?odd=1", json={"Title": "CTO"}, headers=headers)
    assert answer.status_code == 204
    assert seller.get(f"/sobjects/Lead/{lead}").json()["Title"] == "CTO"


@pytest.mark.simulator("salesforce-39")
def test_wrong_methods_and_content_types(seller: User, lead: str) -> None:
    """405 names the allowed methods in the recorded words, 415 meets a body that is no JSON."""
    wrong = seller.http.patch(f"{V}/sobjects/Account", json={})
    expected = {
        "message": "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET,POST",
        "errorCode": "METHOD_NOT_ALLOWED",
    }
    assert (wrong.status_code, wrong.json()) == (405, [expected])
    form = seller.http.patch(f"{V}/sobjects/Lead/{lead}", data={"Title": "x"})
    assert form.status_code == 415
    override = seller.http.post(f"{V}/sobjects/Lead/{lead}?_HttpMethod=PATCH", json={"Title": "CEO"})
    assert override.status_code == 204
    assert seller.get(f"/sobjects/Lead/{lead}").json()["Title"] == "CEO"


@pytest.mark.simulator("salesforce-29")
@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "The HTTP entity body is required, but this HTTP request has no entity body."),
        (
            '{"Title": nope}',
            "Unrecognized token 'nope': was expecting 'true', 'false' or 'null' at [line:1, column:15]",
        ),
        ("<x/>", "Unexpected character ('<' (code 60)): expected a valid value (number, String, array, object,"),
        (
            "{Title: 1}",
            "Unexpected character ('T' (code 84)): was expecting double-quote to start field name at [line:1,",
        ),
        ('{"a": 1 "b"}', "Unexpected character ('\"' (code 34)): was expecting comma to separate OBJECT entries at ["),
        ('{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value at"),
        ('{"Title": "x"', "Unexpected end-of-input: expected close marker for OBJECT (from [line:1, column:0])"),
        ('{"a": [1', "Unexpected end-of-input: expected close marker for ARRAY"),
        ("[]", "Cannot deserialize instance of sobject from START_ARRAY value "),
    ],
)
def test_a_body_that_is_no_json_is_named_with_its_place(seller: User, lead: str, body: str, said: str) -> None:
    """JSON_PARSER_ERROR says what stood where and what was expected, and nothing is written."""
    headers = {"Content-Type": "application/json"}
    answer = seller.http.patch(f"{V}/sobjects/Lead/{lead}", content=body.encode(), headers=headers)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")
    assert answer.json()[0]["message"].startswith(said)
    assert seller.get(f"/sobjects/Lead/{lead}").json()["Title"] is None


@pytest.mark.simulator("salesforce-7")
def test_every_answer_counts_itself(seller: User, lead: str) -> None:
    """The header counts calls: Collections one, Batch one for each of its requests, and failures too."""

    def used(answer: httpx.Response) -> int:
        return int(answer.headers["Sforce-Limit-Info"].removeprefix("api-usage=").partition("/")[0])

    assert used(seller.get("/limits")) == 1
    assert used(seller.get("/sobjects/Lead/nonsense")) == 2
    records = [{"attributes": {"type": "Task"}, "Subject": f"{n}"} for n in range(50)]
    assert used(seller.http.post(f"{V}/composite/sobjects", json={"records": records})) == 3
    requests: list[dict[str, Any]] = [{"method": "GET", "url": f"v62.0/sobjects/Lead/{lead}"}] * 4
    assert used(seller.http.post(f"{V}/composite/batch", json={"batchRequests": requests})) == 7
    assert [call.records for call in seller.simulator.calls] == [0, 0, 50, 4]


@pytest.mark.simulator("salesforce-8")
def test_two_limits_share_one_code(sim: SalesforceSimulator, seller: User) -> None:
    """The day's quota and the concurrency limit are told apart only by their words; the day's rolls."""
    sim.limits({"calls_per_24h": 3})
    for _ in range(3):
        assert seller.get("/limits").status_code == 200
    used_up = seller.get("/limits")
    expected = [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    assert (used_up.status_code, used_up.json()) == (403, expected)
    sim.clock.advance(86_401)
    fresh = User(sim, "seller1@example.com")
    sim.faults.load([{"fault": "concurrent"}])
    crowded = fresh.get("/limits")
    assert (crowded.status_code, crowded.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert crowded.json()[0]["message"] == "ConcurrentPerOrgLongTxn Limit exceeded."
    assert fresh.get("/limits").status_code == 200


@pytest.mark.simulator("salesforce-23")
def test_limits_agree_with_the_header(sim: SalesforceSimulator, seller: User) -> None:
    """GET /limits tells the same as the header of the same answer."""
    sim.limits({"calls_per_24h": 5_000, "used": 40})
    answer = seller.get("/limits")
    assert answer.json()["DailyApiRequests"] == {"Max": 5_000, "Remaining": 4_959}
    assert answer.headers["Sforce-Limit-Info"] == "api-usage=41/5000"
