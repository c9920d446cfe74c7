"""Heirs, new leads and people who are awaited, on every backend."""

from datetime import timedelta

import pytest

from lockstep.domain.ids import MarketoId, UserEmail, salesforce_id
from lockstep.store import awaited as awaiting_rows
from lockstep.store.awaited import Awaited
from lockstep.store.leases import Lease
from lockstep.store.newleads import NewLead, NewLeads
from lockstep.store.table import Key, Refused
from tests.contract.store.shelf import Shelf, person

A, B, C = (salesforce_id(f"003000000000{name}") for name in ("00a", "00b", "00c"))
ADDRESS = "new@example.net"
ORG = "00D000000000001"


@pytest.mark.fault("F068")
@pytest.mark.invariant("I30")
def test_what_a_record_became_stays_with_its_person(shelf: Shelf) -> None:
    """It outlives a change of the name, and goes when Marketo brings other ids; who was stored anew is not touched."""
    people = shelf.people
    people.save([(None, person(7))])
    first = people.standing([7])[MarketoId(7)]
    people.remember([(first, {A: B})], ORG)
    known = people.standing([7])[MarketoId(7)]
    assert (known.heirs_in(ORG), known.heirs_in("00D000000000002")) == ({A: B}, {})
    people.save([(known, person(7, last_name="New"))])
    people.remember([(known, {A: C})], ORG)
    renamed = people.standing([7])[MarketoId(7)]
    assert (renamed.heirs, renamed.record.person and renamed.record.person.last_name) == ({A: B}, "New")
    people.save([(renamed, person(7, salesforce_contact_id=B))])
    assert people.standing([7])[MarketoId(7)].heirs == {}


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


@pytest.mark.invariant("I24")
def test_a_lead_of_another_organization_is_none(shelf: Shelf) -> None:
    """What was made in one organization is not found from another, where the address is free."""
    here, there = NewLeads(shelf.table, ORG), NewLeads(shelf.table).within("00D000000000002")
    mine = lead(shelf)
    here.begin([(mine, None)])
    here.made([(mine, A)])
    assert there.of([ADDRESS]) == {}
    assert there.begin([(mine, None)]) == [mine]


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


def test_a_load_asks_for_whole_ranges(shelf: Shelf) -> None:
    """Of many people, over two blocks of ids and among strangers, exactly those who are awaited are found."""
    waiting = Awaited(shelf.table)
    shelf.table.transact([awaiting_rows.awaiting(number) for number in (9_899, 9_900, 10_001, 10_060, 10_061)])
    asked = [MarketoId(number) for number in range(9_900, 10_061)]
    assert waiting.of(asked) == {9_900: 1, 10_001: 1, 10_060: 1}
    assert waiting.of(asked[:1]) == {9_900: 1}


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
