"""People from Marketo: the real handlers and client over the simulator; asserted on the store."""

from datetime import datetime
from typing import Any

import pytest

from local.fakes.memory_table import MemoryTable
from local.simulators.kernel.population import salesforce_id
from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.reason import Reason
from people_from_marketo import desk
from tests.signed import event
from tests.world import FragileTable, SimWorld

OWNED = {
    "sfdcType": "contact",
    "sfdcContactId": salesforce_id("003", 2),
    "leadOwnerFirstName": "Olive",
    "leadOwnerLastName": "Owner",
    "leadOwnerEmailAddress": "olive@elsewhere.example",
}


@pytest.fixture
def world() -> SimWorld:
    """An empty Marketo, connected."""
    sim = SimWorld()
    sim.connect_marketo()
    return sim


def seed(world: SimWorld, **fields: Any) -> int:
    """Put one person into Marketo; the Marketo id."""
    return world.marketo.seed([{"type": "lead", **fields}])[0]


def stored_rows(world: SimWorld) -> list[dict[str, Any]]:
    """Profiles that hold a person, straight from the store."""
    rows = world.table.rows("PERSON#")
    return [row for row in rows if row["sk"] == "PROFILE" and "person" in row]


@pytest.mark.acceptance(1)
def test_nothing_is_read_or_stored_before_the_start(world: SimWorld) -> None:
    """Without a start command the schedule and a stray nudge read no lead and store no person."""
    seed(world, email="a@example.net", **OWNED)
    before = len(world.marketo.calls)
    world.poll(300)
    world.call(PEOPLE_FROM_MARKETO, {})
    assert len(world.marketo.calls) == before
    assert world.table.rows("PERSON#") == []


@pytest.mark.acceptance(3, 4, 8)
def test_owned_leads_and_contacts_are_stored(world: SimWorld) -> None:
    """A lead and a contact with an owner who is nobody's user of ours are stored and active."""
    contact = seed(world, email="a@example.net", **OWNED)
    lead = {**OWNED, "sfdcType": "lead", "sfdcLeadId": salesforce_id("00Q", 1), "sfdcContactId": None}
    other = seed(world, email="b@example.net", **lead)
    world.start_load()
    assert {row["marketo_id"] for row in stored_rows(world)} == {contact, other}
    assert all("reason" not in row for row in stored_rows(world))


@pytest.mark.acceptance(5, 6)
def test_people_without_salesforce_record_or_owner_are_not_stored(world: SimWorld) -> None:
    """Marketo-only people and queue-owned leads are passed over, each with the reason, without their data."""
    alone = seed(world, email="alone@example.net")
    queued = seed(world, email="queued@example.net", sfdcType="lead", sfdcLeadId=salesforce_id("00Q", 1))
    world.start_load()
    assert stored_rows(world) == []
    assert world.person(alone).reason is Reason.NOT_IN_SALESFORCE
    assert world.person(queued).reason is Reason.NO_SALES_OWNER
    assert "example.net" not in str(world.table.rows("PERSON#")) + str(world.table.rows("EMAIL#"))


@pytest.mark.acceptance(7)
def test_a_person_is_stored_once_an_owner_appears(world: SimWorld) -> None:
    """A queue-owned lead that a user takes is stored by the next poll, with no manual step."""
    person = seed(world, email="q@example.net", sfdcType="lead", sfdcLeadId=salesforce_id("00Q", 1))
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("change_owner", {"id": person, "owner": "owner6@example.com"})
    world.poll(300)
    assert world.person(person).active
    assert world.balance(PEOPLE_FROM_MARKETO).logged == 1
    assert world.balance(PEOPLE_FROM_MARKETO).skipped == {}


def test_a_person_who_loses_the_owner_becomes_inactive_and_comes_back(world: SimWorld) -> None:
    """Losing the owner keeps the row but not its use; a new owner re-activates the same row (PPL-11)."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("change_owner", {"id": person, "owner": None})
    world.poll(300)
    assert world.profile(person).email
    assert world.person(person).reason is Reason.NO_SALES_OWNER
    world.clock.advance(60)
    world.marketo.act("change_owner", {"id": person, "owner": "owner7@example.com"})
    world.poll(300)
    assert world.person(person).active
    assert world.world.people.stored() == 1


@pytest.mark.acceptance(9)
def test_all_thirteen_fields_are_copied(world: SimWorld) -> None:
    """Every synced field arrives; account and opportunity ids may be empty."""
    full = OWNED | {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "sfdcLeadId": salesforce_id("00Q", 1),
        "company": "Analytical",
        "title": "Countess",
        "email": "ada@example.net",
        "phone": "+44 1",
        "linkedInProfileURL": "https://l.example/ada",
        "leadSource": "Web",
        "sfdcAccountId": salesforce_id("001", 1),
        "sfdcOpptyId": salesforce_id("006", 1),
    }
    first = seed(world, **full)
    bare = seed(world, email="b@example.net", **OWNED)
    world.start_load()
    row = next(row["person"] for row in stored_rows(world) if row["marketo_id"] == first)
    assert row == {
        "marketo_id": first,
        "first_name": "Ada",
        "last_name": "Lovelace",
        "salesforce_contact_id": salesforce_id("003", 2),
        "salesforce_lead_id": salesforce_id("00Q", 1),
        "company": "Analytical",
        "title": "Countess",
        "email": "ada@example.net",
        "phone": "+44 1",
        "linkedin_url": "https://l.example/ada",
        "source": "Web",
        "salesforce_account_id": salesforce_id("001", 1),
        "salesforce_opportunity_id": salesforce_id("006", 1),
    }
    assert world.profile(bare).salesforce_account_id is None


@pytest.mark.acceptance(10)
def test_duplicates_in_marketo_stay_two_people(world: SimWorld) -> None:
    """Two Marketo records with one address are two people, and both are found by it."""
    pair = {seed(world, email="twin@example.net", **OWNED) for _ in range(2)}
    world.start_load()
    assert {row["marketo_id"] for row in stored_rows(world)} == pair
    assert set(world.world.people.by_email("Twin@Example.net")) == pair


@pytest.mark.acceptance(11)
def test_a_second_pass_adds_nothing(world: SimWorld) -> None:
    """Loading again leaves one row for each id and the books as they were."""
    for number in range(20):
        seed(world, email=f"p{number}@example.net", **OWNED)
    world.start_load()
    rows, books = stored_rows(world), world.balance(PEOPLE_FROM_MARKETO)
    world.clock.advance(60)
    world.start_load()
    assert stored_rows(world) == rows
    assert world.balance(PEOPLE_FROM_MARKETO) == books


@pytest.mark.acceptance(12)
@pytest.mark.fault("F026")
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_load_killed_anywhere_goes_on(moment: str) -> None:
    """Killed at every tenth write, before or after its commit, the load ends with everybody once."""
    table = FragileTable(MemoryTable(), dict.fromkeys(range(10, 400, 10), moment))
    sim = SimWorld(people=400, table=table)
    sim.connect_marketo()
    sim.start_load()
    truth = {lead["id"] for lead in sim.marketo.records("lead")}
    assert {row["marketo_id"] for row in sim.table.rows("PERSON#")} == truth
    books = sim.balance(PEOPLE_FROM_MARKETO)
    assert books.balanced
    assert books.received == len(truth)
    assert len(stored_rows(sim)) == sim.world.people.stored() == books.logged
    assert sum(1 for write in table.kills if write <= table.writes) >= 3


@pytest.mark.acceptance(13)
def test_progress_stands_in_the_store() -> None:
    """The pass reports processed, qualified, skipped, failed and a rate."""
    sim = SimWorld(people=500)
    sim.connect_marketo()
    sim.start_load()
    done = desk.Desk.of(sim.world).load()
    assert done is not None
    assert done.state == "done"
    assert done.processed == 500 == done.qualified + done.skipped + done.failed
    assert done.qualified == sim.balance(PEOPLE_FROM_MARKETO).logged
    assert done.rate_per_minute(sim.clock.now()) > 0


@pytest.mark.acceptance(14)
@pytest.mark.invariant("I14")
def test_the_rate_stays_within_half_of_marketos_limits() -> None:
    """However long the pass, Marketo counts at most 50 calls in any 20 seconds, and none is refused."""
    sim = SimWorld(people=25_000)
    sim.connect_marketo()
    sim.start_load()
    times = sorted(call.at for call in sim.marketo.calls)
    assert len(times) > 100
    seconds = [datetime.fromisoformat(at).timestamp() for at in times]
    windows = (sum(1 for other in seconds if start <= other < start + 20) for start in set(seconds))
    assert max(windows) <= 50
    assert {call.outcome for call in sim.marketo.calls} == {"ok"}


@pytest.mark.acceptance(15)
def test_a_changed_field_arrives_with_the_next_poll(world: SimWorld) -> None:
    """A synced field changed in Marketo is changed here within ten minutes."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    world.clock.advance(120)
    world.marketo.act("update", {"id": person, "fields": {"title": "CTO", "email": "b@example.net"}})
    world.poll(300)
    known = world.profile(person)
    assert (known.title, known.email) == ("CTO", "b@example.net")
    assert world.world.people.by_email("a@example.net") == []
    assert world.world.people.by_email("b@example.net") == [person]


@pytest.mark.acceptance(16)
@pytest.mark.parametrize("field", ["rating", "unsubscribed"])
def test_other_fields_cause_no_write(world: SimWorld, field: str) -> None:
    """A field that is not synced changes nothing in the store."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    before = world.table.rows("PERSON#")
    world.clock.advance(60)
    value = True if field == "unsubscribed" else "hot"
    world.marketo.act("update", {"id": person, "fields": {field: value}})
    world.poll(300)
    assert world.table.rows("PERSON#") == before


@pytest.mark.acceptance(155)
def test_an_unsubscribe_in_marketo_changes_no_person(world: SimWorld) -> None:
    """Marketo's `unsubscribed` is neither read nor stored (PPL-30)."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    before = world.table.rows("PERSON#")
    world.clock.advance(60)
    world.marketo.act("unsubscribe", {"id": person})
    world.poll(300)
    assert world.table.rows("PERSON#") == before
    assert "unsubscribed" not in str(world.table.rows("PERSON#"))


@pytest.mark.acceptance(18)
def test_a_person_deleted_in_marketo_becomes_inactive(world: SimWorld) -> None:
    """The row stays with its data and its reason; it is out of use and counted as skipped."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("delete", {"id": person})
    world.poll(300)
    known = world.person(person)
    assert known.person
    assert not known.active
    assert known.reason is Reason.DELETED_IN_MARKETO
    assert world.balance(PEOPLE_FROM_MARKETO).skipped == {"DELETED_IN_MARKETO": 1}


@pytest.mark.acceptance(19)
def test_a_person_deleted_in_salesforce_becomes_inactive(world: SimWorld) -> None:
    """SFDC Is Deleted turning true disqualifies and keeps the row."""
    person = seed(world, email="a@example.net", **OWNED)
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("update", {"id": person, "fields": {"sfdcIsDeleted": True}})
    world.poll(300)
    assert world.profile(person).email
    assert world.person(person).reason is Reason.DELETED_IN_SALESFORCE


@pytest.mark.acceptance(20)
def test_a_merge_leaves_one_active_person_with_both_histories(world: SimWorld) -> None:
    """The survivor holds both histories and the opt-out of either; the loser points to it."""
    winner = seed(world, email="w@example.net", **OWNED)
    loser = seed(world, email="l@example.net", **OWNED)
    world.start_load()
    world.world.events.accept(
        [
            event("evt_1", "campaign.added", person=winner),
            event("evt_2", "campaign.added", person=loser),
            event("evt_3", "unsubscribe.created", person=loser),
        ]
    )
    world.clock.advance(60)
    world.marketo.act("merge", {"winner": winner, "losers": [loser]})
    world.poll(300)
    assert world.person(winner).active
    assert not world.person(loser).active
    assert world.person(loser).merged_into == winner
    assert {line["id"] for line in world.world.people.history(winner)} == {"evt_1", "evt_2", "evt_3"}
    assert world.world.people.opted_out(winner)
    assert world.world.people.living([loser])[loser].marketo_id == winner  # type: ignore[index]


@pytest.mark.acceptance(21)
def test_a_converted_lead_keeps_its_id_and_gains_the_contact(world: SimWorld) -> None:
    """Conversion changes the person in place; both Salesforce ids lead to it."""
    lead = {**OWNED, "sfdcType": "lead", "sfdcLeadId": salesforce_id("00Q", 1), "sfdcContactId": None}
    person = seed(world, email="a@example.net", **lead)
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("convert", {"lead": person, "contact": salesforce_id("003", 9)})
    world.poll(300)
    assert world.person(person).active
    assert world.profile(person).salesforce_contact_id == salesforce_id("003", 9)
    assert world.world.people.by_salesforce_id(salesforce_id("003", 9)[:15]) == [person]
    assert len(stored_rows(world)) == 1


@pytest.mark.acceptance(23)
def test_nobody_is_stored_beyond_the_cap(world: SimWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person after the cap is passed over with CAP_REACHED; those before stay."""
    monkeypatch.setattr(desk, "CAP", 3)
    people = [seed(world, email=f"p{n}@example.net", **OWNED) for n in range(5)]
    world.start_load()
    assert {row["marketo_id"] for row in stored_rows(world)} == set(people[:3])
    assert world.balance(PEOPLE_FROM_MARKETO).skipped == {"CAP_REACHED": 2}


@pytest.mark.acceptance(24)
@pytest.mark.invariant("I36")
def test_a_cursor_older_than_fourteen_days_causes_a_full_reconcile(world: SimWorld) -> None:
    """After a pause in which deletions left Marketo's feed, a full pass finds who is gone."""
    kept = seed(world, email="a@example.net", **OWNED)
    gone = seed(world, email="b@example.net", **OWNED)
    world.start_load()
    world.clock.advance(60)
    world.marketo.act("delete", {"id": gone})
    world.poll(15 * 86_400)
    progress = desk.Desk.of(world.world).load()
    assert progress is not None
    assert progress.reconcile
    assert progress.state == "done"
    assert world.person(gone).reason is Reason.DELETED_IN_MARKETO
    assert world.person(kept).active


@pytest.mark.acceptance(156)
def test_only_the_sales_owner_counts(world: SimWorld) -> None:
    """An account owner alone does not qualify; an owner who is an inactive user does."""
    account_only = {"sfdcType": "contact", "sfdcContactId": salesforce_id("003", 3)}
    world.marketo.schema([{"object": "lead", "name": "accountOwnerEmailAddress", "type": "email"}])
    alone = seed(world, email="a@example.net", accountOwnerEmailAddress="o@example.com", **account_only)
    inactive = seed(world, email="b@example.net", **OWNED)
    world.marketo.act("change_owner", {"id": inactive, "owner": "owner8@example.com"})
    world.start_load()
    assert world.person(alone).reason is Reason.NO_SALES_OWNER
    assert world.person(inactive).active


@pytest.mark.acceptance(157)
def test_a_change_during_the_load_is_not_lost(world: SimWorld) -> None:
    """Someone copied early in the load and changed before its end has the new value after it (PPL-29)."""
    first = seed(world, email="a@example.net", title="old", **OWNED)
    for number in range(700):
        seed(world, email=f"p{number}@example.net", **OWNED)
    real, changed = world.marketo.handle, list[Any]()

    def meddling(request: Any) -> Any:
        answer = real(request)
        if "leads.json" in request.path and not changed:
            changed.append(world.marketo.act("update", {"id": first, "fields": {"title": "new"}}))
        return answer

    world.marketo.handle = meddling  # type: ignore[method-assign]
    world.start_load()
    assert changed
    assert world.profile(first).title == "new"


@pytest.mark.acceptance(17)
def test_an_older_state_never_replaces_a_newer_one(world: SimWorld) -> None:
    """A read that Marketo dates before the one already applied changes nothing (PPL-27)."""
    person = seed(world, email="a@example.net", title="first", **OWNED)
    world.start_load()
    world.clock.advance(300)
    world.marketo.act("update", {"id": person, "fields": {"title": "newer"}})
    world.poll(10)
    assert world.profile(person).title == "newer"
    world.marketo.clock.advance(-120)
    world.marketo.act("update", {"id": person, "fields": {"title": "older"}})
    world.poll(20)
    assert world.profile(person).title == "newer"
