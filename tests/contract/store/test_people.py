"""People: written over what was read, found by address and by Salesforce id, followed through merges."""

from dataclasses import replace

import pytest

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.balance import Balance
from lockstep.domain.reason import Reason
from lockstep.engine.errors import LostFence
from lockstep.store.table import Action, Change
from tests.contract.store.backends import UNHURRIED
from tests.contract.store.shelf import Shelf, person, sfid


def books(shelf: Shelf) -> Balance:
    """The books of the day on which all people of these tests were first read."""
    return shelf.ledger.balance(PEOPLE_FROM_MARKETO, shelf.ledger.today())


def test_a_person_comes_back_as_stored(shelf: Shelf) -> None:
    """All fields in any script, and those that are null."""
    record = person(1, first_name="Zoë", last_name="吉田 😀", phone=None, salesforce_account_id=sfid("001", 1))
    assert shelf.people.save([(None, record)]) == []
    assert shelf.people.known([1, 2])[record.marketo_id].record == record
    assert books(shelf) == Balance(received=1, logged=1)


def test_who_is_passed_over_is_in_the_books_with_the_reason(shelf: Shelf) -> None:
    """Also where nothing of the person is stored; a change of mind moves them, in the day of the first read."""
    nobody = replace(person(2, Reason.NO_SALES_OWNER), person=None)
    shelf.people.save([(None, person(1)), (None, nobody)])
    assert books(shelf) == Balance(received=2, logged=1, skipped={"NO_SALES_OWNER": 1})
    shelf.clock.advance(86_400)
    known = shelf.people.known([2])
    tomorrow = replace(person(2), received_on=shelf.ledger.today())
    shelf.people.save([(known[tomorrow.marketo_id], tomorrow)])
    assert books(shelf) == Balance()
    shelf.clock.advance(-86_400)
    assert books(shelf) == Balance(received=2, logged=2)


def test_of_two_writers_who_read_the_same_one_is_refused(shelf: Shelf) -> None:
    """A record that changed since it was read is named, and nothing of the second write is stored."""
    shelf.people.save([(None, person(1)), (None, person(2))])
    seen = shelf.people.known([1, 2])
    one, two = sorted(seen)
    assert shelf.people.save([(seen[one], person(1, title="CEO"))]) == []
    late = [(seen[one], person(1, title="CFO", email="new@example.com")), (seen[two], person(2, title="CTO"))]
    assert shelf.people.save(late) == [one]
    assert shelf.people.save([(None, person(2))]) == [two]
    stored = shelf.people.living([1, 2])
    assert [stored[each].person and stored[each].person.title for each in (one, two)] == ["CEO", "CTO"]  # type: ignore[union-attr]
    assert shelf.people.by_email("new@example.com") == []
    assert books(shelf) == Balance(received=2, logged=2)


def test_look_ups_follow_changes(shelf: Shelf) -> None:
    """A new address or id is found and the old one no more; two people with one address are two (PPL-24)."""
    first = person(1, email=" Ann@Example.com ", salesforce_lead_id=sfid("00Q", 1))
    shelf.people.save([(None, first), (None, person(2, email="ann@example.com"))])
    assert shelf.people.by_email("ANN@example.com") == [1, 2]
    assert shelf.people.by_salesforce_id(sfid("00Q", 1)) == shelf.people.by_salesforce_id(sfid("00Q", 1)[:15]) == [1]
    known = shelf.people.known([1])
    shelf.people.save([(known[first.marketo_id], person(1, email=None, salesforce_contact_id=sfid("003", 9)))])
    assert shelf.people.by_email("ann@example.com") == [2]
    assert shelf.people.by_salesforce_id(sfid("003", 9)) == [1]
    assert shelf.people.by_salesforce_id(sfid("003", 1)) == shelf.people.by_salesforce_id(sfid("00Q", 1)) == []


@pytest.mark.fault("F071")
def test_ids_that_differ_by_case_are_two(shelf: Shelf) -> None:
    """A look-up never finds the record whose id is spelled with other capitals."""
    low, high = "003000000000abc", "003000000000ABC"
    shelf.people.save([(None, person(1, salesforce_contact_id=low)), (None, person(2, salesforce_contact_id=high))])
    assert (shelf.people.by_salesforce_id(low), shelf.people.by_salesforce_id(high)) == ([1], [2])


def test_chains_of_merges_lead_to_the_survivor(shelf: Shelf) -> None:
    """From any link, alone or asked for together; who is not merged stays as is, who is unknown is missing."""
    chain = [person(1, merged_into=2), person(2, merged_into=3), person(3), person(4)]
    shelf.people.save([(None, record) for record in chain])
    for asked in ([1], [1, 2], [1, 3], [3, 2, 1], [1, 2, 3, 4, 5]):
        living = shelf.people.living(asked)
        assert {start: record.marketo_id for start, record in living.items()} == {
            start: 4 if start == 4 else 3 for start in asked if start != 5
        }


@pytest.mark.fault("F076")
def test_a_cycle_of_merges_ends(shelf: Shelf) -> None:
    """A into B into A, and A into itself, are answered with a record and without an endless loop."""
    gone = Reason.MERGED_IN_MARKETO
    cycle = [person(1, gone, merged_into=2), person(2, gone, merged_into=1), person(3, gone, merged_into=3)]
    shelf.people.save([(None, record) for record in cycle])
    living = shelf.people.living([1, 2, 3])
    assert set(living) == {1, 2, 3}
    assert not any(record.active for record in living.values())
    looped = [person(4, merged_from=(5,)), person(5, merged_from=(4,))]
    shelf.people.save([(None, record) for record in looped])
    assert shelf.people.opted_out(4) is None


@pytest.mark.parametrize("table", UNHURRIED, indirect=True)
def test_records_and_position_move_together(shelf: Shelf) -> None:
    """Over several slices the position is stored with the last of them, and alone where there are no records."""
    lease = shelf.cursors.take("flow")
    assert lease
    cursors = shelf.cursors

    def position(done: int) -> list[Action]:
        return [cursors.moving(lease, {"at": done})]

    shelf.people.save([(None, person(number)) for number in range(1, 61)], position=position)
    assert cursors.read("flow")["at"] == 60
    assert len(shelf.people.known(range(1, 61))) == 60
    shelf.people.save([], position=lambda _: [cursors.moving(lease, {"at": 99})])
    assert cursors.read("flow")["at"] == 99


def test_a_reader_that_lost_its_lease_stores_nothing_more(shelf: Shelf) -> None:
    """Neither records nor position: another worker reads on from where it was."""
    old = shelf.cursors.take("flow")
    assert old
    shelf.clock.advance(121)
    assert shelf.cursors.take("flow")
    with pytest.raises(LostFence):
        shelf.people.save([(None, person(1))], position=lambda _: [shelf.cursors.moving(old, {"at": 1})])
    assert shelf.people.known([1]) == {}
    assert "at" not in shelf.cursors.read("flow")


def test_a_record_changed_by_another_stops_the_reader(shelf: Shelf) -> None:
    """A position never moves past a record that was not stored."""
    shelf.people.save([(None, person(1))])
    lease = shelf.cursors.take("flow")
    assert lease
    move: Action = Change(lease.key, set={"at": 1}, when=(lease.held,))
    with pytest.raises(LostFence):
        shelf.people.save([(None, person(1)), (None, person(2))], position=lambda _: [move])
    assert shelf.people.known([2]) == {}
    assert "at" not in shelf.cursors.read("flow")
