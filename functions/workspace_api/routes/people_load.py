"""Page: the load of people, shown first and started with a second confirmation (PPL-02, item 2)."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from lockstep.catalogue.person_fields import SYNCED
from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.connection import MARKETO, ConnectionState
from lockstep.domain.load import LoadProgress
from lockstep.domain.message import Nudge
from lockstep.runtime.wiring import World, world
from lockstep.store import codec
from workspace_api import reading
from workspace_api.access import Caller, caller_of
from workspace_api.pages import page
from workspace_api.problems import Problem, conflict
from workspace_api.views import View

router = page()
CONFIRMATION = "start the load of people"


class LoadView(View):
    """How far the load has come; `done` and `total` count Marketo ids, the others people (item 13)."""

    state: str
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int
    processed: int
    qualified: int
    skipped: int
    failed: int
    rate_per_minute: float
    seconds_left: int | None

    @classmethod
    def of(cls, progress: LoadProgress | None, now: datetime) -> "LoadView | None":
        """Progress as the interface shows it."""
        if progress is None:
            return None
        return cls(
            state=progress.state,
            requested_by=progress.requested_by,
            requested_at=progress.requested_at,
            started_at=progress.started_at,
            finished_at=progress.finished_at,
            done=progress.scanned,
            total=progress.total,
            processed=progress.processed,
            qualified=progress.qualified,
            skipped=progress.skipped,
            failed=progress.failed,
            rate_per_minute=round(progress.rate_per_minute(now), 1),
            seconds_left=progress.seconds_left(now) if progress.pending else 0,
        )


class FieldView(View):
    """One field that is copied."""

    label: str
    ours: str
    marketo: str = Field(description="REST name in this Marketo instance")
    optional: bool
    found: bool | None = Field(description="Whether this instance has it; null before Marketo is connected")


class PrerequisiteView(View):
    """What must or should be there first (PPL-03)."""

    what: str
    passed: bool
    needed: bool
    remedy: str


class PreviewView(View):
    """What a start would do; nothing has happened yet."""

    fields: list[FieldView]
    prerequisites: list[PrerequisiteView]
    may_start: bool
    confirmation: str = Field(description="Send this text with POST to start")
    load: LoadView | None


class StartLoad(BaseModel):
    """The second confirmation."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    confirmation: str = ""


@router.get("/people-load", summary="Preview of the load of people: fields, prerequisites, progress")
def preview_people_load() -> PreviewView:
    """The synced fields and what must be there first; the field list is fixed (PPL-14)."""
    here = world()
    wanted = prerequisites(here)
    return PreviewView(
        fields=fields(here),
        prerequisites=wanted,
        may_start=all(one.passed for one in wanted if one.needed),
        confirmation=CONFIRMATION,
        load=LoadView.of(reading.load_progress(here), here.now()),
    )


@router.post("/people-load", summary="Start the load of people", status_code=HTTPStatus.ACCEPTED)
def start_people_load(start: Annotated[StartLoad | None, Body()] = None) -> LoadView:
    """Starts the load; 409 without the second confirmation, and while a load is under way."""
    here, caller = world(), caller_of(router.context)
    if start is None or start.confirmation != CONFIRMATION:
        raise conflict(
            f'Nothing was started: look at the preview, then send {{"confirmation": "{CONFIRMATION}"}}.',
            title="Second confirmation needed",
            confirmation=CONFIRMATION,
        )
    if lacking := [one.remedy for one in prerequisites(here) if one.needed and not one.passed]:
        raise conflict(f"Nothing was started. {' '.join(lacking)}")
    return _start(here, caller)


def _start(here: World, caller: Caller) -> LoadView:
    """Of two who start at once one does; the other is told that it runs (I35)."""
    now = here.now()
    row = here.cursors.read(PEOPLE_FROM_MARKETO).get("load")
    before = codec.read(LoadProgress, row) if row else None
    if before and before.pending:
        raise _under_way(before, now)
    progress = LoadProgress.request(caller.email, now, reconcile=before is not None)
    if not here.cursors.set(PEOPLE_FROM_MARKETO, {"load": codec.row(progress)}, over={"load": row}):
        raise _under_way(reading.load_progress(here) or progress, now)
    here.nudge(Nudge(PEOPLE_FROM_MARKETO, MARKETO))
    view = LoadView.of(progress, now)
    assert view is not None  # noqa: S101 - there is progress
    return view


def _under_way(progress: LoadProgress, now: datetime) -> Problem:
    view = LoadView.of(progress, now)
    sentence = "The load is under way already; `lockstep status` shows how far it is."
    return conflict(sentence, load=view and view.model_dump(mode="json"))


def fields(here: World) -> list[FieldView]:
    """The thirteen fields with their names in the connected instance."""
    link = here.connections.marketo()
    names = link.fields if link else {}
    return [
        FieldView(
            label=field.label,
            ours=field.ours,
            marketo=names.get(field.ours, field.rest),
            optional=field.optional,
            found=field.ours in names if link else None,
        )
        for field in SYNCED
    ]


def prerequisites(here: World) -> list[PrerequisiteView]:
    """What must be there before a start (PPL-03); a Salesforce connection may also follow later."""
    link = here.connections.marketo()
    ready = link is not None and link.state is ConnectionState.CONNECTED
    users = (here.connections.salesforce(user) for user in here.connections.users())
    sellers = any(link is not None and link.state is ConnectionState.CONNECTED for link in users)
    blocked = f" ({link.detail})" if link and link.detail and not ready else ""
    return [
        PrerequisiteView(
            what="Marketo is connected, and has the fields",
            passed=ready,
            needed=True,
            remedy="" if ready else f"Connect Marketo first: lockstep connect marketo.{blocked}",
        ),
        PrerequisiteView(
            what="A Salesforce user is connected",
            passed=sellers,
            needed=False,
            remedy=""
            if sellers
            else "Connect a seller, so that activities can be logged: lockstep connect salesforce.",
        ),
    ]
