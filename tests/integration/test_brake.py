"""A broken rule in Salesforce: the flow halts itself, everything waits, and a person's word sets it going again."""

import pytest

from lockstep.catalogue.routes import ROLLUPS_TO_SALESFORCE
from lockstep.domain.item import State
from tests.selling import FLOW, call, email, in_salesforce, person
from tests.workspace import Workspace

SELLERS = [f"seller{number}@example.com" for number in (1, 2, 3, 4)]
LIMIT = 50
RULE = {"object": "Task", "when": {"Status": "Completed"}, "message": "Bitte Grund angeben", "fields": ["Reason__c"]}


@pytest.fixture
def world() -> Workspace:
    """Four sellers connected, a limit of 50 refusals, and a rule that refuses every Task."""
    here = Workspace()
    here.connect_marketo()
    for seller in SELLERS:
        here.connect(seller)
    here.switch_on(rejection_limit=LIMIT)
    return here


def somebody(world: Workspace) -> int:
    """A person with a contact."""
    return person(world, contact=in_salesforce(world, "Contact"))


def states(world: Workspace, flow: str = FLOW) -> dict[str, int]:
    """How many items stand in each state."""
    found = [row["state"] for row in world.items(flow)]
    return {state: found.count(state) for state in sorted(set(found))}


@pytest.mark.invariant("I13")
def test_a_broken_rule_files_no_more_than_the_limit(world: Workspace) -> None:
    """Of 1,200 emails of four sellers the limit needs somebody, the rest waits; the flow is blocked, and no more calls
    are made; mended and resumed everything is logged, once."""
    who = somebody(world)
    world.salesforce.act("validation_rule", RULE)
    events = [email(who, seller) for seller in SELLERS for _ in range(300)]
    world.report(*events)
    assert states(world) == {"NEEDS_YOU": LIMIT, "READY": 1200 - LIMIT}
    assert world.balance(FLOW).balanced
    (flow,) = [one for one in world.ask("GET", "/status").body["flows"] if one["flow"] == FLOW]
    assert flow["state"] == "Blocked"
    for words in ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "Bitte Grund angeben", "lockstep resume", "TOO_MANY_REFUSED"):
        assert words in flow["text"]
    calls = len(world.salesforce.calls)
    world.care(7_200)
    assert len(world.salesforce.calls) == calls
    world.salesforce.act("clear_rules", {})
    (step,) = [step for step in world.ask("POST", "/resume").body["steps"] if "Bitte Grund" in step["was"]]
    assert step["goes_on"]
    world.run_until_quiet()
    assert states(world) == {"CONFIRMED": 1200 - LIMIT, "NEEDS_YOU": LIMIT}
    assert world.world.brakes.read(FLOW).halted_at is None
    assert len(world.tasks()) == 1200 - LIMIT


def test_resumed_without_a_cure_it_halts_at_the_first_small_batch(world: Workspace) -> None:
    """Each word of a person costs at most twenty more refusals while the rule stands."""
    who = somebody(world)
    world.salesforce.act("validation_rule", RULE)
    world.report(*[email(who, seller) for seller in SELLERS for _ in range(60)])
    for round_ in (1, 2):
        world.ask("POST", "/resume")
        world.run_until_quiet()
        assert states(world)["NEEDS_YOU"] == LIMIT + 20 * round_
        assert world.world.brakes.read(FLOW).halted_at


def test_refusals_among_successes_halt_nobody(world: Workspace) -> None:
    """A rule that refuses calls only: emails break the row, so that each refusal is told and nothing is halted."""
    who = somebody(world)
    world.salesforce.act("validation_rule", RULE | {"when": {"TaskSubtype": "Call"}})
    for _ in range(20):
        world.report(*[call(who) for _ in range(4)], *[email(who) for _ in range(4)])
    assert states(world) == {"CONFIRMED": 80, "NEEDS_YOU": 80}
    assert world.world.brakes.read(FLOW).halted_at is None


def test_a_rule_for_most_of_what_is_sent_halts_the_flow(world: Workspace) -> None:
    """A rule that refuses all emails while calls pass: within ten limits of answers nothing more is filed."""
    world.switch_on(rejection_limit=5)
    who = somebody(world)
    world.salesforce.act("validation_rule", RULE | {"when": {"Type": "Email"}})
    for _ in range(30):
        world.report(*[call(who) for _ in range(2)], *[email(who) for _ in range(3)])
    assert states(world) == {"CONFIRMED": 20, "NEEDS_YOU": 30, "READY": 100}
    (flow,) = [one for one in world.ask("GET", "/status").body["flows"] if one["flow"] == FLOW]
    assert "30 of the last 50 answers" in flow["text"]


def test_while_nothing_is_refused_nothing_is_written_for_the_brake(world: Workspace) -> None:
    """The store has no row of the brake after a thousand successes, nor five hundred answers behind a refusal."""
    who = somebody(world)
    world.report(*[email(who) for _ in range(1_000)])
    assert len(world.items(FLOW, State.CONFIRMED)) == 1_000
    assert world.table.rows("BRAKE#") == []
    world.salesforce.act("validation_rule", RULE)
    world.report(email(who))
    assert len(world.table.rows("BRAKE#")) == 1
    world.salesforce.act("clear_rules", {})
    world.report(*[email(who) for _ in range(500)])
    assert world.table.rows("BRAKE#") == []


def test_a_rule_that_refuses_every_contact_halts_the_newest_activity_alone(world: Workspace) -> None:
    """Of 200 emails to 200 contacts the limit needs somebody while their Tasks are logged; mended and resumed each
    contact shows its email."""
    field = {"object": "Contact", "name": "Last_Activity_by_Sales__c", "type": "datetime"}
    world.salesforce.schema([field])
    names = {"last_activity_by_sales": field["name"]}
    world.switch_on(rejection_limit=LIMIT, rollups=["contact"], rollup_fields=names)
    contacts = [in_salesforce(world, "Contact") for _ in range(200)]
    people = [person(world, contact=contact) for contact in contacts]
    world.salesforce.act("validation_rule", RULE | {"object": "Contact", "when": {}, "fields": [field["name"]]})
    world.report(*[email(who, SELLERS[number % 4]) for number, who in enumerate(people)])
    assert states(world) == {"CONFIRMED": 200}
    assert states(world, ROLLUPS_TO_SALESFORCE) == {"NEEDS_YOU": LIMIT, "READY": 200 - LIMIT}
    found = {one["flow"]: one for one in world.ask("GET", "/status").body["flows"]}
    assert found[FLOW]["state"] == "Up to date"
    assert found[ROLLUPS_TO_SALESFORCE]["state"] == "Blocked"
    assert "Bitte Grund angeben" in found[ROLLUPS_TO_SALESFORCE]["text"]
    calls = len(world.salesforce.calls)
    world.care(7_200)
    assert len(world.salesforce.calls) == calls
    world.salesforce.act("clear_rules", {})
    world.ask("POST", "/resume")
    world.run_until_quiet()
    assert states(world, ROLLUPS_TO_SALESFORCE) == {"CONFIRMED": 200 - LIMIT, "NEEDS_YOU": LIMIT}
    told = [row for row in world.salesforce.records("Contact") if row[field["name"]]]
    assert len(told) == 200 - LIMIT
