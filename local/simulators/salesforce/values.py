"""One field's value in a write: what is accepted, in which form it is kept, and which problem anything else is.

Converters are compiled once for each field; a value that is in order costs one call.
"""

import re
from collections.abc import Callable
from typing import Any

from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.problems import Problem, malformed_id, wrong_kind
from local.simulators.salesforce.schema.field import NUMBER_TYPES, Field

Convert = Callable[[Any], Any]
_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;]+")


def converter(field: Field) -> Convert:
    """The function that keeps, changes or refuses a value of this field; refusal is a `Problem`."""
    if field.type == "boolean":
        return _boolean
    if field.type in NUMBER_TYPES:
        return _number(field)
    if field.type == "date":
        return _dated("date", instants.read_day)
    if field.type == "datetime":
        return _dated("datetime", instants.read)
    if field.type in {"id", "reference"}:
        return _reference(field)
    return _text(field)


def _boolean(value: Any) -> Any:
    if value is True or value is False:
        return value
    if value is None:
        return False
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise wrong_kind("boolean", value)


def _text(field: Field) -> Convert:
    limit = field.length or 255
    allowed = frozenset(choice.value for choice in field.choices) if field.restricted else None
    is_email = field.type == "email"

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not str:
            raise wrong_kind("string", value)
        if len(value) > limit:
            raise _too_long(field, value, limit)
        if allowed is not None and value and value not in allowed:
            text = f"{field.label}: bad value for restricted picklist field: {value}"
            raise Problem("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", text, [field.name])
        if is_email and value and not _ADDRESS.fullmatch(value):
            text = f"{field.label}: invalid email address: {value}"
            raise Problem("INVALID_EMAIL_ADDRESS", text, [field.name])
        return value or None

    return convert


def _too_long(field: Field, value: str, limit: int) -> Problem:
    text = f"{field.label}: data value too large: {value} (max length={limit})"
    return Problem("STRING_TOO_LONG", text, [field.name])


def _number(field: Field) -> Convert:
    whole = field.type == "int"
    largest = 10**8 if whole else 10 ** max(field.precision - field.scale, 1)

    def convert(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str):
            value = _in_text(value, whole)
        if type(value) is not int and (type(value) is not float or whole):
            raise wrong_kind("int" if whole else "double", value)
        if abs(value) >= largest:
            text = f"{field.label}: value outside of valid range on numeric field: {value}"
            raise Problem("NUMBER_OUTSIDE_VALID_RANGE", text, [field.name])
        return value if whole else float(value)

    return convert


def _in_text(value: str, whole: bool) -> Any:
    """A number that was sent as text, or the text where it is none."""
    try:
        return int(value) if whole else float(value)
    except ValueError:
        return value


def _dated(kind: str, read: Callable[[str], str | None]) -> Convert:
    def convert(value: Any) -> Any:
        if value is None:
            return None
        kept = read(value) if isinstance(value, str) else None
        if kept is None:
            raise wrong_kind(kind, value)
        return kept

    return convert


def _reference(field: Field) -> Convert:
    def convert(value: Any) -> Any:
        if value is None or value == "":
            return None
        known = ids.normalise(value) if isinstance(value, str) else None
        if known is None:
            raise malformed_id(str(value), field.label, field.name)
        return known

    return convert
