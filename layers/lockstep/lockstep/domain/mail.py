"""A sent email as its life goes on: what happened to it, and what of that its Task in Salesforce shows.

Promises that a life only goes on (ATR-03): what was seen once stays seen, a bounce stays a bounce, and the
campaign step is the latest one, in whatever order the events arrive (I12).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.sales_activity import CampaignMove, EmailEngagement, EmailSent, SalesEvent

NO_STEP = ""  # the person has left the campaign
_LONGEST = 200  # characters of a sender's id that stand in a key as they are


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of an email after it was sent; `step` is None where no event spoke of it."""

    viewed: bool = False
    clicked: bool = False
    replied: bool = False
    attachment: bool = False
    bounced: bool = False
    step: str | None = None
    step_at: datetime | None = None

    def after(self, events: Iterable[SalesEvent]) -> "Life":
        """The life with these events in it."""
        life = self
        for event in events:
            life = _after(life, event)
        return life


@dataclass(frozen=True, slots=True)
class Mail:
    """One email of one seller to one person; `keys` are the items of its Tasks, none while it was not reported as sent.

    `told` is the life that the Task shows, since `told_at`. `awaited` says that something waits for the Task.
    """

    seller: UserEmail
    mail_id: str
    person_id: MarketoId
    event_id: str | None = None
    keys: tuple[ItemKey, ...] = ()
    told: Life = Life()
    told_at: datetime | None = None
    awaited: bool = False
    revision: int = 0


def mail_id(event: SalesEvent) -> str | None:
    """The id of the email that an event is, or happened to, as short as a key allows; None where it is about none."""
    if isinstance(event, EmailSent):
        return short(event.data.email_id or event.id)
    return short(event.data.email_id) if isinstance(event, EmailEngagement) else None


def campaign_id(event: SalesEvent) -> str | None:
    """The id of the campaign that an event belongs to, as short as a key allows."""
    if not isinstance(event, EmailSent | CampaignMove) or event.data.campaign is None:
        return None
    named = event.data.campaign.id if event.data.campaign.id is not None else event.data.campaign.name
    return None if named in (None, "") else short(str(named))


def short(text: str) -> str:
    """A sender's id where it is short, else a hash of it."""
    return text if len(text) <= _LONGEST else hashlib.sha256(text.encode()).hexdigest()


def _after(life: Life, event: SalesEvent) -> Life:
    match event:
        case EmailEngagement(type="email.opened"):
            return replace(life, attachment=True) if event.data.attachment else replace(life, viewed=True)
        case EmailEngagement(type="email.clicked"):
            return replace(life, clicked=True, attachment=life.attachment or bool(event.data.attachment))
        case EmailEngagement(type="email.replied"):
            return replace(life, replied=True)
        case EmailEngagement(type="email.bounced"):
            return replace(life, bounced=True)
        case CampaignMove():
            return _moved(life, event)
    return life


def _moved(life: Life, event: CampaignMove) -> Life:
    if life.step_at and event.instant < life.step_at:
        return life
    if event.type == "campaign.removed":
        return replace(life, step=NO_STEP, step_at=event.instant)
    step = event.data.campaign.step if event.data.campaign else None
    return life if step is None else replace(life, step=str(step), step_at=event.instant)
