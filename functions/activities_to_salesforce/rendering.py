"""How an activity looks as a Task: subject, description, dates, attributes; pure."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent
from lockstep.domain.settings import TOKEN
from lockstep.domain.task import FieldValue, TaskSchema
from lockstep.domain.text import clean, cut, one_line, units

SUBJECT_UNITS = 255
DESCRIPTION_UNITS = 32_000
ALWAYS = frozenset({"Subject", "Status", "Priority", "ActivityDate", "WhoId", "OwnerId"})

Activity = EmailSent | EmailEngagement | CallLogged


@dataclass(frozen=True, slots=True)
class Author:
    """Whose Task it becomes: the seller's Salesforce user, time zone and rights."""

    user_id: str
    time_zone: str
    schema: TaskSchema


@dataclass(frozen=True, slots=True)
class Rendering:
    """What becomes a Task: the activity, its record, the email that a reply answers, and the key where it is text."""

    activity: Activity
    who: str
    original: EmailSent | None = None
    key_line: str = ""
    related: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Fields to write, and what was withheld or shortened, in words."""

    fields: dict[str, FieldValue]
    withheld: tuple[str, ...]

    @property
    def hash(self) -> str:
        """A hash of what is sent."""
        text = json.dumps(self.fields, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def activity_type(activity: Activity) -> str:
    """Email, Reply or Call: the Task type, and the value of {{activity_type}}."""
    match activity:
        case EmailSent():
            return "Email"
        case EmailEngagement():
            return "Reply"
        case CallLogged():
            return "Call"


def subject(template: str, activity: Activity, original: EmailSent | None = None) -> str:
    """LS-17 to LS-23: the template with every token filled or empty, one line, 255 units; never for replies."""
    return cut(_whole_subject(template, activity, original), SUBJECT_UNITS)


def _whole_subject(template: str, activity: Activity, original: EmailSent | None) -> str:
    if isinstance(activity, EmailEngagement):
        answered = (original.data.subject if original else activity.data.subject) or ""
        return one_line(f"Reply: {answered}")
    values = _tokens(activity)

    def filled(match: Any) -> str:
        value = values.get(match.group(1).lower())
        return "" if value is None else str(value)

    text = one_line(TOKEN.sub(filled, template))
    return text or activity_type(activity)


def _tokens(activity: EmailSent | CallLogged) -> dict[str, Any]:
    campaign = activity.data.campaign
    values: dict[str, Any] = {
        "activity_type": activity_type(activity),
        "sales_campaign_name": campaign and campaign.name,
        "sales_campaign_day": campaign and campaign.day,
        "sales_campaign_step": campaign and campaign.step,
    }
    if isinstance(activity, EmailSent):
        return values | {"activity_subject": activity.data.subject}
    call = activity.data
    return values | {"activity_subject": call.reminder_name, "call_outcome": call.outcome, "call_reason": call.reason}


def description(activity: Activity, key_line: str = "") -> str:
    """The mail with its head, the text of a reply, or the notes of the call; `key_line` goes last and is never cut."""
    body = cut(_whole_text(activity), _room(key_line))
    return f"{body}\n\n{key_line}".strip() if key_line else body


def _room(key_line: str) -> int:
    return DESCRIPTION_UNITS - units(key_line) - 2


def _whole_text(activity: Activity) -> str:
    if isinstance(activity, EmailSent):
        mail = activity.data
        head = {
            "From": mail.sender or activity.user,
            "To": ", ".join(mail.to),
            "Cc": ", ".join(mail.cc),
            "Subject": mail.subject or "",
        }
        lines = [f"{name}: {one_line(value)}" for name, value in head.items() if value]
        text = "\n".join([*lines, "", mail.body_text or ""])
    elif isinstance(activity, CallLogged):
        text = activity.data.notes or ""
    else:
        text = activity.data.body_text or activity.data.details or ""
    return clean(text).strip()


def _wanted(target: Rendering, author: Author, template: str) -> dict[str, FieldValue]:
    activity = target.activity
    day = activity.instant.astimezone(ZoneInfo(author.time_zone)).date()
    fields: dict[str, FieldValue] = {
        "Subject": subject(template, activity, target.original),
        "Status": "Completed",
        "Priority": "Normal",
        "ActivityDate": day.isoformat(),
        "OwnerId": author.user_id,
        "Description": description(activity, target.key_line),
    }
    if isinstance(activity, CallLogged):
        call = activity.data
        fields |= {
            "TaskSubtype": "Call",
            "CallType": "Outbound",
            "CallDurationInSeconds": call.duration_s,
            "CallDisposition": call.outcome,
        }
    kind = activity_type(activity)
    if kind in author.schema.type_values:  # LS-24: only this exact value
        fields["Type"] = kind
    return fields | {"WhatId": target.related} | _attributes(activity)


def _attributes(activity: Activity) -> dict[str, FieldValue]:
    values: dict[str, FieldValue] = {}
    kind = activity_type(activity).lower()
    for attribute in TASK_ATTRIBUTES:
        if kind in attribute.set_by and (attribute.path or attribute.constant):
            value: Any = attribute.constant or activity.data
            for step in attribute.path:
                value = getattr(value, step, None)
            values[attribute.name] = None if value is None else one_line(str(value))
    return values


def render(target: Rendering, author: Author, template: str) -> Rendered:
    """All fields that have a value and that this user may write (ATR-01), each within its length."""
    fields: dict[str, FieldValue] = {"WhoId": target.who}
    withheld: list[str] = []
    for name, value in _wanted(target, author, template).items():
        right = author.schema.fields.get(name)
        if value is None or value == "":
            continue
        if name not in ALWAYS and (right is None or not right.createable):
            withheld.append(f"{name} ({'hidden or missing' if right is None else 'read-only'})")
            continue
        limit = right.length if right and name != "Description" else 0
        fields[name] = _fitting(value, limit)
        if fields[name] != value:
            withheld.append(f"{name} (shortened to {limit})")
    return Rendered(fields, (*withheld, *_shortened(target, template, fields)))


def _shortened(target: Rendering, template: str, fields: Mapping[str, FieldValue]) -> Iterator[str]:
    """Texts that were cut before anybody's field could be too short for them (I29)."""
    whole = _whole_subject(template, target.activity, target.original)
    if "Subject" in fields and units(whole) > SUBJECT_UNITS:
        yield f"Subject (shortened to {SUBJECT_UNITS})"
    if "Description" in fields and units(_whole_text(target.activity)) > _room(target.key_line):
        yield f"Description (shortened to {DESCRIPTION_UNITS})"


def _fitting(value: FieldValue, limit: int) -> FieldValue:
    return cut(value, limit) if limit and isinstance(value, str) else value
