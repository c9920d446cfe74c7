"""The leads of the subscription and the indexes that make a look-up cost what it returns.

A lead keeps only the fields that have a value. Addresses and other look-up values are compared without regard to case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Lead:
    """One lead; `values` are the non-empty fields, id and dates apart from the rest like any other."""

    id: int
    created: int
    values: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    merged_into: int | None = None

    @property
    def full_name(self) -> str:
        """First and last name, as a deleted lead is remembered by."""
        return f"{self.values.get('firstName', '')} {self.values.get('lastName', '')}".strip()


def system_values(lead: Lead) -> dict[str, Any]:
    """What Marketo itself knows of every lead; a written value goes before it."""
    own = dict.fromkeys(("leadPerson", "personPrimaryLeadInterest", "contactCompany"), lead.id)
    return {"mktoName": lead.full_name or None, "personType": "contact", "isLead": True, "leadPartitionId": 1, **own}


SYSTEM = frozenset(system_values(Lead(0, 0)))


class Leads:
    """All leads by id, deleted ones included; only living ones can be looked up by value."""

    def __init__(self) -> None:
        self.by_id: dict[int, Lead] = {}
        self.last_id = 1000
        self._indexes: dict[str, dict[str, list[int]]] = {"email": {}}

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Lead]:
        return iter(self.by_id.values())

    def add(self, lead: Lead) -> None:
        """Take in a new lead, or one that came back."""
        self.by_id[lead.id] = lead
        self.last_id = max(self.last_id, lead.id)
        for name in self._indexes:
            self._enter(name, lead)

    def living(self, lead_id: int) -> Lead | None:
        """The lead, unless it is unknown, deleted or merged away."""
        lead = self.by_id.get(lead_id)
        return None if lead is None or lead.deleted else lead

    def leave(self, lead: Lead) -> None:
        """No look-up finds this lead any more."""
        for name in self._indexes:
            self._withdraw(name, lead)
        lead.deleted = True

    def put(self, lead: Lead, name: str, value: Any) -> None:
        """Set one field; None clears it."""
        indexed = name in self._indexes
        if indexed:
            self._withdraw(name, lead)
        if value is None:
            lead.values.pop(name, None)
        else:
            lead.values[name] = value
        if indexed:
            self._enter(name, lead)

    def find(self, name: str, values: Iterable[Any]) -> list[Lead]:
        """Living leads whose field has one of these values, each once."""
        if name == "id":
            ids = [int(value) for value in values if str(value).isdigit()]
            return [lead for number in dict.fromkeys(ids) if (lead := self.living(number))]
        index = self._index(name)
        keys = dict.fromkeys(str(value).lower() for value in values)
        return [self.by_id[number] for key in keys for number in index.get(key, ())]

    def resolve(self, lead_id: int) -> int:
        """The lead that this id's history belongs to after merges."""
        lead = self.by_id.get(lead_id)
        while lead is not None and lead.merged_into is not None:
            lead_id, lead = lead.merged_into, self.by_id.get(lead.merged_into)
        return lead_id

    def _index(self, name: str) -> dict[str, list[int]]:
        if name not in self._indexes:
            self._indexes[name] = {}
            for lead in self.by_id.values():
                if not lead.deleted:
                    self._enter(name, lead)
        return self._indexes[name]

    def _enter(self, name: str, lead: Lead) -> None:
        value = lead.values.get(name)
        if value is not None:
            self._indexes[name].setdefault(str(value).lower(), []).append(lead.id)

    def _withdraw(self, name: str, lead: Lead) -> None:
        value = lead.values.get(name)
        if value is not None:
            self._indexes[name][str(value).lower()].remove(lead.id)
