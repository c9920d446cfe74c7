"""The product on the deployed stack: a signed event becomes a Task, and killed workers lose and double nothing."""

import contextlib
import os
import signal
import time

import pytest

from tests.deployed.conftest import Deployed, eventually
from tests.deployed.office import Office, people_of_salesforce, sent_email


@pytest.fixture(scope="module")
def office(deployed: Deployed) -> Office:
    """A Workspace that is connected, has its people, and logs emails."""
    opened = Office(deployed)
    opened.open()
    return opened


def test_people_are_loaded(office: Office) -> None:
    """The load stores exactly those whom Salesforce knows and a user owns, and its books balance."""
    status = office.api("GET", "/status")
    assert status["people_stored"] == len(people_of_salesforce())
    assert status["balanced"]


def test_a_signed_event_becomes_a_task(office: Office) -> None:
    """An email that was sent is one closed Task on the person's record in Salesforce, repeated delivery included."""
    person = people_of_salesforce()[0]
    event = sent_email("one-email", person)
    assert office.send([event]).json() == {"results": [{"id": "one-email", "status": "stored"}]}
    assert office.send([event]).json() == {"results": [{"id": "one-email", "status": "duplicate"}]}
    eventually(lambda: office.subjects("one-email"), within_s=60)
    (task,) = [task for task in office.tasks() if task["Subject"] == "one-email"]
    assert (task["WhoId"], task["Status"]) == (person.crm_id, "Completed")


def test_an_unsigned_event_leaves_no_trace(office: Office, deployed: Deployed) -> None:
    """What is not signed is refused with 401, and the table knows nothing of it."""
    import httpx

    answer = httpx.post(f"{deployed.state.urls['api']}/events", json=sent_email("forged", people_of_salesforce()[0]))
    assert answer.status_code == 401
    rows = deployed.client("dynamodb").scan(TableName=deployed.state.outputs["TableName"])["Items"]
    assert not [row for row in rows if "forged" in str(row)]


def test_killed_workers_lose_and_double_nothing(office: Office, deployed: Deployed) -> None:
    """With workers of every stage killed at any moment, again and again, each email is exactly one Task in the end."""
    people = people_of_salesforce()
    wanted = sorted(f"kill-{number:03}" for number in range(200))
    killed = 0
    for start in range(0, len(wanted), 20):
        batch = [
            sent_email(name, people[number % len(people)]) for number, name in enumerate(wanted[start : start + 20])
        ]
        assert office.send(batch).status_code == 202
        killed += _kill(deployed, "activities_to_salesforce") + _kill(deployed, "outbox_relay")
        time.sleep(0.2)
    eventually(lambda: len(office.subjects("kill-")) >= len(wanted), within_s=240, every_s=2)
    eventually(lambda: _quiet(office), within_s=240, every_s=2)
    assert killed >= 2
    assert office.subjects("kill-") == wanted
    assert office.api("GET", "/status")["balanced"]


def _kill(deployed: Deployed, folder: str) -> int:
    workers = deployed.workers(folder)
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(workers)


def _quiet(office: Office) -> bool:
    flows = office.api("GET", "/status")["flows"]
    return all(flow["balance"]["waiting"] == 0 for flow in flows)
