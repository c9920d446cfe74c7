"""The product on the deployed stack: a signed event becomes a Task, and killed workers lose and double nothing."""

import contextlib
import os
import signal
import time

import httpx
import pytest

from tests.deployed.conftest import PEOPLE, POISON, Deployed, eventually
from tests.deployed.office import Office, people_of_salesforce, sent_email


@pytest.fixture(scope="module")
def office(deployed: Deployed) -> Office:
    """A Workspace that is connected and logs emails."""
    opened = Office(deployed)
    opened.open()
    return opened


@pytest.fixture(scope="module")
def settled(office: Office) -> Office:
    """The same with its people."""
    office.wait_for_people()
    return office


@pytest.mark.acceptance(12)
@pytest.mark.invariant("I28")
def test_a_killed_load_resumes(office: Office, deployed: Deployed) -> None:
    """The first load, its workers killed twice while they read, stores each person once and its books balance."""
    office.start_load()
    kills = 0
    while kills < 2 and not office.load()["finished_at"]:
        kills += bool(_kill(deployed, "people_from_marketo"))
        time.sleep(1.5)
    office.wait_for_people()
    status = office.api("GET", "/status")
    (people,) = [flow["balance"] for flow in status["flows"] if flow["flow"] == "people_from_marketo"]
    assert kills == 2
    assert (people["received"], people["waiting"], status["balanced"]) == (PEOPLE, 0, True)
    assert people["logged"] == status["people_stored"] == len(people_of_salesforce())


def test_a_signed_event_becomes_a_task(settled: Office) -> None:
    """An email that was sent is one closed Task on the person's record in Salesforce, repeated delivery included."""
    person = people_of_salesforce()[0]
    event = sent_email("one-email", person)
    assert settled.send([event]).json() == {"results": [{"id": "one-email", "status": "stored"}]}
    assert settled.send([event]).json() == {"results": [{"id": "one-email", "status": "duplicate"}]}
    eventually(lambda: settled.subjects("one-email"), within_s=60)
    (task,) = [task for task in settled.tasks() if task["Subject"] == "one-email"]
    assert (task["WhoId"], task["Status"]) == (person.crm_id, "Completed")


def test_an_unsigned_event_leaves_no_trace(office: Office, deployed: Deployed) -> None:
    """What is not signed is refused with 401, and the table knows nothing of it."""
    answer = httpx.post(f"{deployed.state.urls['api']}/events", json=sent_email("forged", people_of_salesforce()[0]))
    assert answer.status_code == 401
    rows = deployed.client("dynamodb").scan(TableName=deployed.state.outputs["TableName"])["Items"]
    assert not [row for row in rows if "forged" in str(row)]


@pytest.mark.fault("F091")
def test_poison_does_not_harm_its_neighbours(settled: Office, deployed: Deployed) -> None:
    """Work is done at once although messages that nobody can read lie in the same queue."""
    sqs, queue = deployed.client("sqs"), deployed.queue("activities-to-salesforce")
    for _ in range(3):
        sqs.send_message(QueueUrl=queue, MessageBody=POISON)
    assert settled.send([sent_email("beside-poison", people_of_salesforce()[1])]).status_code == 202
    eventually(lambda: settled.subjects("beside-poison"), within_s=20)


@pytest.mark.invariant("I1", "I2", "I28")
def test_killed_workers_lose_and_double_nothing(settled: Office, deployed: Deployed) -> None:
    """With workers of every stage killed at any moment, again and again, each email is exactly one Task in the end."""
    people = people_of_salesforce()
    wanted = sorted(f"kill-{number:03}" for number in range(200))
    killed = 0
    for start in range(0, len(wanted), 20):
        batch = [
            sent_email(name, people[number % len(people)]) for number, name in enumerate(wanted[start : start + 20])
        ]
        assert settled.send(batch).status_code == 202
        killed += _kill(deployed, "activities_to_salesforce") + _kill(deployed, "outbox_relay")
        time.sleep(0.2)
    eventually(lambda: len(settled.subjects("kill-")) >= len(wanted), within_s=240, every_s=2)
    eventually(lambda: _quiet(settled), within_s=240, every_s=2)
    assert killed >= 2
    assert settled.subjects("kill-") == wanted
    assert settled.api("GET", "/status")["balanced"]


def _kill(deployed: Deployed, folder: str) -> int:
    workers = deployed.workers(folder)
    for pid in workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(workers)


def _quiet(office: Office) -> bool:
    flows = office.api("GET", "/status")["flows"]
    return all(flow["balance"]["waiting"] == 0 for flow in flows)
