"""Records that are converted, merged or deleted, and ids that come late: where activities end."""

import contextlib
from typing import Any

import pytest

from local.fakes.memory_table import MemoryTable
from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import State
from lockstep.domain.reason import Reason
from tests.selling import FLOW, OWNER, call, email, in_salesforce, person, world
from tests.world import FragileTable, Killed, SimWorld

__all__ = ["world"]
ADDRESS = "a@example.net"


def queries(world: SimWorld) -> list[str]:
    """The look-ups that Salesforce was asked."""
    return [one.path for one in world.salesforce.calls if "query" in one.path]


@pytest.mark.acceptance(64)
@pytest.mark.fault("F067")
@pytest.mark.invariant("I30")
def test_a_converted_lead_hands_on_to_its_contact(world: SimWorld) -> None:
    """Email and call stand at the contact after one look-up; the next activity goes there without one."""
    lead, contact = in_salesforce(world, "Lead"), in_salesforce(world, "Contact")
    who = person(world, lead=lead)
    world.salesforce.act("convert", {"lead": lead, "contact": contact})
    first = call(who)
    world.report(first, email(who))
    assert [task["WhoId"] for task in world.tasks()] == [contact] * 2
    assert f"{lead} became {contact}" in world.item(first).history[-1].note
    before, refused = len(queries(world)), len(world.salesforce.calls)
    world.report(call(who))
    assert [task["WhoId"] for task in world.tasks()] == [contact] * 3
    assert (len(queries(world)) - before, len(world.salesforce.calls) - refused) == (0, 1)


@pytest.mark.fault("F068")
@pytest.mark.invariant("I30")
def test_a_chain_of_merges_ends_at_the_survivor(world: SimWorld) -> None:
    """A into B, B into C, and later C into D: each call lands on who lives then."""
    a, b, c, d = (in_salesforce(world, "Contact") for _ in range(4))
    who = person(world, contact=a)
    for loser, winner in ((a, b), (b, c)):
        world.salesforce.act("merge", {"winner": winner, "losers": [loser]})
    world.report(call(who))
    assert [task["WhoId"] for task in world.tasks()] == [c]
    world.salesforce.act("merge", {"winner": d, "losers": [c]})
    world.report(call(who))
    assert [task["WhoId"] for task in world.tasks()] == [d, d]


@pytest.mark.acceptance(150)
@pytest.mark.fault("F070")
def test_an_email_goes_on_to_the_address_and_a_call_does_not(world: SimWorld) -> None:
    """The contact was deleted: the email is logged to the match of its address, the call says what is missing."""
    contact = in_salesforce(world, "Contact", Email=ADDRESS)
    who = person(world, ADDRESS, contact=contact)
    world.salesforce.act("delete", {"id": contact})
    other = in_salesforce(world, "Lead", Email=ADDRESS)
    sent, made = email(who), call(who)
    world.report(sent, made)
    assert [task["WhoId"] for task in world.tasks()] == [other]
    assert (world.item(made).state, world.item(made).reason) == (State.SKIPPED, Reason.SF_RECORD_GONE)


@pytest.mark.fault("F068")
def test_a_loser_that_was_purged_falls_back_to_the_address(world: SimWorld) -> None:
    """Nobody knows any more whom the record became: the email is searched by address, the call is skipped."""
    winner, nobody = in_salesforce(world, "Contact", Email=ADDRESS), SalesforceId("003000000000000AAA")
    who = person(world, ADDRESS, contact=nobody)
    made = call(who)
    world.report(email(who), made)
    assert [task["WhoId"] for task in world.tasks()] == [winner]
    assert world.item(made).reason is Reason.SF_RECORD_GONE


@pytest.mark.fault("F076")
def test_a_circle_in_salesforce_is_an_end(world: SimWorld) -> None:
    """Two records that name each other as winner: the call is skipped, and nothing runs for ever."""
    a, b = in_salesforce(world, "Contact"), in_salesforce(world, "Contact")
    who = person(world, contact=a)
    for loser, winner in ((a, b), (b, a)):
        world.salesforce.act("update", {"id": loser, "fields": {"IsDeleted": True, "MasterRecordId": winner}})
    made = call(who)
    world.report(made)
    assert world.item(made).reason is Reason.SF_RECORD_GONE


@pytest.mark.acceptance(141)
def test_a_lead_that_became_a_contact_is_no_lead(world: SimWorld) -> None:
    """Only leads are logged to, and the lead was converted: there is no Task at the contact."""
    world.switch_on(log_to=["lead"])
    lead = in_salesforce(world, "Lead")
    who = person(world, lead=lead)
    world.salesforce.act("convert", {"lead": lead})
    made = call(who)
    world.report(made)
    assert (world.tasks(), world.item(made).reason) == ([], Reason.OBJECT_NOT_LOGGED)


# --- ids that come late -----------------------------------------------------------------------------------------------


def without_id(world: SimWorld) -> int:
    """A person who has no Salesforce id yet."""
    (who,) = world.marketo.seed([{"type": "lead", **OWNER, "sfdcType": "lead", "email": ADDRESS}])
    world.start_load()
    return int(who)


def gains(world: SimWorld, who: int, seconds: float = 900) -> str:
    """The person gains a contact, and the people sync brings it."""
    contact = in_salesforce(world, "Contact")
    world.marketo.act("update", {"id": who, "fields": {"sfdcContactId": contact, "sfdcType": "contact"}})
    world.poll(seconds)
    return contact


@pytest.mark.acceptance(139)
@pytest.mark.fault("F075")
def test_what_was_skipped_is_logged_when_the_id_comes(world: SimWorld) -> None:
    """Email and call are one Task each, with the poll that brings the id and no other; a further change adds none."""
    who, other = without_id(world), without_id(world)
    waiting = [email(who), call(who)]
    world.report(*waiting, call(other))
    assert world.tasks() == []
    contact = gains(world, who)
    assert [task["WhoId"] for task in world.tasks()] == [contact] * 2
    gains(world, who)
    assert len(world.tasks()) == 2
    assert world.balance(FLOW).skipped == {"NO_SF_ID_FOR_CALL": 1}
    assert [row for row in world.table.rows("AWAITED#") if row["sk"] == f"{who:012}"] == []


@pytest.mark.acceptance(139)
def test_after_seven_days_it_is_too_late(world: SimWorld) -> None:
    """The id comes when the activity is eight days old: it stays skipped, a younger one is logged."""
    who = without_id(world)
    old, young = call(who), call(who, occurred_at="2026-11-09T09:00:00Z")
    world.report(old, young)
    gains(world, who, seconds=8 * 86_400)
    assert world.item(old).reason is Reason.NO_SF_ID_FOR_CALL
    assert [world.item(young).remote_id] == [task["Id"] for task in world.tasks()]


def test_a_person_who_arrives_at_last(world: SimWorld) -> None:
    """The person is not here for longer than the item waits: it is skipped, and goes on when the person comes."""
    world.start_load()
    contact, who = in_salesforce(world, "Contact"), 900
    made = call(who)
    world.report(made)
    world.care(700)
    assert world.item(made).reason is Reason.PERSON_UNKNOWN
    facts = {"sfdcContactId": contact, "sfdcType": "contact"}
    world.marketo.seed([{"type": "lead", "id": who, **OWNER, **facts}])
    world.poll(900)
    assert [task["WhoId"] for task in world.tasks()] == [contact]


def test_the_loser_of_a_merge_waits_for_the_survivor(world: SimWorld) -> None:
    """What waits for the loser is logged when the survivor has an id: at the merge, or later."""
    loser, late, winner = without_id(world), without_id(world), without_id(world)
    world.report(call(loser), call(late))
    world.marketo.act("merge", {"winner": winner, "losers": [late]})
    world.poll(900)
    assert world.tasks() == []
    contact = gains(world, winner)
    assert [task["WhoId"] for task in world.tasks()] == [contact]
    world.marketo.act("merge", {"winner": winner, "losers": [loser]})
    world.poll(900)
    assert [task["WhoId"] for task in world.tasks()] == [contact] * 2


@pytest.mark.fault("F075")
@pytest.mark.invariant("I28")
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", range(1, 9))
def test_a_reader_that_dies_leaves_nobody_asleep(moment: str, write: int) -> None:
    """Killed at each of its writes, the reader is followed by one that wakes what waits."""
    table = FragileTable(MemoryTable())
    sim = connected(SimWorld(table=table))
    who = without_id(sim)
    sim.report(call(who))
    contact = in_salesforce(sim, "Contact")
    sim.marketo.act("update", {"id": who, "fields": {"sfdcContactId": contact, "sfdcType": "contact"}})
    sim.clock.advance(900)
    table.kills = {table.writes + write: moment}
    with contextlib.suppress(Killed):
        sim.call("people_from_marketo", {})
    table.kills = {}
    sim.clock.advance(400)
    sim.poll(900)
    sim.care(65)
    assert [task["WhoId"] for task in sim.tasks()] == [contact]


def connected(sim: SimWorld) -> Any:
    """Both vendors connected, emails and calls on."""
    sim.connect_marketo()
    sim.connect_seller()
    sim.switch_on()
    return sim


def test_who_parks_while_the_id_comes_is_judged_anew(world: SimWorld) -> None:
    """The person is stored anew between the look and the parking: the item does not fall asleep."""
    who = without_id(world)
    contact = in_salesforce(world, "Contact")
    people, honest = world.world.people, world.world.people.standing

    def meddled(ids: Any) -> Any:
        seen = honest(ids)
        people.__dict__.pop("standing", None)
        world.marketo.act("update", {"id": who, "fields": {"sfdcContactId": contact, "sfdcType": "contact"}})
        world.clock.advance(900)
        world.call("people_from_marketo", {})
        return seen

    people.__dict__["standing"] = meddled
    world.report(call(who))
    world.care(65)
    world.care(65)
    assert [task["WhoId"] for task in world.tasks()] == [contact]
