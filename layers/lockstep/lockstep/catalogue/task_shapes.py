"""How a Salesforce admin makes the custom fields of a Task: type and length of each (behaviour.md 4, ATR-07).

The names stand in catalogue/task_attributes.py; a law holds this table, the checklist for admins and the simulated
organization together.
"""

from dataclasses import dataclass
from typing import Literal

from lockstep.domain.task import KEY_FIELD

Made = Literal["Text", "URL", "Checkbox"]


@dataclass(frozen=True, slots=True)
class TaskShape:
    """The type that an admin chooses, and the length; 0 where none applies."""

    made: Made
    length: int


KINDS: dict[Made, frozenset[str]] = {
    "Text": frozenset({"string", "textarea"}),  # describe's words for what takes any text
    "URL": frozenset({"url"}),
    "Checkbox": frozenset({"boolean"}),
}

TASK_SHAPES: dict[str, TaskShape] = {
    KEY_FIELD: TaskShape("Text", 64),
    "mktosales_call_outcome__c": TaskShape("Text", 50),
    "mktosales_call_reason__c": TaskShape("Text", 50),
    "MSE_Call_Local_Presence_ID__c": TaskShape("Text", 255),
    "MSE_Call_Recording__c": TaskShape("URL", 255),
    "MSE_Campaign__c": TaskShape("Text", 255),
    "MSE_Campaign_Details_Link__c": TaskShape("URL", 255),
    "MSE_Current_Campaign_Step__c": TaskShape("Text", 255),
    "MSE_Presentation_Viewed__c": TaskShape("Checkbox", 0),
    "MSE_Clicked__c": TaskShape("Checkbox", 0),
    "MSE_Replied__c": TaskShape("Checkbox", 0),
    "MSE_Viewed__c": TaskShape("Checkbox", 0),
    "MSE_Email_Status__c": TaskShape("Text", 50),
    "MSE_Template__c": TaskShape("Text", 255),
    "MSE_Template_Details__c": TaskShape("URL", 255),
    "MSE_Details__c": TaskShape("URL", 255),
}
