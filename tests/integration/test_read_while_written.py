"""Pages that are read while a worker writes: they may be late, and their books always balance."""

from typing import Any

import pytest

from tests.selling import FLOW, call, email, in_salesforce, person
from tests.workspace import SELLER, Workspace


@pytest.mark.fault("F098")
@pytest.mark.invariant("I1")
def test_no_page_between_two_writes_shows_books_that_do_not_balance() -> None:
    """Status is asked behind every transaction of intake and worker; in the end it shows what Salesforce holds."""
    world = Workspace()
    world.connect_marketo()
    world.connect_seller(SELLER)
    world.switch_on()
    who, nobody = person(world, contact=in_salesforce(world, "Contact")), 99_999
    honest, seen = world.table.transact, []

    def transact(actions: Any) -> None:
        honest(actions)
        if not asking:
            asking.append(True)
            (flow,) = [one for one in world.ask("GET", "/status").body["flows"] if one["flow"] == FLOW]
            seen.append(flow["balance"])
            asking.pop()

    asking: list[bool] = []
    world.table.transact = transact
    world.report(*(email(who) for _ in range(60)), *(call(who) for _ in range(20)), email(nobody))
    assert len(seen) > 10
    assert all(books["balanced"] for books in seen)
    assert {books["received"] for books in seen} > {81}
    last = world.balance(FLOW)
    assert (last.logged, last.waiting) == (80, 1)
    assert len(world.tasks()) == 80
