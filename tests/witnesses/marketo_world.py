"""A Marketo world for foreign clients: the seeded people moved into the last three weeks, and what is true about it.

Clients that read by date ask from some day until today, so what they shall find must have happened lately. Lists and
campaigns are more than a page of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.marketo import MarketoSimulator

PEOPLE = 350
MORE_THAN_A_PAGE = 310
NEW_LEAD, VISIT = 12, 1
CREDENTIALS = {"client_id": "demo-client", "client_secret": "demo-secret"}


def begin() -> datetime:
    """When a world that is made now begins: 20 days ago."""
    return datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)


def start_date() -> str:
    """A date before everything in the world, though it was made a while ago."""
    return write_instant(begin() - timedelta(hours=1))


def recent_world() -> MarketoSimulator:
    """People, activities, lists, campaigns and programs of the last three weeks, behind generous limits."""
    past = MarketoSimulator(people=PEOPLE, activities=4)
    at = begin()
    marketo = MarketoSimulator(clock=SimClock(start=at))
    for person in past.records("lead"):
        gone = ("createdAt", "updatedAt", "deleted", "mergedInto")
        marketo.seed([{"type": "lead", **{name: value for name, value in person.items() if name not in gone}}])
        marketo.clock.advance(60)
    deeds = [deed for deed in past.records("activity") if deed["activityTypeId"] != NEW_LEAD]
    for number, deed in enumerate(deeds):
        day = at + timedelta(days=1, seconds=700 * number)
        rest = {name: value for name, value in deed.items() if name != "id"}
        marketo.seed([{"type": "activity", **rest, "activityDate": write_instant(day)}])
    marketo.seed([{"type": "list", "name": f"List {n}", "leads": [1001 + n]} for n in range(MORE_THAN_A_PAGE)])
    marketo.seed([{"type": "program", "name": f"Program {n}"} for n in range(5)])
    marketo.seed([{"type": "campaign", "name": f"Campaign {n}"} for n in range(MORE_THAN_A_PAGE)])
    marketo.clock.real()
    marketo.limits({"calls_per_20s": 10_000, "bulk_queued_s": 0, "bulk_processing_s": 0})
    return marketo


def truth(marketo: MarketoSimulator) -> Counter[int]:
    """How many activities of each type there are."""
    return Counter(deed["activityTypeId"] for deed in marketo.records("activity"))


def guids(marketo: MarketoSimulator, type_id: int) -> set[str]:
    """The keys of all activities of a type."""
    return {str(deed["id"]) for deed in marketo.records("activity") if deed["activityTypeId"] == type_id}


def addresses(marketo: MarketoSimulator) -> dict[int, Any]:
    """The address of every living person."""
    return {lead["id"]: lead.get("email") for lead in marketo.records("lead") if not lead["deleted"]}


def happen(marketo: MarketoSimulator) -> list[int]:
    """Something new: three people change their title, one of them visits a page; their ids."""
    changed = [1003, 1007, 1200]
    for lead in changed:
        marketo.act("update", {"type": "lead", "id": lead, "fields": {"title": "Somebody else"}})
    marketo.seed([{"type": "activity", "leadId": 1003, "activityTypeId": VISIT, "primaryAttributeValueId": 501}])
    return changed


def outcomes(marketo: MarketoSimulator) -> set[str]:
    """How the foreign client's calls ended."""
    return {call.outcome for call in marketo.calls}
