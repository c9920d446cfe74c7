"""Refusals that last: approvals of days, duplicate rules, parents out of reach, and an organization without storage."""

from itertools import pairwise
from typing import Any

import pytest

from lockstep.domain.item import State
from tests.selling import FLOW, email, in_salesforce, person, world
from tests.world import SimWorld

__all__ = ["world"]
PATH = "/composite/sobjects"


def refused(world: SimWorld, code: str, times: int = 1, **body: Any) -> None:
    """The next records are refused with this code."""
    world.salesforce.faults.load([{"fault": "record_error", "path": PATH, "code": code, "times": times, "body": body}])


@pytest.mark.fault("F047")
@pytest.mark.invariant("I19")
def test_a_record_locked_for_approval_is_looked_at_once_a_day_for_five_days(world: SimWorld) -> None:
    """Five more tries, each a day after the one before, visible all the time; then it needs a person."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    refused(world, "ENTITY_IS_LOCKED", times=100)
    sent = email(who)
    world.report(sent)
    for _ in range(8 * 24):
        world.care(3_600)
    waits = [step.at for step in world.item(sent).history if step.state in (State.RETRY_AT, State.NEEDS_YOU)]
    hours = [(later - earlier).total_seconds() / 3_600 for earlier, later in pairwise(waits)]
    assert len(hours) == 5
    assert all(19 <= wait <= 31 for wait in hours)
    item = world.item(sent)
    assert (item.state, item.reason, item.attempts) == (State.NEEDS_YOU, "RECORD_LOCKED", 5)


@pytest.mark.fault("F042")
def test_a_duplicate_rule_asks_a_person_and_names_the_candidates(world: SimWorld) -> None:
    """The rule is never overridden by us, not even where it would allow it: no second write is made."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    refused(world, "DUPLICATES_DETECTED")
    sent = email(who)
    before = len(world.salesforce.calls)
    world.report(sent)
    item = world.item(sent)
    assert (item.state, item.reason) == (State.NEEDS_YOU, "DUPLICATE_REFUSED")
    assert len([call for call in world.salesforce.calls[before:] if PATH in call.path]) == 1
    assert world.tasks() == []


@pytest.mark.fault("F048")
def test_a_parent_out_of_reach_is_a_cause_that_somebody_can_mend(world: SimWorld) -> None:
    """The item needs somebody with Salesforce's words; the one beside it is logged."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    words = "insufficient access rights on cross-reference id: 0015e00000tW1f0"
    refused(world, "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", message=words)
    first, second = email(who), email(who)
    world.report(first, second)
    states = sorted((world.item(one).state, world.item(one).reason) for one in (first, second))
    assert states == [(State.CONFIRMED, None), (State.NEEDS_YOU, "PERMISSION_REFUSED")]
    (item,) = [world.item(one) for one in (first, second) if world.item(one).state is State.NEEDS_YOU]
    assert words in item.history[-1].note


def test_without_storage_nobody_calls_before_an_hour_is_over(world: SimWorld) -> None:
    """One refusal parks the organization for an hour, no attempt is counted, and with room everything is logged."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    refused(world, "STORAGE_LIMIT_EXCEEDED", times=1)
    first, second = email(who), email(who)
    before = 0
    for sent in (first, second):
        before = len(world.salesforce.calls)
        world.world.events.accept([sent])
        world.play_stream()
        world.play_queue(FLOW)
    assert (world.item(first).reason, world.item(first).attempts) == ("STORAGE_FULL", 0)
    assert len(world.salesforce.calls) == before
    for _ in range(4):
        world.care(3_600)
    assert len(world.tasks()) == 2
