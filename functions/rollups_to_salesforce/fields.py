"""How a value looks in a most-recent-activity field; pure."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lockstep.domain.rollup_fields import Fields
from lockstep.domain.settings import Rollup
from lockstep.domain.task import FieldRight
from lockstep.domain.text import cut, one_line

Value = datetime | str | None


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
