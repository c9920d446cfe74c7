"""From new rows on work lists to nudges: each lane once, and nothing lost where a queue says no."""

from typing import Any

import pytest

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.item import State
from lockstep.domain.message import Nudge
from tests.senders import Sender, event
from tests.world import SimWorld, stream_record

SELLERS = ("seller1@example.com", "seller2@example.com", "seller#3@example.com")


@pytest.fixture
def world() -> SimWorld:
    """A world in which three sellers have reported two emails each."""
    world = SimWorld()
    Sender(world).send(*(event(number, user=SELLERS[number % 3]) for number in range(6)))
    return world


def relay(world: SimWorld, rows: list[dict[str, Any]] | None = None) -> list[str]:
    """Hand rows to the relay, by default all new ones; returns the sequence numbers that must come again."""
    records = [stream_record(row) for row in (world.table.inserted if rows is None else rows)]
    answer = world.call("outbox_relay", {"Records": records})
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def nudged(world: SimWorld) -> list[Nudge]:
    """What waits on the queues."""
    return [message.nudge for message in world.nudges.messages]


def test_each_lane_gets_one_nudge(world: SimWorld) -> None:
    """Six new rows of three sellers become three nudges, in one request to the queue."""
    assert relay(world) == []
    assert sorted(nudge.connection for nudge in nudged(world)) == sorted(SELLERS)
    assert {nudge.flow for nudge in nudged(world)} == {ACTIVITIES_TO_SALESFORCE}
    assert world.nudges.requests == 1


@pytest.mark.fault("F096")
def test_rows_whose_nudge_was_not_taken_come_again(world: SimWorld) -> None:
    """Where the queue refuses one nudge of three, the rows of that lane and no others are handed back, then sent."""
    world.nudges.refuse_next = 1
    failed = relay(world)
    left_out = {SELLERS[0], SELLERS[1], SELLERS[2]} - {nudge.connection for nudge in nudged(world)}
    (connection,) = left_out
    assert len(failed) == 2
    assert all(f"#{connection}/" in number for number in failed)
    again = [row for row in world.table.inserted if stream_record(row)["dynamodb"]["SequenceNumber"] in failed]
    assert relay(world, again) == []
    assert {nudge.connection for nudge in nudged(world)} == set(SELLERS)


@pytest.mark.fault("F096")
def test_a_queue_that_takes_nothing_gives_every_row_back(world: SimWorld) -> None:
    """Where no nudge is taken, every row comes again, so that nothing depends on this delivery."""
    world.nudges.refuse_next = 3
    assert len(relay(world)) == 6
    assert nudged(world) == []


@pytest.mark.fault("F099")
def test_the_stream_twice_makes_no_second_effect(world: SimWorld) -> None:
    """Rows delivered twice, and once more days later, end in the same items and no more Tasks."""
    world.run_until_quiet()
    before = world.items(ACTIVITIES_TO_SALESFORCE)
    relay(world)
    relay(world)
    world.clock.advance(3 * 24 * 3600)
    relay(world)
    world.run_until_quiet()
    assert world.items(ACTIVITIES_TO_SALESFORCE) == before
    assert {item["state"] for item in before}.isdisjoint({State.READY, State.LEASED})


def test_rows_of_no_known_flow_are_handed_back(world: SimWorld, caplog: pytest.LogCaptureFixture) -> None:
    """A row of a flow that nobody knows is logged and handed back, and does not hold up the others."""
    strange = {"pk": "READY#emails_to_nowhere#seller1@example.com", "sk": "1"}
    other = {"pk": "READY#", "sk": "2"}
    failed = relay(world, [strange, *world.table.inserted, other])
    assert failed == ["READY#emails_to_nowhere#seller1@example.com/1", "READY#/2"]
    assert len(nudged(world)) == 3
    assert "no known flow" in caplog.text


def test_an_empty_batch_asks_nothing(world: SimWorld) -> None:
    """No rows, no request."""
    assert relay(world, []) == []
    assert world.nudges.requests == 0
