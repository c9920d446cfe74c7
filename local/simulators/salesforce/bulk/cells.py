"""Cells of bulk files: what a column names, what a cell's text means in it, and how a value is written into one."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce import instants
from local.simulators.salesforce.access import Access
from local.simulators.salesforce.bulk.job import Cells
from local.simulators.salesforce.bulk.sheet import Unreadable
from local.simulators.salesforce.problems import Problem, Refused
from local.simulators.salesforce.schema.field import NUMBER_TYPES, Field

NULL = "#N/A"
_TRUE = frozenset({"true", "1", "yes", "y", "on"})
_FALSE = frozenset({"false", "0", "no", "n", "off"})
_XSD = {"boolean": "boolean", "int": "int", "date": "date", "datetime": "dateTime"}


class Columns:
    """The columns of one upload, each with the field that it fills; an unknown one fails the job."""

    def __init__(self, access: Access, names: Cells) -> None:
        self.fields = [self._named(access, name) for name in names]

    def _named(self, access: Access, name: str) -> tuple[Field | None, tuple[str, ...]]:
        steps = tuple(name.split("."))
        found = access.find(name)
        if found is not None:
            return found, (found.name,)
        if len(steps) == 2 and any(one.relationship == steps[0] for one in access.visible.values()):
            return None, steps
        raise Unreadable(f"InvalidBatch : Field name not found : {name}")

    def record(self, cells: Cells) -> dict[str, Any]:
        """What a row says: empty cells say nothing, `#N/A` is null, related records go by their keys."""
        made: dict[str, Any] = {}
        for place, (cell, (field, path)) in enumerate(zip(cells, self.fields, strict=True)):
            if cell == "":
                continue
            if field is None:
                made[path[0]] = None if cell == NULL else {path[1]: cell}
            else:
                made[field.name] = None if cell == NULL else _value(field, cell, place)
        return made


def _value(field: Field, cell: str, place: int) -> Any:
    read = _READ.get("number" if field.type in NUMBER_TYPES - {"int"} else field.type)
    if read is None:
        return cell
    value = read(cell.strip())
    if value is None:
        kind = _XSD.get(field.type, "double")
        text = (
            f"Failed to deserialize field at col {place}. Due to, '{cell}' is not a valid value for the type xsd:{kind}"
        )
        raise Refused(Problem("INVALID_FIELD", text, [field.name]))
    return value


def _boolean(cell: str) -> bool | None:
    word = cell.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _int(cell: str) -> int | None:
    try:
        return int(cell)
    except ValueError:
        return None


def _double(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


_READ: Mapping[str, Any] = {
    "boolean": _boolean,
    "int": _int,
    "number": _double,
    "date": instants.read_day,
    "datetime": instants.read,
}


def written(field: Field, value: Any) -> str:
    """A value as a cell: nothing for null, `true` and `false`, moments with Z."""
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    text = str(value)
    return text.replace("+0000", "Z") if field.type == "datetime" else text
