"""Custom activity types: drafts, approval, and what a record of an approved type must look like.

A type is a draft, approved, approved with a draft on top, or deleted. Only approved types take records and stand in
types.json; their ids begin at 100001. Once a type has been approved its names stay as they are.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.marketo.envelope import Refused

FIRST_ID = 100_001
MOST_TYPES = 10
MOST_ATTRIBUTES = 20
LONGEST_PRIMARY = 255
LARGEST_ATTRIBUTES = 65_536
KINDS = (
    "string", "boolean", "integer", "float", "link", "email", "currency", "date", "datetime", "phone", "text",
)  # fmt: skip
_NAMES = ("name", "triggerName", "filterName")
Attribute = dict[str, Any]


@dataclass(slots=True)
class Spec:
    """One version of a type: its names and attributes."""

    names: dict[str, str]
    description: str
    primary: Attribute
    attributes: list[Attribute] = field(default_factory=list)


@dataclass(slots=True)
class CustomType:
    """A custom activity type with its approved version and the draft on top of it."""

    id: int
    api_name: str
    created: str
    updated: str
    approved: Spec | None = None
    draft: Spec | None = None
    deleted: bool = False

    @property
    def status(self) -> str:
        """As describe tells it."""
        if self.deleted:
            return "deleted"
        if self.approved is None:
            return "draft"
        return "approved with draft" if self.draft else "approved"

    def spec(self, draft: bool = False) -> Spec:
        """The approved version, or the draft when asked for or when there is nothing else."""
        version = (self.draft or self.approved) if draft else (self.approved or self.draft)
        if version is None:
            raise Refused("1013", f"Activity type '{self.api_name}' not found")
        return version

    def edited(self) -> Spec:
        """The draft; begun from the approved version when there is none."""
        if self.draft is None:
            self.draft = copy.deepcopy(self.spec())
        return self.draft

    def told(self, draft: bool = False) -> dict[str, Any]:
        """As the metadata calls tell it."""
        spec = self.spec(draft)
        return {
            "id": self.id,
            "apiName": self.api_name,
            **spec.names,
            "description": spec.description,
            "status": self.status,
            "createdAt": self.created,
            "updatedAt": self.updated,
            "primaryAttribute": spec.primary,
            "attributes": spec.attributes,
        }

    def listed(self) -> dict[str, Any]:
        """As types.json lists it: nothing but the id marks it as custom."""
        spec = self.spec()
        return {
            "id": self.id,
            "name": spec.names["name"],
            "description": spec.description,
            "primaryAttribute": {"name": spec.primary["name"], "dataType": spec.primary["dataType"]},
            "attributes": [{"name": entry["name"], "dataType": entry["dataType"]} for entry in spec.attributes],
            "apiName": self.api_name,
        }


class CustomTypes:
    """The custom types of the subscription, deleted ones included."""

    def __init__(self) -> None:
        self.all: list[CustomType] = []

    def living(self) -> list[CustomType]:
        """Those that are not deleted."""
        return [entry for entry in self.all if not entry.deleted]

    def approved(self) -> list[CustomType]:
        """Those that take records."""
        return [entry for entry in self.living() if entry.approved]

    def named(self, api_name: str) -> CustomType:
        """The type of this apiName; 1013 when there is none."""
        for entry in self.living():
            if entry.api_name == api_name:
                return entry
        raise Refused("1013", f"Activity type '{api_name}' not found")

    def create(self, given: dict[str, Any], now: str) -> CustomType:
        """A new type, as a draft; 1002, 1003, 1017 or 1027 when it may not be."""
        for name in ("apiName", *_NAMES, "primaryAttribute"):
            if not given.get(name):
                raise Refused("1002", f"Missing value for required parameter '{name}'")
        api_name = str(given["apiName"])
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,255}", api_name):
            raise Refused("1003", f"Invalid apiName '{api_name}'")
        if any(entry.api_name == api_name for entry in self.living()):
            raise Refused("1017", f"Activity type '{api_name}' already exists")
        if len(self.living()) >= MOST_TYPES:
            raise Refused("1027")
        spec = Spec(_names(given), str(given.get("description") or ""), _attribute(given["primaryAttribute"]))
        made = CustomType(FIRST_ID + len(self.all), api_name, now, now, draft=spec)
        self.all.append(made)
        return made

    def update(self, entry: CustomType, given: dict[str, Any]) -> None:
        """Change names, description or the primary attribute; names only until the first approval."""
        names = _names(given)
        if entry.approved and any(names[name] != entry.approved.names[name] for name in names):
            raise Refused("1003", "The names of an approved activity type cannot change")
        primary = _attribute(given["primaryAttribute"]) if "primaryAttribute" in given else None
        spec = entry.edited()
        spec.names |= names
        spec.description = str(given.get("description", spec.description))
        spec.primary = primary or spec.primary

    def approve(self, entry: CustomType) -> None:
        """The draft becomes the version in use."""
        if entry.draft is None:
            raise Refused("1003", "There is no draft to approve")
        entry.approved, entry.draft = entry.draft, None

    def discard(self, entry: CustomType) -> None:
        """Drop the draft of an approved type."""
        if entry.draft is None or entry.approved is None:
            raise Refused("1003", "There is no draft to discard")
        entry.draft = None

    def add_attributes(self, entry: CustomType, given: list[dict[str, Any]]) -> None:
        """New attributes on the draft; 1017 for a known apiName, 1028 beyond twenty."""
        spec = entry.edited()
        made = [_attribute(attribute) for attribute in given]
        known = [attribute["apiName"] for attribute in (spec.primary, *spec.attributes, *made)]
        if len(set(known)) < len(known):
            raise Refused("1017", "Attribute already exists")
        if len(spec.attributes) + len(made) > MOST_ATTRIBUTES:
            raise Refused("1028")
        spec.attributes += made

    def change_attributes(self, entry: CustomType, given: list[dict[str, Any]]) -> None:
        """Change attributes of the draft, each found by its apiName."""
        spec = entry.edited()
        for attribute in given:
            known = _known(spec, attribute, with_primary=True)
            known |= _attribute({**known, **attribute})

    def drop_attributes(self, entry: CustomType, given: list[dict[str, Any]]) -> None:
        """Take secondary attributes off the draft."""
        spec = entry.edited()
        for attribute in given:
            spec.attributes.remove(_known(spec, attribute, with_primary=False))


def _known(spec: Spec, attribute: dict[str, Any], *, with_primary: bool) -> Attribute:
    for known in (*spec.attributes, *([spec.primary] if with_primary else [])):
        if known["apiName"] == attribute.get("apiName"):
            return known
    raise Refused("1006", f"Attribute '{attribute.get('apiName')}' not found")


def _names(given: dict[str, Any]) -> dict[str, str]:
    names = {name: str(given[name]) for name in _NAMES if given.get(name)}
    for name, value in names.items():
        if not re.fullmatch(r"[A-Za-z0-9_ ]{1,255}", value):
            raise Refused("1003", f"Invalid value for field '{name}' and value '{value}'")
    return names


def _attribute(given: Any) -> Attribute:
    given = given if isinstance(given, dict) else {}
    for name in ("apiName", "name"):
        if not given.get(name):
            raise Refused("1002", f"Missing value for required parameter '{name}'")
    kind = given.get("dataType") or "string"
    if kind not in KINDS:
        raise Refused("1003", f"Invalid value for field 'dataType' and value '{kind}'")
    told = {"apiName": str(given["apiName"]), "name": str(given["name"]), "dataType": kind}
    return {**told, "description": str(given["description"])} if given.get("description") else told


def read_value(kind: str, value: Any) -> Any:
    """The stored form of an attribute's value; 1001 when it is not of this type."""
    if value is None or value == "":
        return None
    try:
        reader: Callable[[Any], Any] = _READERS.get(kind, _text)
        return reader(value)
    except (ValueError, TypeError, OverflowError):
        raise Refused("1001", f"Invalid value '{value}'. Required of type '{kind}'") from None


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(value: Any) -> bool:
    word = str(value).lower()
    if word not in ("true", "1", "false", "0"):
        raise ValueError
    return word in ("true", "1")


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d+", str(value)):
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool):
        raise TypeError
    return float(value)


def _email(value: Any) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(value)):
        raise ValueError
    return str(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "float": _number,
    "currency": _number,
    "email": _email,
    "date": lambda value: date.fromisoformat(str(value)[:10]).isoformat(),
    "datetime": lambda value: write_instant(read_instant(str(value))),
}
