"""What a person sets from outside the workers: a start over what was seen, a wait that ends, the vendor's news."""

import pytest

from lockstep.domain.load import LoadProgress
from lockstep.store import codec
from tests.contract.store.shelf import Shelf


@pytest.mark.invariant("I35")
def test_a_position_is_set_only_over_what_was_seen(shelf: Shelf) -> None:
    """Of two who saw none one sets it; whoever saw a whole position sets only over that very one."""
    first = codec.row(LoadProgress.request("a@example.com", shelf.clock.now()))
    second = codec.row(LoadProgress.request("b@example.com", shelf.clock.now(), reconcile=True))
    assert shelf.cursors.set("flow", {"load": first}, over={"load": None})
    assert not shelf.cursors.set("flow", {"load": second}, over={"load": None})
    seen = shelf.cursors.read("flow")["load"]
    assert seen == first
    assert shelf.cursors.set("flow", {"load": first | {"processed": 7}}, over={"load": seen})
    assert not shelf.cursors.set("flow", {"load": second}, over={"load": seen})
    assert shelf.cursors.read("flow")["load"]["processed"] == 7


def test_a_wait_ends_by_a_word_and_may_begin_again(shelf: Shelf) -> None:
    """Lifting tells what was lifted, once; a shorter wait than the lifted one may be asked for after it."""
    until = shelf.later(3600)
    shelf.budgets.park("salesforce", until)
    assert shelf.budgets.unpark("salesforce") == until
    assert shelf.budgets.parked("salesforce") is None
    assert shelf.budgets.unpark("salesforce") is None
    shelf.budgets.park("salesforce", shelf.later(60))
    assert shelf.budgets.parked("salesforce") == shelf.later(60)


def test_news_of_the_vendor_is_kept_once_a_minute(shelf: Shelf) -> None:
    """Within a minute the first word stands, also another worker's; then the next."""
    assert shelf.budgets.usage("salesforce") is None
    shelf.budgets.note("salesforce", 10, 100)
    shelf.budgets.note("salesforce", 11, 100)
    Shelf(shelf.table).budgets.note("salesforce", 12, 100)
    told = shelf.budgets.usage("salesforce")
    assert told is not None
    assert (told.used, told.allowed, told.at) == (10, 100, shelf.clock.now())
    shelf.clock.advance(61)
    shelf.budgets.note("salesforce", 13, 100)
    told = shelf.budgets.usage("salesforce")
    assert told is not None
    assert told.used == 13
