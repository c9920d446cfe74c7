"""Sales activities at the door: what is stored, what is refused, and that the second leaves no trace."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from moto import mock_aws

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.ids import MarketoId
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.runtime import wiring
from tests.contract.store.backends import fresh
from tests.senders import Secrets, Sender, answer_of, event, refused
from tests.world import FragileTable, Killed, SimWorld
from webhook_intake.app import handler


@pytest.fixture
def sender() -> Sender:
    """A sender with the present secret."""
    return Sender(SimWorld())


# --- what is taken ----------------------------------------------------------------------------------------------------


def test_an_event_is_stored_with_all_that_follows_from_it(sender: Sender) -> None:
    """One event makes its own row, a line in the person's history, an item on the work list, and books that balance."""
    answer = sender.send(event())
    assert (answer.status, answer.body) == (202, {"results": [{"id": "evt_1", "status": "stored"}]})
    world = sender.world
    assert [item["state"] for item in world.items(ACTIVITIES_TO_SALESFORCE)] == ["READY"]
    assert [line["type"] for line in world.world.people.history(1042)] == ["email.sent"]
    assert len(world.table.rows("READY#")) == 1
    balance = world.world.ledger.balance(ACTIVITIES_TO_SALESFORCE, world.world.ledger.today())
    assert (balance.received, balance.waiting, balance.balanced) == (1, 1, True)


@pytest.mark.parametrize("kind", ["reminder.created", "reminder.deleted", "unsubscribe.created"])
def test_an_event_that_no_flow_wants_is_stored_all_the_same(sender: Sender, kind: str) -> None:
    """Events without a flow of their own stand in the history and open no item."""
    assert sender.send(event(kind=kind)).statuses == ["stored"]
    assert [line["type"] for line in sender.world.world.people.history(1042)] == [kind]
    assert sender.world.items(ACTIVITIES_TO_SALESFORCE) == []


def test_an_opt_out_is_set_by_its_event(sender: Sender) -> None:
    """`unsubscribe.created` sets the person's own opt-out in the transaction that stores it."""
    sender.send(event(kind="unsubscribe.created", data={"source": "link"}))
    assert sender.world.world.people.opted_out(1042) is not None


def test_a_batch_over_several_transactions_is_stored_once(sender: Sender) -> None:
    """A hundred events are stored whole; repeated, each is a duplicate and the books do not move."""
    batch = [event(number) for number in range(100)]
    assert sender.send(*batch).statuses == ["stored"] * 100
    rows = sender.world.table.rows()
    assert sender.send(*batch).statuses == ["duplicate"] * 100
    assert sender.world.table.rows() == rows
    assert len(sender.world.items(ACTIVITIES_TO_SALESFORCE)) == 100


def test_other_content_under_a_known_id_is_a_conflict(sender: Sender) -> None:
    """The first content received is kept, and the sender is told."""
    sender.send(event())
    assert sender.send(event(data={"subject": "Other"})).statuses == ["conflict"]
    received = sender.world.world.events.received("evt_1")
    assert received
    assert received["content"]["data"]["subject"] == "Next steps"


def test_one_id_twice_in_a_batch_is_one_event(sender: Sender) -> None:
    """Within a batch the first with an id is stored, its copy is a duplicate, its opposite a conflict."""
    other = event(data={"subject": "Other"})
    assert sender.send(event(), event(), other).statuses == ["stored", "duplicate", "conflict"]
    assert sender.send(other, event()).statuses == ["conflict", "duplicate"]
    assert len(sender.world.items(ACTIVITIES_TO_SALESFORCE)) == 1


def test_content_is_compared_by_value(sender: Sender) -> None:
    """Another spelling of the same instant, order of members or default is the same event."""
    sender.send(event())
    data: dict[str, Any] = {"status": "sent", "subject": "Next steps", "email_id": "em_1", "to": [], "cc": None}
    again = event(occurred_at="2026-11-02T09:30:00.000+01:00", data=data)
    assert sender.send(again).statuses == ["duplicate"]


def test_members_of_the_senders_own_come_back_as_sent(sender: Sender) -> None:
    """Unknown members of `data`, fractions among them, are kept as received."""
    own = {"score": 0.1, "big": 2**62, "nested": {"ratio": 1e-9, "empty": "", "": 1}, "name": "Ünïcødé 漢字 🙂"}
    sender.send(event(data=own))
    received = sender.world.world.events.received("evt_1")
    assert received
    assert {name: received["content"]["data"][name] for name in own} == own
    stored = sender.world.world.events.get_many(["evt_1"])["evt_1"]
    assert stored.content()["data"]["nested"]["ratio"] == 1e-9


def test_the_repeat_of_an_event_whose_person_was_merged_is_a_duplicate(sender: Sender) -> None:
    """A merge does not open a second item for an event that names the loser."""
    world = sender.world
    sender.send(event())
    loser, winner = MarketoId(1042), MarketoId(2001)
    times: Any = {"as_of": world.clock.now(), "received_on": world.clock.now().date(), "synced_at": world.clock.now()}
    merged = PersonRecord(loser, person=None, reason=Reason.MERGED_IN_MARKETO, merged_into=winner, **times)
    living = PersonRecord(winner, person=Person(winner), reason=None, merged_from=(loser,), **times)
    world.world.people.save([(None, merged), (None, living)])
    assert sender.send(event()).statuses == ["duplicate"]
    assert len(world.items(ACTIVITIES_TO_SALESFORCE)) == 1
    assert [line["id"] for line in world.world.people.history(winner)] == ["evt_1"]


def test_no_vendor_is_called(sender: Sender) -> None:
    """The answer comes although neither vendor can be reached."""
    sender.world.transport.hosts = {}
    assert sender.send(event()).status == 202


def test_dynamodb_takes_what_the_door_lets_in() -> None:
    """On DynamoDB a batch of all that JSON can hold is stored, told as a duplicate, and comes back as it was sent."""
    own = {
        "score": 0.1,
        "big": 2**63 - 1,
        "tiny": 5e-324,
        "": {"empty": ""},
        "list": [None, True, -1.5],
        "text": "漢🙂",
    }
    batch = [event(number, data=own) for number in range(30)]
    with mock_aws():
        sender = Sender(SimWorld(table=fresh(boto3.client("dynamodb"))))
        assert sender.send(*batch).statuses == ["stored"] * 30
        assert sender.send(*batch[20:], event(1)).statuses == ["duplicate"] * 10 + ["conflict"]
        stored = sender.world.world.events.get_many(["evt_7"])["evt_7"].content()["data"]
        assert {name: stored[name] for name in own} == own
        ledger = sender.world.world.ledger
        balance = ledger.balance(ACTIVITIES_TO_SALESFORCE, ledger.today())
        assert (balance.received, balance.balanced) == (30, True)


# --- replays ---------------------------------------------------------------------------------------------------------


@pytest.mark.fault("F104")
@pytest.mark.invariant("I25")
def test_a_replay_has_one_effect(sender: Sender) -> None:
    """The same request ten times over: one item, and the same answer but for `duplicate`."""
    request = sender.request(json.dumps(event()))
    answers = [answer_of(sender.world.call("webhook_intake", request)) for _ in range(10)]
    assert [answer.statuses for answer in answers] == [["stored"]] + [["duplicate"]] * 9
    assert len(sender.world.items(ACTIVITIES_TO_SALESFORCE)) == 1


@pytest.mark.fault("F104")
@pytest.mark.invariant("I25")
def test_ten_at_once_have_one_effect(sender: Sender) -> None:
    """The same request ten times at the same moment: stored once, nine duplicates."""
    request = sender.request(json.dumps(event()))
    with wiring.use(sender.world.world), ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: answer_of(handler(request, None)), range(10)))
    assert sorted(status for answer in answers for status in answer.statuses) == ["duplicate"] * 9 + ["stored"]
    assert len(sender.world.items(ACTIVITIES_TO_SALESFORCE)) == 1


# --- trouble in the store ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_crash_between_two_slices_is_healed_by_the_repeat(number: int, moment: str) -> None:
    """Killed at any write of a batch over several slices, the repeat completes it and doubles nothing."""
    whole = SimWorld()
    sender = Sender(SimWorld(table=FragileTable(whole.table, {number: moment})))
    batch = [event(each) for each in range(60)]
    with pytest.raises(Killed):
        sender.send(*batch)
    assert set(sender.send(*batch).statuses) <= {"stored", "duplicate"}
    assert sender.send(*batch).statuses == ["duplicate"] * 60
    ledger = sender.world.world.ledger
    balance = ledger.balance(ACTIVITIES_TO_SALESFORCE, ledger.today())
    assert (balance.received, balance.waiting) == (60, 60)
    assert len(ledger.ready(ACTIVITIES_TO_SALESFORCE, "seller1@example.com")) == 60


def test_a_store_that_cannot_be_asked_is_a_503(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the store is busy the sender is asked to repeat, with the seconds to wait."""

    def busy(_: Any) -> None:
        raise Unavailable(Reason.VENDOR_BUSY, "DynamoDB answered ThrottlingException")

    monkeypatch.setattr(sender.world.table, "transact", busy)
    answer = sender.send(event())
    assert "send the same body again" in refused(sender, answer, 503)
    assert int(answer.headers["retry-after"]) > 0


def test_secrets_that_cannot_be_read_are_a_503() -> None:
    """Without a secret nobody is judged: neither let in nor turned away."""
    trouble = Unavailable(Reason.VENDOR_BUSY, "the secrets service was not reached")
    sender = Sender(SimWorld(), secrets=Secrets(trouble=trouble))
    assert refused(sender, sender.send(event()), 503)
