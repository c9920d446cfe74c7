"""The fifteen custom fields of a logged Task (behaviour.md 4), made by hand by a Salesforce admin; names never change.

A field that is missing, hidden or not editable for a user is left out of that user's writes (ATR-01). Text
is cut to the length that the org describes (ATR-04); checkboxes only ever go on (ATR-03).
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["email", "call"]
_BOTH: frozenset[Kind] = frozenset({"email", "call"})
_EMAIL: frozenset[Kind] = frozenset({"email"})
_CALL: frozenset[Kind] = frozenset({"call"})


@dataclass(frozen=True, slots=True)
class TaskAttribute:
    """One field: its API name, its label in Salesforce, and which kinds of activity set it.

    `path` leads to the value in the activity's data when it is logged; `constant` stands where there is
    nothing to look up. `life` names what of the email's life sets it after it was sent (domain/mail.py), and
    `becomes` the value that it then has, where that is not the value itself.
    """

    name: str
    label: str
    set_by: frozenset[Kind]
    path: tuple[str, ...] = ()
    constant: str | None = None
    life: str | None = None
    becomes: str | None = None


TASK_ATTRIBUTES = (
    TaskAttribute("mktosales_call_outcome__c", "Call Outcomes", _CALL, ("outcome",)),
    TaskAttribute("mktosales_call_reason__c", "Call Reasons", _CALL, ("reason",)),
    TaskAttribute(
        "MSE_Call_Local_Presence_ID__c", "Marketo Sales Call Local Presence ID", _CALL, ("local_presence_id",)
    ),
    TaskAttribute("MSE_Call_Recording__c", "Marketo Sales Call Recording URL", _CALL, ("recording_url",)),
    TaskAttribute("MSE_Campaign__c", "Marketo Sales Campaign", _BOTH, ("campaign", "name")),
    TaskAttribute("MSE_Campaign_Details_Link__c", "Marketo Sales Campaign URL", _BOTH, ("campaign", "url")),
    TaskAttribute(
        "MSE_Current_Campaign_Step__c", "Marketo Sales Campaign Current Step", _BOTH, ("campaign", "step"), life="step"
    ),
    TaskAttribute("MSE_Presentation_Viewed__c", "Marketo Sales Email Attachment Viewed", _EMAIL, life="attachment"),
    TaskAttribute("MSE_Clicked__c", "Marketo Sales Email Clicked", _EMAIL, life="clicked"),
    TaskAttribute("MSE_Replied__c", "Marketo Sales Email Replied", _EMAIL, life="replied"),
    TaskAttribute("MSE_Viewed__c", "Marketo Sales Email Viewed", _EMAIL, life="viewed"),
    TaskAttribute(
        "MSE_Email_Status__c", "Marketo Sales Email Status", _EMAIL, constant="Sent", life="bounced", becomes="Bounced"
    ),
    TaskAttribute("MSE_Template__c", "Marketo Sales Email Template", _EMAIL, ("template", "name")),
    TaskAttribute("MSE_Template_Details__c", "Marketo Sales Email Template URL", _EMAIL, ("template", "url")),
    TaskAttribute("MSE_Details__c", "Marketo Sales Email URL", _EMAIL, ("url",)),
)

# Every field of a Task that is written and that a user may see or not: a change of these is told (F062).
WRITTEN = (
    *(attribute.name for attribute in TASK_ATTRIBUTES),
    "Type",
    "WhoId",
    "WhatId",
    "Description",
    "CallType",
    "CallDurationInSeconds",
    "CallDisposition",
    "TaskSubtype",
)
