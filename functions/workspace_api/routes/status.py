"""Page: how everything stands (experience.md 10.3)."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from lockstep.domain.connection import MARKETO, ConnectionState
from lockstep.engine.budget import Window, fresh, next_reset
from lockstep.runtime.wiring import World, world
from workspace_api import reading
from workspace_api.access import caller_of
from workspace_api.flows import SALESFORCE, FlowView, flows, headline
from workspace_api.pages import page
from workspace_api.routes.people_load import LoadView
from workspace_api.views import ConnectionsView, View

router = page()
CAP = 1_500_000  # PPL-17


class BudgetView(View):
    """Calls to a vendor: our own of Marketo's day, everybody's of the last 24 hours at Salesforce."""

    vendor: str
    calls_today: int
    cap_today: int | None
    as_of: datetime | None = Field(default=None, description="When the vendor said so; null where we count ourselves")
    resets_at: datetime | None
    in_window: int = Field(description="Calls reserved in the last 20 seconds")
    window_cap: int | None
    running: int
    running_cap: int | None
    parked_until: datetime | None


class NoticeView(View):
    """Something an admin should know."""

    code: str
    text: str


class StatusView(View):
    """All of it."""

    headline: str
    now: datetime
    balanced: bool
    flows: list[FlowView]
    load: LoadView | None
    people_stored: int
    connections: ConnectionsView
    budgets: list[BudgetView]
    notices: list[NoticeView]


@router.get("/status", summary="Balance, progress, connections, budgets and notices")
def read_status(
    days: Annotated[int, Query(ge=1, le=90, description="How many days of books, today included")] = 7,
) -> StatusView:
    """How every flow stands: its books, what needs somebody, and how far it is complete."""
    here = world()
    all_flows = flows(here, days)
    connections = reading.connections(here, caller_of(router.context))
    stored = here.people.stored()
    return StatusView(
        headline=headline(all_flows),
        now=here.now(),
        balanced=all(flow.balance.balanced for flow in all_flows),
        flows=all_flows,
        load=LoadView.of(reading.load_progress(here), here.now()),
        people_stored=stored,
        connections=connections,
        budgets=[_marketo(here), _salesforce(here)],
        notices=_notices(stored, all_flows, connections),
    )


def _marketo(here: World) -> BudgetView:
    now, rules = here.now(), here.marketo_rules()
    window: Window = fresh(here.budgets.window(MARKETO), now)
    return BudgetView(
        vendor=MARKETO,
        calls_today=sum(window.used.values()),
        cap_today=rules.day_calls,
        resets_at=next_reset(now),
        in_window=len(window.slots),
        window_cap=rules.window_calls,
        running=len(window.permits),
        running_cap=rules.running,
        parked_until=here.budgets.parked(MARKETO),
    )


def _salesforce(here: World) -> BudgetView:
    told = here.budgets.usage(SALESFORCE)
    return BudgetView(
        vendor=SALESFORCE,
        calls_today=told.used if told else 0,
        cap_today=told.allowed if told else None,
        as_of=told.at if told else None,
        resets_at=None,
        in_window=0,
        window_cap=None,
        running=0,
        running_cap=None,
        parked_until=here.budgets.parked(SALESFORCE),
    )


def _notices(stored: int, all_flows: list[FlowView], connections: ConnectionsView) -> list[NoticeView]:
    found = []
    turned_away = sum(flow.balance.skipped.get("CAP_REACHED", 0) for flow in all_flows)
    if stored >= CAP or turned_away:
        text = f"The Workspace holds {stored:,} of at most {CAP:,} people; {turned_away:,} were not stored."
        found.append(NoticeView(code="CAP_REACHED", text=text))
    marketo = connections.marketo
    for name, link in [("Marketo", marketo), *((link.user, link) for link in connections.salesforce)]:
        if link is None:
            continue
        if link.state is ConnectionState.BLOCKED:
            code = link.reason.code if link.reason else "BLOCKED"
            found.append(NoticeView(code=code, text=f"The connection of {name} is blocked. {link.detail}".strip()))
        found += [NoticeView(code="DRIFT", text=f"{name}: {warning}") for warning in link.warnings]
    return found
