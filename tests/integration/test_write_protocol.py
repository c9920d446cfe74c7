"""Nothing lost, nothing doubled: lost answers, killed workers and expired leases, judged by Salesforce's records."""

from typing import Any

import pytest

from local.fakes.memory_table import MemoryTable
from lockstep.domain.item import State
from lockstep.domain.sales_activity import SalesEvent
from tests.signed import event
from tests.world import FragileTable, SimWorld

FLOW = "activities_to_salesforce"
SELLER = "seller1@example.com"
PATCH = "/composite/sobjects/Task"
POST = "/composite/sobjects"


def prepared(*, keyed: bool = True, table: Any = None, people: int = 60) -> SimWorld:
    """A loaded world with one connected seller, with or without the key field in Salesforce."""
    sim = SimWorld(people=people, table=table)
    if not keyed:
        sim.salesforce.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
    sim.connect_marketo()
    sim.start_load()
    sim.connect_seller(SELLER)
    sim.switch_on()
    return sim


def emails(sim: SimWorld, number: int = 10) -> list[SalesEvent]:
    """Emails to active people, one each."""
    rows = sim.table.rows("PERSON#")
    active = [row["marketo_id"] for row in rows if row["sk"] == "PROFILE" and "person" in row and "reason" not in row]
    return [event(f"evt_{who}", "email.sent", person=who, subject=f"Mail {who}") for who in active[:number]]


def settle(sim: SimWorld) -> None:
    """Let leases end, doubts settle and retries come due, until nothing waits."""
    for _ in range(12):
        sim.care(400)
        if sim.balance(FLOW).waiting == 0:
            return


def audit(sim: SimWorld, sent: list[SalesEvent]) -> None:
    """Each email is one Task, each item is confirmed with that Task's id, and the books balance."""
    subjects = sorted(task["Subject"] for task in sim.tasks())
    assert subjects == sorted(f"Mail {e.person.marketo_id}" for e in sent)
    items = [sim.item(e) for e in sent]
    assert {item.state for item in items} == {State.CONFIRMED}
    assert sorted(str(item.remote_id) for item in items) == sorted(task["Id"] for task in sim.tasks())
    books = sim.balance(FLOW)
    assert books.balanced
    assert (books.received, books.logged) == (len(sent), len(sent))


@pytest.mark.fault("F023")
@pytest.mark.fault("F024")
@pytest.mark.fault("F025")
@pytest.mark.fault("F044")
@pytest.mark.invariant("I2")
@pytest.mark.invariant("I4")
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before_commit", "truncate", "html"])
def test_a_lost_answer_neither_loses_nor_doubles(fault: str, keyed: bool) -> None:
    """Whether the write arrived or not, in the end Salesforce holds each Task once."""
    sim = prepared(keyed=keyed)
    method, path = ("PATCH", PATCH) if keyed else ("POST", POST)
    sim.salesforce.faults.load([{"method": method, "path": path, "fault": fault, "times": 2}])
    sent = emails(sim)
    sim.report(*sent)
    assert sim.balance(FLOW).waiting == len(sent)
    settle(sim)
    audit(sim, sent)


@pytest.mark.fault("F026")
@pytest.mark.fault("F027")
@pytest.mark.invariant("I28")
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_at_any_write_neither_loses_nor_doubles(moment: str, keyed: bool) -> None:
    """Killed at each write of a run in turn - lease, claim, outcome - every email ends as one Task."""
    for number in range(1, 12):
        table = FragileTable(MemoryTable())
        sim = prepared(keyed=keyed, table=table, people=12)
        sent = emails(sim, 5)
        sim.world.events.accept(sent)
        table.kills = {table.writes + number: moment}
        sim.run_until_quiet()
        settle(sim)
        audit(sim, sent)


@pytest.mark.fault("F030")
@pytest.mark.fault("F099")
def test_doubled_nudges_and_stream_records_change_nothing() -> None:
    """Every stream record and every nudge delivered three times still makes one Task each."""
    sim = prepared()
    sent = emails(sim)
    sim.world.events.accept(sent)
    for _ in range(3):
        sim.played = 0
        sim.run_until_quiet()
    audit(sim, sent)


@pytest.mark.fault("F021")
def test_one_refused_record_does_not_hold_back_its_batch() -> None:
    """A validation rule on one email parks that one; the others are logged."""
    sim = prepared()
    sent = emails(sim)
    bad = f"Mail {sent[3].person.marketo_id}"
    sim.salesforce.act("validation_rule", {"object": "Task", "when": {"Subject": bad}, "message": "Nicht erlaubt: ü"})
    sim.report(*sent)
    assert len(sim.tasks()) == len(sent) - 1
    refused = sim.item(sent[3])
    assert refused.state is State.NEEDS_YOU
    assert "Nicht erlaubt: ü" in refused.history[-1].note


@pytest.mark.fault("F001")
@pytest.mark.fault("F002")
@pytest.mark.invariant("I15")
def test_an_expired_token_is_renewed_once() -> None:
    """The token dies between two pages: one login, nothing lost or doubled."""
    sim = prepared(people=100)
    sent = emails(sim, 40)
    sim.report(*sent[:20])
    logins = len(sim.salesforce.logins)
    sim.salesforce.act("expire_tokens", {"user": SELLER})
    sim.report(*sent[20:])
    assert len(sim.salesforce.logins) == logins + 1
    audit(sim, sent)


@pytest.mark.fault("F015")
def test_a_spent_quota_waits_without_counting_attempts() -> None:
    """TotalRequests exceeded: items stay ready, nobody hammers, and all is logged when there is room."""
    sim = prepared()
    sim.salesforce.limits({"calls_per_24h": 0})
    sent = emails(sim)
    sim.world.events.accept(sent)
    sim.play_stream()
    sim.play_queue(FLOW)
    calls = len(sim.salesforce.calls)
    sim.clock.advance(600)
    sim.call("ledger_care", {})
    sim.play_queue(FLOW)
    assert len(sim.salesforce.calls) == calls
    assert {sim.item(e).state for e in sent} == {State.READY}
    sim.salesforce.limits({"calls_per_24h": 100_000})
    settle(sim)
    audit(sim, sent)
    assert {sim.item(e).attempts for e in sent} == {0}


@pytest.mark.fault("F033")
def test_a_locked_row_is_tried_again() -> None:
    """UNABLE_TO_LOCK_ROW on some records: they are retried on schedule and logged."""
    sim = prepared()
    lock = {"method": "PATCH", "path": PATCH, "fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": "Mail"}
    sim.salesforce.faults.load([lock])
    sent = emails(sim)
    sim.report(*sent)
    assert sim.balance(FLOW).waiting >= 1
    settle(sim)
    audit(sim, sent)


@pytest.mark.fault("F023")
def test_a_call_whose_answer_was_lost_is_one_task_of_its_subtype() -> None:
    """TaskSubtype can be set on create only: the repeat that finds the Task leaves the field as it is."""
    sim = prepared()
    who = emails(sim, 1)[0].person.marketo_id
    sim.salesforce.faults.load([{"method": "PATCH", "path": PATCH, "fault": "drop_after_commit"}])
    made = event("evt_call", "call.logged", person=who, outcome="Answered")
    sim.report(made)
    settle(sim)
    (task,) = sim.tasks()
    assert task["TaskSubtype"] == "Call"
    assert sim.item(made).remote_id == task["Id"]
    assert sim.item(made).withheld == ()
