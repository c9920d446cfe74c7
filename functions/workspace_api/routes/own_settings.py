"""Page: what a seller decides for the own account, and what the seller's tools need to know to send (LS-05, LS-06)."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Body, Query
from pydantic import Field

from lockstep.domain.ids import UserEmail
from lockstep.domain.settings import CallOutcome, SellerChoices, Settings
from lockstep.runtime.wiring import world
from workspace_api.access import address_of, caller_of
from workspace_api.changing import choose
from workspace_api.pages import page
from workspace_api.problems import bad_request, forbidden
from workspace_api.views import View

router = page()


class MySettingsView(View):
    """A seller's own choices, and what holds with them."""

    user: str
    version: int
    locked: bool = Field(description="Whether an admin's team_override makes the same settings hold for everybody")
    choices: SellerChoices = Field(description="null follows the admin")
    log_emails: bool = Field(description="As it holds for this seller")
    log_calls: bool
    log_replies: bool
    email_method: Literal["api", "bcc"]
    bcc_address: str | None
    notes: list[str] = Field(description="What keeps this from doing what it says")


class SendingView(View):
    """What a seller's tools have to do so that mails and calls reach Salesforce."""

    user: str
    email_logging: Literal["api", "bcc", "off"]
    bcc: list[str] = Field(description="Put these on each mail as blind copies")
    text: str
    call_outcomes: list[CallOutcome]
    call_outcome_required: bool
    call_reasons: list[str]
    call_reason_required: bool


@router.get("/my/settings", summary="My own choices, and what holds with them")
def read_my_settings() -> MySettingsView:
    """What the signed-in seller chose, what an admin allows, and what follows."""
    return _mine(caller_of(router.context).email)


@router.patch("/my/settings", summary="Choose for my own account")
def change_my_settings(
    changes: Annotated[dict[str, Any], Body(description="Choices by name; null follows the admin again")],
) -> MySettingsView:
    """Narrows what an admin allows (LS-34); refused while the team override is on (LS-06)."""
    email = caller_of(router.context).email
    choose(world(), email, changes)
    return _mine(email)


@router.get("/sending", summary="What a seller's mails and calls need")
def read_sending(
    user: Annotated[str | None, Query(description="The seller; without it, who asks")] = None,
) -> SendingView:
    """Whether mails are logged by the API or by a blind copy, to which address, and what calls may be given."""
    email = _seller(user)
    values = world().settings.current().values
    rules = values.of(email)
    logging = rules.email_method if rules.log_emails else "off"
    return SendingView(
        user=email,
        email_logging=logging,
        bcc=[rules.bcc_address] if logging == "bcc" and rules.bcc_address else [],
        text=_text(logging, rules.bcc_address),
        call_outcomes=list(values.call_outcomes),
        call_outcome_required=values.call_outcome_required,
        call_reasons=list(values.call_reasons),
        call_reason_required=values.call_reason_required,
    )


def _mine(email: UserEmail) -> MySettingsView:
    found = world().settings.current()
    rules = found.values.of(email)
    return MySettingsView(
        user=email,
        version=found.version,
        locked=found.values.team_override,
        choices=found.values.sellers.get(email, SellerChoices()),
        log_emails=rules.log_emails,
        log_calls=rules.log_calls,
        log_replies=rules.log_replies,
        email_method=rules.email_method,
        bcc_address=rules.bcc_address,
        notes=_notes(found.values, email),
    )


def _notes(values: Settings, email: UserEmail) -> list[str]:
    rules, found = values.of(email), []
    if rules.log_emails and rules.email_method == "bcc" and not rules.bcc_address:
        found.append("Your mails are logged by a blind copy, and bcc_address is not set, so none of them is logged.")
    if values.team_override and values.sellers.get(email, SellerChoices()) != SellerChoices():
        found.append("team_override is on: your choices, except bcc_address, hold again when it is off.")
    return found


def _text(logging: str, address: str | None) -> str:
    if logging == "off":
        return "Mails of this seller are not logged to Salesforce."
    if logging == "api":
        return "Report each sent mail as an event; nothing has to be on the mail itself."
    if address:
        return f"Put {address} on each mail as a blind copy, and name it in the event's bcc; Salesforce files the mail."
    return "Mails are to be logged by a blind copy, but the seller has not set a bcc_address: none is logged."


def _seller(user: str | None) -> UserEmail:
    caller = caller_of(router.context)
    if user is None:
        return caller.email
    try:
        email = address_of(user)
    except ValueError:
        raise bad_request("Name the seller by email address.") from None
    if not caller.sees(email):
        raise forbidden("You may ask for your own mails only; ask an admin for the others.")
    return email
