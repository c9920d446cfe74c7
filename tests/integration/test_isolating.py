"""A fault of our own on one item costs that item and nothing else; asserted on Salesforce's own records."""

from collections.abc import Callable
from typing import Any

import pytest

from activities_to_salesforce import rendering, rules, writing
from lockstep.domain.item import State, ready
from lockstep.domain.reason import Reason
from lockstep.store.events import event_row
from lockstep.store.table import Change
from tests.selling import FLOW, SELLER, call, email, in_salesforce, person, world
from tests.world import SimWorld

__all__ = ["world"]
POISON = "poison"
Spoil = Callable[[pytest.MonkeyPatch], None]


def raising(function: Callable[..., Any], subject_of: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, except that it fails on the email with the poisonous subject."""

    def wrapped(*arguments: Any, **named: Any) -> Any:
        if getattr(subject_of(*arguments).data, "subject", None) == POISON:
            raise ZeroDivisionError(f"the words of {POISON} must not be logged")
        return function(*arguments, **named)

    return wrapped


FAULTS: dict[str, Spoil] = {
    "judging": lambda patch: patch.setattr(rules, "judge", raising(rules.judge, lambda item, event, *_: event)),
    "rendering": lambda patch: patch.setattr(
        writing, "render", raising(rendering.render, lambda what, *_: what.activity)
    ),
}


@pytest.mark.fault("F091")
@pytest.mark.invariant("I13", "I1", "I2")
@pytest.mark.parametrize("place", FAULTS)
def test_one_item_that_cannot_be_worked_stops_no_other(
    world: SimWorld, place: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its neighbours become Tasks at once, it needs a person, and after an update a retry makes it one Task too."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    bad = email(who, subject=POISON)
    with monkeypatch.context() as broken:
        FAULTS[place](broken)
        caplog.clear()
        world.report(*(email(who, subject=f"before {n}") for n in range(20)), bad, *(call(who) for _ in range(9)))
        world.care(600)
        assert len([task for task in world.tasks() if task["Subject"] != POISON]) == 29
        item = world.item(bad)
        assert (item.state, item.reason, item.cause) == (
            State.NEEDS_YOU,
            Reason.INTERNAL_FAULT,
            f"hand:{SELLER}",
        )
        assert item.history[-1].note == "an error of kind ZeroDivisionError"
        (told,) = [vars(record) for record in caplog.records if record.getMessage() == "an item failed"]
        assert (told["error"], told["item"]) == ("ZeroDivisionError", item.key)
        assert "must not be logged" not in str([vars(record) for record in caplog.records])
    waiting = world.world.ledger.waiting_for(f"hand:{SELLER}")
    assert [one.key for one in waiting] == [item.key]
    world.world.ledger.settle([(waiting[0], ready("retried"))])
    world.run_until_quiet()
    assert len(world.tasks()) == 30
    assert [task["Subject"] for task in world.tasks()].count(POISON) == 1
    assert world.balance(FLOW).logged == 30


@pytest.mark.fault("F091", "F026")
@pytest.mark.invariant("I2", "I4")
def test_a_fault_behind_the_write_costs_nothing(world: SimWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer of one item cannot be read, again and again: its Task is found by the key, and nobody is asked."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    honest = raising(writing.Writer._final, lambda _self, done: done.target.activity)
    monkeypatch.setattr(writing.Writer, "_final", honest)
    world.report(*(email(who, subject=f"before {n}") for n in range(5)), email(who, subject=POISON))
    world.care(600)
    assert [task["Subject"] for task in world.tasks()].count(POISON) == 1
    assert len(world.tasks()) == world.balance(FLOW).logged == 6


@pytest.mark.fault("F091")
@pytest.mark.invariant("I13")
def test_a_content_that_cannot_be_read_stops_no_other(world: SimWorld) -> None:
    """A stored activity that no longer reads is set aside within few calls; later ones of its seller are logged."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    first, bad, last = (email(who) for _ in range(3))
    world.world.events.accept([first, bad, last])
    world.table.transact([Change(event_row(bad.id), set={"content": '{"id": 1}'})])
    before = len(world.salesforce.calls)
    world.run_until_quiet()
    assert (world.item(bad).state, world.item(bad).reason) == (State.NEEDS_YOU, Reason.INTERNAL_FAULT)
    assert len(world.tasks()) == 2
    assert len(world.salesforce.calls) - before <= 2
    world.report(email(who))
    assert len(world.tasks()) == 3
    assert world.balance(FLOW).balanced


def test_searching_a_culprit_ends_in_time(world: SimWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that runs out of time while it searches leaves the rest for the next one, and nobody is parked by it."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    bad = email(who, subject=POISON)
    with monkeypatch.context() as broken:
        FAULTS["judging"](broken)
        slow = rules.judge

        def slowly(*arguments: Any) -> Any:
            world.clock.advance(8)
            return slow(*arguments)

        broken.setattr(rules, "judge", slowly)
        world.report(*(email(who) for _ in range(12)), bad)
        world.care(600)
    assert world.item(bad).reason is Reason.INTERNAL_FAULT
    assert len(world.tasks()) == 12
    assert world.balance(FLOW).needs_you == {"INTERNAL_FAULT": 1}
