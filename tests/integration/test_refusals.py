"""What follows from each refusal of Salesforce, played through the real worker: the reaction of every golden sample."""

from typing import Any

import pytest

from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import user_email
from lockstep.domain.item import State
from lockstep.domain.sales_activity import SalesEvent
from tests.golden_errors import SAMPLES, Sample
from tests.selling import FLOW, SELLER, email, in_salesforce, person
from tests.world import SimWorld

PATHS = {"record": "/composite/sobjects", "call": "/composite/sobjects", "login": "/oauth2/token", "read": "/query"}
OTHER, ADDRESS = "seller3@example.com", "ann@example.net"


def scene() -> SimWorld:
    """Two sellers connected, emails switched on."""
    sim = SimWorld()
    sim.connect_marketo()
    for seller in (SELLER, OTHER):
        sim.connect_seller(seller)
    sim.switch_on()
    return sim


def meets(world: SimWorld, sample: Sample) -> None:
    """The next call of the sample's kind is answered by it."""
    given: dict[str, Any] = sample.given
    fault = {"fault": "status", "path": PATHS[sample.kind], "code": given["status"], "body": given["body"]}
    if sample.kind == "login":
        world.salesforce.act("expire_tokens", {})
    if sample.kind == "record":
        (error,) = given["body"][0]["errors"]
        fault |= {"fault": "record_error", "code": error["statusCode"], "body": error}
    world.salesforce.faults.load([fault])


def reaction(world: SimWorld, event: SalesEvent) -> str:
    """What became of an email that met a refusal once, in a few words, from the store and from Salesforce's records."""
    item, link = world.item(event), world.world.connections.salesforce(user_email(SELLER))
    assert link is not None
    if link.state is ConnectionState.BLOCKED:
        assert (item.state, item.cause) == (State.NEEDS_YOU, f"connection:{SELLER}")
        return "stop the seller"
    match item.state:
        case State.CONFIRMED:
            assert [task["Id"] for task in world.tasks()] in ([item.remote_id], [])
            if "related record" in item.history[-1].note:
                return "resolve anew"
            return "write it without" if item.withheld else "write it again"
        case State.RETRY_AT:
            assert item.due_at
            wait = (item.due_at - item.history[-1].at).total_seconds()
            return "later" if wait < 60 else "once a day" if wait > 65_000 else "when there is room"
        case State.READY if world.world.budgets.parked("salesforce"):
            return "when there is quota"
        case State.READY:
            return "later" if world.nudges.messages else "halt the flow"
        case State.UNKNOWN:
            return "look for it"
    return {State.NEEDS_YOU: "ask a person", State.SKIPPED: "resolve anew"}[item.state]


def played(sample: Sample) -> tuple[SimWorld, SalesEvent]:
    """One email whose write, search or login meets the sample, up to its first outcome."""
    world = scene()
    contact = in_salesforce(world, "Contact", Email=ADDRESS)
    who = person(world, ADDRESS, contact=contact if sample.kind != "read" else None)
    event = email(who, to=[ADDRESS], template={"id": 1, "name": "Intro"})
    meets(world, sample)
    world.world.events.accept([event])
    world.play_stream()
    world.play_queue(FLOW)
    return world, event


@pytest.mark.acceptance(126)
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_refusal_has_its_reaction(sample: Sample) -> None:
    """What Lockstep does by itself after one such answer is what the sample says, and nobody else is concerned."""
    world, event = played(sample)
    assert reaction(world, event) == sample.wanted["reaction"]
    other = world.world.connections.salesforce(user_email(OTHER))
    assert other is not None
    assert other.state is ConnectionState.CONNECTED


LOGINS = [sample for sample in SAMPLES if sample.wanted["reaction"] == "stop the seller"]


@pytest.mark.acceptance(127)
@pytest.mark.fault("F004", "F007")
@pytest.mark.invariant("I13")
@pytest.mark.parametrize("sample", LOGINS, ids=lambda sample: sample.name)
def test_an_authentication_error_pauses_only_that_user(sample: Sample) -> None:
    """The seller is blocked once and makes no more calls, everything waits and wakes on reconnecting; others go on."""
    world, event = played(sample)
    more, others = email(event.person.marketo_id, to=[ADDRESS]), email(event.person.marketo_id, OTHER, to=[ADDRESS])
    world.report(more, others)
    world.care(3_600)
    assert [task["OwnerId"] for task in world.tasks()] == [world.salesforce.org.user(OTHER)]
    assert {world.item(one).state for one in (event, more)} == {State.NEEDS_YOU}
    blocked = [step for step in world.item(event).history if step.state is State.NEEDS_YOU]
    assert len(blocked) == 1
    assert blocked[0].note == sample.wanted["sentence"]
