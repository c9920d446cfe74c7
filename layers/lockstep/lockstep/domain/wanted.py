"""Whether an activity is logged under given settings, whatever its person: one judgement for all who ask; pure.

The flow decides by it, the forecast and the preview foretell by it, and "why" explains by it. Each thing that must
be so is told apart, with how it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent
from lockstep.domain.settings import SellerRules, Settings

Activity = EmailSent | EmailEngagement | CallLogged
Aspect = Literal["kind", "event", "choices", "method"]


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must be so: how it is, and the reason why the activity is not logged where it is not so."""

    aspect: Aspect
    note: str
    reason: Reason | None = None


def unwanted(activity: Activity, settings: Settings, rules: SellerRules) -> Demand | None:
    """The first thing that is not so (LS-02, LS-05, LS-14, LS-15, LS-28); None where the activity is to be logged."""
    return next((demand for demand in demands(activity, settings, rules) if demand.reason), None)


def demands(activity: Activity, settings: Settings, rules: SellerRules) -> Iterator[Demand]:
    """All that must be so, in the order in which it is judged."""
    match activity:
        case EmailSent():
            yield _switch("emails", on=rules.log_emails)
            yield _email_sent(activity)
            yield _method(activity, rules)
        case EmailEngagement():
            yield _switch("replies", on=rules.log_replies)
        case CallLogged():
            yield _switch("calls", on=rules.log_calls)
            outbound = activity.data.direction == "outbound"
            note = f"the call's direction is {activity.data.direction}"
            yield Demand("event", note, None if outbound else Reason.NOT_OUTBOUND)
            yield _choices(activity, settings)


def _switch(what: str, *, on: bool) -> Demand:
    return Demand("kind", f"{what} are logged") if on else Demand("kind", f"{what} are not logged", Reason.KIND_OFF)


def _email_sent(email: EmailSent) -> Demand:
    sent = email.data.status == "sent"
    return Demand("event", f"the email's status is {email.data.status}", None if sent else Reason.NOT_SENT)


def _method(email: EmailSent, rules: SellerRules) -> Demand:
    if rules.email_method == "api":
        return Demand("method", "by the API")
    own = (rules.bcc_address or "").lower()
    if not own:
        return Demand("method", "the seller has given no Email to Salesforce address", Reason.BCC_MISSING)
    if own in {address.strip().lower() for address in email.data.bcc}:
        return Demand("method", "the mail carried the seller's Email to Salesforce address", Reason.LOGGED_BY_BCC)
    return Demand("method", "the mail did not carry the seller's address", Reason.BCC_MISSING)


def _choices(call: CallLogged, settings: Settings) -> Demand:
    wanted = {"outcome": settings.call_outcome_required, "reason": settings.call_reason_required}
    missing = [name for name, required in wanted.items() if required and not getattr(call.data, name)]
    if missing:
        return Demand("choices", f"the call has no {' and no '.join(missing)}", Reason.OUTCOME_REQUIRED)
    return Demand("choices", "nothing that is required is missing")
