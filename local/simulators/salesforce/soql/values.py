"""Literals against fields: the kinds must fit, and what is compared is brought to the form that records hold."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.schema.field import NUMBER_TYPES, TEXT_TYPES, Field
from local.simulators.salesforce.soql.grammar import Compare, Literal
from local.simulators.salesforce.soql.parse import complain
from local.simulators.salesforce.soql.periods import span

Test = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a condition is judged with: the statement for its errors, and the vendor's present."""

    text: str
    now: datetime


def fold_of(field: Field) -> Callable[[Any], Any]:
    """How two values of this field are compared: text without case, unless the field minds case."""
    if field.type in TEXT_TYPES and not field.case_sensitive:
        return lambda value: value.casefold() if isinstance(value, str) else value
    return lambda value: value


def convert(field: Field, value: Literal, asked: Asked) -> Any:
    """The literal as records of this field hold it."""
    if value.kind == "null":
        return None
    if field.type in {"id", "reference"}:
        return _record_id(field, value, asked)
    if field.type == "datetime":
        return _moment(field, value, asked)
    wanted, kinds = _wanted(field)
    if value.kind not in kinds:
        raise _unfit(field, wanted, value, asked)
    if value.kind == "boolean":
        return value.text == "TRUE"
    return float(value.text) if value.kind == "number" else value.text


def _wanted(field: Field) -> tuple[str, set[str]]:
    if field.type == "boolean":
        return "boolean", {"boolean"}
    if field.type in NUMBER_TYPES:
        return ("int" if field.type == "int" else "double"), {"number"}
    if field.type == "date":
        return "date", {"date"}
    return "string", {"string"}


def _unfit(field: Field, wanted: str, value: Literal, asked: Asked) -> Problem:
    quotes = "should be enclosed in quotes" if wanted == "string" else "should not be enclosed in quotes"
    message = f"value of filter criterion for field '{field.name}' must be of type {wanted} and {quotes}"
    return complain(asked.text, value.at, "INVALID_FIELD", message)


def _record_id(field: Field, value: Literal, asked: Asked) -> str:
    if value.kind != "string":
        raise _unfit(field, "string", value, asked)
    known = ids.normalise(value.text)
    if known is None:
        message = f"invalid ID field: {value.text}"
        raise complain(asked.text, value.at, "INVALID_QUERY_FILTER_OPERATOR", message)
    return known


def _moment(field: Field, value: Literal, asked: Asked) -> str:
    read = instants.read(value.text) if value.kind == "datetime" else None
    if read is None:
        raise _unfit(field, "dateTime", value, asked)
    return read


def tester(field: Field, condition: Compare, asked: Asked) -> Test:
    """What a stored value must be for the comparison to hold; null never lies below or above anything."""
    if condition.value.kind == "period":
        return _period_test(field, condition, asked)
    if condition.operator == "LIKE":
        return _like(field, condition, asked)
    fold = fold_of(field)
    wanted = fold(convert(field, condition.value, asked))
    if condition.operator in {"=", "!="}:
        equal = condition.operator == "="
        return lambda value: (fold(value) == wanted) is equal
    if field.type in {"boolean", "id", "reference"} or wanted is None:
        message = f"invalid operator on {field.type} field"
        raise complain(asked.text, condition.path.at, "INVALID_QUERY_FILTER_OPERATOR", message)
    compare = _COMPARE[condition.operator]
    return lambda value: value is not None and compare(fold(value), wanted)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}


def _like(field: Field, condition: Compare, asked: Asked) -> Test:
    if field.type not in TEXT_TYPES:
        raise complain(asked.text, condition.path.at, "INVALID_QUERY_FILTER_OPERATOR", "invalid operator")
    if condition.value.kind != "string":
        raise _unfit(field, "string", condition.value, asked)
    signs = {"%": ".*", "_": "."}
    pattern = "".join(signs.get(char) or re.escape(char) for char in condition.value.text)
    expression = re.compile(pattern, re.IGNORECASE | re.DOTALL)
    return lambda value: isinstance(value, str) and expression.fullmatch(value) is not None


def bounds(field: Field, literal: str, now: datetime) -> tuple[str, str]:
    """A period's first moment or day, and the first one after it, as records hold them."""
    first, end = span(literal, now.date())
    if field.type == "date":
        return first.isoformat(), end.isoformat()
    midnight = datetime.min.time()
    return tuple(instants.stamp(datetime.combine(day, midnight, UTC)) for day in (first, end))  # type: ignore[return-value]


def _period_test(field: Field, condition: Compare, asked: Asked) -> Test:
    if field.type not in {"date", "datetime"}:
        wanted, _ = _wanted(field)
        raise _unfit(field, wanted, condition.value, asked)
    first, end = bounds(field, condition.value.text, asked.now)
    tests: dict[str, Test] = {
        "=": lambda value: value is not None and first <= value < end,
        "!=": lambda value: value is None or not first <= value < end,
        "<": lambda value: value is not None and value < first,
        "<=": lambda value: value is not None and value < end,
        ">": lambda value: value is not None and value >= end,
        ">=": lambda value: value is not None and value >= first,
    }
    return tests[condition.operator]


def before(text: str) -> str:
    """The second before a stored moment: an open bound as a closed one."""
    return instants.stamp(instants.moment(text) - timedelta(seconds=1))


def after(text: str) -> str:
    """The second after a stored moment."""
    return instants.stamp(instants.moment(text) + timedelta(seconds=1))
