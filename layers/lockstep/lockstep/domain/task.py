"""The Salesforce Task as we want it, and what one user's describe lets us write."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lockstep.domain.ids import ItemKey, SalesforceId

FieldValue = str | int | bool | None
Relation = Literal["account", "open_opportunity"]

KEY_FIELD = "Lockstep_Key__c"


@dataclass(frozen=True, slots=True)
class FieldRight:
    """One field as describe shows it to one user; `length` in characters, 0 where none applies."""

    name: str
    kind: str
    length: int
    createable: bool
    updateable: bool


@dataclass(frozen=True, slots=True)
class TaskSchema:
    """What one user may write on a Task (ATR-01, ATR-02, LS-24); fields that are hidden are absent.

    `key_usable` says whether KEY_FIELD is an external id that this user sees and may write; `required` are fields of
    the organization's own without which no Task is taken.
    """

    fields: Mapping[str, FieldRight]
    type_values: frozenset[str]
    type_has_default: bool
    key_usable: bool
    read_at: datetime
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """What one user sees and may write on another object than Task; an object that is hidden has no fields.

    `asked` names the fields that were looked for, where it is not all of them.
    """

    fields: Mapping[str, FieldRight]
    read_at: datetime
    asked: tuple[str, ...] | None = None

    def of(self, names: Iterable[str]) -> "ObjectSchema":
        """Only the fields that somebody named, under the names that were given (Salesforce ignores their case)."""
        asked = tuple(names)
        by_name = {name.lower(): right for name, right in self.fields.items()}
        found = {name: by_name[name.lower()] for name in asked if name.lower() in by_name}
        return replace(self, fields=found, asked=asked)

    def covers(self, names: Iterable[str]) -> bool:
        """Whether all of these fields were looked for."""
        return self.asked is None or set(names) <= set(self.asked)


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A Task to write: its key and its fields by API name (KEY_FIELD not among them)."""

    key: ItemKey
    fields: Mapping[str, FieldValue]

    @property
    def who_id(self) -> str:
        """The lead or contact that it is logged to."""
        return str(self.fields.get("WhoId") or "")


@dataclass(frozen=True, slots=True)
class Written:
    """One record as the destination took it."""

    id: SalesforceId
    created: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A live Salesforce record that an address or an id resolves to."""

    id: SalesforceId
    kind: Literal["Contact", "Lead"]
    email: str
    owner_id: SalesforceId
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SeenTask:
    """A Task found by a probe in an org without the key field."""

    id: SalesforceId
    who_id: str
    description: str
    created_at: datetime
