"""Bulk import of leads: the life of a batch, what it does to leads and lists, and what it refuses."""

from __future__ import annotations

from typing import Any

from local.simulators.kernel.clock import SimClock
from local.simulators.marketo import MarketoSimulator

PATH = "/bulk/v1/leads.json"


def send(api: Any, text: str, form: str = "csv", **params: Any) -> dict[str, Any]:
    """One file; the answer's body."""
    files = {"file": ("leads.csv", text.encode(), "text/csv")}
    body: dict[str, Any] = api.http.post(PATH, params={"format": form, **params}, files=files).json()
    return body


def status(api: Any, batch: int) -> dict[str, Any]:
    """What is told of a batch."""
    (told,) = api.bulk(f"leads/batch/{batch}", method="GET")["result"]
    return dict(told)


def test_a_batch_is_queued_imported_and_complete(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """Rows become leads and members of the list, in the documented states and words; a repeated file updates."""
    marketo.seed([{"type": "list", "id": 1001}])
    text = 'email,firstName,lastName\na@example.net,Ada,"Love, ""L"""\nb@example.net,明,王\n'
    sent = send(api, text, listId=1001)
    assert sent["result"] == [{"batchId": 1001, "importId": "1001", "status": "Queued"}]
    assert status(api, 1001)["status"] == "Queued"
    assert api.find("email", "a@example.net") == []
    clock.advance(1)
    assert status(api, 1001)["status"] == "Importing"
    clock.advance(1)
    assert status(api, 1001) == {
        "batchId": 1001, "importId": "1001", "status": "Complete", "numOfLeadsProcessed": 2, "numOfRowsFailed": 0,
        "numOfRowsWithWarning": 0, "message": "Import succeeded, 2 records imported (2 members)",
    }  # fmt: skip
    found = api.find("email", "a@example.net,b@example.net", "lastName", "firstName")
    assert [(lead["firstName"], lead["lastName"]) for lead in found] == [("Ada", 'Love, "L"'), ("明", "王")]
    assert [lead["id"] for lead in found] == sorted(marketo.world.assets.lists[1001].members)
    send(api, "email;firstName;lastName\na@example.net;NULL;\n", "ssv")
    clock.advance(5)
    assert status(api, 1002)["message"] == "Import succeeded, 1 records imported (0 members)"
    lead = api.lead(found[0]["id"], "firstName", "lastName")
    assert (lead["firstName"], lead["lastName"]) == (None, 'Love, "L"')


def test_failed_rows_are_told_with_their_reason(api: Any, clock: SimClock) -> None:
    """A bad value fails its row only; the file of failures has the row and the reason, that of warnings is empty."""
    send(api, "email\tinteger_field\ngood@example.net\t1\nbad@example.net\t1.5\n", "tsv")
    clock.advance(5)
    told = status(api, 1001)
    assert told["message"] == "Import completed with errors, 1 records imported (0 members), 1 failed"
    failures = api.http.get("/bulk/v1/leads/batch/1001/failures.json")
    assert failures.text.splitlines() == [
        "email\tinteger_field\tImport Failure Reason",
        "bad@example.net\t1.5\tInvalid value for field 'integer_field' and value '1.5'",
    ]
    assert api.http.get("/bulk/v1/leads/batch/1001/warnings.json").text == ""
    assert api.find("email", "bad@example.net") == []


def test_an_id_only_updates(api: Any, clock: SimClock) -> None:
    """With lookupField id a row of an unknown id fails, and one of a known id changes that lead."""
    (made,) = api.sync({"email": "a@example.net"})
    send(api, f"id,title\n{made['id']},CTO\n77,Nobody\n", lookupField="id")
    clock.advance(5)
    assert status(api, 1001)["numOfRowsFailed"] == 1
    assert api.lead(made["id"], "title")["title"] == "CTO"


def test_what_an_import_refuses(api: Any, marketo: MarketoSimulator, clock: SimClock) -> None:
    """No format 1003, no file 1002, no multipart 612 and 613, an eleventh batch 1016, an unknown column fails it."""
    one = "email\na@example.net\n"
    assert api.code(send(api, one, "xls")) == "1003"
    assert api.code(send(api, "")) == "1002"
    assert api.code(send(api, one, lookupField="nosuch")) == "1006"
    assert api.code(send(api, one, listId=5)) == "1013"
    assert api.code(api.http.post(f"{PATH}?format=csv", json={}).json()) == "612"
    assert api.code(api.bulk("leads/batch/9", method="GET")) == "1013"
    for _ in range(10):
        assert send(api, one)["success"]
    assert api.code(send(api, one)) == "1016"
    clock.advance(60)
    assert len(api.find("email", "a@example.net")) == 1
    assert status(api, 1010)["status"] == "Complete"
    send(api, "email,shoeSize\na@example.net,42\n")
    clock.advance(60)
    assert status(api, 1011)["status"] == "Failed"
    clock.advance(8 * 86_400)
    api.log_in()
    assert api.code(api.bulk("leads/batch/1011", method="GET")) == "1013"


def test_an_import_may_hold_ten_megabytes(api: Any) -> None:
    """A file over one and under ten megabytes passes, a larger one is refused by the gateway."""
    assert send(api, "email\n" + "nobody@example.net\n" * 100_000)["success"]
    files = {"file": ("leads.csv", b"email\n" + b"x" * 10_500_000, "text/csv")}
    assert api.http.post(PATH, params={"format": "csv"}, files=files).status_code == 413
