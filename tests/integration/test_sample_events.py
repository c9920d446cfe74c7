"""The samples in events/: each is what its function takes, and every type of sales activity has one."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from local.openapi import SCHEMAS, webhook
from lockstep.domain.message import Nudge
from tests.conftest import ROOT
from tests.senders import Secrets, Sender, answer_of
from tests.world import SimWorld, at
from webhook_intake import parse

EVENTS = ROOT / "events"
BODIES = sorted((EVENTS / "webhook").glob("*.json"))
README = (EVENTS / "README.md").read_text()
SECRET = next(line.strip() for line in README.splitlines() if line.strip().startswith("whsec_"))


def sample(name: str) -> Any:
    """One sample for a handler."""
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_each_body_is_taken_and_documented(path: Path) -> None:
    """Each sample body is accepted by the parser, and valid by the published schema."""
    events = parse.events_of(path.read_bytes())
    document = webhook()
    schema = document["paths"]["/events"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": document["components"]}).validate(json.loads(path.read_text()))
    assert {event.type for event in events} == {path.stem} or path.stem == "batch"


def test_every_type_has_a_sample() -> None:
    """There is a sample of each type of event that the schema names, and one of a batch."""
    mapping = webhook()["components"]["schemas"]["SalesEvent"]["discriminator"]["mapping"]
    assert {path.stem for path in BODIES} == {*mapping, "batch"}
    assert all(goal.startswith(SCHEMAS) for goal in mapping.values())


def test_answers_are_as_documented() -> None:
    """An answer with results and a refusal are valid by the published schema."""
    sender = Sender(SimWorld())
    components = webhook()["components"]
    taken, refused = sender.post(BODIES[0].read_text()), sender.post("{}", {})
    for answer, name in ((taken, "Results"), (refused, "Problem")):
        schema = {"$ref": f"{SCHEMAS}{name}", "components": components}
        Draft202012Validator(schema).validate(answer.body)


def test_every_function_has_a_sample_for_each_of_its_triggers() -> None:
    """No function is without a sample, and no sample is of a function that is gone."""
    functions = {path.parent.name for path in (ROOT / "functions").glob("*/app.py")}
    assert {path.name.split(".")[0] for path in EVENTS.glob("*.json")} == functions


def test_the_signed_sample_is_accepted_in_its_minute() -> None:
    """The sample request is truly signed with the secret that the README names, and is stored."""
    world = SimWorld()
    Sender(world, secrets=Secrets((SECRET.removeprefix("whsec_"), SECRET)))
    request = sample("webhook_intake.http")
    assert answer_of(world.call("webhook_intake", request)).status == 401
    world.clock.set(at("2026-11-22T09:31:00Z"))
    answer = answer_of(world.call("webhook_intake", request))
    assert answer.statuses == ["stored"]
    assert json.loads(request["body"]) == json.loads((EVENTS / "webhook" / "email.sent.json").read_text())


def test_the_stream_sample_becomes_the_nudge_of_the_queue_sample() -> None:
    """What the relay makes of its sample is the message that the sample of the next function holds."""
    world = SimWorld()
    assert world.call("outbox_relay", sample("outbox_relay.stream")) == {"batchItemFailures": []}
    (record,) = sample("activities_to_salesforce.queue")["Records"]
    assert [message.nudge for message in world.nudges.messages] == [Nudge.of(json.loads(record["body"]))]


@pytest.mark.parametrize(
    "name",
    [
        "activities_to_salesforce.queue",
        "rollups_to_salesforce.queue",
        "people_from_marketo.queue",
        "people_from_marketo.schedule",
        "ledger_care.schedule",
    ],
)
def test_samples_of_queues_and_schedules_are_taken(name: str) -> None:
    """In a world where nothing was connected or started yet, each is done without a failure."""
    answer = SimWorld().call(name.split(".", maxsplit=1)[0], sample(name))
    assert answer in (None, {"batchItemFailures": []})
