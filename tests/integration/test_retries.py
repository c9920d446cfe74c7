"""Parked items sent again by a person: what is shown is what happens, and it happens once."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from activities_to_salesforce import rules
from activities_to_salesforce.rules import Target
from lockstep.domain.item import State
from lockstep.domain.moment import Moment
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import SalesEvent
from lockstep.domain.settings import Settings
from lockstep.store.events import event_row, items_of
from lockstep.store.table import Change
from tests.selling import FLOW, OWNER, call, email, in_salesforce, person
from tests.signed import event
from tests.workspace import ADMIN, OTHER, SELLER, Workspace
from workspace_api import retrying
from workspace_api.forecast import Facts

SECOND = "second@example.com"
BCC = "emailtosalesforce@1a.le.salesforce.example"


def kinds(who: int) -> list[SalesEvent]:
    """One activity of each kind that is judged differently."""
    return [
        email(who), email(who, status="draft"), email(who, to=["x@example.net"]), email(who, to=["x", "y@example.net"]),
        email(who, to=["nonsense"]), email(who, bcc=[BCC]), call(who), call(who, direction="inbound"),
        call(who, outcome="Answered"), event(f"reply_{who}", "email.replied", person=who, user=SELLER, email_id="m"),
    ]  # fmt: skip


@pytest.fixture
def world() -> Workspace:
    """Both vendors connected, one seller connected, emails and calls switched on."""
    here = Workspace()
    here.connect_marketo()
    here.connect_seller(SELLER)
    here.switch_on()
    return here


def ask(world: Workspace, *, dry_run: bool = True, user: str = ADMIN, **wanted: Any) -> dict[str, Any]:
    """One request of an admin, over all its pages."""
    total: dict[str, Any] = {}
    after = None
    while not total or after:
        body = {"filter": wanted, "dry_run": dry_run, "after": after}
        answer = world.ask("POST", "/retries", body, user=user, role="user" if user in (SELLER, OTHER) else "admin")
        assert answer.status == 200, answer.body
        for name in ("found", "sent", "moved_meanwhile", "calls"):
            total[name] = total.get(name, 0) + answer.body[name]
        left = total.setdefault("left", {})
        for one in answer.body["left"]:
            left[one["code"]] = left.get(one["code"], 0) + one["number"]
        total.setdefault("items", []).extend(answer.body["items"])
        after = answer.body["next"]
    return total


def refused(world: Workspace, number: int) -> list[Any]:
    """Emails that a validation rule of Salesforce refuses."""
    world.switch_on(rejection_limit=10_000)
    who = person(world, contact=in_salesforce(world, "Contact"))
    rule = {"object": "Task", "when": {"Subject": "Hello"}, "message": "not like this"}
    world.salesforce.act("validation_rule", rule)
    sent = [email(who) for _ in range(number)]
    world.report(*sent)
    world.salesforce.act("clear_rules", {})
    assert {world.item(one).reason for one in sent} == {Reason.VALIDATION_REFUSED}
    return sent


def skipped_calls(world: Workspace, number: int, **when: Any) -> tuple[int, list[Any]]:
    """Calls to somebody without a Salesforce id."""
    (who,) = world.marketo.seed([{"type": "lead", **OWNER, "sfdcType": "lead"}])
    world.start_load()
    made = [call(who, **when) for _ in range(number)]
    world.report(*made)
    assert {world.item(one).reason for one in made} == {Reason.NO_SF_ID_FOR_CALL}
    return who, made


@pytest.mark.acceptance(129)
def test_a_repaired_item_is_retried_and_logged(world: Workspace) -> None:
    """What was skipped for want of an id, too long ago to go on by itself, is one Task once somebody retries it."""
    who, (made,) = skipped_calls(world, 1, occurred_at="2026-10-20T09:00:00Z")
    before = ask(world, id=made.id)
    assert (before["sent"], before["left"]) == (0, {"NO_SF_ID_FOR_CALL": 1})
    contact = in_salesforce(world, "Contact")
    world.marketo.act("update", {"id": who, "fields": {"sfdcContactId": contact, "sfdcType": "contact"}})
    world.poll(900)
    shown = ask(world, id=made.id)
    assert (shown["sent"], shown["calls"], world.tasks()) == (1, 1, [])
    assert world.item(made).state is State.SKIPPED
    assert ask(world, id=made.id, dry_run=False)["sent"] == 1
    world.run_until_quiet()
    assert [task["WhoId"] for task in world.tasks()] == [contact]
    assert [step.note for step in world.item(made).history if "again" in step.note] == [f"sent again by {ADMIN}"]
    assert world.balance(FLOW).logged == 1
    assert ask(world, id=made.id)["left"] == {"CONFIRMED": 1}


def test_a_retry_begins_the_schedule_anew(world: Workspace) -> None:
    """What needs somebody at the end of its schedule has all its attempts again once somebody sent it again."""
    made = email(person(world, lead=in_salesforce(world, "Lead")))
    locked = {"fault": "record_error", "path": "/composite/", "code": "UNABLE_TO_LOCK_ROW", "match": "", "times": 10}
    world.salesforce.faults.load([locked])
    world.report(made)
    for _ in range(9):
        world.care(30 * 3600)
    assert (world.item(made).state, world.item(made).attempts) == (State.NEEDS_YOU, 8)
    assert ask(world, id=made.id, dry_run=False)["sent"] == 1
    world.run_until_quiet()
    assert (world.item(made).state, world.item(made).attempts) == (State.RETRY_AT, 1)
    world.care(60)
    assert world.item(made).state is State.CONFIRMED


def test_the_filter_finds_exactly_what_it_names(world: Workspace) -> None:
    """By reason, seller and time parked; what would only come back stays, with the reason that stands in the way."""
    _, calls = skipped_calls(world, 2)
    world.clock.advance(3600)
    noon = world.clock.now()
    world.connect_seller(OTHER)
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.switch_on(log_emails=False)
    mails = [email(who), email(who, user=OTHER)]
    drafts = [email(who, status="draft")]
    world.report(*mails, *drafts)
    world.world.connections.add_user("seller4@example.com")  # type: ignore[arg-type]
    world.report(call(who, "seller4@example.com"))
    assert ask(world)["left"] == {"NO_SF_ID_FOR_CALL": 2, "KIND_OFF": 3, "NO_CONNECTION": 1}
    assert ask(world, since=noon.isoformat())["found"] == 4
    assert ask(world, until=noon.isoformat())["found"] == len(calls)
    assert ask(world, reason="NO_CONNECTION")["left"] == {"NO_CONNECTION": 1}
    assert ask(world, user=OTHER)["left"] == {"KIND_OFF": 1}
    world.switch_on(log_emails=True)
    assert ask(world, reason="KIND_OFF", flow=FLOW)["sent"] == 2
    assert ask(world, reason="KIND_OFF", dry_run=False)["sent"] == 2
    world.run_until_quiet()
    assert len(world.tasks()) == 2
    assert world.item(drafts[0]).reason is Reason.KIND_OFF
    assert world.ask("POST", "/retries", {"filter": {"flow": "nowhere"}}).status == 400
    assert world.ask("POST", "/retries", {"filter": {}, "after": "x y z"}).status == 400


@pytest.mark.fault("F108")
@pytest.mark.invariant("I35", "I2")
def test_the_same_retry_twice_is_one(world: Workspace) -> None:
    """Done a second time with the same filter it finds nothing more; a thousand items are one Task each."""
    sent = refused(world, 1000)
    shown = ask(world, reason="VALIDATION_REFUSED")
    assert (shown["found"], shown["sent"], shown["calls"]) == (1000, 1000, 5)
    assert ask(world, reason="VALIDATION_REFUSED", dry_run=False)["sent"] == 1000
    assert ask(world, reason="VALIDATION_REFUSED", dry_run=False)["found"] == 0
    world.run_until_quiet()
    assert ask(world, reason="VALIDATION_REFUSED", dry_run=False)["found"] == 0
    assert len(world.tasks()) == len({task["Lockstep_Key__c"] for task in world.tasks()}) == len(sent)
    assert world.balance(FLOW).logged == 1000


@pytest.mark.fault("F108")
@pytest.mark.invariant("I35", "I2")
def test_two_people_at_once_are_one(world: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen the same items when they say go: each item moves for one of them, and the other is told."""
    sent = refused(world, 60)
    together = threading.Barrier(2)
    look = retrying.look

    def both_look(*arguments: Any) -> Any:
        found = look(*arguments)
        together.wait(10)
        return found

    monkeypatch.setattr(retrying, "look", both_look)
    answers: list[dict[str, Any]] = []
    body = {"filter": {"reason": "VALIDATION_REFUSED"}, "dry_run": False}

    def go(who: str) -> None:
        answers.append(world.ask("POST", "/retries", body, user=who, role="admin").body)

    people = [threading.Thread(target=go, args=(who,)) for who in (ADMIN, SECOND)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sum(answer["sent"] for answer in answers) == 60
    assert [answer["sent"] + answer["moved_meanwhile"] for answer in answers] == [60, 60]
    world.run_until_quiet()
    assert len(world.tasks()) == len(sent)
    for one in sent:
        assert [step.note.rpartition(" ")[0] for step in world.item(one).history].count("sent again by") == 1


def test_sellers_retry_their_own(world: Workspace) -> None:
    """A seller retries the own activities, by id and by filter, and neither sees nor moves another's."""
    (sent,) = refused(world, 1)
    assert world.ask("POST", "/retries", {"filter": {"user": SELLER}}, user=OTHER).status == 403
    assert world.ask("POST", "/retries", {"filter": {"id": sent.id}, "dry_run": False}, user=OTHER).status == 404
    assert ask(world, user=OTHER)["found"] == 0
    assert world.item(sent).state is State.NEEDS_YOU
    (seen,) = ask(world, user=SELLER)["items"]
    assert (
        world.ask("POST", "/retries", {"filter": {"id": seen["key"]}, "dry_run": False}, user=SELLER).body["sent"] == 1
    )


def test_what_cannot_end_otherwise_is_on_no_list(world: Workspace) -> None:
    """Skips that nobody can mend cost no row, and are not offered."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who, status="draft"), call(who, direction="inbound"))
    assert world.balance(FLOW).skipped == {"NOT_SENT": 1, "NOT_OUTBOUND": 1}
    assert world.table.rows("WAIT#") == []
    assert ask(world)["found"] == 0


JUDGED_UNDER: list[dict[str, Any]] = [
    {},
    {"log_emails": True, "log_calls": True, "log_replies": True},
    {"log_emails": True, "email_method": "bcc"},
    {"log_emails": True, "email_method": "bcc", "sellers": {SELLER: {"bcc_address": BCC}}},
    {"log_calls": True, "call_outcomes": ["Answered"], "call_outcome_required": True},
    {"log_emails": True, "log_calls": True, "sellers": {SELLER: {"log_calls": False}}},
]


@pytest.mark.parametrize("values", JUDGED_UNDER)
def test_the_forecast_says_what_the_judgement_says(world: Workspace, values: dict[str, Any]) -> None:
    """For every kind of activity and person both name the same reason, or both let it go."""
    contact = in_salesforce(world, "Contact")
    people = [
        person(world, "a@example.net", contact=contact), person(world, "b@example.net"), person(world),
        99_999, world.marketo.seed([{"type": "lead", "email": "no-owner@example.net"}])[0],
    ]  # fmt: skip
    world.start_load()
    settings = Settings.model_validate(values)
    moment = Moment(settings, world.clock.now(), timedelta(hours=1))
    for who in people:
        record = world.world.people.living([who]).get(who)  # type: ignore[call-overload]
        for happened in kinds(who):
            item = replace(items_of(happened, world.world.ledger)[0], attempts=1)
            known = Facts(
                [item], {item.connection: None}, {happened.id: happened}, world.world.people.living([who]), {}
            )
            told = known.under(settings)[item.key]
            said = rules.judge(item, happened, rules.Known(record), moment)
            assert told.reason is (None if isinstance(said, Target) else said.reason), (happened, said)
            if isinstance(said, Target):
                assert told.searched is (said.who is None)


@pytest.mark.fault("F091")
def test_what_does_not_read_any_more_spoils_no_retry(world: Workspace) -> None:
    """Among items that Lockstep failed on, those that still cannot be read stay and are told; the others go."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    sent = refused(world, 3)
    bad = email(who)
    world.world.events.accept([bad])
    world.table.transact([Change(event_row(bad.id), set={"content": '{"id": 1}'})])
    world.run_until_quiet()
    shown = ask(world)
    assert (shown["sent"], shown["left"]) == (3, {"INTERNAL_FAULT": 1})
    assert ask(world, dry_run=False)["sent"] == len(sent)
    world.run_until_quiet()
    assert len(world.tasks()) == 3
    key = world.item(bad).key
    assert ask(world, id=key)["left"] == {"INTERNAL_FAULT": 1}
    assert world.ask("POST", "/retries", {"filter": {"id": bad.id}}).status == 404
