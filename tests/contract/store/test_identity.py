"""Successors, new leads and people who are awaited, on every backend."""

from datetime import timedelta

import pytest

from lockstep.domain.ids import MarketoId, SalesforceId, UserEmail, salesforce_id
from lockstep.store import awaited as awaiting_rows
from lockstep.store.awaited import Awaited
from lockstep.store.leases import Lease
from lockstep.store.newleads import NewLead, NewLeads
from lockstep.store.successors import Successors
from lockstep.store.table import Key, Put, Refused
from tests.contract.store.shelf import Shelf, person

A, B, C, D = (salesforce_id(f"003000000000{name}") for name in ("00a", "00b", "00c", "00d"))
BIG_A = salesforce_id("00300000000000A")
ADDRESS = "new@example.net"


@pytest.mark.fault("F068")
@pytest.mark.invariant("I30")
def test_successors_are_followed_to_the_last(shelf: Shelf) -> None:
    """A became B, later B became C: A is C; who became nobody is absent."""
    links = Successors(shelf.table)
    links.remember({A: B})
    links.remember({B: C})
    assert links.of([A, B, C, D]) == {A: C, B: C}


@pytest.mark.fault("F071")
@pytest.mark.invariant("I30")
def test_ids_that_differ_by_case_are_two(shelf: Shelf) -> None:
    """The successor of one id is none of the other, and 15 characters name the same record."""
    links = Successors(shelf.table)
    links.remember({A: C})
    assert links.of([BIG_A]) == {}
    assert links.of([SalesforceId(A[:15])]) == {A[:15]: C}


@pytest.mark.fault("F076")
@pytest.mark.invariant("I30")
def test_successors_never_run_in_a_circle(shelf: Shelf) -> None:
    """Who is seen alive has no successor any more; a circle that is stored all the same ends."""
    links = Successors(shelf.table)
    links.remember({A: B})
    links.remember({B: A})
    assert links.of([A, B]) == {B: A}
    rows = ((A, B), (B, A))
    shelf.table.transact([Put(Key(f"SUCCESSOR#{one[:15]}", "SUCCESSOR"), {"id": other}) for one, other in rows])
    assert set(links.of([A, B])) <= {A, B}


def lead(shelf: Shelf, seller: str = "seller1@example.com", seconds: float = 0) -> NewLead:
    """An intent of a seller."""
    return NewLead(ADDRESS, shelf.clock.now() + timedelta(seconds=seconds), UserEmail(seller))


def test_one_intent_for_an_address(shelf: Shelf) -> None:
    """The first of two sellers may create; whoever saw the same state is refused."""
    leads = NewLeads(shelf.table)
    mine, other = lead(shelf), lead(shelf, "seller2@example.com")
    assert leads.begin([(mine, None)]) == [mine]
    assert leads.begin([(other, None)]) == []
    assert leads.of([ADDRESS, "other@example.net"]) == {ADDRESS: mine}
    again = lead(shelf, "seller2@example.com", seconds=300)
    assert leads.begin([(again, mine)]) == [again]
    assert leads.begin([(lead(shelf, seconds=301), mine)]) == []


def test_what_was_made_stays(shelf: Shelf) -> None:
    """An id is kept; neither a dropped intent nor a later one takes its place."""
    leads = NewLeads(shelf.table)
    mine = lead(shelf)
    leads.begin([(mine, None)])
    leads.made([(mine, A)])
    leads.dropped([mine])
    assert leads.begin([(lead(shelf, seconds=300), mine)]) == []
    assert leads.of([ADDRESS])[ADDRESS].lead_id == A


def test_what_was_refused_is_forgotten(shelf: Shelf) -> None:
    """A dropped intent is gone, and the address is free."""
    leads = NewLeads(shelf.table)
    mine = lead(shelf)
    leads.begin([(mine, None)])
    leads.dropped([mine])
    assert leads.of([ADDRESS]) == {}


@pytest.mark.fault("F075")
def test_who_waits_is_known_until_it_is_over(shelf: Shelf) -> None:
    """A note stays where something began to wait meanwhile."""
    waiting = Awaited(shelf.table)
    shelf.table.transact([awaiting_rows.awaiting(7)])
    seen = waiting.of([MarketoId(7), MarketoId(8)])
    assert seen == {7: 1}
    shelf.table.transact([awaiting_rows.awaiting(7)])
    waiting.over(MarketoId(7), seen[MarketoId(7)])
    assert waiting.of([MarketoId(7)]) == {7: 2}
    waiting.over(MarketoId(7), 2)
    assert waiting.of([MarketoId(7)]) == {}


@pytest.mark.fault("F075")
def test_who_gained_is_known_until_looked_after(shelf: Shelf) -> None:
    """The note of a later reader is not taken away by an earlier one."""
    waiting = Awaited(shelf.table)
    row = Key("CURSOR#x", "CURSOR")
    for fence in (1, 2):
        shelf.table.transact([awaiting_rows.gaining([MarketoId(fence)], Lease(row, fence))])
    waiting.looked_after(1)
    assert waiting.gained() == ([2], 2)
    waiting.looked_after(2)
    assert waiting.gained() is None


@pytest.mark.fault("F075")
def test_a_person_who_changed_is_held_on_to(shelf: Shelf) -> None:
    """A write that goes with an unchanged person is refused once the person was stored anew, or came."""
    people = shelf.people
    absent = people.unchanged(7, None)
    shelf.table.transact([absent])
    people.save([(None, person(7))])
    known = people.standing([7])[MarketoId(7)]
    shelf.table.transact([people.unchanged(7, known)])
    people.save([(known, person(7, last_name="New"))])
    for outdated in (absent, people.unchanged(7, known)):
        with pytest.raises(Refused):
            shelf.table.transact([outdated])
