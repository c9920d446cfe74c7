"""The truth of the subscription: leads, the log of what happened to them, static lists and unsubscribed addresses.

Every tracked change writes a type 13, every new lead a type 12, every deletion a type 37, every merge a type 32 on the
winner. Unsubscribing is durable: it belongs to the address and spreads to everyone who has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.marketo.activity_types import CHANGE_DATA_VALUE, DELETE_LEAD, MERGE_LEADS, NEW_LEAD
from local.simulators.marketo.assets import Assets, StaticList
from local.simulators.marketo.custom_types import CustomTypes
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.feed import Activity, Change, Feed
from local.simulators.marketo.fields import FieldBook
from local.simulators.marketo.leads import Lead, Leads
from local.simulators.marketo.switches import Switches

MERGE_LIMIT = 25
SOURCES = ("originalSourceType", "registrationSourceType")
ADDED, REMOVED, REQUEST_CAMPAIGN, PUSHED = 24, 25, 47, 145


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a change happened, as its log entry tells."""

    source: str
    reason: str
    method: str = ""

    def attributes(self) -> dict[str, Any]:
        """The log entry's attributes about the cause."""
        told = {"Reason": self.reason, "Source": self.source}
        return {**told, "API Method Name": self.method} if self.method else told


BY_API = Cause("Web service API", "Web service API", "syncLead")
BY_HAND = Cause("Marketo UI", "Changed by user")
BY_CRM = Cause("salesforce.com", "Sync with Salesforce")
BY_MERGE = Cause("Merge", "Merged from another lead")
DURABLE = Cause("System", "System flow action sysActionChangeDataValue resetLeadEmailStatus")


class World:
    """One subscription."""

    def __init__(self, clock: SimClock, switches: Switches) -> None:
        self.clock, self.switches = clock, switches
        self.book = FieldBook()
        self.leads = Leads()
        self.custom = CustomTypes()
        self.feed = Feed()
        self.assets = Assets()
        self.chores: list[Callable[[], None]] = []  # what has to catch up with the clock before a call
        self._unsubscribed: dict[str, bool] = {}

    # --- leads ---------------------------------------------------------------------------------------------------

    def create(self, values: Mapping[str, Any], cause: Cause, lead_id: int = 0) -> Lead:
        """A new lead from values that were read by their fields."""
        second = int(self.clock.timestamp())
        now = write_instant(self.clock.now())
        kept = {name: value for name, value in values.items() if value is not None}
        born = {"createdAt": now, "updatedAt": now, **dict.fromkeys(SOURCES, cause.source)}
        lead = Lead(lead_id or self.leads.last_id + 1, second, {**born, **kept})
        self.leads.add(lead)
        self._log_creation(lead, cause)
        if kept.get("unsubscribed"):
            self._spread(lead)
        elif self._unsubscribed.get(str(kept.get("email", "")).lower()):
            self._set(lead, "unsubscribed", True, DURABLE)
        return lead

    def update(self, lead: Lead, values: Mapping[str, Any], cause: Cause) -> bool:
        """Change a lead; whether anything really changed."""
        changed = [name for name, value in values.items() if lead.values.get(name) != value]
        for name in changed:
            self._set(lead, name, values[name], cause)
        if "email" in changed and "unsubscribed" not in values:
            self._follow_address(lead)
        if "unsubscribed" in changed:
            self._spread(lead)
        return bool(changed)

    def delete(self, lead_id: int) -> Lead:
        """Delete a lead; 1004 when there is none."""
        lead = self.lead(lead_id)
        self.leads.leave(lead)
        for entry in self.assets.lists.values():
            entry.members.discard(lead.id)
        self.log(DELETE_LEAD, lead, primary_id=lead.id, primary=lead.full_name)
        return lead

    def undelete(self, lead_id: int) -> Lead:
        """Bring a deleted lead back under its id, as a new lead in the log."""
        lead = self.leads.by_id.get(lead_id)
        if lead is None or not lead.deleted or lead.merged_into is not None:
            raise Refused("1004")
        lead.deleted = False
        self.leads.add(lead)
        self._log_creation(lead, BY_CRM)
        return lead

    def merge(self, winner_id: int, loser_ids: Sequence[int], in_crm: bool = False) -> Lead:
        """Merge; a contact beats a lead and a lead in Salesforce one that is not, whoever was named the winner."""
        if len(loser_ids) > MERGE_LIMIT:
            raise Refused("1080", f"More than {MERGE_LIMIT} leads in one merge")
        asked = [self.lead(number) for number in dict.fromkeys([winner_id, *loser_ids])]
        if len(asked) < 2:
            raise Refused("1003", "A lead cannot be merged with itself")
        winner = max(asked, key=_rank)
        losers = [lead for lead in asked if lead is not winner]
        fill: dict[str, Any] = {}
        for loser in losers:
            fill |= {name: loser.values[name] for name in _lacking(winner, loser) if name not in fill}
            self.leads.leave(loser)
            loser.merged_into = winner.id
        self._join_lists(winner.id, {loser.id for loser in losers})
        self.update(winner, fill, BY_MERGE)
        self._log_merge(winner, losers, in_crm, bool(fill))
        return winner

    def lead(self, lead_id: int) -> Lead:
        """The living lead of this id; 1004 when there is none."""
        lead = self.leads.living(lead_id)
        if lead is None:
            raise Refused("1004")
        return lead

    def read(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Written values in their stored form; 1006 for an unknown name, 1003 for a bad value."""
        return {name: self.book.named(name).read(value) for name, value in fields.items()}

    # --- unsubscribing -------------------------------------------------------------------------------------------

    def _spread(self, lead: Lead) -> None:
        email, flag = lead.values.get("email"), lead.values.get("unsubscribed")
        if not email:
            return
        self._unsubscribed[email.lower()] = bool(flag)
        for other in self.leads.find("email", [email]):
            if other.values.get("unsubscribed") != flag:
                self._set(other, "unsubscribed", flag, DURABLE)

    def _follow_address(self, lead: Lead) -> None:
        email = lead.values.get("email")
        flag = True if email and self._unsubscribed.get(email.lower()) else None
        if email and lead.values.get("unsubscribed") != flag:
            self._set(lead, "unsubscribed", flag, DURABLE)

    def remember_unsubscribed(self, address: str) -> None:
        """The address was unsubscribed before this world began: everyone with it is, and nothing is logged."""
        self._unsubscribed[address.lower()] = True
        for lead in self.leads.find("email", [address]):
            lead.values["unsubscribed"] = True

    # --- the log -------------------------------------------------------------------------------------------------

    def _set(self, lead: Lead, name: str, value: Any, cause: Cause) -> None:
        old = lead.values.get(name)
        self.leads.put(lead, name, value)
        self.leads.put(lead, "updatedAt", write_instant(self.clock.now()))
        field = self.book.by_name.get(name)
        if field is None or not field.tracked:
            return
        change = Change(field.id, name, field.write_change(old), field.write_change(value))
        told: dict[str, Any] = {"New Value": change.new, "Old Value": change.old, **cause.attributes()}
        self.log(CHANGE_DATA_VALUE, lead, primary_id=field.id, primary=field.display, attributes=told, change=change)

    def _log_creation(self, lead: Lead, cause: Cause) -> None:
        values = lead.values
        self.log(
            NEW_LEAD,
            lead,
            primary=lead.full_name or None,
            attributes={
                "Source Type": cause.source,
                "Lead Source": values.get("leadSource"),
                "SFDC Type": values.get("sfdcType"),
                "API Method Name": cause.method or None,
            },
        )

    def _log_merge(self, winner: Lead, losers: Iterable[Lead], in_crm: bool, filled: bool) -> None:
        ids = [loser.id for loser in losers]
        self.log(
            MERGE_LEADS,
            winner,
            primary_id=winner.id,
            primary=winner.full_name,
            attributes={
                "Merge IDs": ids if self.switches.merge_ids_as_list else ",".join(map(str, ids)),
                "Merged in Sales": in_crm,
                "Merge Source": "leaddb",
                "Master Updated": filled,
            },
        )

    def log(self, type_id: int, lead: Lead, **rest: Any) -> Activity:
        """Note that something happened to a lead now."""
        second = int(self.clock.timestamp()) - self.switches.late_s
        return self.feed.add(Activity(second, 0, type_id, lead.id, **rest))

    def note_list(self, lead: Lead, entry: StaticList, type_id: int) -> None:
        """A lead has come to a list, or has left it."""
        name = f"{entry.program}.{entry.name}" if entry.program else entry.name
        self.log(type_id, lead, primary_id=entry.id, primary=name, attributes={"Source": BY_API.source})

    def _join_lists(self, winner: int, losers: set[int]) -> None:
        for entry in self.assets.lists.values():
            if not losers.isdisjoint(entry.members):
                entry.members -= losers
                entry.members.add(winner)


def _lacking(winner: Lead, loser: Lead) -> list[str]:
    """What a winner takes over: a lead that Salesforce knows keeps its own owner, and its own life."""
    lacking = [name for name in loser.values if name not in winner.values]
    if "sfdcType" not in winner.values:
        return lacking
    return [name for name in lacking if not name.startswith(("leadOwner", "sfdcLeadOwner", "sfdcIsDeleted"))]


def _rank(lead: Lead) -> int:
    kind = str(lead.values.get("sfdcType", "")).lower()
    return {"contact": 2, "lead": 1}.get(kind, 0)
