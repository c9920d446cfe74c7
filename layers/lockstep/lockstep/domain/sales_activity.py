"""Sales activities as their senders report them: one tagged union, strict about what matters.

Promises that every event names its id, seller, person and instant, that unknown members of `data`
are kept as received, and that content is compared by value and not by spelling (local-world.md 7).
"""

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)

EmailText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$"),
]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:\-]{1,128}$")]


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


def _spelled_out(value: Any) -> Any:
    # pydantic would also guess at numbers: seconds below a bound, milliseconds above it
    if not isinstance(value, datetime) and not (isinstance(value, str) and _DATE.match(value)):
        raise ValueError("an instant is a text such as 2026-11-22T09:30:00Z")
    return value


def _of_our_time(value: datetime) -> datetime:
    if not 2000 <= value.year < 2100:
        raise ValueError("an instant lies between the years 2000 and 2099")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_spelled_out), AfterValidator(_of_our_time)]


def _as_list(value: Any) -> Any:
    return [] if value is None else [value] if isinstance(value, str) else value


Addresses = Annotated[list[str], BeforeValidator(_as_list)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, defer_build=True)


class Template(_Part):
    """The template an email was made from."""

    id: str | int | None = None
    name: str | None = None
    url: str | None = None


class Campaign(_Part):
    """The sales campaign an activity belongs to, with the day and step it came from."""

    id: str | int | None = None
    name: str | None = None
    url: str | None = None
    day: int | None = None
    step: int | str | None = None


class EmailData(_Part):
    """An email as it was composed; `status` decides whether it counts as sent (item 62)."""

    email_id: str | None = None
    subject: str | None = None
    body_text: str | None = None
    sender: str | None = Field(default=None, alias="from")
    to: Addresses = []
    cc: Addresses = []
    bcc: Addresses = []
    status: Literal["sent", "draft", "scheduled", "failed", "blocked"] = "sent"
    template: Template | None = None
    campaign: Campaign | None = None
    url: str | None = None


class EngagementData(EmailData):
    """An open, click, reply or bounce: it names the email that it belongs to.

    `attachment` is set where it was a tracked attachment that was viewed, and not the mail itself.
    """

    email_id: str
    link: str | None = None
    attachment: str | None = None
    details: str | None = None


class CallData(_Part):
    """A call that a seller logged after hanging up; `duration_s` in seconds."""

    call_id: str | None = None
    phone: str | None = None
    direction: Literal["outbound", "inbound"] = "outbound"
    status: Literal["completed", "no answer", "cancelled", "failed"] = "completed"
    outcome: str | None = None
    reason: str | None = None
    duration_s: int | None = Field(default=None, ge=0, le=99_999_999)
    recording_url: str | None = None
    local_presence_id: str | None = None
    notes: str | None = None
    reminder_name: str | None = None
    campaign: Campaign | None = None


class CampaignData(_Part):
    """Entry to or exit from a sales campaign."""

    campaign: Campaign | None = None
    status: str | None = None


class ReminderData(_Part):
    """A reminder as the seller keeps it."""

    reminder_id: str
    name: str | None = None


class UnsubscribeData(_Part):
    """How the person opted out."""

    source: str | None = None
    details: str | None = None


class PersonRef(BaseModel):
    """Which person an event is about."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    marketo_id: Annotated[int, Field(gt=0, lt=2**53, strict=True)]


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    id: EventId
    occurred_at: Instant
    user: EmailText
    person: PersonRef

    @property
    def instant(self) -> datetime:
        """When it happened, in UTC."""
        return self.occurred_at.astimezone(UTC)

    def content(self) -> dict[str, Any]:
        """The event as it is stored: JSON values under the sender's names, nulls left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def fingerprint(self) -> str:
        """A hash that is equal for equal content (duplicate or conflict), however it is spelled."""
        content = self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
        content["occurred_at"] = self.instant.isoformat()
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class EmailSent(_Event):
    """An email was handed to the channel, or was meant to be."""

    type: Literal["email.sent"]
    data: EmailData


class EmailEngagement(_Event):
    """Something happened to an email after it was sent."""

    type: Literal["email.opened", "email.clicked", "email.replied", "email.bounced"]
    data: EngagementData


class CallLogged(_Event):
    """A call was logged by its seller."""

    type: Literal["call.logged"]
    data: CallData


class CampaignMove(_Event):
    """A person entered or left a sales campaign."""

    type: Literal["campaign.added", "campaign.removed"]
    data: CampaignData


class ReminderEvent(_Event):
    """A reminder was created, changed or deleted."""

    type: Literal["reminder.created", "reminder.updated", "reminder.deleted"]
    data: ReminderData


class Unsubscribed(_Event):
    """A person opted out of sales emails; there is no event that takes it back."""

    type: Literal["unsubscribe.created"]
    data: UnsubscribeData = UnsubscribeData()


SalesEvent = Annotated[
    EmailSent | EmailEngagement | CallLogged | CampaignMove | ReminderEvent | Unsubscribed,
    Field(discriminator="type"),
]
EVENTS: TypeAdapter[SalesEvent] = TypeAdapter(SalesEvent, config=ConfigDict(defer_build=True))
