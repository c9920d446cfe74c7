"""Successors, roles, counts of Tasks and new leads, asked of a simulated organization by the real client."""

import pytest

from lockstep.domain.ids import SalesforceId
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Reject, Unavailable
from tests.integration.salesforce_org import SELLER, USER, Org, draft

NOBODY = SalesforceId("003000000000000AAA")


@pytest.fixture
def org() -> Org:
    """An organization with a connected seller."""
    return Org()


@pytest.mark.fault("F068")
@pytest.mark.invariant("I30")
def test_a_chain_of_merges_and_conversions_ends_at_who_lives(org: Org) -> None:
    """Lead A into B, B converted to contact C, C merged into D: each of them is D, and D is itself."""
    first, second = org.person("Lead"), org.person("Lead")
    third, last = org.person(), org.person()
    org.simulator.act("merge", {"winner": second, "losers": [first]})
    org.simulator.act("convert", {"lead": second, "contact": third})
    org.simulator.act("merge", {"winner": last, "losers": [third]})
    found = org.client().successors([first, second, third, last])
    assert found == dict.fromkeys([first, second, third, last], last)


@pytest.mark.fault("F070")
def test_who_is_deleted_or_unknown_has_no_successor(org: Org) -> None:
    """A deleted person, one deleted behind a merge, and an id that nobody has are absent."""
    gone, loser, winner = org.person(), org.person(), org.person()
    org.simulator.act("merge", {"winner": winner, "losers": [loser]})
    for one in (gone, winner):
        org.simulator.act("delete", {"id": one})
    assert org.client().successors([gone, loser, NOBODY]) == {}


@pytest.mark.fault("F076")
@pytest.mark.invariant("I30")
def test_a_circle_of_successors_ends(org: Org) -> None:
    """Bad data where A became B and B became A: nobody lives there, and the look-up ends."""
    one, other = org.person(), org.person()
    for loser, winner in ((one, other), (other, one)):
        org.simulator.act("update", {"id": loser, "fields": {"IsDeleted": True, "MasterRecordId": winner}})
    assert org.client().successors([one, other]) == {}


def test_one_look_up_for_many(org: Org) -> None:
    """Fifty live people of each kind are one call for each kind."""
    people = [org.person(kind) for kind in ("Contact", "Lead") for _ in range(50)]
    client = org.client()
    client.successors(people[:1])
    before = len(org.simulator.calls)
    assert client.successors(people) == {one: one for one in people}
    assert len(org.simulator.calls) - before == 2


def role(org: Org, kind: str, contact: str, target: str, **fields: object) -> None:
    """A contact's role in an account or opportunity."""
    named = {"AccountContactRole": "AccountId", "OpportunityContactRole": "OpportunityId"}[kind]
    org.simulator.seed([{"type": kind, "ContactId": contact, named: target, **fields}])


def test_roles_come_with_the_primary_first(org: Org) -> None:
    """Accounts of a contact: the primary role, then the oldest; the contact's own account is no role."""
    own, old, new, main = org.simulator.seed([{"type": "Account", "Name": f"A{n}"} for n in range(4)])
    contact = org.person(AccountId=own)
    for account, day, primary in ((new, 3, False), (main, 2, True), (old, 1, False)):
        created = f"2026-10-0{day}T00:00:00.000+0000"
        role(org, "AccountContactRole", contact, account, IsPrimary=primary, CreatedDate=created)
    other = org.person(AccountId=own)
    assert org.client().roles("account", [contact, other]) == {contact: [main, old, new]}


def test_only_open_opportunities_count(org: Org) -> None:
    """A role in a closed or deleted opportunity is none."""
    deals = [{"type": "Opportunity", "Name": "D", "StageName": "Prospecting", "CloseDate": "2027-01-01"}] * 3
    live, closed, gone = org.simulator.seed(deals)
    contact = org.person()
    for deal in (live, closed, gone, live):
        role(org, "OpportunityContactRole", contact, deal)
    org.simulator.act("update", {"id": closed, "fields": {"IsClosed": True}})
    org.simulator.act("delete", {"id": gone})
    assert org.client().roles("open_opportunity", [contact]) == {contact: [live]}


def test_a_user_without_the_object_has_no_roles(org: Org) -> None:
    """An object that the user does not see is an empty answer; an error of the server is not."""
    contact = org.person()
    org.simulator.act("set_permissions", {"user": SELLER, "object": "AccountContactRole", "read": False, "edit": False})
    assert org.client().roles("account", [contact]) == {}
    org.fault("status", path="/query", code=503)
    with pytest.raises(Unavailable):
        org.client().roles("account", [contact])


def test_tasks_are_counted_by_person(org: Org) -> None:
    """One grouped question; who has no Task is absent."""
    busy, quiet = org.person(), org.person("Lead")
    org.client().upsert_tasks([draft(number, busy) for number in range(3)])
    assert org.client().task_counts([busy, quiet]) == {busy: 3}


def test_new_leads_belong_to_the_seller(org: Org) -> None:
    """A lead is created in the seller's name; one without a company is refused alone."""
    rows = [{"LastName": "New", "Company": "Acme", "Email": "new@example.net"}, {"LastName": "Bare"}]
    made, refused = org.client().create_leads(rows)
    assert isinstance(made, Written)
    (lead,) = [row for row in org.simulator.records("Lead") if row["Id"] == made.id]
    assert (lead["OwnerId"], lead["CreatedById"], lead["Email"]) == (USER, USER, "new@example.net")
    assert isinstance(refused, Reject)
    assert refused.reason is Reason.VALIDATION_REFUSED


def test_a_user_without_leads_is_refused_one_by_one(org: Org) -> None:
    """No access to the object is no broken connection."""
    org.simulator.act("set_permissions", {"user": SELLER, "object": "Lead", "read": False, "edit": False})
    (refused,) = org.client().create_leads([{"LastName": "New", "Company": "Acme"}])
    assert isinstance(refused, Reject)
