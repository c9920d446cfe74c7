"""One blow at crossings in turn: nothing is lost and nothing doubled wherever a worker is struck."""

import pytest

from tests.simulation.audits import complaints
from tests.simulation.boundary import Kind
from tests.simulation.machine import heal, short_load
from tests.simulation.scenes import call, mail, scene
from tests.simulation.stage import Stage

REACH = 60  # crossings that the story has at least
STRENGTH: dict[Kind, int] = {"hold": 130}


def struck(kind: Kind, after: int, *, keyed: bool) -> Stage | None:
    """A mail, a call and a poll with one blow after so many crossings; None where there are not so many."""
    stage = scene(keyed=keyed)
    stage.boundary.arm(after, kind, STRENGTH.get(kind, after))
    mail(stage)
    call(stage, 1)
    stage.marketo.act("update", {"id": stage.people[2], "fields": {"lastName": "New"}})
    stage.turn(65)
    if not stage.boundary.struck:
        return None
    heal(stage)
    return stage


@pytest.mark.invariant("I28")
@pytest.mark.invariant("I2")
@pytest.mark.fault("F026")
@pytest.mark.fault("F027")
@pytest.mark.fault("F097")  # cut at the table: what a throttled DynamoDB comes to (test_dynamo.py)
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "keyless"])
@pytest.mark.parametrize(("kind", "step"), [("kill", 3), ("cut", 7), ("overtake", 7), ("hold", 7)])
def test_a_blow_at_any_crossing_breaks_nothing(kind: Kind, step: int, keyed: bool) -> None:
    """Struck at any touch of the table, a queue or a vendor, every activity is logged once and the books balance."""
    after, tried = 1 + keyed, 0
    with short_load():
        while stage := struck(kind, after, keyed=keyed):
            assert complaints(stage) == [], stage.boundary.struck
            after, tried = after + step, tried + 1
    assert tried * step > REACH
