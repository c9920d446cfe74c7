"""The story: take the flow's cursor, go on with the load, then read what changed."""

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.connection import MARKETO, ConnectionState, MarketoConnection
from lockstep.domain.message import Nudge
from lockstep.domain.reason import Reason
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import Halt
from lockstep.store.leases import Lease
from people_from_marketo import changes, late, load
from people_from_marketo.desk import Desk

NUDGE = Nudge(PEOPLE_FROM_MARKETO, MARKETO)


def run(desk: Desk, deadline: Deadline) -> None:
    """Go on until nothing is left or time is short, then nudge again; only if started (PPL-02)."""
    if desk.load() is None:
        return
    lease = desk.cursors.take(PEOPLE_FROM_MARKETO)
    if lease is None:
        return
    more = turned_away = False
    try:
        more = _work(desk, lease, deadline)
    finally:
        turned_away = desk.cursors.give_back(lease)
    if more or turned_away:
        desk.nudge(NUDGE)


def _work(desk: Desk, lease: Lease, deadline: Deadline) -> bool:
    link = _link(desk)
    late.finish(desk.awaited, desk.ledger, desk.clock.now())
    try:
        with desk.open_marketo() as marketo:
            more = load.go_on(desk, marketo, link.fields, lease, deadline)
            more = more or changes.follow(desk, marketo, link.fields, lease, deadline)
    except Halt as halt:
        desk.connections.set_state(MARKETO, ConnectionState.BLOCKED, halt.reason, halt.detail)
        raise
    if link.state is ConnectionState.BLOCKED:
        desk.connections.set_state(MARKETO, ConnectionState.CONNECTED)
    return more


def _link(desk: Desk) -> MarketoConnection:
    link = desk.connections.marketo()
    if link is None or link.state is ConnectionState.DISCONNECTED:
        detail = "Marketo is not connected: run lockstep connect marketo"
        raise Halt(Reason.NO_CONNECTION, detail, scope="concern")
    return link
