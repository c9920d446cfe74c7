"""The fields of a lead: what describe lists, what a look-up may use, what a value must look like.

Names are REST names and case-sensitive. A value leaves `Field.read` in the form in which the API gives it back, or is
refused with the vendor's text; `None` stands for "no value", which for a boolean is false.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.standard_fields import CRM_FIELDS, FIRST_CUSTOM_ID, STANDARD_FIELDS

DEFAULT_FIELDS = ("id", "firstName", "lastName", "email", "updatedAt", "createdAt")
STANDARD_FILTERS = (
    "cookies", "email", "facebookId", "id", "leadPartitionId", "linkedInId", "sfdcAccountId", "sfdcContactId",
    "sfdcLeadId", "sfdcLeadOwnerId", "sfdcOpptyId", "twitterId",
)  # fmt: skip
UNTRACKED = {"id", "createdAt", "updatedAt", "mktoName", "cookies", "ecids", "relativeScore", "relativeUrgency"}
_EMAIL = re.compile(r"[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One lead field."""

    id: int
    name: str
    display: str
    kind: str
    length: int | None = None
    read_only: bool = False
    soap: str = ""
    custom: bool = False
    crm: bool = False
    by_api: bool = False

    @property
    def empty(self) -> bool | None:
        """What a lead without a value shows."""
        return False if self.kind == "boolean" else None

    @property
    def tracked(self) -> bool:
        """Whether a change of it is logged."""
        return self.name not in UNTRACKED

    def read(self, value: Any) -> Any:
        """The stored form of a written value; `Refused` 1003 when it does not fit the type."""
        if value is None or value == "":
            return None
        try:
            reader: Callable[[Any], Any] = _READERS.get(self.kind, _text)
            read = reader(value)
        except (ValueError, TypeError, OverflowError):
            raise Refused("1003", f"Invalid value for field '{self.name}' and value '{value}'") from None
        if self.length and isinstance(read, str) and len(read) > self.length:
            raise Refused("1003", f"Value for field '{self.name}' exceeds max length of {self.length}")
        return read

    def write_change(self, value: Any) -> str | None:
        """A value as the change log tells it: text, datetimes without zone."""
        if value is None:
            return "False" if self.kind == "boolean" else None
        if self.kind == "datetime":
            return str(value).replace("T", " ").removesuffix("Z")
        return str(value)

    def describe(self) -> dict[str, Any]:
        """The entry of describe.json."""
        entry: dict[str, Any] = {"id": self.id, "displayName": self.display, "dataType": self.kind}
        if self.length:
            entry["length"] = self.length
        entry["rest"] = {"name": self.name, "readOnly": self.read_only}
        if self.soap:
            entry["soap"] = {"name": self.soap, "readOnly": False}
        return entry

    def describe2(self) -> dict[str, Any]:
        """The entry of describe2.json."""
        entry: dict[str, Any] = {"name": self.name, "displayName": self.display, "dataType": self.kind}
        if self.length:
            entry["length"] = self.length
        return {**entry, "updateable": not self.read_only, "crmManaged": self.crm}


def _boolean(value: Any) -> bool | None:
    word = str(value).lower()
    if word not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError
    return True if word in ("true", "1", "yes") else None


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?\d+", str(value)):
        raise ValueError
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", str(value)):
        raise ValueError
    return float(value)


def _email(value: Any) -> str:
    if not isinstance(value, str) or not _EMAIL.fullmatch(value):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "boolean": _boolean,
    "integer": _integer,
    "reference": _integer,
    "float": _number,
    "currency": _number,
    "percent": _number,
    "email": _email,
    "datetime": lambda value: write_instant(read_instant(value)),
    "date": lambda value: date.fromisoformat(str(value)[:10]).isoformat(),
}


def _rows(table: str, crm: bool = False) -> list[Field]:
    read = []
    for row in table.strip().splitlines():
        number, name, display, kind, length, flag, soap = row.split("|")
        custom = not crm and int(number) >= FIRST_CUSTOM_ID
        fixed = flag == "r"
        read.append(
            Field(int(number), name, display, kind, int(length or 0) or None, fixed, soap, custom, crm and fixed)
        )
    return read


@dataclass
class FieldBook:
    """All fields of the subscription by REST name, in the order of describe."""

    by_name: dict[str, Field] = field(
        default_factory=lambda: {f.name: f for f in (*_rows(STANDARD_FIELDS), *_rows(CRM_FIELDS, crm=True))}
    )

    def add(self, name: str, kind: str, display: str = "", length: int | None = None, by_api: bool = False) -> None:
        """A new custom field, as an administrator or the API adds it."""
        number = max(f.id for f in self.by_name.values()) + 1
        length = length or (255 if kind in ("string", "email", "phone", "url") else None)
        self.by_name[name] = Field(number, name, display or name, kind, length, soap=name, custom=True, by_api=by_api)

    def remove(self, name: str) -> None:
        """Hide a field from describe and refuse it everywhere."""
        del self.by_name[name]

    def named(self, name: str) -> Field:
        """The field of this REST name; 1006 when there is none."""
        try:
            return self.by_name[name]
        except KeyError:
            raise Refused("1006", f"Field '{name}' not found") from None

    def searchable(self) -> list[str]:
        """The names that may stand as filterType or lookupField."""
        custom = [f.name for f in self.by_name.values() if f.custom and f.kind in ("string", "email", "integer")]
        return [*STANDARD_FILTERS, *custom]

    def empties(self, names: list[str]) -> list[tuple[str, bool | None]]:
        """These names with what an empty value looks like, id first and nothing twice."""
        return [(name, self.named(name).empty) for name in dict.fromkeys(["id", *names])]
