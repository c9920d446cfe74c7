"""Which records emails and calls reach: rules of matching, leads made anew, contact roles, several Tasks."""

import itertools
from typing import Any

import pytest

from lockstep.domain.item import State
from lockstep.domain.reason import Reason
from tests.selling import FLOW, SELLER, call, email, in_salesforce, person, world
from tests.signed import event
from tests.world import SimWorld

__all__ = ["world"]
ADDRESS = "a@example.net"
OTHER = "seller3@example.com"


def whom(world: SimWorld) -> set[str]:
    """The records that have Tasks."""
    return {task["WhoId"] for task in world.tasks()}


def four(world: SimWorld) -> list[str]:
    """Two contacts and two leads with one address, each a minute younger; the third is the seller's own."""
    found: list[str] = []
    for kind in ("Contact", "Contact", "Lead", "Lead"):
        own = {"OwnerId": world.salesforce.org.user(SELLER)} if len(found) == 2 else {}
        found.append(in_salesforce(world, kind, Email=ADDRESS, **own))
        world.clock.advance(60)
    world.salesforce.seed([{"type": "Task", "Subject": "old", "WhoId": found[3]} for _ in range(2)])
    return found


@pytest.mark.acceptance(46)
@pytest.mark.fault("F072")
@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        ("contact_first_newest", [1]),
        ("contact_first_oldest", [0]),
        ("most_tasks", [3]),
        ("owner_match_then_newest", [2]),
        ("all", [0, 1, 2, 3]),
        ("none", []),
    ],
)
def test_each_rule_picks_the_record_its_name_says(world: SimWorld, rule: str, chosen: list[int]) -> None:
    """The Tasks of one email stand at exactly the records of the rule; whom nobody chose is named."""
    world.switch_on(duplicate_rule=rule)
    records = four(world)
    sent = email(person(world, ADDRESS))
    world.report(sent)
    ours = [task["WhoId"] for task in world.tasks() if task["Subject"] == "Hello"]
    assert sorted(ours) == sorted(records[place] for place in chosen)
    if not chosen:
        assert (world.item(sent).state, world.item(sent).reason) == (State.SKIPPED, Reason.AMBIGUOUS_MATCH)
        assert all(record in world.item(sent).history[-1].note for record in records)


def test_what_was_logged_to_all_has_one_life(world: SimWorld) -> None:
    """Under `all` an open shows on every Task of the email, and the books count each Task."""
    world.switch_on(duplicate_rule="all")
    four(world)
    who = person(world, ADDRESS)
    world.report(email(who, email_id="em_1"))
    world.clock.advance(120)
    world.report(event("evt_open", "email.opened", person=who, user=SELLER, email_id="em_1"))
    ours = [task for task in world.tasks() if task["Subject"] == "Hello"]
    assert [task["MSE_Viewed__c"] for task in ours] == [True] * 4
    assert world.balance(FLOW).logged == 5


@pytest.mark.acceptance(141)
def test_leads_only_means_no_contact(world: SimWorld) -> None:
    """An email to a contact is skipped with a reason, by id and by address; a lead is logged to."""
    world.switch_on(log_to=["lead"])
    by_id = email(person(world, contact=in_salesforce(world, "Contact")))
    in_salesforce(world, "Contact", Email=ADDRESS)
    by_address = email(person(world, ADDRESS))
    lead = in_salesforce(world, "Lead")
    world.report(by_id, by_address, email(person(world, lead=lead)))
    assert {world.item(one).reason for one in (by_id, by_address)} == {Reason.OBJECT_NOT_LOGGED}
    assert whom(world) == {lead}


# --- nobody has the address -------------------------------------------------------------------------------------------


@pytest.mark.acceptance(47)
def test_nobody_has_the_address(world: SimWorld) -> None:
    """By default there is no Task and one item that says why; with create_lead a lead and a Task."""
    skipped = email(person(world, ADDRESS))
    world.report(skipped)
    assert (world.tasks(), world.item(skipped).reason) == ([], Reason.NO_SF_RECORD)
    world.switch_on(no_match_rule="create_lead")
    number = world.marketo.seed(
        [
            {
                "type": "lead",
                "sfdcType": "lead",
                "email": "New.One@Example.net",
                "lastName": "One",
                "company": "Acme",
                "leadOwnerEmailAddress": "owner6@example.com",
            }
        ]
    )[0]
    world.start_load()
    world.report(email(number), email(number, subject="Again"))
    (lead,) = world.salesforce.records("Lead")
    assert (lead["LastName"], lead["Company"], lead["Email"]) == ("One", "Acme", "new.one@example.net")
    assert lead["OwnerId"] == lead["CreatedById"] == world.salesforce.org.user(SELLER)
    assert [task["WhoId"] for task in world.tasks()] == [lead["Id"]] * 2


def test_the_address_speaks_for_who_has_no_name(world: SimWorld) -> None:
    """Last name and company are required: what the person lacks comes from the address."""
    world.switch_on(no_match_rule="create_lead")
    world.report(email(person(world, "ada.l@engines.example.net")))
    (lead,) = world.salesforce.records("Lead")
    assert (lead["LastName"], lead["Company"]) == ("ada.l", "engines.example.net")


@pytest.mark.fault("F023")
@pytest.mark.parametrize("fault", [{"fault": "drop_after_commit"}, {"fault": "late_commit", "seconds": 90}])
def test_a_lead_whose_answer_was_lost_is_found_and_not_made_twice(world: SimWorld, fault: dict[str, Any]) -> None:
    """The answer of the creation is lost, or it is seen late: one lead, found by the search, for both sellers."""
    world.switch_on(no_match_rule="create_lead")
    world.connect_seller(OTHER)
    who = person(world, ADDRESS)
    world.salesforce.faults.load([{"path": "/composite/sobjects", **fault}])
    mine, others = email(who), email(who, user=OTHER)
    world.report(mine, others)
    first = world.item(mine)
    assert (first.state, first.reason) == (State.RETRY_AT, Reason.CANNOT_TELL)
    for _ in range(3):
        world.care(200)
    (lead,) = world.salesforce.records("Lead")
    assert [task["WhoId"] for task in world.tasks()] == [lead["Id"]] * 2


@pytest.mark.fault("F024")
def test_a_lead_that_was_never_made_is_made_after_the_settle_time(world: SimWorld) -> None:
    """The request of the creation is lost: nobody is found, so it is made then, once."""
    world.switch_on(no_match_rule="create_lead")
    sent = email(person(world, ADDRESS))
    world.salesforce.faults.load([{"path": "/composite/sobjects", "fault": "drop_before_commit"}])
    world.report(sent)
    assert world.salesforce.records("Lead") == []
    for _ in range(3):
        world.care(200)
    assert len(world.salesforce.records("Lead")) == len(world.tasks()) == 1


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"code": "DUPLICATES_DETECTED"}, Reason.DUPLICATE_REFUSED),
        ({"code": "FIELD_CUSTOM_VALIDATION_EXCEPTION"}, Reason.VALIDATION_REFUSED),
    ],
)
def test_a_refused_lead_needs_a_person(world: SimWorld, rule: dict[str, Any], reason: Reason) -> None:
    """No lead, no Task; the item names the refusal, and once it is mended a retry makes one lead."""
    world.switch_on(no_match_rule="create_lead")
    sent = email(person(world, ADDRESS))
    world.salesforce.faults.load([{"path": "/composite/sobjects", "fault": "record_error", **rule}])
    world.report(sent)
    assert (world.item(sent).state, world.item(sent).reason) == (State.NEEDS_YOU, reason)
    assert world.salesforce.records("Lead") == []
    assert world.table.rows("NEWLEAD#") == []


def test_a_deleted_person_is_not_made_anew(world: SimWorld) -> None:
    """Somebody deleted the contact: the email says so, and no lead takes its place."""
    world.switch_on(no_match_rule="create_lead")
    contact = in_salesforce(world, "Contact", Email=ADDRESS)
    sent = email(person(world, ADDRESS, contact=contact))
    world.salesforce.act("delete", {"id": contact})
    world.report(sent)
    assert world.item(sent).reason is Reason.SF_RECORD_GONE
    assert world.salesforce.records("Lead") == []


# --- accounts and opportunities ---------------------------------------------------------------------------------------


def roles(world: SimWorld, kind: str, contact: str, number: int) -> list[str]:
    """New accounts or opportunities in which a contact has a role."""
    facts = {"Name": "Acme"} | ({} if kind == "Account" else {"StageName": "Prospecting", "CloseDate": "2027-01-01"})
    found = world.salesforce.seed([{"type": kind, **facts} for _ in range(number)])
    links = [{"type": f"{kind}ContactRole", f"{kind}Id": one, "ContactId": contact} for one in found]
    world.salesforce.seed(links)
    return [str(one) for one in found]


@pytest.mark.acceptance(140)
@pytest.mark.parametrize("what", ["account", "open_opportunity"])
def test_without_a_role_there_is_no_link(world: SimWorld, what: str) -> None:
    """A contact of an account with an opportunity, but without a contact role, gets neither."""
    world.switch_on(what_id=what)
    (account,) = world.salesforce.seed([{"type": "Account", "Name": "Acme"}])
    contact = in_salesforce(world, "Contact", AccountId=account)
    deal = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2027-01-01", "AccountId": account}
    world.salesforce.seed([{"type": "Opportunity", **deal, "ContactId": contact}])
    world.report(email(person(world, contact=contact)))
    assert [(task["WhoId"], task["WhatId"]) for task in world.tasks()] == [(contact, None)]


def test_an_account_with_a_role_is_related(world: SimWorld) -> None:
    """Email and call stand at the account of the role; a lead and the default never have one."""
    contact, lead = in_salesforce(world, "Contact"), in_salesforce(world, "Lead")
    account, _ = roles(world, "Account", contact, 2)
    who = person(world, contact=contact)
    world.report(email(who, subject="Before"))
    world.switch_on(what_id="account")
    world.report(email(who), call(who), email(person(world, lead=lead)))
    related = sorted((task["WhoId"], task["WhatId"] or "") for task in world.tasks())
    assert related == sorted([(contact, ""), (contact, account), (contact, account), (lead, "")])


def test_each_open_opportunity_has_its_task(world: SimWorld) -> None:
    """Three open roles and a closed one are three Tasks, also where the answer was lost; a repeat adds none."""
    world.switch_on(what_id="open_opportunity")
    contact = in_salesforce(world, "Contact")
    *deals, closed = roles(world, "Opportunity", contact, 4)
    world.salesforce.act("update", {"id": closed, "fields": {"IsClosed": True}})
    sent = email(person(world, contact=contact))
    world.salesforce.faults.load([{"path": "/composite/sobjects", "fault": "drop_after_commit"}])
    world.report(sent)
    for _ in range(3):
        world.care(200)
    world.report(sent)
    assert sorted(task["WhatId"] for task in world.tasks()) == sorted(deals)
    assert world.balance(FLOW).balanced
    assert world.balance(FLOW).logged == 3


def test_a_related_record_that_goes_takes_no_task_along(world: SimWorld) -> None:
    """The opportunity is deleted between the look and the write: the Task is written without it."""
    world.switch_on(what_id="open_opportunity")
    contact = in_salesforce(world, "Contact")
    (deal,) = roles(world, "Opportunity", contact, 1)
    world.salesforce.faults.load(
        [{"path": "/composite/sobjects", "fault": "record_error", "code": "ENTITY_IS_DELETED", "match": deal}]
    )
    world.report(email(person(world, contact=contact)))
    assert [(task["WhoId"], task["WhatId"]) for task in world.tasks()] == [(contact, None)]


# --- locks ------------------------------------------------------------------------------------------------------------


def of_account(world: SimWorld, account: str) -> int:
    """A person whose contact belongs to an account."""
    contact = in_salesforce(world, "Contact", AccountId=account)
    facts = {"sfdcContactId": contact, "sfdcAccountId": account, "sfdcType": "contact"}
    (number,) = world.marketo.seed([{"type": "lead", "leadOwnerEmailAddress": "owner6@example.com", **facts}])
    return int(number)


def test_what_belongs_to_one_account_stands_together(world: SimWorld) -> None:
    """Calls to people of three accounts in turn are written account by account."""
    homes = world.salesforce.seed([{"type": "Account", "Name": f"A{number}"} for number in range(3)])
    people = [of_account(world, home) for _ in range(4) for home in homes]
    world.start_load()
    world.report(*(call(who) for who in people))
    written = [task["AccountId"] for task in sorted(world.tasks(), key=lambda task: task["Id"])]
    assert written == sorted(written, key=written.index)
    assert len(written) == 12


@pytest.mark.fault("F033")
@pytest.mark.invariant("I19")
def test_locked_rows_of_one_account_come_back_one_after_another(world: SimWorld) -> None:
    """Twelve calls of one account meet a lock: their retries are spread over the whole jitter, and all are logged."""
    (home,) = world.salesforce.seed([{"type": "Account", "Name": "Acme"}])
    people = [of_account(world, home) for _ in range(12)]
    world.start_load()
    lock = {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "times": 12}
    world.salesforce.faults.load([{"path": "/composite/sobjects", **lock}])
    made = [call(who) for who in people]
    world.report(*made)
    due = sorted(at for one in made if (at := world.item(one).due_at))
    gaps = [(after - before).total_seconds() for before, after in itertools.pairwise(due)]
    assert (len(due), max(gaps) <= 2 * 4 / 12, min(gaps) > 0) == (12, True, True)
    world.care(65)
    assert len(world.tasks()) == 12
