"""Bulk API 2.0 ingest: the life of a job, its files of results, and the ways in which it fails."""

import csv
import io
from typing import Any

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User, V

JOBS = f"{V}/jobs/ingest"
OPENED = ["id", "operation", "object", "createdById", "createdDate", "systemModstamp", "state"]
FORM = ["concurrencyMode", "contentType", "apiVersion"]
LAYOUT = ["lineEnding", "columnDelimiter"]
COUNTS = ["numberRecordsProcessed", "numberRecordsFailed", "retries", "totalProcessingTime"]
COUNTS += ["apiActiveProcessingTime", "apexProcessingTime"]


def _open(user: User, operation: str = "insert", kind: str = "Lead", **rest: Any) -> httpx.Response:
    return user.http.post(JOBS, json={"operation": operation, "object": kind, "contentType": "CSV", **rest})


def _upload(user: User, job: str, text: str) -> httpx.Response:
    return user.http.put(f"{JOBS}/{job}/batches", content=text.encode(), headers={"Content-Type": "text/csv"})


def _close(user: User, job: str, state: str = "UploadComplete") -> httpx.Response:
    return user.http.patch(f"{JOBS}/{job}", json={"state": state})


def _told(user: User, job: str) -> dict[str, Any]:
    body: dict[str, Any] = user.http.get(f"{JOBS}/{job}").json()
    return body


def _rows(user: User, job: str, what: str) -> list[dict[str, str]]:
    answer = user.http.get(f"{JOBS}/{job}/{what}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def _run(sim: SalesforceSimulator, user: User, text: str, operation: str = "insert", **rest: Any) -> str:
    """A whole job, from creation to whatever end it takes."""
    job = str(_open(user, operation, **rest).json()["id"])
    assert _upload(user, job, text).status_code == 201
    assert _close(user, job).status_code == 200
    sim.clock.advance(60)
    return job


@pytest.mark.simulator("salesforce-22")
def test_a_job_lives_from_open_to_complete(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Each stage has the recorded keys and state; the rows appear when their chunk is done, not before."""
    made = _open(seller, "upsert", "Task", externalIdFieldName="Lockstep_Key__c")
    job = made.json()["id"]
    key = ["externalIdFieldName"]
    assert made.status_code == 200
    assert list(made.json()) == [*OPENED, *key, *FORM, "contentUrl", *LAYOUT]
    assert made.json()["contentUrl"] == f"services/data/v62.0/jobs/ingest/{job}/batches"
    assert (made.json()["state"], made.json()["concurrencyMode"], job[:3]) == ("Open", "Parallel", "750")
    assert '"apiVersion":62.0' in made.text
    sent = _upload(seller, job, "Lockstep_Key__c,Subject\na,one\nb,two\n")
    assert (sent.status_code, sent.content) == (201, b"")
    closed = _close(seller, job).json()
    assert (list(closed), closed["state"]) == ([*OPENED, *key, *FORM], "UploadComplete")
    sim.clock.advance(1)
    assert (_told(seller, job)["state"], truth.all("Task")) == ("InProgress", [])
    sim.clock.advance(1)
    told = _told(seller, job)
    assert list(told) == [*OPENED, *key, *FORM, "jobType", *LAYOUT, *COUNTS]
    assert (told["state"], told["jobType"], told["numberRecordsProcessed"]) == ("JobComplete", "V2Ingest", 2)
    assert {row["Lockstep_Key__c"]: row["Subject"] for row in truth.all("Task")} == {"a": "one", "b": "two"}


@pytest.mark.simulator("salesforce-22")
def test_results_have_salesforces_columns_and_order(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Successful and failed rows carry the upload beside id and outcome, in another order than the upload's."""
    rows = [f"k{n},{'x' * 256 if n == 5 else n}" for n in range(40)]
    upload = "Lockstep_Key__c,Subject\n" + "\n".join(rows) + "\n"
    job = _run(sim, seller, upload, "upsert", kind="Task", externalIdFieldName="Lockstep_Key__c")
    answer = seller.http.get(f"{JOBS}/{job}/successfulResults").text
    assert answer.startswith('"sf__Id","sf__Created",Lockstep_Key__c,Subject\n"00T')
    good = _rows(seller, job, "successfulResults")
    assert [row["Lockstep_Key__c"] for row in good] != [f"k{n}" for n in range(40) if n != 5]
    assert {row["sf__Id"]: row["Lockstep_Key__c"] for row in good} == {
        row["Id"]: row["Lockstep_Key__c"] for row in truth.all("Task")
    }
    assert {row["sf__Created"] for row in good} == {"true"}
    (bad,) = _rows(seller, job, "failedResults")
    assert bad["sf__Error"] == f"STRING_TOO_LONG:Subject: data value too large: {'x' * 256} (max length=255):Subject --"
    assert (bad["sf__Id"], bad["Lockstep_Key__c"]) == ("", "k5")
    assert seller.http.get(f"{JOBS}/{job}/unprocessedrecords").text == "Lockstep_Key__c,Subject\n"
    assert (_told(seller, job)["numberRecordsProcessed"], _told(seller, job)["numberRecordsFailed"]) == (40, 1)


@pytest.mark.simulator("salesforce-22")
def test_cells_are_read_by_their_fields(sim: SalesforceSimulator, seller: User, contact: str, truth: Truth) -> None:
    """Empty changes nothing, `#N/A` clears, booleans and moments come as text, related records by their key."""
    sim.schema([{"object": "Account", "name": "Ext__c", "type": "string", "externalId": True, "unique": True}])
    account = sim.seed([{"type": "Account", "Name": "Other", "Ext__c": "7"}])[0]
    sim.act("update", {"id": contact, "fields": {"Title": "CTO", "Phone": "1", "Department": "Old"}})
    upload = (
        "Id,Title,Phone,Department,HasOptedOutOfEmail,Birthdate,Account.Ext__c\n"
        f'{contact},,#N/A,"Research, ""new""",TRUE,1906-12-09,7\n'
    )
    job = _run(sim, seller, upload, "update", kind="Contact")
    row = truth.one("Contact", contact)
    assert _rows(seller, job, "failedResults") == []
    assert (row["Title"], row["Phone"], row["Department"]) == ("CTO", None, 'Research, "new"')
    assert (row["HasOptedOutOfEmail"], row["Birthdate"], row["AccountId"]) == (True, "1906-12-09", account)
    bad = f"Id,Birthdate,HasOptedOutOfEmail\n{contact},2003-04-98765,true\n{contact},,perhaps\n"
    failed = _rows(seller, _run(sim, seller, bad, "update", kind="Contact"), "failedResults")
    reason = (
        "INVALID_FIELD:Failed to deserialize field at col {}. Due to, '{}' is not a valid value for the type xsd:{} --"
    )
    assert {one["sf__Error"] for one in failed} == {
        reason.format(1, "2003-04-98765", "date:Birthdate"),
        reason.format(2, "perhaps", "boolean:HasOptedOutOfEmail"),
    }


@pytest.mark.simulator("salesforce-22")
@pytest.mark.parametrize(
    ("operation", "text", "said"),
    [
        ("insert", "LastName,Odd\na,b\n", "InvalidBatch : Field name not found : Odd"),
        ("insert", "LastName,Company\r\na,b\r\n", "ClientInputError : LineEnding is invalid on user data."),
        ("delete", "Id,LastName\n00Q,b\n", "InvalidBatch : The 'delete' batch must contain only ids"),
        ("insert", "", "InvalidBatch : The file has no header row"),
        ("insert", "LastName,Company\na\n", "InvalidBatch : A row has not as many columns as the header"),
    ],
)
def test_a_file_that_does_not_fit_fails_its_job(
    sim: SalesforceSimulator, seller: User, truth: Truth, operation: str, text: str, said: str
) -> None:
    """State Failed with an errorMessage, no row processed, nothing written."""
    job = _run(sim, seller, text, operation)
    told = _told(seller, job)
    assert (told["state"], told["numberRecordsProcessed"]) == ("Failed", 0)
    assert told["errorMessage"].startswith(said)
    assert truth.all("Lead") == []


@pytest.mark.simulator("salesforce-22")
def test_deletes_go_to_the_bin_or_for_good(sim: SalesforceSimulator, lead: str, truth: Truth) -> None:
    """`delete` leaves a record in the bin, `hardDelete` needs its permission and leaves nothing."""
    admin, seller = User(sim, "admin@example.com"), User(sim, "seller1@example.com")
    task = seller.created("Task", Subject="x", WhoId=lead)
    refused = _open(seller, "hardDelete", "Task")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "FEATURENOTENABLED")
    job = _run(sim, seller, f"Id\n{task}\n", "delete", kind="Task")
    assert _rows(seller, job, "successfulResults") == [{"sf__Id": task, "sf__Created": "false", "Id": task}]
    assert truth.one("Task", task)["IsDeleted"] is True
    _run(sim, admin, f"Id\n{lead}\n", "hardDelete")
    assert truth.all("Lead") == []
    assert seller.query("SELECT Id FROM Lead", "queryAll") == []


@pytest.mark.simulator("salesforce-22")
def test_chunks_fail_or_are_never_reached(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Of three chunks the second fails row by row and the third is left: Failed, with its rows unprocessed."""
    sim.limits({"bulk_chunk_rows": 10})
    sim.faults.load(
        [
            {"fault": "fail_chunk", "path": "/jobs/ingest", "match": "L13", "code": "UNABLE_TO_LOCK_ROW"},
            {"fault": "leave_chunk", "path": "/jobs/ingest", "match": "L23"},
        ]
    )
    text = "LastName,Company\n" + "".join(f"L{n},Acme\n" for n in range(30))
    job = str(_open(seller).json()["id"])
    _upload(seller, job, text)
    _close(seller, job)
    sim.clock.advance(2)
    assert (_told(seller, job)["state"], _told(seller, job)["numberRecordsProcessed"]) == ("InProgress", 10)
    sim.clock.advance(10)
    told = _told(seller, job)
    assert (told["state"], told["numberRecordsProcessed"], told["numberRecordsFailed"]) == ("Failed", 20, 10)
    failed = _rows(seller, job, "failedResults")
    assert {row["LastName"] for row in failed} == {f"L{n}" for n in range(10, 20)}
    assert {row["sf__Error"] for row in failed} == {
        "UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 1 records:--"
    }
    left = _rows(seller, job, "unprocessedrecords")
    assert ({row["LastName"] for row in left}, list(left[0])) == (
        {f"L{n}" for n in range(20, 30)},
        ["LastName", "Company"],
    )
    assert {row["LastName"] for row in truth.all("Lead")} == {f"L{n}" for n in range(10)}


@pytest.mark.simulator("salesforce-22")
def test_record_faults_and_rights_reach_the_rows(sim: SalesforceSimulator, truth: Truth) -> None:
    """A row fails by an ordered fault, a key twice in the file, or a field that its user may not set."""
    restricted = User(sim, "seller2@example.com")
    sim.faults.load([{"fault": "record_error", "path": "/jobs/ingest", "code": "ENTITY_IS_LOCKED", "match": "k1"}])
    text = "Lockstep_Key__c,Subject\nk0,a\nk1,a\nk2,a\nk2,b\n"
    upsert = {"kind": "Task", "externalIdFieldName": "Lockstep_Key__c"}
    failed = _rows(restricted, _run(sim, restricted, text, "upsert", **upsert), "failedResults")
    assert sorted(row["sf__Error"] for row in failed) == [
        "DUPLICATE_VALUE:Duplicate external id specified: k2:Lockstep_Key__c --",
        "DUPLICATE_VALUE:Duplicate external id specified: k2:Lockstep_Key__c --",
        "ENTITY_IS_LOCKED:the entity is locked for editing:--",
    ]
    text = "Lockstep_Key__c,MSE_Template__c,MSE_Email_Status__c\nk9,a,b\n"
    (row,) = _rows(restricted, _run(sim, restricted, text, "upsert", **upsert), "failedResults")
    assert row["sf__Error"].startswith(
        "INVALID_FIELD_FOR_INSERT_UPDATE:Unable to create/update fields: MSE_Template__c"
    )
    assert row["sf__Error"].endswith(":MSE_Template__c MSE_Email_Status__c --")
    assert [task["Lockstep_Key__c"] for task in truth.all("Task")] == ["k0"]


@pytest.mark.simulator("salesforce-22")
def test_jobs_are_listed_aborted_deleted_and_forgotten(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """An aborted job writes no row; a job that takes data cannot be deleted; a week later it is gone."""
    job = str(_open(seller).json()["id"])
    _upload(seller, job, "LastName,Company\na,b\n")
    listed = seller.http.get(JOBS).json()
    assert (listed["done"], listed["nextRecordsUrl"], [one["id"] for one in listed["records"]]) == (True, None, [job])
    early = seller.http.delete(f"{JOBS}/{job}")
    assert (early.status_code, early.json()[0]["errorCode"]) == (400, "INVALIDJOBSTATE")
    assert _upload(seller, job, "x").json()[0]["message"].startswith(f"Found multiple contents for job: <{job}>")
    assert _close(seller, job, "Aborted").json()["state"] == "Aborted"
    assert _close(seller, job, "Aborted").json()[0]["message"] == "Aborting already Completed Job not allowed"
    sim.clock.advance(60)
    assert [row["LastName"] for row in _rows(seller, job, "unprocessedrecords")] == ["a"]
    assert truth.all("Lead") == []
    assert seller.http.delete(f"{JOBS}/{job}").status_code == 204
    assert seller.http.get(f"{JOBS}/{job}").status_code == 404
    old = _run(sim, seller, "LastName,Company\na,b\n")
    assert _told(seller, old)["state"] == "JobComplete"
    sim.limits({"session_seconds": 1e7})
    later = User(sim, "seller1@example.com")
    sim.clock.advance(8 * 86_400)
    assert later.http.get(f"{JOBS}/{old}").status_code == 404


@pytest.mark.simulator("salesforce-22")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"operation": "insert", "object": "Nothing"}, "INVALIDENTITY"),
        ({"operation": "merge", "object": "Lead"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Task"}, "INVALIDJOB"),
        ({"operation": "upsert", "object": "Task", "externalIdFieldName": "Subject"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "contentType": "JSON"}, "INVALIDJOB"),
        ({"operation": "insert", "object": "Lead", "columnDelimiter": "DOT"}, "INVALIDJOB"),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(seller: User, body: dict[str, Any], code: str) -> None:
    """Unknown object or operation, an upsert without a usable key, an unknown form of file: 400, and no job."""
    answer = seller.http.post(JOBS, json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    assert seller.http.get(JOBS).json()["records"] == []


@pytest.mark.simulator("salesforce-22")
def test_other_separators_and_line_ends(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """Semicolons and CRLF are read and written back as the job was told."""
    text = 'LastName;Company\r\n"O;Hara";Acme\r\n'
    job = _run(sim, seller, text, lineEnding="CRLF", columnDelimiter="SEMICOLON")
    (row,) = truth.all("Lead")
    assert (row["LastName"], row["Company"]) == ("O;Hara", "Acme")
    expected = f'"sf__Id";"sf__Created";LastName;Company\r\n"{row["Id"]}";"true";"O;Hara";"Acme"\r\n'
    assert seller.http.get(f"{JOBS}/{job}/successfulResults").content.decode() == expected
