"""Emails and calls to Salesforce: real handlers and clients; asserted on Salesforce's own records."""

import re
from urllib.parse import unquote

import httpx
import pytest

from local.simulators.kernel.population import salesforce_id
from lockstep.domain.item import State
from lockstep.domain.reason import Reason
from tests.selling import FLOW, OWNER, SELLER, call, email, in_salesforce, person, world
from tests.world import SimWorld

__all__ = ["world"]


class Eavesdropper(httpx.BaseTransport):
    """Notes every token that crosses the wire."""

    def __init__(self, inner: httpx.BaseTransport, heard: set[str]):
        self.inner, self.heard = inner, heard

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, and listen."""
        self.heard |= set(re.findall(r"refresh_token=([^&]{9,})", unquote(request.content.decode(errors="ignore"))))
        response = self.inner.handle_request(request)
        response.read()
        self.heard |= set(re.findall(r'"(?:access|refresh)_token"\s*:\s*"([^"]+)"', response.text))
        return response


@pytest.mark.acceptance(39)
@pytest.mark.invariant("I16")
def test_an_email_becomes_one_completed_task_of_its_seller(world: SimWorld) -> None:
    """One closed Task, owned and created by the seller, with subject, text and date."""
    contact = in_salesforce(world, "Contact", Email="a@example.net")
    sent = email(person(world, "a@example.net", contact=contact), to=["a@example.net"])
    world.report(sent)
    (task,) = world.tasks()
    assert (task["Status"], task["IsClosed"], task["Priority"]) == ("Completed", True, "Normal")
    assert (task["WhoId"], task["Subject"]) == (contact, "Hello")
    assert task["OwnerId"] == task["CreatedById"] == world.salesforce.org.user(SELLER)
    assert "Dear all" in task["Description"]
    assert "To: a@example.net" in task["Description"]
    assert task["MSE_Email_Status__c"] == "Sent"
    assert world.item(sent).remote_id == task["Id"]
    assert world.balance(FLOW).logged == 1


def test_a_call_becomes_a_completed_task_with_its_outcome(world: SimWorld) -> None:
    """Type, duration, disposition, outcome, reason, recording and notes of a call arrive."""
    contact = in_salesforce(world, "Contact")
    who = person(world, contact=contact)
    done = call(who, outcome="Answered", reason="Demo", duration_s=61, notes="Good talk", recording_url="https://r/1")
    world.report(done)
    (task,) = world.tasks()
    assert (task["Type"], task["TaskSubtype"], task["CallType"]) == ("Call", "Call", "Outbound")
    assert (task["CallDurationInSeconds"], task["CallDisposition"]) == (61, "Answered")
    assert (task["mktosales_call_outcome__c"], task["mktosales_call_reason__c"]) == ("Answered", "Demo")
    assert (task["MSE_Call_Recording__c"], task["Description"]) == ("https://r/1", "Good talk")


def test_the_date_is_the_sellers_own_day(world: SimWorld) -> None:
    """An email sent at two in the morning UTC by a seller in Los Angeles is of the day before."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who, occurred_at="2026-11-02T02:00:00Z"))
    assert world.tasks()[0]["ActivityDate"] == "2026-11-01"


@pytest.mark.acceptance(40, 153)
def test_nobody_stands_in_for_an_unconnected_seller(world: SimWorld) -> None:
    """No Task is made by any other connection, and the item says why."""
    world.world.connections.add_user("seller4@example.com")  # type: ignore[arg-type]
    who = person(world, contact=in_salesforce(world, "Contact"))
    sent = email(who, user="seller4@example.com")
    stranger = email(who, user="nobody@example.com")
    world.report(sent, stranger)
    assert world.tasks() == []
    assert (world.item(sent).state, world.item(sent).reason) == (State.NEEDS_YOU, Reason.NO_CONNECTION)
    assert world.item(stranger).reason is Reason.USER_UNKNOWN
    assert world.balance(FLOW).needs_you == {"NO_CONNECTION": 1, "USER_UNKNOWN": 1}


@pytest.mark.acceptance(41)
def test_a_contact_id_is_used_without_a_search(world: SimWorld) -> None:
    """With a contact id on the person no query is made."""
    who = person(world, "a@example.net", contact=in_salesforce(world, "Contact"))
    before = len(world.salesforce.calls)
    world.report(email(who))
    assert len(world.tasks()) == 1
    assert not [c for c in world.salesforce.calls[before:] if "query" in c.path]


@pytest.mark.acceptance(42)
def test_the_contact_goes_before_the_lead(world: SimWorld) -> None:
    """A person with both ids is logged to the contact."""
    contact, lead = in_salesforce(world, "Contact"), in_salesforce(world, "Lead")
    world.report(email(person(world, contact=contact, lead=lead)))
    assert world.tasks()[0]["WhoId"] == contact


@pytest.mark.acceptance(43)
def test_an_address_finds_the_record(world: SimWorld) -> None:
    """Without an id an email is logged to the record with its address, whatever the case; the trace says how."""
    lead = in_salesforce(world, "Lead", Email="Some.One@Example.net")
    in_salesforce(world, "Lead", Email="other@example.net")
    sent = email(person(world, "some.one@example.net"))
    world.report(sent)
    assert world.tasks()[0]["WhoId"] == lead
    assert "by address" in world.item(sent).history[-1].note


def test_among_several_the_sellers_own_newest_is_chosen(world: SimWorld) -> None:
    """`owner_match_then_newest`: the seller's own records come first, of these the newest."""
    me = world.salesforce.org.user(SELLER)
    in_salesforce(world, "Contact", Email="a@example.net", OwnerId=me)
    world.clock.advance(60)
    mine = in_salesforce(world, "Lead", Email="a@example.net", OwnerId=me)
    world.clock.advance(60)
    in_salesforce(world, "Contact", Email="a@example.net")
    world.report(email(person(world, "a@example.net")))
    assert world.tasks()[0]["WhoId"] == mine


@pytest.mark.acceptance(44)
def test_a_converted_lead_is_never_found_by_address(world: SimWorld) -> None:
    """The search passes over converted leads, even if nothing else has the address."""
    lead = in_salesforce(world, "Lead", Email="a@example.net")
    contact = in_salesforce(world, "Contact", Email="b@example.net")
    world.salesforce.act("convert", {"lead": lead, "contact": contact})
    sent = email(person(world, "a@example.net"))
    world.report(sent)
    assert world.tasks() == []
    assert world.item(sent).reason is Reason.NO_SF_RECORD


@pytest.mark.acceptance(45)
def test_a_call_is_never_logged_by_address(world: SimWorld) -> None:
    """Without a Salesforce id a call is skipped although the address matches."""
    in_salesforce(world, "Contact", Email="a@example.net")
    made = call(person(world, "a@example.net"))
    world.report(made)
    assert world.tasks() == []
    assert (world.item(made).state, world.item(made).reason) == (State.SKIPPED, Reason.NO_SF_ID_FOR_CALL)


@pytest.mark.acceptance(55, 56)
def test_subjects_are_one_line_of_at_most_255(world: SimWorld) -> None:
    """Line breaks of the template go, and 300 characters are stored as 255."""
    world.switch_on(subject_template="Sales:\n{{activity_subject}}")
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who, subject="x" * 300))
    subject = world.tasks()[0]["Subject"]
    assert subject == "Sales: " + "x" * 248


@pytest.mark.acceptance(62)
@pytest.mark.parametrize("status", ["draft", "scheduled", "failed", "blocked"])
def test_an_email_that_was_not_sent_makes_no_task(world: SimWorld, status: str) -> None:
    """Only sent emails are logged; the others are skipped as NOT_SENT."""
    sent = email(person(world, contact=in_salesforce(world, "Contact")), status=status)
    world.report(sent)
    assert world.tasks() == []
    assert (world.item(sent).state, world.item(sent).reason) == (State.SKIPPED, Reason.NOT_SENT)


@pytest.mark.acceptance(136)
@pytest.mark.invariant("I27")
def test_tokens_are_neither_stored_in_the_clear_nor_logged(world: SimWorld, capsys: pytest.CaptureFixture[str]) -> None:
    """No row and no line of output holds a token or a secret, also when a token is renewed."""
    heard = {"demo-secret"}
    for host, transport in world.transport.hosts.items():
        world.transport.hosts[host] = Eavesdropper(transport, heard)
    world.connect_marketo()
    world.connect_seller(SELLER)
    world.salesforce.act("expire_tokens", {"user": SELLER})
    world.report(email(person(world, contact=in_salesforce(world, "Contact"))))
    assert len(world.tasks()) == 1
    assert len(heard) >= 4
    kept = str(world.table.rows()) + "".join(capsys.readouterr())
    assert not [secret for secret in heard if secret in kept]


@pytest.mark.acceptance(142)
def test_two_sellers_make_two_tasks(world: SimWorld) -> None:
    """Each seller's email to one person is a Task of its own, owned by its sender."""
    world.connect_seller("seller3@example.com")
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who), email(who, user="seller3@example.com"))
    owners = {task["OwnerId"] for task in world.tasks()}
    assert owners == {world.salesforce.org.user(u) for u in (SELLER, "seller3@example.com")}


@pytest.mark.acceptance(144)
@pytest.mark.invariant("I19")
def test_a_seller_without_api_permission_waits_for_it(world: SimWorld) -> None:
    """The connection is blocked with API_DISABLED, the item names it, and nothing is tried again by itself."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    sent = email(who)
    world.report(sent)
    assert (world.item(sent).state, world.item(sent).reason) == (State.NEEDS_YOU, Reason.API_DISABLED)
    calls = len(world.salesforce.calls)
    world.report(email(who))
    world.care(86_400)
    assert len(world.salesforce.calls) == calls
    assert world.tasks() == []


@pytest.mark.acceptance(150)
def test_a_deleted_record_sends_an_email_on_to_the_address_and_skips_a_call(world: SimWorld) -> None:
    """The email goes to the match of its address; the call is skipped as SF_RECORD_GONE (LS-33)."""
    gone = in_salesforce(world, "Contact", Email="a@example.net")
    other = in_salesforce(world, "Lead", Email="a@example.net")
    who = person(world, "a@example.net", contact=gone)
    world.salesforce.act("delete", {"type": "Contact", "id": gone})
    sent, made = email(who), call(who)
    world.report(sent, made)
    assert [task["WhoId"] for task in world.tasks()] == [other]
    assert world.item(sent).state is State.CONFIRMED
    assert (world.item(made).state, world.item(made).reason) == (State.SKIPPED, Reason.SF_RECORD_GONE)


@pytest.mark.acceptance(151)
@pytest.mark.parametrize(("on", "off"), [("log_emails", "log_calls"), ("log_calls", "log_emails")])
def test_each_kind_has_its_own_switch(world: SimWorld, on: str, off: str) -> None:
    """With one kind on and the other off only that kind makes a Task, and later switching logs nothing back."""
    world.switch_on(**{on: True, off: False})
    who = person(world, contact=in_salesforce(world, "Contact"))
    events = {"log_emails": email(who), "log_calls": call(who)}
    world.report(*events.values())
    assert len(world.tasks()) == 1
    assert world.item(events[on]).state is State.CONFIRMED
    assert world.item(events[off]).reason is Reason.KIND_OFF
    world.switch_on()
    world.care(120)
    assert len(world.tasks()) == 1


@pytest.mark.acceptance(152)
def test_a_human_edit_of_a_logged_task_changes_nothing_here(world: SimWorld) -> None:
    """The item stays as it was, the edit stays in Salesforce, and a repeated event writes nothing."""
    sent = email(person(world, contact=in_salesforce(world, "Contact")))
    world.report(sent)
    task = world.tasks()[0]["Id"]
    before = world.table.rows()
    fields = {"Subject": "Edited", "Status": "In Progress"}
    world.salesforce.act("update", {"type": "Task", "id": task, "fields": fields})
    assert world.report(sent) == ["duplicate"]
    world.care(600)
    world.poll(600)
    assert world.tasks()[0]["Subject"] == "Edited"
    same = ("ITEM#", "EVENT#", "PERSON#")
    assert [r for r in world.table.rows() if r["pk"].startswith(same)] == [
        r for r in before if r["pk"].startswith(same)
    ]


def test_a_person_who_is_not_here_yet_is_waited_for(world: SimWorld) -> None:
    """An email to somebody whom the people sync brings minutes later is logged then (PPL-23)."""
    world.start_load()
    contact = in_salesforce(world, "Contact")
    ids = {"sfdcContactId": contact, "sfdcType": "contact"}
    who = world.marketo.seed([{"type": "lead", **OWNER, **ids}])[0]
    sent, never = email(who), email(99_999)
    world.report(sent, never)
    assert {world.item(e).state for e in (sent, never)} == {State.RETRY_AT}
    world.poll(300)
    world.care(310)
    assert [task["WhoId"] for task in world.tasks()] == [contact]
    assert (world.item(never).state, world.item(never).reason) == (State.SKIPPED, Reason.PERSON_UNKNOWN)


def test_activities_of_a_merged_person_go_to_the_survivor(world: SimWorld) -> None:
    """An email to a Marketo id that was merged away is logged to the survivor's record (I30)."""
    winner = person(world, "w@example.net", contact=in_salesforce(world, "Contact"))
    loser = person(world, "l@example.net", lead=in_salesforce(world, "Lead"))
    world.clock.advance(60)
    world.marketo.act("merge", {"winner": winner, "losers": [loser]})
    world.poll(300)
    world.report(email(loser))
    assert world.tasks()[0]["WhoId"] == world.profile(winner).salesforce_contact_id


def test_no_one_is_logged_to_a_malformed_id() -> None:
    """A Salesforce id that cannot be one makes the person malformed, and nobody else (PPL-15)."""
    sim = SimWorld()
    sim.connect_marketo()
    base = {"type": "lead", "sfdcType": "contact", **OWNER}
    bad, good = sim.marketo.seed(
        [base | {"sfdcContactId": "003-not-an-id"}, base | {"sfdcContactId": salesforce_id("003", 5)}]
    )
    sim.start_load()
    assert sim.person(bad).reason is Reason.MALFORMED_RECORD
    assert sim.person(good).active
