"""What stands still is set going again by a person's word, one thing after the other, each with what came of it.

Promises that nothing is claimed to go on that was not tried, that what goes on by itself is left alone, and
that doing it twice does nothing more than doing it once (I35).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lockstep.catalogue.routes import FLOWS, PEOPLE_FROM_MARKETO, ROLLUPS_TO_SALESFORCE
from lockstep.domain.brake import SMALL
from lockstep.domain.connection import MARKETO, ConnectionState, MarketoConnection, SalesforceConnection
from lockstep.domain.ids import UserEmail
from lockstep.domain.message import Nudge
from lockstep.engine.errors import Defer, SyncError
from lockstep.runtime.wiring import World
from lockstep.store import codec
from workspace_api import connect, reading
from workspace_api.flows import SALESFORCE, halted

WAITS = (MARKETO, SALESFORCE, ROLLUPS_TO_SALESFORCE)  # who may be waited for; roll-ups stop before the rest does
FORGOTTEN = timedelta(seconds=60)
ENOUGH = timedelta(seconds=15)  # the interface answers within 29


@dataclass(frozen=True, slots=True)
class Resumed:
    """One thing that stood still: what it was, what was done about it, and whether it goes on."""

    what: str
    was: str
    did: str
    goes_on: bool


def everything(here: World) -> Iterator[Resumed]:
    """All that stands still, vendors first, since the rest needs them."""
    until = here.now() + ENOUGH
    for vendor in WAITS:
        yield from _vendor(here, vendor)
    yield from _marketo(here)
    yield from _sellers(here, here.connections.users(), until)
    yield from _load(here)
    yield from _brakes(here)
    yield from _lanes(here)


def one_seller(here: World, user: UserEmail) -> Iterator[Resumed]:
    """A seller's connection and work."""
    for vendor in (SALESFORCE, ROLLUPS_TO_SALESFORCE):
        yield from _vendor(here, vendor)
    yield from _sellers(here, [user], here.now() + ENOUGH)
    yield from _lanes(here, user)


def marketo(here: World) -> Iterator[Resumed]:
    """Marketo's connection, its calls, and the load of people."""
    yield from _vendor(here, MARKETO)
    yield from _marketo(here)
    yield from _load(here)


def _vendor(here: World, vendor: str) -> Iterator[Resumed]:
    if until := here.budgets.unpark(vendor):
        yield Resumed(
            vendor,
            f"took no calls before {_moment(until)}",
            "calls are made again; if the quota is still spent, the next answer says so and the wait begins anew",
            goes_on=True,
        )
        if vendor == MARKETO:
            here.nudge(Nudge(PEOPLE_FROM_MARKETO, MARKETO))


def _marketo(here: World) -> Iterator[Resumed]:
    link = here.connections.marketo()
    if link is None or link.state is not ConnectionState.BLOCKED:
        return
    was = f"the connection was blocked. {link.detail}".strip()
    try:
        _logged_in(here, link)
    except SyncError as error:
        yield Resumed(MARKETO, was, _refusal(error, "lockstep connect marketo"), goes_on=False)
        return
    here.nudge(Nudge(PEOPLE_FROM_MARKETO, MARKETO))
    yield Resumed(MARKETO, was, "logged in and found the fields; reading goes on where it stopped", goes_on=True)


def _logged_in(here: World, link: MarketoConnection) -> None:
    with here.marketo("live") as people:
        found = people.fields()
    fresh = replace(link, state=ConnectionState.CONNECTED, since=here.now(), reason=None, detail="")
    here.connections.save(replace(fresh, fields=found.names, warnings=found.warnings))


def _sellers(here: World, users: list[UserEmail], until: datetime) -> Iterator[Resumed]:
    for user in users:
        link = here.connections.salesforce(user)
        if link is None or link.state is not ConnectionState.BLOCKED:
            continue
        if here.now() > until:
            yield Resumed("more sellers", "blocked", "there was no time for all: say it again", goes_on=False)
            return
        yield _seller(here, link)


def _seller(here: World, link: SalesforceConnection) -> Resumed:
    was = f"the connection was blocked. {link.detail}".strip()
    try:
        connect.tried_again(here, link)
    except SyncError as error:
        return Resumed(link.user, was, _refusal(error, f"lockstep connect salesforce {link.user}"), goes_on=False)
    return Resumed(link.user, was, "logged in; what waited for the connection goes on", goes_on=True)


def _brakes(here: World) -> Iterator[Resumed]:
    limit = here.settings.current().values.rejection_limit
    for flow in FLOWS:
        if brake := here.brakes.release(flow, limit):
            here.nudges.send([Nudge(flow, lane) for lane in here.ledger.lanes(flow) if here.ledger.oldest(flow, lane)])
            did = f"goes on with {SMALL} records at first; if all are refused again, it halts again"
            yield Resumed(flow, halted(brake), did, goes_on=True)


def _load(here: World) -> Iterator[Resumed]:
    load = reading.load_progress(here)
    row = here.cursors.read(PEOPLE_FROM_MARKETO)
    held = codec.instant(row["lease_until"]) if "lease_until" in row else None
    if load is None or not load.pending or (held and here.now() - held <= FORGOTTEN):
        return
    since = f"nobody is at it since {_moment(held)}" if held else "nobody began it"
    link = here.connections.marketo()
    was = f"the load of people stood at id {load.next_id:,}; {since}"
    if link is None or link.state is not ConnectionState.CONNECTED:
        yield Resumed("load", was, "left as it is until Marketo is connected: lockstep connect marketo", goes_on=False)
        return
    here.nudge(Nudge(PEOPLE_FROM_MARKETO, MARKETO))
    yield Resumed("load", was, "a worker was called; lockstep status shows whether it moves", goes_on=True)


def _lanes(here: World, user: UserEmail | None = None) -> Iterator[Resumed]:
    for flow in FLOWS:
        lanes = [user] if user and flow != PEOPLE_FROM_MARKETO else [] if user else here.ledger.lanes(flow)
        still = [lane for lane in lanes if _stands(here, flow, lane)]
        if still:
            refused = here.nudges.send([Nudge(flow, lane) for lane in still])
            did = f"workers were called for {len(still) - len(refused):,}"
            yield Resumed(flow, f"work of {len(still):,} sellers that nobody was at", did, goes_on=not refused)


def _stands(here: World, flow: str, lane: str) -> bool:
    if here.ledger.oldest(flow, lane) is None:
        return False
    until = here.ledger.held_until(flow, lane)
    return until is None or here.now() - until > FORGOTTEN


def _refusal(error: SyncError, cure: str) -> str:
    detail = error.detail.rstrip(".")
    return f"{detail}; try again later" if isinstance(error, Defer) else f"still refused: {detail}. Run {cure}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
