"""A seller who reconnects at the very moment when a worker finds the old connection broken."""

from collections.abc import Callable
from typing import Any

import pytest

from local.fakes.memory_table import MemoryTable
from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import UserEmail
from lockstep.domain.item import State
from lockstep.store.table import Action
from tests.selling import FLOW, SELLER, email, in_salesforce, person
from tests.world import SimWorld
from workspace_api.waking import wake_connected


class Watched(MemoryTable):
    """Somebody else acts once, just before a write that fits."""

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[list[Action]], bool] = lambda _: False
        self.act: Callable[[], Any] = lambda: None
        self.acted = False

    def transact(self, actions: Any) -> None:
        """Let the other one act first, then write."""
        if self.before(list(actions)):
            self.before = lambda _: False
            self.acted = True
            self.act()
        super().transact(actions)


@pytest.fixture
def world() -> SimWorld:
    """Both vendors, one seller, and an email that waits while the seller's access is taken away."""
    world = SimWorld(table=Watched())
    world.connect_marketo()
    world.connect_seller(SELLER)
    world.switch_on()
    waits = email(person(world, "x@example.net", contact=in_salesforce(world, "Contact")))
    assert world.world.events.accept([waits]) == ["stored"]
    return world


def reconnect(world: SimWorld) -> None:
    """What connecting does: store the connection, wake what waited for it."""
    world.connect_seller(SELLER)
    wake_connected(world.world, UserEmail(SELLER))


def touches(part: str) -> Callable[[list[Action]], bool]:
    """Writes on rows whose key has this part."""
    return lambda actions: any(part in f"{action.key.pk}/{action.key.sk}" for action in actions)


@pytest.mark.parametrize("moment", [f"CONN#{SELLER}/LINK", "WAIT#connection"], ids=["blocking", "parking"])
def test_nothing_is_left_waiting_for_a_connection_that_works(world: SimWorld, moment: str) -> None:
    """Whether the seller comes just before the connection is blocked or just before the item is parked."""
    world.salesforce.act("revoke_user", {"user": SELLER})
    world.clock.advance(1)
    world.table.before, world.table.act = touches(moment), lambda: reconnect(world)
    world.run_until_quiet()
    assert world.table.acted
    link = world.world.connections.salesforce(UserEmail(SELLER))
    assert link
    assert link.state is ConnectionState.CONNECTED
    assert [item["state"] for item in world.items(FLOW)] == [State.CONFIRMED]
    assert len(world.tasks()) == 1
