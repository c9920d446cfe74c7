"""Page: the custom fields of Tasks, as each seller sees them, against the table that the admin was given (ATR-07)."""

from collections import defaultdict
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from lockstep.domain.ids import UserEmail, user_email
from lockstep.domain.sales_activity import EmailText
from lockstep.domain.settings import Settings
from lockstep.domain.task import TaskSchema
from lockstep.runtime.wiring import world
from workspace_api import backfilling
from workspace_api.access import caller_of
from workspace_api.backfilling import Found
from workspace_api.describing import Looked, look
from workspace_api.field_check import Finding, check
from workspace_api.pages import page
from workspace_api.problems import conflict, forbidden
from workspace_api.views import View

router = page()


class FieldsWish(BaseModel):
    """Whose fields to look at."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    user: EmailText | None = Field(default=None, description="One seller; every connected one without it")
    fresh: bool = Field(default=True, description="Ask Salesforce now, one call a seller; false: as last described")


class FindingView(View):
    """One field that will not carry what it should, and for whom."""

    field: str
    trouble: str
    text: str
    found: str | None = Field(description="What stands there instead")
    remedy: str
    who: str
    sellers: list[str]


class FieldsView(View):
    """What is wrong with the fields of Tasks."""

    answer: str
    findings: list[FindingView]
    looked_at: list[Looked]


@router.post("/fields/check", summary="The fields of Tasks against the checklist, as each seller sees them")
def check_fields(wish: Annotated[FieldsWish, Body()]) -> FieldsView:
    """Missing, misspelt, hidden, read-only, of the wrong type, too short; and a picklist that spoils Type.

    What waited for a field or a right goes on, where this finds it to be there.
    """
    looked = look(world(), _users(wish.user), fresh=wish.fresh)
    schemas = {user_email(one.user): schema for one, schema in looked if schema}
    if not schemas:
        raise conflict("No seller is connected, so nobody's fields can be looked at: lockstep connect salesforce.")
    findings = _findings(schemas, world().settings.current().values)
    return FieldsView(answer=_answer(findings, schemas), findings=findings, looked_at=[one for one, _ in looked])


class BackfillWish(BaseModel):
    """Whose Tasks, and how far back; without `dry_run: false` nothing is opened."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    user: EmailText | None = Field(default=None, description="One seller; every connected one without it")
    days: int = Field(default=90, ge=1, le=3_650, description="Activities that happened in the last so many days")
    dry_run: bool = True
    after: str | None = Field(default=None, description="`next` of the answer before", max_length=400)


class BackfillView(View):
    """What a back-fill would do or did, for one page of Tasks."""

    dry_run: bool
    answer: str
    tasks: int = Field(description="Tasks that get fields")
    fields: dict[str, int] = Field(description="How many Tasks get each field")
    news: int = Field(description="Opens, clicks and the like that are shown on their Tasks now")
    not_writable: dict[str, int] = Field(description="How many Tasks still lack each field that cannot be written")
    older: int = Field(description="Tasks that lack fields and are older than asked for")
    asked_before: int = Field(description="Tasks for which the same was asked before")
    calls: int = Field(description="Calls to Salesforce that this needs, if each is answered at once")
    looked_at: list[Looked]
    next: str | None = Field(description="Send it as `after` for the next page; null behind the last one")


@router.post("/fields/backfill", summary="Fill in fields of Tasks that were logged without them")
def backfill_fields(wish: Annotated[BackfillWish, Body()]) -> BackfillView:
    """Each Task gets, in its seller's name, the attribute fields that were left out and that can be written now.

    Shown first, done with `dry_run: false`. Repeating it opens nothing twice; what is under way goes on by itself.
    """
    here = world()
    looked = look(here, _users(wish.user), fresh=wish.after is None)
    schemas = {user_email(one.user): schema for one, schema in looked if schema}
    found = backfilling.look(here, schemas, wish.days, wish.after)
    if not wish.dry_run:
        backfilling.start(here, found)
    return BackfillView(
        dry_run=wish.dry_run,
        answer=_filled(found, dry_run=wish.dry_run),
        tasks=len(found.open),
        fields=dict(sorted(found.fields.items())),
        news=len(found.news),
        not_writable=dict(sorted(found.not_writable.items())),
        older=found.older,
        asked_before=found.asked_before,
        calls=found.calls,
        looked_at=[one for one, _ in looked],
        next=found.next,
    )


def _filled(found: Found, *, dry_run: bool) -> str:
    verb = "would get" if dry_run else "get"
    return (
        f"{len(found.open):,} Tasks {verb} fields that were left out, with {found.calls:,} calls to Salesforce or more."
    )


def _users(asked: str | None) -> list[UserEmail]:
    caller = caller_of(router.context)
    if asked is None:
        return world().connections.users() if caller.admin else [caller.email]
    if not caller.sees(asked):
        raise forbidden("You may check your own fields only; ask an admin for the others.")
    return [user_email(asked)]


def _findings(schemas: dict[UserEmail, TaskSchema], settings: Settings) -> list[FindingView]:
    """Each finding once, with everybody whom it concerns."""
    everywhere = {name for schema in schemas.values() for name in schema.fields}
    everywhere |= _known_elsewhere(schemas)
    types = ("Email", "Call", "Reply") if settings.log_replies else ("Email", "Call")
    concerned: defaultdict[Finding, list[str]] = defaultdict(list)
    for user, schema in schemas.items():
        for finding in check(schema, everywhere, types):
            concerned[finding].append(user)
    return [
        FindingView(
            field=one.field,
            trouble=one.trouble,
            text=one.text,
            found=one.found,
            remedy=one.remedy,
            who=one.who,
            sellers=sellers,
        )
        for one, sellers in concerned.items()
    ]


def _known_elsewhere(schemas: dict[UserEmail, TaskSchema]) -> set[str]:
    """Fields that sellers who are not looked at see: what is there for them is only hidden here."""
    connections = world().connections
    others = (connections.schema(user) for user in connections.users() if user not in schemas)
    return {name for schema in others if schema for name in schema.fields}


def _answer(findings: list[FindingView], schemas: dict[UserEmail, TaskSchema]) -> str:
    sellers = f"{len(schemas):,} seller{'s' if len(schemas) != 1 else ''}"
    if not findings:
        return f"All fields are there, and {sellers} may write them."
    fields = len({one.field for one in findings})
    return f"{fields} field{'s' if fields != 1 else ''} will not carry everything; {sellers} looked at."
