"""Page: why didn't it sync? One box, the answer first (experience.md 10.5)."""

from typing import Annotated
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.openapi.params import Query

from lockstep.domain.ids import MarketoId, salesforce_id, user_email
from lockstep.runtime.wiring import World, world
from workspace_api import explaining, reading
from workspace_api.access import Caller, caller_of
from workspace_api.pages import page
from workspace_api.problems import Problem, bad_request, not_found
from workspace_api.views import PersonView, SalesforceConnectionView
from workspace_api.why_around import seller
from workspace_api.why_person import person_checks, seller_checks
from workspace_api.why_views import CheckView, WhyView

router = page()
TASKS = "00T"


@router.get(
    "/why/<anything>", summary="What became of an activity, a Task, a field, a person or a seller, in a sentence"
)
def explain(
    anything: str,
    field: Annotated[
        str | None, Query(description="Why is this field of the activity's Task empty? Its API name", max_length=80)
    ] = None,
) -> WhyView:
    """Takes an event id, the Salesforce id of a Task, lead or contact, a Marketo id, or an email address.

    The first check that failed is the answer; all checks follow, each as it was when it was judged and as it is now.
    """
    here, caller, asked = world(), caller_of(router.context), unquote(anything).strip()
    found = explaining.activity(here, caller, asked, field) or _task(here, caller, asked, field)
    if found:
        return found
    if field:
        raise bad_request("A field belongs to a Task: name an activity or the id of a Task with it.")
    return _people(here, caller, asked) or _seller(here, caller, asked) or _nothing(asked)


def _task(here: World, caller: Caller, asked: str, field: str | None) -> WhyView | None:
    if not asked.startswith(TASKS):
        return None
    try:
        return explaining.task(here, caller, salesforce_id(asked), field)
    except ValueError:
        return None


def _people(here: World, caller: Caller, asked: str) -> WhyView | None:
    if asked.isascii() and asked.isdigit() and len(asked) <= 15:
        ids = [MarketoId(int(asked))]
    else:
        ids = _looked_up(here, asked)
    if not ids:
        return None
    told = [_person(here, caller, one) for one in ids]
    several = f"{len(ids)} people have it. " if len(ids) > 1 else ""
    checks = person_checks(here, ids[0]) if len(ids) == 1 else []
    return WhyView(
        asked=asked,
        kind="person",
        answer=several + " ".join(answer for _, answer in told),
        failed=_first(checks),
        checks=checks,
        people=[person for person, _ in told if person],
    )


def _first(checks: list[CheckView]) -> str | None:
    return next((one.code for one in checks if one.now == "fail"), None)


def _looked_up(here: World, asked: str) -> list[MarketoId]:
    if "@" in asked:
        return here.people.by_email(asked)
    try:
        return here.people.by_salesforce_id(salesforce_id(asked))
    except ValueError:
        return []


def _person(here: World, caller: Caller, marketo_id: int) -> tuple[PersonView | None, str]:
    try:
        person = reading.person(here, caller, marketo_id)
    except Problem as problem:
        return None, problem.detail
    who = f"{person.name or 'Person'} ({person.marketo_id})"
    if person.reason:
        return person, f"{who} is in the Workspace but not active: {person.reason.meaning} {person.reason.remedy}"
    sfid = person.salesforce_contact_id or person.salesforce_lead_id
    record = f"linked to the Salesforce record {sfid}" if sfid else "without a Salesforce id"
    return person, f"{who} is in the Workspace, {record}, last taken over {person.synced_at:%Y-%m-%d %H:%M} UTC."


def _seller(here: World, caller: Caller, asked: str) -> WhyView | None:
    email = user_email(asked)
    if not caller.sees(email) or not here.connections.is_user(email):
        return None
    who = seller(here, email)
    checks = seller_checks(here, who, here.settings.current())
    if who.link is None:
        answer = f"{email} is a user and was never connected to Salesforce: lockstep connect salesforce {email}."
        return WhyView(asked=asked, kind="seller", answer=answer, failed=_first(checks), checks=checks)
    detail = f" {who.link.detail}" if who.link.detail else ""
    since = f"{who.link.since:%Y-%m-%d %H:%M} UTC"
    answer = f"{email} is a user; the Salesforce connection is {who.link.state} since {since}.{detail}"
    wrong = next((one for one in checks if one.now == "fail"), None)
    more = f" First not so: {wrong.check.lower()} ({wrong.now_value})." if wrong else " Nothing is in the way."
    view = SalesforceConnectionView.of(who.link)
    return WhyView(asked=asked, kind="seller", answer=answer + more, failed=_first(checks), checks=checks, seller=view)


def _nothing(asked: str) -> WhyView:
    shown = asked if len(asked) <= 80 else f"{asked[:80]}..."
    raise not_found(
        f"Nothing is known of {shown}. Looked for: an activity with this id, a person with this Marketo id, email "
        "address or Salesforce id, and a user. Sellers see only their own activities; an event that was refused at "
        "the door leaves no trace."
    )
