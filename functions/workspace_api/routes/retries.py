"""Page: items that were parked, sent again: shown first, then done (129, experience.md 10.4)."""

from datetime import UTC, datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.catalogue.routes import FLOWS
from lockstep.domain.ids import user_email
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import EmailText
from lockstep.runtime.wiring import world
from workspace_api import retrying
from workspace_api.access import Caller, caller_of
from workspace_api.pages import page
from workspace_api.problems import bad_request, forbidden
from workspace_api.retrying import Retry, Wanted
from workspace_api.views import WORDS, View

router = page()
SHOWN = 20


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


Instant = Annotated[datetime, AfterValidator(_utc)]


class RetryFilter(BaseModel):
    """Which parked items; what is not named is not asked for."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    id: str | None = Field(default=None, description="One activity by event id, or one item by key", max_length=200)
    flow: str | None = Field(default=None, max_length=100)
    reason: Reason | None = None
    user: EmailText | None = Field(default=None, description="The seller")
    since: Instant | None = Field(default=None, description="Parked at this instant or later; UTC if it says nothing")
    until: Instant | None = Field(default=None, description="Parked before this instant")


class RetryWish(BaseModel):
    """What to retry; without `dry_run: false` nothing is moved."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    filter: RetryFilter = RetryFilter()
    dry_run: bool = True
    after: str | None = Field(default=None, description="`next` of the answer before", max_length=600)


class LeftView(View):
    """Items that stay where they are, with what stands in the way."""

    code: str
    title: str
    number: int


class RetriedView(View):
    """One item that was found."""

    key: str
    event_id: str
    seller: str
    reason: str | None
    parked_at: datetime
    in_the_way: str | None = Field(description="Why it would come back now; null if it goes")


class RetryView(View):
    """What a retry would do or did, for one page of items."""

    dry_run: bool
    found: int
    sent: int = Field(description="Items that go, or went, back on their work lists")
    left: list[LeftView]
    moved_meanwhile: int = Field(description="Items that somebody else moved first")
    calls: int = Field(description="Calls to Salesforce that this needs, if each is answered at once")
    items: list[RetriedView] = Field(description="The first of what was found")
    next: str | None = Field(description="Send it as `after` for the next page; null behind the last one")


@router.post("/retries", summary="Retry parked items: shown first, done with dry_run false")
def retry_items(wish: Annotated[RetryWish, Body()]) -> RetryView:
    """What needs somebody or was skipped goes back on its work list, unless it would only come back.

    Repeating it, or two people doing it at once, sends each item once (I35).
    """
    here, caller = world(), caller_of(router.context)
    wanted = _wanted(caller, wish.filter)
    named = wish.filter.id
    retry = retrying.look_at(here, caller, named.strip()) if named else retrying.look(here, wanted, wish.after)
    if not wish.dry_run:
        retrying.send(here, caller, retry)
    return _view(retry, dry_run=wish.dry_run)


def _wanted(caller: Caller, asked: RetryFilter) -> Wanted:
    if asked.flow and asked.flow not in FLOWS:
        raise bad_request(f"There is no such flow; the flows are {', '.join(FLOWS)}.")
    user = user_email(asked.user) if asked.user else None
    if not caller.admin:
        if user not in (None, caller.email):
            raise forbidden("You may retry only your own activities; ask an admin for the others.")
        user = caller.email
    return Wanted(asked.flow, asked.reason, user, asked.since, asked.until)


def _view(retry: Retry, *, dry_run: bool) -> RetryView:
    return RetryView(
        dry_run=dry_run,
        found=len(retry.items),
        sent=len(retry.going) - retry.refused,
        left=[LeftView(code=code, title=_title(code), number=n) for code, n in sorted(retry.left.items())],
        moved_meanwhile=retry.refused,
        calls=retry.calls,
        items=[_item(retry, item) for item in retry.items[:SHOWN]],
        next=retry.next,
    )


def _title(code: str) -> str:
    if code in set(Reason):
        return REASON_TEXTS[Reason(code)].title
    return "Already logged" if code == State.CONFIRMED else f"{WORDS[State(code)]} already"


def _item(retry: Retry, item: Item) -> RetriedView:
    reason = retry.forecasts[item.key].reason
    return RetriedView(
        key=item.key,
        event_id=item.event_id,
        seller=item.connection,
        reason=item.reason,
        parked_at=retrying.parked_at(item),
        in_the_way=str(reason) if reason else None,
    )
