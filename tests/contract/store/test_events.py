"""Events: each is stored once with all that follows from it, and answered truly when it comes again."""

import pytest

from lockstep.domain.balance import Balance
from lockstep.domain.ids import MarketoId, user_email
from lockstep.domain.mail import campaign_id
from lockstep.domain.sales_activity import SalesEvent
from lockstep.store.mails import place_of
from tests.contract.store.backends import UNHURRIED
from tests.contract.store.shelf import FLOW, SELLER, Shelf, email, person

OPTED_OUT = {"type": "unsubscribe.created", "data": {"source": "link in an email"}}


def kept(shelf: Shelf, event: SalesEvent) -> object:
    """What is stored under the event's id, as an event."""
    return shelf.events.get_many([event.id]).get(event.id)


def test_an_event_is_stored_whole(shelf: Shelf) -> None:
    """The event as it came, its line in the person's history and its item, in one go."""
    odd = {"score": 1.5, "big": 10**40, "": [None, {"x": ""}]}
    event = email(7, data={"subject": "Grüße 😀", "to": "a@b.example", **odd})
    assert shelf.events.accept([event]) == ["stored"]
    assert kept(shelf, event) == event
    received = shelf.events.received("evt_7") or {}
    assert received["content"]["data"] == event.content()["data"]
    assert [line["id"] for line in shelf.people.history(7)] == ["evt_7"]
    assert shelf.ledger.balance(FLOW, shelf.ledger.today()) == Balance(received=1, waiting=1)


def test_nothing_is_known_of_an_event_that_never_came(shelf: Shelf) -> None:
    """Not found is a value."""
    assert shelf.events.received("evt_7") is None
    assert shelf.events.get_many(["evt_7"]) == {}


def test_the_same_event_again_is_a_duplicate(shelf: Shelf) -> None:
    """Repeated at once or later, in a batch or alone, it has one item and stands in the books once."""
    assert shelf.events.accept([email(1), email(1), email(2)]) == ["stored", "duplicate", "stored"]
    assert shelf.events.accept([email(2), email(3), email(1)]) == ["duplicate", "stored", "duplicate"]
    assert len(shelf.log()) == 3
    assert shelf.ledger.balance(FLOW, shelf.ledger.today()) == Balance(received=3, waiting=3)


def test_other_content_under_a_known_id_is_a_conflict(shelf: Shelf) -> None:
    """The first content is kept, whether the second comes in the same batch or in a later one."""
    first, other = email(1), email(1, data={"subject": "Something else"})
    assert shelf.events.accept([first, other, first]) == ["stored", "conflict", "duplicate"]
    assert shelf.events.accept([other, first, other]) == ["conflict", "duplicate", "conflict"]
    assert kept(shelf, first) == first
    assert len(shelf.log()) == 1


def test_the_same_content_in_another_spelling_is_a_duplicate(shelf: Shelf) -> None:
    """Order of members, form of the instant and defaults spelled out do not make another event."""
    first = email(1, occurred_at="2026-11-02T10:00:00+01:00", data={"subject": "a", "body_text": "b"})
    again = email(1, occurred_at="2026-11-02T09:00:00.000Z", data={"body_text": "b", "subject": "a", "status": "sent"})
    assert shelf.events.accept([first]) == ["stored"]
    assert shelf.events.accept([again]) == ["duplicate"]


@pytest.mark.parametrize("table", UNHURRIED, indirect=True)
def test_a_delivery_cut_off_between_two_slices_is_healed_by_its_repeat(shelf: Shelf) -> None:
    """A hundred events, of which the first slice was stored before the crash: each ends stored once."""
    events = [email(number) for number in range(1, 101)]
    shelf.events.accept(events[:19])
    receipts = shelf.events.accept(events)
    assert receipts == ["duplicate"] * 19 + ["stored"] * 81
    assert len(shelf.ledger.ready(FLOW, events[0].user)) == 100
    assert shelf.ledger.balance(FLOW, shelf.ledger.today()) == Balance(received=100, waiting=100)


def test_only_kinds_that_a_flow_wants_have_an_item(shelf: Shelf) -> None:
    """A reminder is kept in the person's history and goes nowhere."""
    reminder = email(1, type="reminder.created", data={"reminder_id": "r1"})
    assert shelf.events.accept([reminder]) == ["stored"]
    assert [line["type"] for line in shelf.people.history(1)] == ["reminder.created"]
    assert shelf.log() == []
    assert shelf.ledger.balance(FLOW, shelf.ledger.today()) == Balance()


def test_a_reply_has_two_effects(shelf: Shelf) -> None:
    """A Task of its own, and news on the Task of the email: two items under two keys, both in the books."""
    assert shelf.events.accept([email(1, type="email.replied", data={"email_id": "m1"})]) == ["stored"]
    items = shelf.ledger.ready(FLOW, SELLER)
    assert sorted(item.effect for item in items) == ["life", "task"]
    assert len({item.key for item in items}) == 2
    assert shelf.ledger.balance(FLOW, shelf.ledger.today()).received == 2


@pytest.mark.parametrize("ident", ["m1", "m" * 5_000, "ü" * 300])
def test_an_email_is_found_by_its_own_id(shelf: Shelf, ident: str) -> None:
    """However long the sender's id is; and by its campaign, of which the last email counts."""
    campaign = {"id": 7, "name": "Spring"}
    sent = [email(n, data={"email_id": f"{ident}{n}", "campaign": campaign}, person={"marketo_id": 5}) for n in (1, 2)]
    shelf.events.accept(sent)
    places = [place_of(event) for event in sent]
    mails = shelf.mails.of(place for place in places if place)
    assert [mails[place].event_id for place in places if place] == ["evt_1", "evt_2"]
    moved = email(3, type="campaign.added", data={"campaign": campaign}, person={"marketo_id": 5})
    by_campaign = shelf.mails.of_campaigns([(user_email(moved.user), campaign_id(moved) or "", MarketoId(5))])
    assert list(by_campaign.values()) == [places[1]]


def test_an_unsubscribe_opts_its_person_out(shelf: Shelf) -> None:
    """With the event, whether or not the person is known; nobody else is opted out."""
    assert shelf.people.opted_out(7) is None
    shelf.events.accept([email(7, **OPTED_OUT)])
    assert (shelf.people.opted_out(7) or {})["id"] == "evt_7"
    assert shelf.people.opted_out(8) is None


@pytest.mark.invariant("I7")
def test_an_opt_out_is_for_ever(shelf: Shelf) -> None:
    """No later event, change of the person, deletion or merge, over any number of merges, takes it off."""
    shelf.events.accept([email(1, **OPTED_OUT)])
    shelf.people.save([(None, person(1)), (None, person(2)), (None, person(3))])
    shelf.events.accept([email(11, person={"marketo_id": 1})])
    known = shelf.people.known([1, 2, 3])
    chain = [person(1, merged_into=2), person(2, merged_into=3, merged_from=(1,)), person(3, merged_from=(2,))]
    assert shelf.people.save([(known[record.marketo_id], record) for record in chain]) == []
    assert [(shelf.people.opted_out(each) or {}).get("id") for each in (1, 2, 3)] == ["evt_1"] * 3


def test_a_survivor_holds_the_history_of_all_who_were_merged_into_it(shelf: Shelf) -> None:
    """Newest first, at most as many lines as asked for."""
    shelf.events.accept([email(1), email(3), email(2)])
    shelf.people.save([(None, person(3, merged_from=(2,))), (None, person(2, merged_from=(1, 3)))])
    assert [line["id"] for line in shelf.people.history(3)] == ["evt_3", "evt_2", "evt_1"]
    assert [line["id"] for line in shelf.people.history(3, limit=2)] == ["evt_3", "evt_2"]
