"""What an error of Salesforce says beyond its code: the fields it is about, a length, a record that is there already.

Promises that names come from `fields` first and from the message second (trap 15), and that a message which is
not understood says nothing.
"""

import re
from collections.abc import Sequence

from lockstep.domain.ids import SalesforceId, salesforce_id
from lockstep.domain.task import KEY_FIELD
from lockstep.salesforce.wire import Fault

_LISTED = re.compile(r"create/update fields: (\w+(?:\s*,\s*\w+)*)")
_NO_COLUMN = re.compile(r"No such column '([^']{1,80})'")
_NO_KEY = re.compile(r"external ID field does not exist or is not accessible: (\w{1,80})")
_TWIN = re.compile(r"duplicate value found: (\S+) duplicates value on record with id: ?([A-Za-z0-9]{15,18})")
_TOO_LONG = re.compile(r"^([^:]{1,80}): data value too large: .*\(max length=(\d+)\)\s*$", re.DOTALL)
_TIMED_OUT = re.compile(r"\btime[d-]?[ -]?out\b", re.IGNORECASE)
_LABEL = re.compile(r"^([A-Za-z ]{1,80}): ")
# How Salesforce calls a Task's references in its messages.
_LABELS = {
    "Name ID": "WhoId",
    "Contact ID": "WhoId",
    "Lead ID": "WhoId",
    "Contact/Lead ID": "WhoId",
    "Related To ID": "WhatId",
    "Opportunity/Account ID": "WhatId",
    "Owner ID": "OwnerId",
    "Assigned To ID": "OwnerId",
    "Record Type ID": "RecordTypeId",
}


def fields_of(fault: Fault) -> list[str]:
    """API names of the fields that one error is about."""
    if fault.fields:
        return fault.fields
    if listed := _LISTED.search(fault.message):
        return re.split(r"\s*,\s*", listed[1])
    if single := _NO_COLUMN.search(fault.message) or _NO_KEY.search(fault.message):
        return [single[1]]
    label = _LABEL.match(fault.message)
    return [_LABELS[label[1]]] if label and label[1] in _LABELS else []


def all_fields(faults: Sequence[Fault]) -> tuple[str, ...]:
    """The fields of several errors, each once."""
    return tuple(dict.fromkeys(name for fault in faults for name in fields_of(fault)))


def lacks_key(fault: Fault) -> bool:
    """Whether the key of an upsert is a field that this user cannot see."""
    return _NO_KEY.search(fault.message) is not None


def timed_out(fault: Fault) -> bool:
    """Whether the message speaks of a time-out and names no column."""
    return not fault.fields and not _NO_COLUMN.search(fault.message) and bool(_TIMED_OUT.search(fault.message))


def longest(fault: Fault) -> tuple[str, int] | None:
    """The label of a field that is too long, and how long it may be."""
    found = _TOO_LONG.match(fault.message)
    return (clipped(found[1]), int(found[2])) if found else None


def our_twin(fault: Fault) -> bool:
    """Whether it is our key that is there already."""
    found = _TWIN.search(fault.message)
    return found is not None and found[1] == KEY_FIELD


def twin_id(fault: Fault) -> SalesforceId | None:
    """The record that has the value already, where it is named."""
    found = _TWIN.search(fault.message)
    try:
        return salesforce_id(found[2]) if found else None
    except ValueError:
        return None


def clipped(text: str, limit: int = 300) -> str:
    """A vendor's text on one line and of bounded length."""
    return " ".join(text.split())[:limit]
