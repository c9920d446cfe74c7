"""Brakes: refusals counted over all workers, a success that breaks the row, a halt that only a person ends."""

from lockstep.domain.brake import SMALL, Answers
from lockstep.store.table import Key
from tests.contract.store.shelf import FLOW, Meddling, Shelf

ROW = Key(f"BRAKE#{FLOW}", "BRAKE")


def refusals(number: int) -> Answers:
    """So many refusals of a validation rule."""
    return Answers(number, sentence="Grund fehlt")


def test_refusals_of_all_workers_are_one_row(shelf: Shelf) -> None:
    """Two batches together file the limit and no more; the flow is halted with the last sentence."""
    assert shelf.brakes.count(FLOW, refusals(30), 50).filed == 30
    assert shelf.brakes.read(FLOW).halted_at is None
    assert shelf.brakes.count(FLOW, refusals(30), 50).filed == 20
    assert shelf.brakes.count(FLOW, refusals(30), 50).filed == 0
    brake = shelf.brakes.read(FLOW)
    assert (brake.row, brake.halted_at, brake.sentence) == (50, shelf.clock.now(), "Grund fehlt")


def test_successes_leave_nothing_behind(shelf: Shelf) -> None:
    """A success before the limit breaks the row, 500 answers end the count; without a refusal nothing is kept."""
    shelf.brakes.count(FLOW, Answers(0, 200), 50)
    assert shelf.table.get(ROW) is None
    shelf.brakes.count(FLOW, refusals(49), 50)
    shelf.brakes.count(FLOW, Answers(0, 200), 50)
    assert (shelf.brakes.read(FLOW).row, shelf.brakes.read(FLOW).refused) == (0, 49)
    shelf.brakes.count(FLOW, Answers(0, 300), 50)
    assert shelf.table.get(ROW) is None


def test_only_a_person_ends_a_halt(shelf: Shelf) -> None:
    """A success that was under way changes nothing; a person's word lets small batches through, and is needed once."""
    shelf.brakes.count(FLOW, refusals(50), 50)
    shelf.brakes.count(FLOW, Answers(0, 200), 50)
    assert shelf.brakes.read(FLOW).halted_at
    released = shelf.brakes.release(FLOW, 50)
    assert released
    assert released.row == 50
    assert shelf.brakes.release(FLOW, 50) is None
    assert (shelf.brakes.read(FLOW).halted_at, shelf.brakes.read(FLOW).batch) == (None, SMALL)
    assert shelf.brakes.count(FLOW, refusals(200), 50).filed == SMALL
    assert shelf.brakes.read(FLOW).halted_at


def test_a_worker_in_between_is_not_overwritten() -> None:
    """Refusals that another worker counts between our look and our count stay counted."""
    table = Meddling()
    shelf = Shelf(table)
    table.act = lambda: shelf.brakes.count(FLOW, refusals(30), 50)
    assert shelf.brakes.count(FLOW, refusals(30), 50).filed == 20
    assert shelf.brakes.read(FLOW).row == 50
