"""Page: people, read-only (PPL-05)."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from lockstep.domain.ids import salesforce_id
from lockstep.runtime.wiring import world
from workspace_api import reading
from workspace_api.access import caller_of
from workspace_api.pages import page
from workspace_api.problems import Problem, bad_request
from workspace_api.views import PersonView, View

router = page()
_WRITES = ["POST", "PUT", "PATCH", "DELETE"]


class PeopleView(View):
    """People found; several may share one address (PPL-24)."""

    people: list[PersonView]


@router.get("/people", summary="People by email address or Salesforce id")
def find_people(
    email: Annotated[str | None, Query(description="Address, in any case")] = None,
    salesforce_id: Annotated[str | None, Query(description="Lead or contact id of 15 or 18 characters")] = None,
) -> PeopleView:
    """Everybody stored with this address, or with this lead or contact id."""
    if (email is None) == (salesforce_id is None):
        raise bad_request("Ask either with ?email= or with ?salesforce_id=.")
    here, caller = world(), caller_of(router.context)
    ids = here.people.by_email(email) if email else here.people.by_salesforce_id(_full(salesforce_id or ""))
    return PeopleView(people=[reading.person(here, caller, one) for one in ids])


def _full(text: str) -> str:
    try:
        return salesforce_id(text)
    except ValueError as error:
        raise bad_request(f"{error}.") from None


@router.get("/people/<marketo_id>", summary="One person by Marketo id")
def read_person(marketo_id: Annotated[int, Path(gt=0, lt=2**53)]) -> PersonView:
    """The person as stored; who was passed over or is gone is answered with the reason in words."""
    return reading.person(world(), caller_of(router.context), marketo_id)


@router.route("/people", _WRITES, include_in_schema=False)
@router.route("/people/<marketo_id>", _WRITES, include_in_schema=False)
def refuse_person(marketo_id: str = "") -> None:  # noqa: ARG001
    """People come from Marketo alone."""
    raise Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "People are read-only; edit in Marketo or Salesforce.",
        headers={"Allow": "GET"},
    )
