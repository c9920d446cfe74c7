"""Page: what stands still is set going again, with what came of each (behaviour.md 12.1: admins)."""

from collections.abc import Iterable
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field

from lockstep.domain.connection import MARKETO
from lockstep.runtime.wiring import World, world
from workspace_api import resuming
from workspace_api.access import address_of
from workspace_api.pages import page
from workspace_api.problems import bad_request, not_found
from workspace_api.resuming import Resumed
from workspace_api.views import View

router = page()


class ResumeWish(BaseModel):
    """What to set going; everything where nothing is named."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    what: str | None = Field(default=None, description="marketo, or a seller's address", max_length=254)


class ResumedView(View):
    """One thing that stood still."""

    what: str
    was: str
    did: str
    goes_on: bool


class ResumeView(View):
    """What stood still, and what came of it."""

    answer: str
    steps: list[ResumedView]


@router.post("/resume", summary="Set going again what stands still: blocked connections, parked vendors, a load")
def resume(wish: Annotated[ResumeWish | None, Body()] = None) -> ResumeView:
    """Tries blocked connections, lifts waits for quota, and calls workers; each with what came of it.

    A second one finds nothing that stands still (I35).
    """
    steps = list(_steps(world(), wish.what.strip() if wish and wish.what else None))
    going = sum(step.goes_on for step in steps)
    left = len(steps) - going
    answer = "Nothing stands still."
    if steps:
        answer = f"{going} of {len(steps)} go on." + (
            f" {left} {'needs' if left == 1 else 'need'} you." if left else ""
        )
    views = [ResumedView(what=s.what, was=s.was, did=s.did, goes_on=s.goes_on) for s in steps]
    return ResumeView(answer=answer, steps=views)


def _steps(here: World, what: str | None) -> Iterable[Resumed]:
    if what is None:
        return resuming.everything(here)
    if what.lower() == MARKETO:
        return resuming.marketo(here)
    try:
        user = address_of(what)
    except ValueError:
        raise bad_request("Name marketo or a seller's address, or nothing for everything.") from None
    if not here.connections.is_user(user):
        raise not_found(f"{user} is no user of this Workspace.")
    return resuming.one_seller(here, user)
