"""What one seller may write of the fields that an admin named, and how a value looks in them; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from lockstep.catalogue.rollups import NAMES, TIMES
from lockstep.domain.rollup import CAMPAIGN
from lockstep.domain.settings import Rollup
from lockstep.domain.task import FieldRight, ObjectSchema
from lockstep.domain.text import cut, one_line

Value = datetime | str | None


@dataclass(frozen=True, slots=True)
class Fields:
    """Of one object: the fields that can be written, and in words why the others cannot (ATR-01, ATR-09)."""

    kind: str
    usable: Mapping[Rollup, FieldRight]
    withheld: Mapping[Rollup, str]


def fields_of(kind: str, schema: ObjectSchema, names: Mapping[Rollup, str]) -> Fields:
    """The fields that an admin named, as this seller's describe shows them."""
    usable: dict[Rollup, FieldRight] = {}
    withheld: dict[Rollup, str] = {}
    for rollup, name in names.items():
        right = schema.fields.get(name)
        if refusal := _refusal(rollup, right):
            withheld[rollup] = f"{kind}.{name} ({refusal})"
        elif right:
            usable[rollup] = right
    return Fields(kind, usable, withheld)


def _refusal(rollup: Rollup, right: FieldRight | None) -> str | None:
    if right is None:
        return "hidden or missing"
    if not right.updateable:
        return "read-only"
    if right.kind not in (NAMES if rollup == CAMPAIGN else TIMES):
        return f"a {right.kind} cannot hold a {'name' if rollup == CAMPAIGN else 'time'}"
    return None


def written(values: Mapping[Rollup, Value], fields: Fields, zone: str) -> dict[str, str | None]:
    """The values by API name, each in the form of its field: an instant, the seller's day, or a text."""
    return {fields.usable[rollup].name: _form(value, fields.usable[rollup], zone) for rollup, value in values.items()}


def _form(value: Value, right: FieldRight, zone: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return cut(one_line(value), right.length or len(value))
    if right.kind == "date":
        return value.astimezone(ZoneInfo(zone)).date().isoformat()
    if right.kind == "datetime":
        return value.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    return cut(value.strftime("%Y-%m-%d %H:%M UTC"), right.length or 20)
