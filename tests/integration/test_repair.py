"""`lockstep retry`, `resume`, `dead-letters` and `redrive` at a terminal; SQS is moto's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from cli.letters import RELAY, DeadLetters
from lockstep.catalogue.routes import FLOWS
from lockstep.domain.message import Nudge
from tests.integration.test_cli import Terminal
from tests.selling import FLOW, email, in_salesforce, person
from tests.workspace import SELLER, Workspace
from tests.world import queue_record

STACK = "lockstep-test"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
RECORD = {
    "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 11},
    "DDBStreamBatchInfo": {
        "shardId": "shardId-0001",
        "startSequenceNumber": "100",
        "endSequenceNumber": "104",
        "approximateArrivalOfLastRecord": "2026-11-02T08:00:00Z",
        "batchSize": 5,
    },
}


class Queues:
    """The queues of a stack on moto, and how long somebody waited."""

    def __init__(self) -> None:
        self.sqs: Any = boto3.client("sqs", region_name="us-east-1")
        self.waited: list[float] = []
        self.urls: dict[str, str] = {}
        for flow in FLOWS:
            self.urls[flow] = self._made(f"{STACK}-{flow.replace('_', '-')}")
        for flow in (*FLOWS, RELAY):
            self.urls[f"{flow} dead"] = self._made(f"{STACK}-{flow.replace('_', '-')}-dead-letters")

    def _made(self, name: str) -> str:
        return str(self.sqs.create_queue(QueueName=name)["QueueUrl"])

    @property
    def letters(self) -> DeadLetters:
        """The queues as the command sees them."""
        return DeadLetters(self.sqs, STACK, self.waited.append, lambda: NOW)

    def put(self, queue: str, *bodies: str) -> None:
        """Messages on a queue."""
        for start in range(0, len(bodies), 10):
            batch = enumerate(bodies[start : start + 10])
            entries = [{"Id": str(n), "MessageBody": body} for n, body in batch]
            self.sqs.send_message_batch(QueueUrl=self.urls[queue], Entries=entries)

    def bodies(self, queue: str) -> list[str]:
        """What is on a queue, taken out."""
        found: list[str] = []
        while messages := self.sqs.receive_message(QueueUrl=self.urls[queue], MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
        return found


def nudge(seller: str, flow: str = FLOW) -> str:
    """A nudge as it stands on a queue."""
    return json.dumps(Nudge(flow, seller).wire())


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    """Empty queues of a stack; the command's waits take no time."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        made = Queues()
        monkeypatch.setattr("cli.repair.sleep", made.waited.append)
        yield made
        for url in made.urls.values():  # moto forgets nothing while the store's tests hold it open
            made.sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def terminal() -> Terminal:
    """A terminal in a world with one connected seller."""
    world = Workspace()
    world.connect_marketo()
    world.connect_seller(SELLER)
    world.switch_on()
    return Terminal(world)


def test_dead_letters_are_listed_with_their_cause(terminal: Terminal, queues: Queues) -> None:
    """Each letter tells what it is about and why it may lie there; looking leaves all of them where they are."""
    queues.put(f"{FLOW} dead", nudge(SELLER), "poison", '{"v": 1}', nudge("marketo", "people_from_marketo"))
    queues.put(f"{RELAY} dead", json.dumps(RECORD))
    told = terminal.done("dead-letters", "--stack", STACK)
    assert f"{SELLER}" in told
    assert "'a message failed' in /aws/lambda/lockstep-test-activities-to-salesforce" in told
    assert "it is not JSON" in told
    assert "a nudge names its 'flow' and its 'connection'" in told
    assert "it is for another flow" in told
    assert "5 rows from 100 in shardId-0001" in told
    assert "RetryAttemptsExhausted after 11 tries" in told
    answer = json.loads(terminal.done("--json", "dead-letters", "--stack", STACK))
    assert {queue["queue"]: queue["count"] for queue in answer["queues"]} == {
        "people_from_marketo": 0,
        FLOW: 4,
        "rollups_to_salesforce": 0,
        RELAY: 1,
    }
    assert answer["queues"][1]["lost_in_seconds"] > 13 * 86_400
    assert len(queues.bodies(f"{FLOW} dead")) == 4


@pytest.mark.fault("F091")
def test_redriven_nudges_go_back_and_poison_stays(terminal: Terminal, queues: Queues) -> None:
    """Each nudge is on its flow's queue once however often it lay dead; what is no nudge stays and is named."""
    queues.put(f"{FLOW} dead", *[nudge(SELLER)] * 12, nudge("seller2@example.com"), "poison")
    told = terminal.done("redrive", FLOW, "--stack", STACK)
    assert "2 nudges were sent, 11 repeats of them taken out." in told
    assert "stays: not readable: it is not JSON" in told
    assert sorted(queues.bodies(FLOW)) == [nudge(SELLER), nudge("seller2@example.com")]
    assert queues.bodies(f"{FLOW} dead") == ["poison"]
    assert "0 nudges were sent" in terminal.done("redrive", "people-from-marketo", "--stack", STACK)


def test_what_the_queue_does_not_take_stays_dead(queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    """A letter is taken out only when its nudge was taken, although SQS says so with HTTP 200 (F096)."""
    queues.put(f"{FLOW} dead", nudge("seller1@example.com"), nudge("seller2@example.com"))
    letters = queues.letters
    send = letters._sqs.send_message_batch

    def half(**call: Any) -> Any:
        answer = send(QueueUrl=call["QueueUrl"], Entries=call["Entries"][:1])
        return answer | {"Failed": [{"Id": entry["Id"], "Code": "InternalError"} for entry in call["Entries"][1:]]}

    monkeypatch.setattr(letters._sqs, "send_message_batch", half)
    done = letters.redrive(FLOW, 5)
    assert (done.sent, len(done.stay)) == (1, 1)
    assert queues.bodies(f"{FLOW} dead") == [nudge(str(done.stay[0].what))]


def test_the_relays_records_are_taken_out_once_cared_for(terminal: Terminal, queues: Queues) -> None:
    """Records of the stream are not sent again; those that ledger_care has had time for go, younger ones stay."""
    young = RECORD | {"DDBStreamBatchInfo": RECORD["DDBStreamBatchInfo"] | {
        "approximateArrivalOfLastRecord": (NOW - timedelta(minutes=1)).isoformat()}}  # fmt: skip
    queues.put(f"{RELAY} dead", json.dumps(RECORD), json.dumps(young), "poison")
    done = queues.letters.redrive(RELAY, 5)
    assert (done.sent, done.removed, len(done.stay)) == (0, 1, 2)
    assert sorted(queues.bodies(f"{RELAY} dead")) == sorted([json.dumps(young), "poison"])
    assert "ledger_care has nudged that work" in terminal.done("redrive", RELAY, "--stack", STACK)


class ManyLetters:
    """SQS as far as a redrive asks it, for more letters than moto is made for."""

    def __init__(self, bodies: list[str]):
        self.dead = dict(enumerate(bodies))
        self.seen: set[int] = set()
        self.sent: list[str] = []

    def get_queue_url(self, **call: Any) -> dict[str, str]:
        return {"QueueUrl": call["QueueName"]}

    def receive_message(self, **_call: Any) -> dict[str, Any]:
        some = [n for n in self.dead if n not in self.seen][:10]
        self.seen.update(some)
        attributes = {"SentTimestamp": "1795000000000", "ApproximateReceiveCount": "4"}
        return {
            "Messages": [
                {"MessageId": str(n), "ReceiptHandle": str(n), "Body": self.dead[n], "Attributes": attributes}
                for n in some
            ]
        }

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        assert not call["QueueUrl"].endswith("dead-letters")
        self.sent += [entry["MessageBody"] for entry in call["Entries"]]
        return {"Successful": [{"Id": entry["Id"]} for entry in call["Entries"]]}

    def delete_message_batch(self, **call: Any) -> None:
        assert call["QueueUrl"].endswith("dead-letters")
        for entry in call["Entries"]:
            del self.dead[int(entry["ReceiptHandle"])]


@pytest.mark.fault("F095")
@pytest.mark.invariant("I2")
def test_five_thousand_dead_letters_are_redriven_beside_live_work(terminal: Terminal) -> None:
    """They become one nudge a seller at five a second, what waited is logged once, and nobody else is held up."""
    world = terminal.world
    who = person(world, contact=in_salesforce(world, "Contact"))
    dead = [email(who) for _ in range(250)]
    world.world.events.accept(dead)  # their nudges are those that lie dead
    sellers = [SELLER, *(f"seller{n}@example.com" for n in range(10, 59))]
    sqs, waited = ManyLetters([nudge(sellers[n % 50]) for n in range(5000)]), list[float]()
    before = len(world.salesforce.calls)
    done = DeadLetters(sqs, STACK, waited.append, lambda: NOW).redrive(FLOW, per_second=5)
    assert (done.sent, done.repeats, done.stay, sqs.dead) == (50, 4950, [], {})
    assert sum(waited) == pytest.approx(50 / 5)
    assert max(waited) <= 10 / 5
    live = email(who)
    world.world.events.accept([live])
    for body in sqs.sent:
        world.call(FLOW, {"Records": [queue_record("1", json.loads(body))]})
    assert len(world.tasks()) == len(dead) + 1
    assert len({task["Lockstep_Key__c"] for task in world.tasks()}) == len(dead) + 1
    assert len(world.salesforce.calls) - before <= 2
    assert world.balance(FLOW).logged == len(dead) + 1


def test_a_stack_that_is_not_there_is_told(terminal: Terminal, queues: Queues, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name, a wrong flow and no name at all are each one sentence."""
    assert "There is no queue nowhere-people-from-marketo-dead-letters" in terminal.refused(
        "dead-letters", "--stack", "nowhere"
    )
    assert "There is no queue of everything" in terminal.refused("redrive", "everything", "--stack", STACK)
    monkeypatch.setattr("cli.address.local_aws", lambda: None)
    assert "No stack" in terminal.refused("dead-letters")


def test_retry_shows_asks_and_does(terminal: Terminal) -> None:
    """What would go and what stays is shown; without a yes nothing moves, with it each goes once."""
    world = terminal.world
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.salesforce.act("validation_rule", {"object": "Task", "when": {"Subject": "Hello"}, "message": "not so"})
    world.report(*(email(who) for _ in range(3)))
    world.world.connections.add_user("seller4@example.com")  # type: ignore[arg-type]
    world.report(email(who, user="seller4@example.com"))
    world.salesforce.act("clear_rules", {})
    assert "Name an activity or a filter" in terminal.refused("retry")
    assert "Nothing was sent" in terminal.refused("retry", "--all", answer="n\n")
    shown = terminal.type("retry", "--all", answer="n\n").stdout
    assert "3 would be sent again, with 1 calls to Salesforce or more." in shown
    assert "No connection (NO_CONNECTION)" in shown
    assert len(world.tasks()) == 0
    assert "3 are on their work lists again." in terminal.done("retry", "--reason", "VALIDATION_REFUSED", answer="y\n")
    world.run_until_quiet()
    assert len(world.tasks()) == 3
    assert "Nothing that can be retried fits." in terminal.done("retry", "--reason", "VALIDATION_REFUSED", "--yes")
    assert json.loads(terminal.done("--json", "retry", "--all", "--yes"))["left"]["NO_CONNECTION"]["number"] == 1
    assert "reason" in terminal.refused("retry", "--reason", "NO_SUCH_REASON")


def test_resume_says_what_it_did(terminal: Terminal) -> None:
    """What stood still, what was done about it, and what still needs somebody."""
    assert "Nothing stands still." in terminal.done("resume")
    terminal.world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    who = person(terminal.world, contact=in_salesforce(terminal.world, "Contact"))
    terminal.world.report(email(who))
    told = terminal.done("resume", SELLER)
    assert "0 of 1 go on. 1 needs you." in told
    assert f"Run lockstep connect salesforce {SELLER}" in told
