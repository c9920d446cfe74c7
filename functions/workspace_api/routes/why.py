"""Page: why didn't it sync? One box, the answer first (experience.md 10.5)."""

from typing import Literal
from urllib.parse import unquote

from pydantic import Field

from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import MarketoId, salesforce_id, user_email
from lockstep.runtime.wiring import World, world
from workspace_api import reading
from workspace_api.access import Caller, caller_of
from workspace_api.pages import page
from workspace_api.problems import Problem, not_found
from workspace_api.reading import ActivityView
from workspace_api.views import PersonView, SalesforceConnectionView, View

router = page()


class CheckView(View):
    """One thing that must be so for an activity to be logged, as it is now."""

    check: str
    passed: bool
    now: str


class WhyView(View):
    """The answer in a sentence, then what it rests on."""

    asked: str
    kind: Literal["activity", "person", "seller"]
    answer: str
    activity: ActivityView | None = None
    checks: list[CheckView] = Field(default_factory=list)
    people: list[PersonView] = Field(default_factory=list)
    seller: SalesforceConnectionView | None = None


@router.get("/why/<anything>", summary="What became of an activity, a person or a seller, in a sentence")
def explain(anything: str) -> WhyView:
    """Takes an event id, a Marketo id, an email address, or a Salesforce id of a lead or contact."""
    here, caller, asked = world(), caller_of(router.context), unquote(anything).strip()
    found = reading.activity(here, caller, asked)
    if found:
        return WhyView(asked=asked, kind="activity", answer=found.answer, activity=found, checks=_checks(here, found))
    return _people(here, caller, asked) or _seller(here, caller, asked) or _nothing(asked)


def _people(here: World, caller: Caller, asked: str) -> WhyView | None:
    if asked.isascii() and asked.isdigit() and len(asked) <= 15:
        person, answer = _person(here, caller, int(asked))
        return WhyView(asked=asked, kind="person", answer=answer, people=[person] if person else [])
    ids = _looked_up(here, asked)
    if not ids:
        return None
    told = [_person(here, caller, one) for one in ids]
    several = f"{len(ids)} people have it. " if len(ids) > 1 else ""
    answer = several + " ".join(answer for _, answer in told)
    return WhyView(asked=asked, kind="person", answer=answer, people=[person for person, _ in told if person])


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
        if "reason" not in problem.more:
            raise
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
    link = here.connections.salesforce(email)
    if link is None:
        answer = f"{email} is a user and was never connected to Salesforce: lockstep connect salesforce {email}."
        return WhyView(asked=asked, kind="seller", answer=answer)
    view = SalesforceConnectionView.of(link)
    detail = f" {link.detail}" if link.detail else ""
    answer = (
        f"{email} is a user; the Salesforce connection is {link.state} since {link.since:%Y-%m-%d %H:%M} UTC.{detail}"
    )
    return WhyView(asked=asked, kind="seller", answer=answer, seller=view)


def _nothing(asked: str) -> WhyView:
    shown = asked if len(asked) <= 80 else f"{asked[:80]}..."
    raise not_found(
        f"Nothing is known of {shown}. Looked for: an activity with this id, a person with this Marketo id, email "
        "address or Salesforce id, and a user. Sellers see only their own activities; an event that was refused at "
        "the door leaves no trace."
    )


def _checks(here: World, found: ActivityView) -> list[CheckView]:
    """The checks of behaviour.md 10, as they would end now."""
    if not found.items:
        return []
    seller = user_email(found.seller)
    link = here.connections.salesforce(seller)
    settings = here.settings.current()
    on = settings.values.log_calls if found.type == "call.logged" else settings.values.log_emails
    living = here.people.living([found.person_id]).get(MarketoId(found.person_id))
    person = living.person if living else None
    sfid = person.salesforce_id if person else None
    return [
        CheckView(
            check="This kind of activity is switched on",
            passed=on,
            now=f"{'on' if on else 'off'} (settings version {settings.version})",
        ),
        CheckView(
            check="The seller is a user of the Workspace", passed=here.connections.is_user(seller), now=found.seller
        ),
        CheckView(
            check="The seller is connected to Salesforce",
            passed=link is not None and link.state is ConnectionState.CONNECTED,
            now=f"{link.state} {link.detail}".strip() if link else "never connected",
        ),
        CheckView(
            check="The person is in the Workspace",
            passed=living is not None and living.active,
            now="active" if living and living.active else str(living.reason if living else "unknown"),
        ),
        CheckView(check="The person has a Salesforce id", passed=sfid is not None, now=sfid or "none"),
    ]
