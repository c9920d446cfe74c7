"""Whether an item has an effect under given settings, whatever its person: one judgement for all who ask; pure.

The flows decide by it, the forecast and the preview foretell by it, and "why" explains by it. Each thing that must
be so is told apart, with how it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from lockstep.domain.item import Item, Outcome, skipped
from lockstep.domain.reason import Reason
from lockstep.domain.rollup import CAMPAIGN, FEEDS
from lockstep.domain.sales_activity import CallLogged, CampaignMove, EmailEngagement, EmailSent, SalesEvent
from lockstep.domain.settings import SellerRules, Settings

Aspect = Literal["kind", "event", "choices", "method", "named"]


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that must be so: how it is, and the reason why there is no effect where it is not so."""

    aspect: Aspect
    note: str
    reason: Reason | None = None


def unwanted(item: Item, event: SalesEvent, settings: Settings) -> Demand | None:
    """The first thing that is not so; None where the item is to have its effect.

    What may have been written already was judged then, under the settings of then (I22).
    """
    if item.in_doubt and item.target:
        return None
    return next((demand for demand in demands(item, event, settings) if demand.reason), None)


def passed_over(item: Item, event: SalesEvent, settings: Settings) -> Outcome | None:
    """The end of an item that is not wanted; None where it is to have its effect."""
    refusal = unwanted(item, event, settings)
    return skipped(refusal.reason, refusal.note) if refusal and refusal.reason else None


def demands(item: Item, event: SalesEvent, settings: Settings) -> Iterator[Demand]:
    """All that must be so, in the order in which it is judged."""
    rules = settings.of(item.connection)
    match item.effect:
        case "task":
            yield from _as_task(event, settings, rules)
        case "life":
            yield _switch("emails", on=rules.log_emails)
        case "rollup":
            yield from _as_newest(event, settings)


def _as_task(event: SalesEvent, settings: Settings, rules: SellerRules) -> Iterator[Demand]:
    """LS-02, LS-05, LS-14, LS-15, LS-28."""
    match event:
        case EmailSent():
            yield _switch("emails", on=rules.log_emails)
            yield _sent(event)
            yield _method(event, rules)
        case EmailEngagement(type="email.replied"):
            yield _switch("replies", on=rules.log_replies)
        case CallLogged():
            yield _switch("calls", on=rules.log_calls)
            yield _outbound(event)
            yield _choices(event, settings)
        case _:
            yield Demand("kind", f"{event.type} makes no Task of its own", Reason.NOT_ROUTED)


def _as_newest(event: SalesEvent, settings: Settings) -> Iterator[Demand]:
    """LS-31, LS-32."""
    if settings.rollups:
        yield Demand("kind", f"the newest activity is shown on each {', '.join(settings.rollups)}")
    else:
        yield Demand("kind", "most-recent-activity fields are switched off", Reason.KIND_OFF)
    match event:
        case EmailSent():
            yield _sent(event)
        case CallLogged():
            yield _outbound(event)
    names = [settings.rollup_fields[one] for one in FEEDS.get(event.type, ()) if one in settings.rollup_fields]
    if not names:
        yield Demand("named", f"no field is named for {event.type}", Reason.NOTHING_TO_UPDATE)
    elif CAMPAIGN in FEEDS[event.type] and not _campaign(event):
        yield Demand("named", "the campaign has no name", Reason.NOTHING_TO_UPDATE)
    else:
        yield Demand("named", f"it bears on {', '.join(names)}")


def _campaign(event: SalesEvent) -> str | None:
    return event.data.campaign.name if isinstance(event, CampaignMove) and event.data.campaign else None


def _switch(what: str, *, on: bool) -> Demand:
    return Demand("kind", f"{what} are logged") if on else Demand("kind", f"{what} are not logged", Reason.KIND_OFF)


def _sent(email: EmailSent) -> Demand:
    sent = email.data.status == "sent"
    return Demand("event", f"the email's status is {email.data.status}", None if sent else Reason.NOT_SENT)


def _outbound(call: CallLogged) -> Demand:
    outbound = call.data.direction == "outbound"
    return Demand("event", f"the call's direction is {call.data.direction}", None if outbound else Reason.NOT_OUTBOUND)


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
