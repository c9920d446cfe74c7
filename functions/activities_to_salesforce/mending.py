"""What one record is written without, or shorter, after Salesforce refused it as it was; pure.

Promises that a record which loses all its optional fields is still logged, that one which would lose its point (the
person, the subject, that it is done) is not, and that what was left out or shortened is told (ATR-01, I17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from activities_to_salesforce.rendering import Rendered
from lockstep.domain.reason import Reason
from lockstep.domain.task import KEY_FIELD, FieldValue
from lockstep.domain.text import cut, units
from lockstep.salesforce.errors import FieldsRefused

POINT = frozenset({"WhoId", "Subject", "Status"})


@dataclass(frozen=True, slots=True)
class Spared:
    """Fields to leave out of one record, and those to shorten."""

    without: frozenset[str] = frozenset()
    lengths: Mapping[str, int] = field(default_factory=dict)


def spared(refused: FieldsRefused, sent: Rendered) -> Spared | None:
    """What the second try leaves out; None where that would be nothing, or the point of the record."""
    lengths = {name: limit for name, limit in refused.lengths.items() if name in sent.fields}
    named = frozenset(refused.fields)
    without = (named & sent.fields.keys()) - lengths.keys()
    keyless = refused.reason is Reason.PERMISSION_REFUSED and KEY_FIELD in named
    if without & POINT or not (without or lengths or keyless):
        return None
    return Spared(without, lengths)


def mended(sent: Rendered, less: Spared, key_line: str = "") -> Rendered:
    """The record again, without and shorter; the key stays where it is part of the description."""
    fields: dict[str, FieldValue] = {}
    told: list[str] = []
    for name, value in sent.fields.items():
        own = key_line if name == "Description" else ""
        if name in less.without:
            fields |= {name: own} if own else {}
            told.append(f"{name} (refused by Salesforce)")
        elif name in less.lengths and isinstance(value, str):
            fields[name] = _shorter(value, less.lengths[name], own)
            told.append(f"{name} (shortened to {less.lengths[name]})")
        else:
            fields[name] = value
    return Rendered(fields, (*sent.withheld, *told))


def _shorter(text: str, limit: int, key_line: str) -> str:
    if not key_line:
        return cut(text, limit)
    body = text.removesuffix(key_line).rstrip()
    return f"{cut(body, limit - units(key_line) - 2)}\n\n{key_line}".strip()
