"""What a task works out for itself: closed or not, when it was completed, high priority, and its account."""

from typing import TYPE_CHECKING

from local.simulators.salesforce.table import Row

if TYPE_CHECKING:
    from local.simulators.salesforce.world import World

DEFAULTS = {"Status": "Not Started", "Priority": "Normal", "TaskSubtype": "Task"}


def derive(world: "World", row: Row, before: Row | None) -> None:
    """Set the derived fields of a task that is about to be stored."""
    closed = row.get("Status") in world.closed_statuses
    was_closed = before is not None and before.get("IsClosed", False)
    row["IsClosed"] = closed
    row["IsHighPriority"] = row.get("Priority") in world.high_priorities
    if closed and not was_closed:
        row["CompletedDateTime"] = row["SystemModstamp"]
    elif not closed:
        row.pop("CompletedDateTime", None)
    if before is None or before.get("WhoId") != row.get("WhoId") or before.get("WhatId") != row.get("WhatId"):
        account = _account(world, row)
        if account is None:
            row.pop("AccountId", None)
        else:
            row["AccountId"] = account


def _account(world: "World", row: Row) -> str | None:
    """Salesforce's order: the related record's account first, then the contact's."""
    what = row.get("WhatId")
    if what is not None:
        if what.startswith("001"):
            return str(what)
        related = world.find(what)
        if related is not None and related.get("AccountId"):
            return str(related["AccountId"])
    who = row.get("WhoId")
    if who is None or not who.startswith("003"):
        return None
    contact = world.find(who)
    return contact.get("AccountId") if contact is not None else None
