"""What the interface answers with: models of JSON, and how records become them.

Promises one vocabulary (experience.md 10.2): each state with its word, each reason with its texts.
"""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, ROLLUPS_TO_SALESFORCE
from lockstep.domain.connection import ConnectionState, MarketoConnection, SalesforceConnection
from lockstep.domain.item import Item, State
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason

WORDS = {
    State.RECEIVED: "Waiting",
    State.READY: "Waiting",
    State.LEASED: "Sending",
    State.CONFIRMED: "Logged",
    State.SKIPPED: "Skipped",
    State.RETRY_AT: "Will retry",
    State.NEEDS_YOU: "Needs you",
    State.UNKNOWN: "Unknown - checking",
    State.SUPERSEDED: "Superseded",
    State.ERASED: "Erased",
}
DESTINATIONS = {ACTIVITIES_TO_SALESFORCE: "Salesforce", ROLLUPS_TO_SALESFORCE: "the fields of records in Salesforce"}


class View(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class ReasonView(View):
    """A reason code with its texts."""

    code: str
    title: str
    meaning: str
    remedy: str
    who: str = Field(description="Who can act")

    @classmethod
    def of(cls, reason: Reason | None) -> "ReasonView | None":
        """The texts of a reason, if there is one."""
        if reason is None:
            return None
        text = REASON_TEXTS[reason]
        return cls(code=reason, title=text.title, meaning=text.meaning, remedy=text.remedy, who=text.who)


class StepView(View):
    """One move in an item's history; `note` is our trace or the vendor's own message."""

    at: datetime
    state: str
    word: str
    reason: str | None
    note: str


class ItemView(View):
    """One effect wanted at one destination."""

    flow: str
    key: str
    event_id: str
    kind: str
    seller: str
    person_id: int
    occurred_at: datetime
    received_on: date
    state: str
    word: str
    answer: str = Field(description="What became of it, in a sentence")
    reason: ReasonView | None
    message: str = Field(description="Our trace, or the vendor's own message, at the last move")
    attempts: int
    remote_id: str | None = Field(description="The record at the destination")
    settings_version: int | None = Field(description="The settings it was last judged under")
    withheld: list[str] = Field(description="Fields left out because the user may not write them")
    next_look_at: datetime | None
    history: list[StepView]

    @classmethod
    def of(cls, item: Item) -> "ItemView":
        """An item as the interface shows it."""
        return cls(
            flow=item.flow,
            key=item.key,
            event_id=item.event_id,
            kind=item.kind,
            seller=item.connection,
            person_id=item.person_id,
            occurred_at=item.occurred_at,
            received_on=item.received_on,
            state=item.state,
            word=WORDS[item.state],
            answer=sentence(item),
            reason=ReasonView.of(item.reason),
            message=item.history[-1].note if item.history else "",
            attempts=item.attempts,
            remote_id=item.remote_id,
            settings_version=item.settings_version,
            withheld=list(item.withheld),
            next_look_at=item.due_at or item.lease_until,
            history=[
                StepView(at=s.at, state=s.state, word=WORDS[s.state], reason=s.reason, note=s.note)
                for s in item.history
            ],
        )


def sentence(item: Item, reason: Reason | None = None) -> str:
    """What became of an item and what to do, in words (experience.md 10.5); `reason` where it is not the item's own."""
    where = DESTINATIONS.get(item.flow, item.flow)
    last = item.history[-1] if item.history else None
    why = reason or item.reason
    text = REASON_TEXTS[why] if why else None
    match item.state:
        case State.CONFIRMED:
            left_out = f" Left out, because the user may not write them: {', '.join(item.withheld)}."
            at = f" on {_moment(last.at)}" if last else ""
            return f"Logged to {where} as {item.remote_id}{at}." + (left_out if item.withheld else "")
        case State.READY | State.RECEIVED:
            return f"Waiting for its turn to be written to {where}."
        case State.LEASED:
            return f"Being written to {where} now."
        case State.SUPERSEDED | State.ERASED:
            because = f" {text.meaning}" if text else ""
            return f"{WORDS[item.state]}: nothing more is written to {where}.{because}"
    cause = f"{text.title}. {text.meaning} {text.remedy}" if text else "No reason is known."
    due = f" Next look: {_moment(item.due_at)}." if item.due_at else ""
    start = "Not logged" if item.state in (State.SKIPPED, State.NEEDS_YOU) else "Not yet logged"
    return f"{start} to {where}: {cause}{due}"


def _moment(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else ""


class LineView(View):
    """One activity in a person's history."""

    id: str
    type: str
    occurred_at: datetime


class PersonView(View):
    """A person as the Workspace holds it (behaviour.md 1.6); read-only."""

    marketo_id: int
    name: str
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None
    company: str | None
    title: str | None
    linkedin_url: str | None
    source: str | None
    salesforce_lead_id: str | None
    salesforce_contact_id: str | None
    salesforce_account_id: str | None
    salesforce_opportunity_id: str | None
    active: bool
    reason: ReasonView | None = Field(description="Why the person is not active")
    unsubscribed: bool
    unsubscribed_at: datetime | None
    synced_at: datetime = Field(description="When the Workspace last took this person over (our clock)")
    as_of: datetime = Field(description="Marketo's clock at the read that this is based on")
    merged_into: int | None
    merged_from: list[int]
    history: list[LineView] = Field(description="Activities, newest first; sellers see their own")

    @classmethod
    def of(cls, record: PersonRecord, opt_out: dict[str, Any] | None, lines: list[LineView]) -> "PersonView":
        """A stored person with what hangs on it."""
        person = record.person
        if person is None:
            raise ValueError("nothing is stored of this person")
        named = {n: getattr(person, n) for n in cls.model_fields if n in type(person).__dataclass_fields__}
        return cls.model_validate(
            named
            | {
                "name": person.name,
                "active": record.active,
                "reason": ReasonView.of(record.reason),
                "unsubscribed": opt_out is not None,
                "unsubscribed_at": opt_out["occurred_at"] if opt_out else None,
                "synced_at": record.synced_at,
                "as_of": record.as_of,
                "merged_into": record.merged_into,
                "merged_from": list(record.merged_from),
                "history": lines,
            }
        )


class MarketoConnectionView(View):
    """The Marketo connection, without its credentials (item 161)."""

    base_url: str
    state: ConnectionState
    since: datetime
    reason: ReasonView | None
    detail: str
    warnings: list[str]

    @classmethod
    def of(cls, link: MarketoConnection) -> "MarketoConnectionView":
        """A connection as the interface shows it."""
        return cls(
            base_url=link.base_url,
            state=link.state,
            since=link.since,
            reason=ReasonView.of(link.reason),
            detail=link.detail,
            warnings=list(link.warnings),
        )


class SalesforceConnectionView(View):
    """One seller's Salesforce connection, without its credentials."""

    user: str
    method: str
    username: str
    org_id: str
    user_id: str
    instance_url: str
    time_zone: str
    state: ConnectionState
    since: datetime
    reason: ReasonView | None
    detail: str
    warnings: list[str]
    changes: list[str] = Field(description="What had changed of the fields when they were last described")
    changes_at: datetime | None

    @classmethod
    def of(cls, link: SalesforceConnection) -> "SalesforceConnectionView":
        """A connection as the interface shows it."""
        return cls(
            user=link.user,
            method=link.method,
            username=link.username,
            org_id=link.org_id,
            user_id=link.user_id,
            instance_url=link.instance_url,
            time_zone=link.time_zone,
            state=link.state,
            since=link.since,
            reason=ReasonView.of(link.reason),
            detail=link.detail,
            warnings=list(link.warnings),
            changes=list(link.drift),
            changes_at=link.drift_at,
        )


class ConnectionsView(View):
    """All connections that the caller may see, and the users who have none that works."""

    marketo: MarketoConnectionView | None
    salesforce: list[SalesforceConnectionView]
    not_connected: list[str]
