"""One seller's Task fields against the table that an admin was given (ATR-07); pure.

Promises a finding for each field that will not carry what it should, with what is wrong, what mends it and who
can: missing, misspelt, hidden, read-only, of the wrong type, too short, and a picklist that rewrites or lacks Type.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from lockstep.catalogue.reason_texts import Who
from lockstep.catalogue.task_shapes import KINDS, TASK_SHAPES, TaskShape
from lockstep.domain.task import KEY_FIELD, FieldRight, TaskSchema

Trouble = Literal[
    "missing",
    "misspelt",
    "hidden",
    "read-only",
    "wrong type",
    "too short",
    "not a key",
    "default value",
    "value missing",
]
STANDARD = ("Description", "CallType", "CallDurationInSeconds", "CallDisposition", "TaskSubtype")
_FIELDS = "Setup > Object Manager > Activity > Fields & Relationships"
_ACCESS = "Security Controls > Field Accessibility, object Task"
_ADMIN: Who = "Salesforce admin"
_LIKE = 0.85  # how much of a name must be the same to be taken for a misspelling of ours


@dataclass(frozen=True, slots=True)
class Finding:
    """One field that will not carry what it should; `found` is what stands there instead."""

    field: str
    trouble: Trouble
    text: str
    remedy: str
    found: str | None = None
    who: Who = _ADMIN


def check(schema: TaskSchema, seen_by_others: Collection[str], types: Collection[str]) -> list[Finding]:
    """What is wrong for one seller; `seen_by_others` are the fields that other sellers of the organization see.

    `types` are the values of Type that are written under the settings in force.
    """
    strangers = _strangers({*schema.fields, *seen_by_others})
    found = [
        one for name, shape in TASK_SHAPES.items() for one in _custom(name, shape, schema, seen_by_others, strangers)
    ]
    found += [
        _denied(name, right) for name in STANDARD if not ((right := schema.fields.get(name)) and right.createable)
    ]
    return [*found, *_type(schema, types)]


def _custom(
    name: str, shape: TaskShape, schema: TaskSchema, others: Collection[str], strangers: Mapping[str, str]
) -> Iterator[Finding]:
    right = schema.fields.get(name)
    if right is None:
        yield _denied(name, None) if name in others else _absent(name, shape, strangers)
        return
    if not (right.createable and right.updateable):
        yield _denied(name, right)
    if right.kind not in KINDS[shape.made]:
        text = f"{name} is of the type {right.kind}; it should be {shape.made}."
        yield Finding(name, "wrong type", text, f"Make the field anew as {_made(shape)} under {_FIELDS}.", right.kind)
    elif right.length < shape.length:
        text = f"{name} takes {right.length} characters instead of {shape.length}; longer values are cut."
        yield Finding(name, "too short", text, f"Set its length to {shape.length} under {_FIELDS}.", str(right.length))
    if name == KEY_FIELD and not schema.key_usable and right.createable and right.updateable:
        text = f"{name} is there, but is not both an External ID and Unique, so that no write can be repeated by it."
        yield Finding(name, "not a key", text, f"Tick External ID, Unique and case-sensitive for it under {_FIELDS}.")


def _denied(name: str, right: FieldRight | None) -> Finding:
    grant = f"Grant the seller's profile access to see and edit it under {_ACCESS}; then check again."
    if right is None:
        return Finding(name, "hidden", f"{name} is hidden from this seller, so it is left out of the Tasks.", grant)
    return Finding(name, "read-only", f"{name} is read-only for this seller, so it is left out of the Tasks.", grant)


def _absent(name: str, shape: TaskShape, strangers: Mapping[str, str]) -> Finding:
    if wrong := _near(name, strangers):
        text = f"{name} is not there, but {wrong} is: the name must be exactly {name}."
        remedy = f"Change the field's name (API name) to {name.removesuffix('__c')} under {_FIELDS}."
        return Finding(name, "misspelt", text, remedy, wrong)
    text = f"{name} is not there, or is hidden from every seller that was looked at."
    return Finding(name, "missing", text, f"Create it as {_made(shape)} under {_FIELDS}, visible for all sellers.")


def _made(shape: TaskShape) -> str:
    return f"{shape.made}({shape.length})" if shape.length else shape.made


def _strangers(names: Collection[str]) -> dict[str, str]:
    """Custom fields that are none of ours, by their bare name."""
    return {_bare(name): name for name in names if name.lower().endswith("_c") and name not in TASK_SHAPES}


def _bare(name: str) -> str:
    """A name without what people get wrong: case, underscores, and one or two of the endings."""
    return re.sub(r"(_+c)+$", "", name.lower()).replace("_", "")


def _near(name: str, strangers: Mapping[str, str]) -> str | None:
    close = get_close_matches(_bare(name), strangers, n=1, cutoff=_LIKE)
    ours = {_bare(known) for known in TASK_SHAPES}
    return strangers[close[0]] if close and (close[0] == _bare(name) or close[0] not in ours) else None


def _type(schema: TaskSchema, types: Collection[str]) -> Iterator[Finding]:
    right = schema.fields.get("Type")
    if right is None or not right.createable:
        yield _denied("Type", right)
        return
    if schema.type_has_default:
        text = "The picklist Type has a default value, which Salesforce puts on calls and emails of its own accord."
        yield Finding("Type", "default value", text, "Remove the default of Task > Type.")
    lacking = [value for value in types if value not in schema.type_values]
    if lacking:
        near = {value.lower(): value for value in schema.type_values}
        found = ", ".join(near[value.lower()] for value in lacking if value.lower() in near) or None
        text = f"The picklist Type lacks {', '.join(lacking)}, spelled exactly so; such Tasks are made without a Type."
        yield Finding("Type", "value missing", text, f"Add {', '.join(lacking)} to Task > Type.", found)
