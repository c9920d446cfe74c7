"""How each flow stands: its books, its state in one word, and how far it is complete."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from pydantic import Field

from lockstep.catalogue.routes import FLOWS, PEOPLE_FROM_MARKETO, ROLLUPS_TO_SALESFORCE
from lockstep.domain.balance import Balance
from lockstep.domain.brake import Brake
from lockstep.domain.connection import MARKETO, ConnectionState
from lockstep.domain.load import ChangesPosition
from lockstep.domain.reason import Reason
from lockstep.runtime.wiring import World
from lockstep.store import codec
from workspace_api import reading
from workspace_api.views import ReasonView, View

LATE = timedelta(minutes=15)
SALESFORCE = "salesforce"


class BalanceView(View):
    """received = logged + skipped + needs you + waiting; reasons with their counts."""

    received: int
    logged: int
    skipped: dict[str, int]
    needs_you: dict[str, int]
    waiting: int
    balanced: bool
    line: str

    @classmethod
    def of(cls, books: Balance) -> "BalanceView":
        """Books as the interface shows them."""
        skipped, needs_you = sum(books.skipped.values()), sum(books.needs_you.values())
        line = (
            f"{books.received:,} in = {books.logged:,} logged + {skipped:,} skipped + "
            f"{needs_you:,} need you + {books.waiting:,} waiting"
        )
        return cls(
            received=books.received,
            logged=books.logged,
            skipped=dict(books.skipped),
            needs_you=dict(books.needs_you),
            waiting=books.waiting,
            balanced=books.balanced,
            line=line,
        )


class DayView(View):
    """The books of what was received on one day (UTC)."""

    day: date
    balance: BalanceView


class FlowView(View):
    """One flow."""

    flow: str
    state: str = Field(description="One of the words of a flow: Up to date, Working, Behind, Partly failing, Off ...")
    text: str
    complete_to: datetime | None = Field(description="Everything up to here is taken over (for the reading flow)")
    waiting_since: datetime | None = Field(description="When the oldest waiting activity happened")
    balance: BalanceView
    days: list[DayView]
    reasons: list[ReasonView]


def flows(here: World, days: int) -> list[FlowView]:
    """All flows with the books of the last days."""
    return [_flow(here, flow, days) for flow in FLOWS]


def _flow(here: World, flow: str, days: int) -> FlowView:
    today = here.ledger.today()
    books = {day: here.ledger.balance(flow, day) for day in (today - timedelta(days=n) for n in range(days))}
    total = Balance.total(books.values())
    oldest = _oldest(here, flow)
    complete_to = watermark(here) if flow == PEOPLE_FROM_MARKETO else None
    state, text = _state(here, flow, total, oldest, complete_to)
    return FlowView(
        flow=flow,
        state=state,
        text=text,
        complete_to=complete_to,
        waiting_since=oldest,
        balance=BalanceView.of(total),
        days=[DayView(day=day, balance=BalanceView.of(books[day])) for day in books if books[day].received],
        reasons=_reasons(total),
    )


def _reasons(books: Balance) -> list[ReasonView]:
    codes = sorted({*books.skipped, *books.needs_you} & {str(reason) for reason in Reason})
    views = (ReasonView.of(Reason(code)) for code in codes)
    return [view for view in views if view]


def _oldest(here: World, flow: str) -> datetime | None:
    found = (here.ledger.oldest(flow, lane) for lane in here.ledger.lanes(flow))
    return min((instant for instant in found if instant), default=None)


def watermark(here: World) -> datetime | None:
    """Up to when all changes of people are taken over."""
    row = here.cursors.read(PEOPLE_FROM_MARKETO).get("changes")
    return codec.read(ChangesPosition, row).watermark if row else None


def _state(
    here: World, flow: str, books: Balance, oldest: datetime | None, complete_to: datetime | None
) -> tuple[str, str]:
    if not books.balanced:
        return "Partly failing", "The books do not balance: look at the log of ledger_care."
    brake = here.brakes.read(flow)
    if brake.halted_at:
        return "Blocked", halted(brake)
    vendor = MARKETO if flow == PEOPLE_FROM_MARKETO else SALESFORCE
    if until := here.budgets.parked(vendor):
        return "Waiting for quota", f"{vendor.capitalize()} takes no calls before {until:%Y-%m-%d %H:%M} UTC."
    if until := here.budgets.parked(flow):
        return "Waiting for quota", f"{vendor.capitalize()}'s calls are nearly used up: not before {until:%H:%M} UTC."
    if flow == PEOPLE_FROM_MARKETO:
        return _people_state(here, books, complete_to)
    if flow == ROLLUPS_TO_SALESFORCE and not (here.settings.current().values.rollups or books.waiting):
        return "Off", "Switched off: the setting rollups names no object."
    return _activities_state(here, books, oldest)


def halted(brake: Brake) -> str:
    """Why a flow was halted, and the way out."""
    return (
        f"Halted at {brake.halted_at:%Y-%m-%d %H:%M} UTC after {brake.told} "
        f"({Reason.TOO_MANY_REFUSED}); the last: {brake.sentence.rstrip('.')}. Mend that, then run lockstep resume."
    )


def _people_state(here: World, books: Balance, complete_to: datetime | None) -> tuple[str, str]:
    load, link = reading.load_progress(here), here.connections.marketo()
    connected = link is not None and link.state is ConnectionState.CONNECTED
    if load is None:
        first = "" if connected else "lockstep connect marketo, then "
        return "Never run", f"The load of people was never started: {first}lockstep start-load."
    if not connected:
        detail = f": {link.detail}" if link and link.detail else "."
        return "Blocked", f"Marketo is not connected{detail} Run lockstep connect marketo."
    if load.pending:
        return "Working", f"The load is under way: {load.processed:,} people read."
    if complete_to is None or here.now() - complete_to > LATE + timedelta(seconds=here.environment.settle_seconds):
        return "Behind", "Changes in Marketo arrive late."
    if books.needs_you or books.skipped.get(Reason.CAP_REACHED):
        return "Partly failing", "Some people need you; see the reasons."
    return "Up to date", f"Complete to {complete_to:%Y-%m-%d %H:%M} UTC."


def _activities_state(here: World, books: Balance, oldest: datetime | None) -> tuple[str, str]:
    if oldest and here.now() - oldest > LATE:
        return "Behind", f"The oldest waiting activity happened at {oldest:%Y-%m-%d %H:%M} UTC."
    if books.needs_you:
        return "Partly failing", f"{sum(books.needs_you.values()):,} activities need you; see the reasons."
    if books.waiting:
        return "Working", f"{books.waiting:,} activities wait."
    if not books.received:
        return "Never run", "No activity was received in these days."
    return "Up to date", "Everything that was received is logged or skipped for a reason."


def headline(flows: Sequence[FlowView]) -> str:
    """The header sentence of the status page."""
    troubled = [flow for flow in flows if flow.state in ("Partly failing", "Blocked", "Behind", "Waiting for quota")]
    if not troubled:
        busy = sum(flow.state == "Working" for flow in flows)
        return f"{busy} of {len(flows)} flows are working." if busy else "No flow needs you."
    names = " and ".join(f"{flow.flow} ({flow.state.lower()})" for flow in troubled)
    return f"{len(troubled)} of {len(flows)} flows need a look: {names}."
