"""Values to rows and back: instants as sortable text of one width, nothing stored for None."""

import dataclasses
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter

from lockstep.store.table import Row

T = TypeVar("T")


def stamp(instant: datetime) -> str:
    """An instant as text that sorts by time: UTC, microseconds always written."""
    plain = instant.astimezone(UTC).replace(tzinfo=None)  # strftime would not pad a year to four digits
    return f"{plain.isoformat(timespec='microseconds')}Z"


def instant(text: str) -> datetime:
    """The instant that `stamp` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def value(part: Any) -> Any:
    """One value as a table holds it."""
    match part:
        case datetime():
            return stamp(part)
        case date():
            return part.isoformat()
        case StrEnum():
            return str(part)
        case frozenset():
            return sorted(part)
        case tuple() | list():
            return [value(entry) for entry in part]
        case dict():
            return {name: value(entry) for name, entry in part.items()}
    return row(part) if dataclasses.is_dataclass(part) else part


def row(thing: Any) -> Row:
    """A dataclass as a row, without what is None."""
    pairs = ((f.name, value(getattr(thing, f.name))) for f in dataclasses.fields(thing))
    return {name: part for name, part in pairs if part is not None}


_adapters: dict[type, TypeAdapter[Any]] = {}


def read(kind: type[T], stored: Row) -> T:
    """A row as its dataclass; members that this version does not know are ignored (I34)."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    thing: T = _adapters[kind].validate_python(stored)
    return thing
