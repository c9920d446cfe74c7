"""Dead letters of the deployed stack by the command: told with their cause, and sent back."""

import json

import pytest
from typer.testing import CliRunner

from cli.commands import app
from lockstep.domain.message import Nudge
from tests.deployed.conftest import POISON, Deployed, eventually

FLOW = "activities_to_salesforce"
SELLER = "seller3@example.com"


def typed(*words: str) -> str:
    """What a command prints that finds the local cloud by itself."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.fault("F091")
def test_dead_letters_are_told_and_sent_back(deployed: Deployed) -> None:
    """A nudge that lies dead is listed, goes back and is worked off; what nobody can read stays where it is."""
    dead, sqs = deployed.queue("activities-to-salesforce-dead-letters"), deployed.client("sqs")
    for body in (json.dumps(Nudge(FLOW, SELLER).wire()), POISON):
        sqs.send_message(QueueUrl=dead, MessageBody=body)
    (queue,) = [q for q in json.loads(typed("--json", "dead-letters"))["queues"] if q["queue"] == FLOW]
    told = {letter["about"]: letter for letter in queue["letters"]}
    assert told[SELLER]["can_be_sent_back"]
    assert told["not readable"]["cause"] == "it is not JSON: nothing of Lockstep wrote it"
    before = deployed.invocations(FLOW)
    done = json.loads(typed("--json", "redrive", FLOW))
    assert done["sent"] == 1
    assert {letter["about"] for letter in done["stay"]} == {"not readable"}
    eventually(lambda: deployed.invocations(FLOW) > before, within_s=30)
    letters = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10, VisibilityTimeout=1)["Messages"]
    assert {letter["Body"] for letter in letters} == {POISON}
