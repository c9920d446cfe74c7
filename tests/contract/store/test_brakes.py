"""Brakes: refusals counted over all workers, a success that breaks the row, a halt that only a person ends."""

from lockstep.domain.brake import SMALL, Brake, Refusals
from lockstep.store.table import Key
from tests.contract.store.shelf import FLOW, Meddling, Shelf

ROW = Key(f"BRAKE#{FLOW}", "BRAKE")


def refusals(number: int) -> Refusals:
    """So many refusals of a validation rule."""
    return Refusals(number, "Grund fehlt")


def test_refusals_of_all_workers_are_one_row(shelf: Shelf) -> None:
    """Two batches together file the limit and no more; the flow is halted with the last sentence."""
    assert shelf.brakes.refused(FLOW, refusals(30), 50) == 30
    assert shelf.brakes.read(FLOW).halted_at is None
    assert shelf.brakes.refused(FLOW, refusals(30), 50) == 20
    assert shelf.brakes.refused(FLOW, refusals(30), 50) == 0
    brake = shelf.brakes.read(FLOW)
    assert (brake.refused, brake.halted_at, brake.sentence) == (50, shelf.clock.now(), "Grund fehlt")


def test_a_success_leaves_nothing_behind(shelf: Shelf) -> None:
    """A success before the limit forgets all refusals; with none there it changes nothing."""
    shelf.brakes.succeeded(FLOW)
    assert shelf.table.get(ROW) is None
    shelf.brakes.refused(FLOW, refusals(49), 50)
    shelf.brakes.succeeded(FLOW)
    assert shelf.brakes.read(FLOW) == Brake()


def test_only_a_person_ends_a_halt(shelf: Shelf) -> None:
    """A success that was under way changes nothing; a person's word lets small batches through, and is needed once."""
    shelf.brakes.refused(FLOW, refusals(50), 50)
    shelf.brakes.succeeded(FLOW)
    assert shelf.brakes.read(FLOW).halted_at
    released = shelf.brakes.release(FLOW, 50)
    assert released
    assert released.refused == 50
    assert shelf.brakes.release(FLOW, 50) is None
    assert (shelf.brakes.read(FLOW).halted_at, shelf.brakes.read(FLOW).batch) == (None, SMALL)
    assert shelf.brakes.refused(FLOW, refusals(200), 50) == SMALL
    assert shelf.brakes.read(FLOW).halted_at


def test_a_worker_in_between_is_not_overwritten() -> None:
    """Refusals that another worker counts between our look and our count stay counted."""
    table = Meddling()
    shelf = Shelf(table)
    table.act = lambda: shelf.brakes.refused(FLOW, refusals(30), 50)
    assert shelf.brakes.refused(FLOW, refusals(30), 50) == 20
    assert shelf.brakes.read(FLOW).refused == 50
