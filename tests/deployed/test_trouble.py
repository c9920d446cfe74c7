"""The deployed stack under blows: a vendor that is stopped, a stream that fails for ever, a redeploy amid traffic.

After each the books balance to the item, and the simulated Salesforce's own records hold each email as one Task.
"""

import json
import time
from typing import Any

import httpx
import pytest

from lockstep.domain.message import Nudge
from tests.deployed.conftest import Deployed, eventually
from tests.deployed.office import SELLER, Office, people_of_salesforce, sent_email

FLOW = "activities_to_salesforce"
STOPPED_S = 60


@pytest.fixture(scope="module")
def settled(deployed: Deployed) -> Office:
    """A Workspace that is connected, logs emails, and has its people."""
    opened = Office(deployed)
    opened.open()
    opened.wait_for_people()
    return opened


def deliver(office: Office, prefix: str, first: int, number: int) -> list[str]:
    """Report so many emails, again where there was no answer, as every sender does; their subjects."""
    people = people_of_salesforce()
    names = [f"{prefix}-{first + step:03}" for step in range(number)]
    batch = [sent_email(name, people[place % len(people)]) for place, name in enumerate(names)]
    eventually(lambda: _taken(office, batch), within_s=120)
    return names


def _taken(office: Office, batch: list[dict[str, Any]]) -> bool:
    try:
        return office.send(batch).status_code == 202
    except httpx.TransportError:
        return False


def logged_once(office: Office, prefix: str, wanted: list[str], within_s: float) -> None:
    """All of these become Tasks, each one, and every flow's books balance with nothing waiting."""
    eventually(lambda: len(office.subjects(prefix)) >= len(wanted), within_s=within_s, every_s=1)
    eventually(lambda: _at_rest(office), within_s=60, every_s=1)
    assert office.subjects(prefix) == sorted(wanted)


def _at_rest(office: Office) -> bool:
    status = office.api("GET", "/status")
    assert status["balanced"]
    return all(flow["balance"]["waiting"] == 0 for flow in status["flows"])


@pytest.mark.fault("F101")
@pytest.mark.invariant("I34")
def test_a_redeploy_amid_traffic_loses_and_doubles_nothing(settled: Office, deployed: Deployed) -> None:
    """New code under traffic, a nudge of a version to come in the queue, and a stream record that nobody knows."""
    wanted = deliver(settled, "redeploy", 0, 20)
    queue, sqs = deployed.queue("activities-to-salesforce"), deployed.client("sqs")
    of_tomorrow = Nudge(FLOW, SELLER).wire() | {"v": 2, "of_tomorrow": [1]}
    sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(of_tomorrow))
    stranger = {"pk": {"S": "READY#a_flow_of_tomorrow#x"}, "sk": {"S": "1"}}
    deployed.client("dynamodb").put_item(TableName=deployed.state.outputs["TableName"], Item=stranger)
    before = deployed.layer("outbox_relay")
    with deployed.redeploying():
        for step in range(1, 9):
            wanted += deliver(settled, "redeploy", 20 * step, 20)
            time.sleep(0.7)
    assert deployed.layer("outbox_relay") != before
    wanted += deliver(settled, "redeploy", 180, 20)
    logged_once(settled, "redeploy", wanted, within_s=120)
    deployed.client("dynamodb").delete_item(TableName=deployed.state.outputs["TableName"], Key=stranger)


@pytest.mark.fault("F092")
@pytest.mark.fault("F102")
@pytest.mark.invariant("I1")
@pytest.mark.invariant("I2")
def test_a_minute_without_salesforce_and_a_stream_that_always_fails(settled: Office, deployed: Deployed) -> None:
    """While the relay fails on every record and Salesforce is gone, ledger_care alone brings all of it there."""
    wanted = deliver(settled, "stopped", 0, 20)
    with deployed.failing("outbox_relay"):
        with settled.without_salesforce():
            ended = time.monotonic()
            for step in range(1, 5):
                wanted += deliver(settled, "stopped", 20 * step, 20)
                time.sleep(1)
            time.sleep(max(0.0, ended + STOPPED_S - time.monotonic()))
            assert settled.api("GET", "/status")["balanced"]
        logged_once(settled, "stopped", wanted, within_s=150)
    wanted += deliver(settled, "stopped", 100, 5)
    logged_once(settled, "stopped", wanted, within_s=60)
