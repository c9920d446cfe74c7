"""Leads that were created for an address: the intent before the call, and what came of it.

Promises that whatever becomes of a call, at most one worker may create a lead for an address within the settle
time, and that a lead which was made is known from then on: Salesforce has no key for leads (F023).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lockstep.domain.ids import SalesforceId, UserEmail
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.table import Change, Condition, Delete, Equals, Key, Missing, Put, Table
from lockstep.store.unit import Group, commit


@dataclass(frozen=True, slots=True)
class NewLead:
    """A lead that was begun for an address by a seller; `lead_id` is None while nobody knows whether it was made."""

    address: str
    begun_at: datetime
    seller: UserEmail
    lead_id: SalesforceId | None = None


def _as_begun(lead: NewLead) -> tuple[Condition, ...]:
    return Equals("begun_at", stamp(lead.begun_at)), Equals("seller", lead.seller), Missing("lead_id")


class NewLeads:
    """New leads of one organization in one table: a lead of another one is none here (I24)."""

    def __init__(self, table: Table, organization: str = ""):
        self._table = table
        self._organization = organization

    def within(self, organization: str) -> "NewLeads":
        """Those of this organization."""
        return NewLeads(self._table, organization)

    def _row(self, address: str) -> Key:
        return Key(f"NEWLEAD#{self._organization}#{address}", "NEWLEAD")

    def of(self, addresses: Iterable[str]) -> dict[str, NewLead]:
        """What is known of these addresses (lower case)."""
        rows = self._table.get_many([self._row(address) for address in addresses])
        return {row["address"]: codec.read(NewLead, row) for row in rows.values()}

    def begin(self, leads: Sequence[tuple[NewLead, NewLead | None]]) -> list[NewLead]:
        """Write intents over what was seen; returns those that are ours, so that their leads may be created."""
        groups = [
            Group(new.address, [Put(self._row(new.address), codec.row(new), _as_begun(seen) if seen else (Missing(),))])
            for new, seen in leads
        ]
        refused = set(commit(self._table, groups, shard=lambda: 0))
        return [new for new, _ in leads if new.address not in refused]

    def made(self, leads: Sequence[tuple[NewLead, SalesforceId]]) -> None:
        """Keep the ids of leads that were made."""
        groups = [
            Group(lead.address, [Change(self._row(lead.address), set={"lead_id": lead_id}, when=_as_begun(lead))])
            for lead, lead_id in leads
        ]
        commit(self._table, groups, shard=lambda: 0)

    def dropped(self, leads: Sequence[NewLead]) -> None:
        """Forget intents of leads that certainly were not made."""
        groups = [Group(lead.address, [Delete(self._row(lead.address), _as_begun(lead))]) for lead in leads]
        commit(self._table, groups, shard=lambda: 0)
