"""Most-recent-activity fields, from the event to Salesforce's own records of people, accounts and opportunities."""

from typing import Any

import pytest

from lockstep.catalogue.routes import ROLLUPS_TO_SALESFORCE
from lockstep.domain.ids import item_key, user_email
from lockstep.domain.item import Item, State, ready, recipient
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import SalesEvent
from rollups_to_salesforce import rules
from tests.selling import OWNER, SELLER, in_salesforce, numbers
from tests.signed import event
from tests.world import SimWorld
from workspace_api.forecast import forecasts

FIELDS = {
    "last_activity_by_sales": "Last_Activity_by_Sales__c",
    "last_sales_engagement": "Last_Sales_Engagement__c",
    "last_replied": "Last_Replied__c",
    "current_sales_campaign": "Current_Sales_Campaign__c",
}
KINDS = ("Lead", "Contact", "Account", "Opportunity")
TYPES = dict.fromkeys(FIELDS.values(), "datetime") | {"Current_Sales_Campaign__c": "string"}
EMAIL, OPEN, REPLY = (f"2026-11-01T{time}:00.000+0000" for time in ("08:30", "23:00", "23:30"))


def fields(world: SimWorld, *kinds: str, **types: str) -> None:
    """An admin makes the fields on these objects."""
    world.salesforce.schema(
        [{"object": kind, "name": name, "type": types.get(name, usual), "length": 80 if usual == "string" else 0}
         for kind in kinds or KINDS for name, usual in TYPES.items()]
    )  # fmt: skip


@pytest.fixture
def world() -> SimWorld:
    """Both vendors and a seller connected, the fields made, roll-ups on for all objects, Tasks off."""
    sim = SimWorld()
    sim.connect_marketo()
    sim.connect_seller(SELLER)
    fields(sim)
    switch(sim)
    return sim


def switch(world: SimWorld, *objects: str, **more: Any) -> None:
    """An admin switches roll-ups on for these objects, or for all."""
    names = objects or ("lead", "contact", "account", "opportunity")
    settings = {"rollups": names, "rollup_fields": FIELDS, "log_emails": False, "log_calls": False} | more
    world.switch_on(**settings)


def somebody(world: SimWorld, contact: str | None = None, lead: str | None = None, **ids: str) -> int:
    """A person with these records, brought into the Workspace."""
    kind = "contact" if contact else "lead"
    known = {"sfdcContactId": contact, "sfdcLeadId": lead, "sfdcType": kind, **ids}
    number = world.marketo.seed([{"type": "lead", **OWNER, **known}])[0]
    world.start_load()
    return number


def what(kind: str, who: int, at: str = EMAIL, user: str = SELLER, **data: Any) -> SalesEvent:
    """Something that a seller did, or that was done to an email."""
    data = {"email_id": "m1"} | data if kind.startswith("email") else data
    return event(f"evt_{next(numbers)}", kind, person=who, user=user, occurred_at=at, **data)


def item(world: SimWorld, sent: SalesEvent) -> Item:
    """The roll-up item of an event."""
    key = item_key(ROLLUPS_TO_SALESFORCE, sent.id, recipient(sent.person.marketo_id, "rollup"))
    found = world.world.ledger.get(ROLLUPS_TO_SALESFORCE, key)
    assert found is not None
    return found


def shown(world: SimWorld, kind: str, sfid: str) -> dict[str, Any]:
    """What a record shows in our fields, without those that are empty."""
    (row,) = [row for row in world.salesforce.records(kind) if row["Id"] == sfid]
    return {name: row[name] for name in TYPES if row.get(name) is not None}


def updates(world: SimWorld) -> list[Any]:
    """The calls that changed records."""
    return [call for call in world.salesforce.calls if call.method == "PATCH"]


def test_nothing_is_opened_while_it_is_off() -> None:
    """Without an object named, an activity opens no item of this flow, and a later switch brings nothing back."""
    sim = SimWorld()
    sim.connect_marketo()
    sim.connect_seller(SELLER)
    fields(sim)
    contact = in_salesforce(sim, "Contact")
    sent = what("email.sent", somebody(sim, contact))
    sim.report(sent)
    assert sim.items(ROLLUPS_TO_SALESFORCE) == []
    switch(sim)
    assert sim.report(sent) == ["duplicate"]
    assert sim.items(ROLLUPS_TO_SALESFORCE) == []
    assert shown(sim, "Contact", contact) == {}


def test_every_record_of_a_person_shows_what_is_newest(world: SimWorld) -> None:
    """Contact, account and opportunity show the last activity, engagement, reply and campaign, in one call."""
    account = world.salesforce.seed([{"type": "Account", "Name": "Acme"}])[0]
    deal = world.salesforce.seed([{"type": "Opportunity", "Name": "Deal", "StageName": "Prospecting"}])[0]
    contact = in_salesforce(world, "Contact", AccountId=account)
    who = somebody(world, contact, sfdcAccountId=account, sfdcOpptyId=deal)
    sent = [
        what("email.sent", who),
        what("email.opened", who, OPEN),
        what("email.replied", who, REPLY),
        what("campaign.added", who, OPEN, campaign={"id": "c1", "name": "Spring"}),
    ]
    world.report(*sent)
    wanted = {
        "Last_Activity_by_Sales__c": EMAIL,
        "Last_Sales_Engagement__c": REPLY,
        "Last_Replied__c": REPLY,
        "Current_Sales_Campaign__c": "Spring",
    }
    for kind, sfid in (("Contact", contact), ("Account", account), ("Opportunity", deal)):
        assert shown(world, kind, sfid) == wanted, kind
    assert len(updates(world)) == 1
    states = [item(world, one).state for one in sent]
    assert states == [State.CONFIRMED, State.SUPERSEDED, State.CONFIRMED, State.CONFIRMED]
    assert item(world, sent[0]).remote_id == contact
    assert item(world, sent[1]).reason is Reason.NEWER_ACTIVITY
    assert sent[2].id in item(world, sent[1]).history[-1].note
    assert world.tasks() == []


def test_the_contact_comes_before_the_lead(world: SimWorld) -> None:
    """A person with both ids shows on the contact; one with a lead alone on the lead; one with neither nowhere."""
    contact, old, lead = (in_salesforce(world, kind) for kind in ("Contact", "Lead", "Lead"))
    both, one, none = somebody(world, contact, old), somebody(world, None, lead), somebody(world)
    sent = [what("email.sent", who) for who in (both, one, none)]
    world.report(*sent)
    assert shown(world, "Contact", contact) == shown(world, "Lead", lead) == {"Last_Activity_by_Sales__c": EMAIL}
    assert shown(world, "Lead", old) == {}
    assert (item(world, sent[2]).state, item(world, sent[2]).reason) == (State.SKIPPED, Reason.NO_SF_RECORD)


@pytest.mark.invariant("I12")
def test_an_older_activity_never_wins(world: SimWorld) -> None:
    """What comes late and is older ends superseded, whoever reports it; the record keeps the newer."""
    world.connect_seller("seller3@example.com")
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    newer = what("call.logged", who, OPEN, user="seller3@example.com")
    world.report(newer)
    older = what("email.sent", who, EMAIL)
    world.report(older)
    assert shown(world, "Contact", contact) == {"Last_Activity_by_Sales__c": OPEN}
    assert item(world, newer).state is State.CONFIRMED
    assert (item(world, older).state, item(world, older).reason) == (State.SUPERSEDED, Reason.NEWER_ACTIVITY)
    assert len(updates(world)) == 1
    assert world.balance(ROLLUPS_TO_SALESFORCE).balanced


def test_drafts_inbound_calls_and_nameless_campaigns_tell_nothing(world: SimWorld) -> None:
    """Each is skipped for its own reason, and nothing is written."""
    who = somebody(world, in_salesforce(world, "Contact"))
    sent = {
        Reason.NOT_SENT: what("email.sent", who, status="draft"),
        Reason.NOT_OUTBOUND: what("call.logged", who, direction="inbound"),
        Reason.NOTHING_TO_UPDATE: what("campaign.added", who, campaign={"id": "c1"}),
    }
    world.report(*sent.values())
    assert [item(world, one).reason for one in sent.values()] == list(sent)
    assert updates(world) == []


def test_the_campaign_is_the_one_entered_last_and_not_left(world: SimWorld) -> None:
    """Leaving the first of two campaigns leaves the second; leaving that one too empties the field."""
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.report(
        what("campaign.added", who, EMAIL, campaign={"name": "Spring"}),
        what("campaign.added", who, OPEN, campaign={"name": "Summer"}),
    )
    world.report(what("campaign.removed", who, REPLY, campaign={"name": "Spring"}))
    assert shown(world, "Contact", contact) == {"Current_Sales_Campaign__c": "Summer"}
    world.report(what("campaign.removed", who, REPLY, campaign={"name": "Summer"}))
    assert shown(world, "Contact", contact) == {}


def test_values_take_the_form_of_their_field(world: SimWorld) -> None:
    """A date is the day in the seller's zone, a text is a text of bounded length, a checkbox is left out and named."""
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.salesforce.act(
        "update", {"id": world.salesforce.org.user(SELLER), "fields": {"TimeZoneSidKey": "Asia/Tokyo"}}
    )
    world.connect_seller(SELLER)
    kinds = {"Last_Activity_by_Sales__c": "date", "Last_Sales_Engagement__c": "string", "Last_Replied__c": "boolean"}
    for name in TYPES:
        world.salesforce.act("remove_field", {"object": "Contact", "name": name})
    fields(world, "Contact", **kinds)
    switch(world, "contact")
    replied = what("email.replied", who, OPEN)
    world.report(what("email.sent", who, OPEN), replied)
    assert shown(world, "Contact", contact) == {
        "Last_Activity_by_Sales__c": "2026-11-02",
        "Last_Sales_Engagement__c": "2026-11-01 23:00 UTC",
        "Last_Replied__c": False,
    }
    assert item(world, replied).withheld == ("Contact.Last_Replied__c (a boolean cannot hold a time)",)


@pytest.mark.acceptance(159)
@pytest.mark.invariant("I17")
def test_a_hidden_field_leaves_the_others(world: SimWorld) -> None:
    """A seller who does not see one field has the others written, and the item says what was left out."""
    right = {"user": SELLER, "object": "Contact", "field": "Last_Replied__c", "read": False, "edit": False}
    world.salesforce.act("set_permissions", right)
    contact = in_salesforce(world, "Contact")
    replied = what("email.replied", somebody(world, contact), REPLY)
    world.report(replied)
    assert shown(world, "Contact", contact) == {"Last_Sales_Engagement__c": REPLY}
    assert item(world, replied).state is State.CONFIRMED
    assert item(world, replied).withheld == ("Contact.Last_Replied__c (hidden or missing)",)


@pytest.mark.acceptance(159)
@pytest.mark.fault("F036")
def test_a_field_lost_since_the_describe_leaves_the_others(world: SimWorld) -> None:
    """The save is refused once, the object is described anew, and the rest is written; later writes know it."""
    contact, other = in_salesforce(world, "Contact"), in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.report(what("email.replied", who, EMAIL))
    right = {"user": SELLER, "object": "Contact", "field": "Last_Replied__c", "read": True, "edit": False}
    world.salesforce.act("set_permissions", right)
    replied = what("email.replied", who, REPLY)
    world.report(replied)
    assert shown(world, "Contact", contact) == {"Last_Sales_Engagement__c": REPLY, "Last_Replied__c": EMAIL}
    assert item(world, replied).state is State.CONFIRMED
    assert item(world, replied).withheld == ("Contact.Last_Replied__c (read-only)",)
    calls = len(updates(world))
    world.report(what("email.replied", somebody(world, other), REPLY))
    assert len(updates(world)) == calls + 1
    assert shown(world, "Contact", other) == {"Last_Sales_Engagement__c": REPLY}


def test_an_object_without_the_fields_is_off(world: SimWorld, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is written to it and one line a day says so; what has no other record is skipped with its cure."""
    for name in TYPES:
        world.salesforce.act("remove_field", {"object": "Lead", "name": name})
    lead, contact = in_salesforce(world, "Lead"), in_salesforce(world, "Contact")
    sent = [what("email.sent", somebody(world, None, lead)), what("email.sent", somebody(world, contact))]
    more = what("email.sent", sent[0].person.marketo_id, OPEN)
    world.report(*sent)
    world.report(more)
    for one in (sent[0], more):
        assert (item(world, one).state, item(world, one).reason) == (State.SKIPPED, Reason.FIELDS_WITHHELD)
        assert item(world, one).withheld == ("Lead.Last_Activity_by_Sales__c (hidden or missing)",)
    assert item(world, sent[1]).state is State.CONFIRMED
    told = [record.getMessage() for record in caplog.records]
    assert told.count("no most-recent-activity field can be written") == 1


def test_a_validation_rule_never_touches_the_tasks(world: SimWorld) -> None:
    """A refused account needs somebody with Salesforce's own words; the contact and the Task are written."""
    switch(world, log_emails=True)
    account = world.salesforce.seed([{"type": "Account", "Name": "Acme"}])[0]
    contact = in_salesforce(world, "Contact", AccountId=account)
    who = somebody(world, contact, sfdcAccountId=account)
    rule = {"object": "Account", "when": {"Name": "Acme"}, "message": "A region is required"}
    world.salesforce.act("validation_rule", rule)
    sent = what("email.sent", who)
    world.report(sent)
    assert shown(world, "Contact", contact) == {"Last_Activity_by_Sales__c": EMAIL}
    assert shown(world, "Account", account) == {}
    assert len(world.tasks()) == 1
    refused = item(world, sent)
    assert (refused.state, refused.reason) == (State.NEEDS_YOU, Reason.VALIDATION_REFUSED)
    assert "A region is required" in refused.history[-1].note
    world.salesforce.act("clear_rules", {})
    world.world.ledger.wake(f"hand:{SELLER}", lambda _: ready("mended"))
    world.run_until_quiet()
    assert shown(world, "Account", account) == {"Last_Activity_by_Sales__c": EMAIL}
    assert item(world, sent).state is State.CONFIRMED


def test_a_record_that_is_gone_is_named(world: SimWorld) -> None:
    """An update of a deleted contact is skipped as such."""
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.salesforce.act("delete", {"type": "Contact", "id": contact})
    sent = what("email.sent", who)
    world.report(sent)
    assert (item(world, sent).state, item(world, sent).reason) == (State.SKIPPED, Reason.SF_RECORD_GONE)


@pytest.mark.parametrize("fault", ["drop_before_commit", "drop_after_commit"])
@pytest.mark.fault("F023", "F024")
def test_a_lost_answer_is_told_again_and_nobody_writes_meanwhile(world: SimWorld, fault: str) -> None:
    """Until a lost write has certainly arrived, another seller's newer one waits; in the end the newest stands."""
    world.connect_seller("seller3@example.com")
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.salesforce.faults.load([{"fault": fault, "path": "/composite/sobjects"}])
    first, second = what("email.sent", who), what("call.logged", who, OPEN, user="seller3@example.com")
    world.report(first)
    assert (item(world, first).state, item(world, first).reason) == (State.RETRY_AT, Reason.CANNOT_TELL)
    world.report(second)
    assert (item(world, second).state, item(world, second).reason) == (State.RETRY_AT, Reason.GATHERED)
    for _ in range(8):
        world.care(60)
    assert shown(world, "Contact", contact) == {"Last_Activity_by_Sales__c": OPEN}
    assert {item(world, one).state for one in (first, second)} <= {State.CONFIRMED, State.SUPERSEDED}


@pytest.mark.acceptance(128)
def test_rollups_stop_before_tasks(world: SimWorld) -> None:
    """With nine tenths of the day used no record is updated and Tasks are logged; an hour later both go on."""
    switch(world, log_emails=True)
    contact = in_salesforce(world, "Contact")
    who = somebody(world, contact)
    world.report(what("email.sent", who))
    world.salesforce.limits({"calls_per_24h": 10_000, "used": 9_200})
    world.clock.advance(61)
    later = what("email.sent", who, OPEN)
    world.report(later)
    last = what("email.sent", who, REPLY)
    world.world.events.accept([last], world.world.settings.current().values)
    world.play_stream()
    world.play_queue("activities_to_salesforce")
    world.play_queue(ROLLUPS_TO_SALESFORCE)
    assert len(world.tasks()) == 3
    assert item(world, last).state is State.READY
    assert world.world.budgets.parked(ROLLUPS_TO_SALESFORCE)
    assert not world.world.budgets.parked("salesforce")
    world.salesforce.limits({"calls_per_24h": 100_000})
    world.care(3601)
    assert shown(world, "Contact", contact) == {"Last_Activity_by_Sales__c": REPLY}


def test_an_unconnected_seller_is_not_stood_in_for(world: SimWorld) -> None:
    """Without an own connection the news wait for it, and go when it is made."""
    contact = in_salesforce(world, "Contact")
    sent = what("email.sent", somebody(world, contact), user="seller3@example.com")
    world.world.connections.add_user(user_email("seller3@example.com"))
    world.report(sent)
    assert (item(world, sent).state, item(world, sent).reason) == (State.NEEDS_YOU, Reason.NO_CONNECTION)
    world.connect_seller("seller3@example.com")
    world.world.ledger.wake("connection:seller3@example.com", lambda _: ready("connected"))
    world.run_until_quiet()
    assert shown(world, "Contact", contact) == {"Last_Activity_by_Sales__c": EMAIL}
    (row,) = [row for row in world.salesforce.records("Contact") if row["Id"] == contact]
    assert row["LastModifiedById"] == world.salesforce.org.user("seller3@example.com")


def test_many_activities_of_few_records_are_one_call(world: SimWorld) -> None:
    """A storm of opens costs one update of each record; each open has its end in the books."""
    people = [somebody(world, in_salesforce(world, "Contact")) for _ in range(5)]
    world.report(
        *[what("email.opened", who, f"2026-11-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(100) for who in people]
    )
    assert len(updates(world)) == 1
    books = world.balance(ROLLUPS_TO_SALESFORCE)
    assert (books.received, books.logged, books.skipped) == (500, 5, {"SUPERSEDED": 495})


@pytest.mark.invariant("I13")
def test_a_fault_of_our_own_costs_one_item(world: SimWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """An item that breaks the judgement is set aside, the others are told."""
    contacts = [in_salesforce(world, "Contact") for _ in range(3)]
    sent = [what("email.sent", somebody(world, one)) for one in contacts]
    true = rules.judge

    def broken(one: Item, *more: Any) -> Any:
        if one.event_id == sent[1].id:
            raise ZeroDivisionError
        return true(one, *more)

    monkeypatch.setattr(rules, "judge", broken)
    world.report(*sent)
    assert [item(world, one).state for one in sent] == [State.CONFIRMED, State.NEEDS_YOU, State.CONFIRMED]
    assert item(world, sent[1]).reason is Reason.INTERNAL_FAULT


def test_a_retry_is_foretold_by_the_rules_of_this_flow(world: SimWorld) -> None:
    """Without a record and with the switch off a retry names what stands in the way; with both nothing does."""
    sent = what("email.opened", somebody(world))
    world.report(sent)
    skipped = item(world, sent)
    assert forecasts(world.world, [skipped])[skipped.key].reason is Reason.NO_SF_RECORD
    found = what("email.opened", somebody(world, in_salesforce(world, "Contact")))
    world.report(found)
    told = item(world, found)
    assert forecasts(world.world, [told])[told.key].reason is None
    world.switch_on(rollups=())
    assert forecasts(world.world, [told])[told.key].reason is Reason.KIND_OFF
