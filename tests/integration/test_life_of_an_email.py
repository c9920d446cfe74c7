"""What happens to an email after it was sent, told on its one Task; asserted on Salesforce's own records."""

from typing import Any

import pytest

from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import SalesEvent
from tests.selling import FLOW, SELLER, email, in_salesforce, person, world
from tests.signed import event
from tests.world import SimWorld

__all__ = ["world"]

NUMBERS = iter(range(1, 1_000_000))
CAMPAIGN = {"id": 7, "name": "Spring", "url": "https://c.example/7"}


def happened(kind: str, who: int, mail_id: str = "m1", **data: Any) -> SalesEvent:
    """Something that happened to an email."""
    return event(f"news_{next(NUMBERS)}", f"email.{kind}", person=who, user=SELLER, email_id=mail_id, **data)


def moved(kind: str, who: int, **campaign: Any) -> SalesEvent:
    """Entry to or exit from the campaign."""
    when = f"2026-11-02T09:{next(NUMBERS) % 60:02d}:00Z"
    data = {"campaign": CAMPAIGN | campaign}
    return event(f"news_{next(NUMBERS)}", f"campaign.{kind}", person=who, user=SELLER, occurred_at=when, **data)


def updates(world: SimWorld) -> int:
    """Updates by id that reached Salesforce."""
    return len(
        [
            call
            for call in world.salesforce.calls
            if call.path.endswith("/composite/sobjects") and call.method == "PATCH"
        ]
    )


def life(world: SimWorld, news: SalesEvent) -> Item:
    """The item about what happened."""
    (row,) = [row for row in world.items(FLOW) if row["event_id"] == news.id and row["effect"] == "life"]
    found = world.world.ledger.get(FLOW, row["key"])
    assert found is not None
    return found


def customer(world: SimWorld) -> int:
    """A person with a contact in Salesforce."""
    return person(world, contact=in_salesforce(world, "Contact"))


@pytest.mark.acceptance(48, 137)
@pytest.mark.parametrize(
    ("kind", "data", "field", "value"),
    [
        ("opened", {}, "MSE_Viewed__c", True),
        ("opened", {"attachment": "offer.pdf"}, "MSE_Presentation_Viewed__c", True),
        ("clicked", {"link": "https://x.example"}, "MSE_Clicked__c", True),
        ("replied", {}, "MSE_Replied__c", True),
        ("bounced", {"details": "550"}, "MSE_Email_Status__c", "Bounced"),
    ],
)
def test_what_happens_is_told_on_the_emails_own_task(
    world: SimWorld, kind: str, data: dict[str, Any], field: str, value: object
) -> None:
    """The Task that is there shows it, nothing else of it changes, and none is made."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    (before,) = world.tasks()
    news = happened(kind, who, **data)
    world.report(news)
    (after,) = world.tasks()
    assert after[field] == value
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {field, "SystemModstamp", "LastModifiedDate"}
    assert (life(world, news).state, life(world, news).remote_id) == (State.CONFIRMED, after["Id"])
    assert world.balance(FLOW).balanced


@pytest.mark.acceptance(49)
def test_ten_opens_within_a_minute_are_one_update(world: SimWorld) -> None:
    """And what comes in the same minute besides is one update more when the minute is over."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    for _ in range(10):
        world.report(happened("opened", who))
        world.clock.advance(3)
    assert updates(world) == 1
    click, bounce = happened("clicked", who), happened("bounced", who)
    world.report(click)
    world.report(bounce)
    assert (updates(world), life(world, click).reason) == (1, Reason.GATHERED)
    world.care(61)
    (task,) = world.tasks()
    assert updates(world) == 2
    assert (task["MSE_Viewed__c"], task["MSE_Clicked__c"], task["MSE_Email_Status__c"]) == (True, True, "Bounced")
    assert world.balance(FLOW).logged == 13


@pytest.mark.acceptance(69)
def test_a_checkbox_only_goes_on(world: SimWorld) -> None:
    """Whatever comes later, no write takes a box off, and a bounce stays one."""
    who = customer(world)
    written: list[object] = []
    world.report(email(who, email_id="m1"))
    for kind in ("opened", "bounced", "clicked", "opened", "replied"):
        world.report(happened(kind, who))
        world.care(61)
        (task,) = world.tasks()
        written.append((task["MSE_Viewed__c"], task["MSE_Email_Status__c"]))
    assert written == [(True, "Sent"), *[(True, "Bounced")] * 4]


@pytest.mark.fault("F090")
@pytest.mark.invariant("I12")
def test_news_before_the_email_waits_for_it(world: SimWorld) -> None:
    """An open that arrives first is told as soon as the Task is there, not before and not by asking again and again."""
    who = customer(world)
    news = happened("opened", who)
    world.report(news)
    assert (life(world, news).state, life(world, news).reason) == (State.RETRY_AT, Reason.EMAIL_UNKNOWN)
    world.report(email(who, email_id="m1"))
    assert world.tasks()[0]["MSE_Viewed__c"] is True
    assert life(world, news).state is State.CONFIRMED


def test_news_of_an_email_that_never_comes_is_skipped_and_wakes_when_it_does(world: SimWorld) -> None:
    """With its reason; and a day later the email is reported after all."""
    who = customer(world)
    news = happened("clicked", who)
    world.report(news)
    world.care(3_600)
    assert (life(world, news).state, life(world, news).reason) == (State.SKIPPED, Reason.EMAIL_UNKNOWN)
    world.clock.advance(86_400)
    world.report(email(who, email_id="m1"))
    assert world.tasks()[0]["MSE_Clicked__c"] is True
    assert life(world, news).state is State.CONFIRMED


def test_news_of_an_email_that_is_not_logged_names_it(world: SimWorld) -> None:
    """An email that was skipped takes its news with it, and brings it back when it is logged after all."""
    who = person(world, "nobody@example.net")
    sent, news = email(who, email_id="m1"), happened("opened", who)
    world.report(sent, news)
    assert world.item(sent).reason is Reason.NO_SF_RECORD
    assert (life(world, news).state, life(world, news).reason) == (State.SKIPPED, Reason.EMAIL_NOT_LOGGED)
    assert "NO_SF_RECORD" in life(world, news).history[-1].note


@pytest.mark.acceptance(138)
def test_a_deleted_task_is_neither_made_again_nor_updated(world: SimWorld) -> None:
    """What happens to its email afterwards is skipped, and the bin keeps what it has."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    (task,) = world.tasks()
    world.salesforce.act("delete", {"type": "Task", "id": task["Id"]})
    news = happened("opened", who)
    world.report(news)
    world.care(3_600)
    assert world.tasks() == []
    (binned,) = world.salesforce.records("Task")
    assert (binned["IsDeleted"], binned["MSE_Viewed__c"]) == (True, False)
    assert (life(world, news).state, life(world, news).reason) == (State.SKIPPED, Reason.TASK_DELETED)


def test_the_campaign_step_moves_on_and_ends(world: SimWorld) -> None:
    """The last email of the campaign to the person shows the step; an older move changes nothing; an exit clears it."""
    who = customer(world)
    world.report(email(who, email_id="m1", campaign=CAMPAIGN | {"step": "Hello"}))
    assert world.tasks()[0]["MSE_Current_Campaign_Step__c"] == "Hello"
    late = moved("added", who, step="Older")
    for step, shown in (("Second", "Second"), ("Third", "Third")):
        world.report(moved("added", who, step=step))
        world.care(61)
        assert world.tasks()[0]["MSE_Current_Campaign_Step__c"] == shown
    world.report(late)
    world.care(61)
    assert world.tasks()[0]["MSE_Current_Campaign_Step__c"] == "Third"
    world.report(moved("removed", who))
    world.care(61)
    assert world.tasks()[0]["MSE_Current_Campaign_Step__c"] is None
    stranger = moved("added", customer(world), step="First")
    world.report(stranger)
    assert life(world, stranger).reason is Reason.NOTHING_TO_UPDATE


@pytest.mark.acceptance(50)
def test_a_reply_becomes_a_task_where_replies_are_logged(world: SimWorld) -> None:
    """`Reply: ` and the email's subject, on the email's record; and the email's Task says that it was answered."""
    world.switch_on(log_replies=True)
    contact = in_salesforce(world, "Contact")
    who = person(world, contact=contact)
    world.report(email(who, email_id="m1", subject="Next steps"))
    answer = happened("replied", who, subject="Re: Next steps", body_text="Tuesday is fine.")
    world.report(answer)
    mail, reply = sorted(world.tasks(), key=lambda task: str(task["Subject"]))
    assert (mail["Subject"], mail["MSE_Replied__c"]) == ("Next steps", True)
    assert (reply["Subject"], reply["Description"]) == ("Reply: Next steps", "Tuesday is fine.")
    assert (reply["WhoId"], reply["Status"], reply["OwnerId"]) == (contact, "Completed", mail["OwnerId"])
    assert reply["MSE_Email_Status__c"] is None
    assert world.balance(FLOW).logged == 3


@pytest.mark.acceptance(51)
def test_without_log_replies_a_reply_only_marks_its_email(world: SimWorld) -> None:
    """One Task, which says that it was answered; the Task that is not wanted has its reason."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    world.report(happened("replied", who))
    (task,) = world.tasks()
    assert task["MSE_Replied__c"] is True
    assert world.balance(FLOW).skipped == {"KIND_OFF": 1}


@pytest.mark.acceptance(53)
@pytest.mark.parametrize(
    ("copies", "reason"), [(["Me@Le.Salesforce.com"], "LOGGED_BY_BCC"), ([], "BCC_MISSING"), (["x@y.z"], "BCC_MISSING")]
)
def test_under_bcc_no_task_is_written(world: SimWorld, copies: list[str], reason: str) -> None:
    """Salesforce files the mail itself where it carries the seller's address; where it does not, that is the reason."""
    own = {SELLER: {"email_method": "bcc", "bcc_address": "me@le.salesforce.com"}}
    world.switch_on(sellers=own)
    who = customer(world)
    sent = email(who, email_id="m1", bcc=copies)
    world.report(sent, happened("opened", who))
    assert world.tasks() == []
    assert world.item(sent).reason == reason
    assert world.balance(FLOW).skipped == {reason: 1, "EMAIL_NOT_LOGGED": 1}


@pytest.mark.acceptance(67)
def test_a_field_that_is_withheld_is_told_when_it_is_granted(world: SimWorld) -> None:
    """Hidden views are skipped with the field's name, clicks of the same email arrive all the same."""
    who = customer(world)
    hide = {"user": SELLER, "object": "Task", "field": "MSE_Viewed__c", "read": False, "edit": False}
    world.salesforce.act("set_permissions", hide)
    world.connect_seller()
    world.report(email(who, email_id="m1"))
    view, click = happened("opened", who), happened("clicked", who)
    world.report(view, click)
    (task,) = world.tasks()
    assert (task["MSE_Viewed__c"], task["MSE_Clicked__c"]) == (False, True)
    assert life(world, click).state is State.CONFIRMED
    skipped = life(world, view)
    assert (skipped.reason, skipped.withheld) == (Reason.FIELDS_WITHHELD, ("MSE_Viewed__c (hidden or missing)",))
    assert skipped.cause == f"fields:{SELLER}"


@pytest.mark.fault("F036")
def test_a_field_that_a_save_refuses_is_left_out_of_the_repeat(world: SimWorld) -> None:
    """Taken away since the describe: the rest is told in the same go."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    hide = {"user": SELLER, "object": "Task", "field": "MSE_Clicked__c", "read": True, "edit": False}
    world.salesforce.act("set_permissions", hide)
    view, click = happened("opened", who), happened("clicked", who)
    world.report(view, click)
    (task,) = world.tasks()
    assert (task["MSE_Viewed__c"], task["MSE_Clicked__c"]) == (True, False)
    assert (life(world, view).state, life(world, click).reason) == (State.CONFIRMED, Reason.FIELDS_WITHHELD)


@pytest.mark.fault("F023", "F024")
@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before_commit"])
def test_a_lost_answer_is_told_again(world: SimWorld, fault: str) -> None:
    """The values are absolute: whether the update arrived or not, the Task shows it once the repeat is answered."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    world.salesforce.faults.load([{"method": "PATCH", "path": "/composite/sobjects", "fault": fault}])
    news = happened("opened", who)
    world.report(news)
    assert life(world, news).state is State.RETRY_AT
    world.care(700)
    assert world.tasks()[0]["MSE_Viewed__c"] is True
    assert life(world, news).state is State.CONFIRMED


@pytest.mark.fault("F046")
def test_a_call_that_is_refused_whole_costs_one_task(world: SimWorld) -> None:
    """Of four opened emails one update spoils its calls: the other three Tasks show it, that one needs you."""
    who = customer(world)
    world.report(*(email(who, email_id=f"m{number}") for number in range(4)))
    body = [{"errorCode": "STRING_TOO_LONG", "message": "too long", "fields": []}]
    refused = {"method": "PATCH", "path": "/composite/sobjects", "fault": "status", "code": 400, "body": body}
    world.salesforce.faults.load([refused | {"times": 3}])
    news = [happened("opened", who, f"m{number}") for number in range(4)]
    world.report(*news)
    assert sorted(task["MSE_Viewed__c"] for task in world.tasks()) == [False, True, True, True]
    assert sorted(life(world, one).state for one in news) == [State.CONFIRMED] * 3 + [State.NEEDS_YOU]


@pytest.mark.acceptance(128)
def test_updates_stop_before_tasks_when_the_day_is_nearly_used_up(world: SimWorld) -> None:
    """With 96 of a hundred calls used an open waits, an hour at a time and without an attempt; an email is logged."""
    who = customer(world)
    world.report(email(who, email_id="m1"))
    world.salesforce.limits({"calls_per_24h": 10_000, "used": 9_600})
    world.clock.advance(61)
    world.report(email(who, email_id="m2"))
    news = happened("opened", who)
    world.report(news)
    assert [task["MSE_Viewed__c"] for task in world.tasks()] == [False, False]
    assert (life(world, news).reason, life(world, news).attempts) == (Reason.QUOTA_SPENT, 0)
    world.report(email(who, email_id="m3"))
    assert len(world.tasks()) == 3
    world.salesforce.limits({"calls_per_24h": 100_000, "used": 0})
    world.care(3_601)
    assert sorted(task["MSE_Viewed__c"] for task in world.tasks()) == [False, False, True]


@pytest.mark.acceptance(61)
def test_a_call_without_its_required_outcome_is_not_logged(world: SimWorld) -> None:
    """The reason says what is missing; with both it is logged."""
    world.switch_on(
        call_outcomes=[{"name": "Answered"}],
        call_reasons=["Demo"],
        call_outcome_required=True,
        call_reason_required=True,
    )
    who = customer(world)
    calls = [
        event(f"call_{n}", "call.logged", person=who, user=SELLER, direction="outbound", **data)
        for n, data in enumerate([{}, {"outcome": "Answered"}, {"outcome": "Answered", "reason": "Demo"}])
    ]
    world.report(*calls)
    assert [world.item(one).reason for one in calls] == [Reason.OUTCOME_REQUIRED, Reason.OUTCOME_REQUIRED, None]
    assert world.item(calls[0]).history[-1].note == "the call has no outcome and no reason"
    assert len(world.tasks()) == 1


def test_emails_of_one_storm_share_their_calls(world: SimWorld) -> None:
    """A thousand opens of fifty emails cost one update of each Task, and no more than a few calls."""
    people = [customer(world) for _ in range(5)]
    world.report(*(email(people[n % 5], email_id=f"m{n}") for n in range(50)))
    before = len(world.salesforce.calls)
    world.world.events.accept([happened("opened", people[n % 5], f"m{n % 50}") for n in range(1_000)])
    world.run_until_quiet()
    assert all(task["MSE_Viewed__c"] for task in world.tasks())
    assert len(world.salesforce.calls) - before <= 3
    assert world.balance(FLOW).logged == 1_050
