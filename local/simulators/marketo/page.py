"""Marketo's page: people with their activities and lists, what marketers do with them, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from local.simulators.kernel.clock import write_instant
from local.simulators.kernel.page import act, argument, choice, description, listing, matching, related
from local.simulators.kernel.population import users
from local.simulators.marketo import administration
from local.simulators.marketo.activity_types import types_with
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.leads import Lead
from local.simulators.marketo.world import World

TYPES = (
    listing("lead", "People", "id", "firstName", "lastName", "email", "company", "sfdcType", "leadOwnerEmailAddress"),
    listing("list", "Lists", "id", "name", "program", "updated"),
    listing("program", "Programs", "id", "name", "kind", "channel"),
    listing("campaign", "Campaigns", "id", "name", "kind", "active"),
)
FAULTS = (
    "drop_before_commit", "drop_after_commit", "late_commit", "slow", "html", "truncate", "status", "expire_token",
    "record_error", "empty_page", "lose_record", "wrong_more", "fail_job",
)  # fmt: skip
_LEAD = ("lead",)
_COLUMNS: dict[str, Sequence[str]] = {entry["name"]: entry["columns"] for entry in TYPES}
_ACTIVITY = ("date", "type", "primary", "attributes")


def page() -> dict[str, Any]:
    """What the page has to know of Marketo."""
    sellers = [user.email for user in users()]
    acts = (
        act("unsubscribe", "Unsubscribe", on=_LEAD),
        act("change_owner", "Change the owner", choice("owner", ["", *sellers], "Owner", empty=None), on=_LEAD),
        act("merge", "Merge others into this one", argument("losers", "Ids of the others", "ids", required=True),
            on=_LEAD, subject="winner"),
        act("convert", "Convert in Salesforce", argument("contact", "Contact", hint="made up if empty"),
            argument("account", "Account", hint="made up if empty"), on=_LEAD, subject="lead"),
        act("delete", "Delete", on=_LEAD, bad=True),
        act("undelete", "Bring back", on=_LEAD, gone=True),
        act("remove_field", "Take a field away", argument("name", "REST name", required=True), bad=True),
        act("add_client", "Add an API client", argument("client_id", required=True),
            argument("client_secret", required=True), argument("user", "API user", required=True)),
    )  # fmt: skip
    return description("Marketo", "Administration", TYPES, acts, FAULTS)


def find(world: World, kind: str, asked: str) -> dict[str, Any]:
    """People and lists, the newest first."""
    columns = _COLUMNS[kind]
    if kind != "lead":
        return matching(administration.records(world, kind), asked, columns)
    newest = reversed(world.leads.by_id.values())
    return matching(({"id": lead.id, **lead.values} for lead in newest), asked, columns)


def look(world: World, kind: str, record_id: str) -> dict[str, Any]:
    """One record with its neighbours."""
    number = int(record_id) if record_id.isdigit() else 0
    if kind == "lead" and number in world.leads.by_id:
        return _lead(world, world.leads.by_id[number])
    record = next((row for row in administration.records(world, kind) if row["id"] == number), None)
    if record is None or kind == "lead":
        raise ValueError(f"there is no {kind} {record_id}")
    beside = [_members(world, record.pop("members"))] if "members" in record else []
    told = {"id": number, "title": record["name"], "badges": [], "deleted": False, "record": record}
    return {**told, "related": beside, "editable": []}


def _lead(world: World, lead: Lead) -> dict[str, Any]:
    names = {entry["id"]: entry["name"] for entry in types_with(world.switches.type_ids)}
    names |= {entry.id: entry.listed()["name"] for entry in world.custom.approved()}
    done = world.feed.those(lambda activity: world.leads.resolve(activity.lead_id) == lead.id)
    shown = [_activity(activity, names) for activity in reversed(done)]
    lists = [entry for entry in administration.records(world, "list") if lead.id in entry["members"]]
    values = {"id": lead.id, **dict.fromkeys(world.book.by_name), **lead.values}
    return {
        "id": lead.id,
        "title": lead.full_name or lead.values.get("email") or f"Person {lead.id}",
        "badges": list(_badges(lead)),
        "deleted": lead.deleted,
        "record": values,
        "related": [related("Activities", shown, _ACTIVITY), related("Lists", lists, ("id", "name"), "list")],
        "editable": [field.name for field in world.book.by_name.values() if not field.read_only and field.name != "id"],
    }


def _badges(lead: Lead) -> Iterable[dict[str, Any]]:
    if lead.merged_into is not None:
        yield {"text": f"merged into {lead.merged_into}", "bad": True}
    elif lead.deleted:
        yield {"text": "deleted", "bad": True}
    if kind := lead.values.get("sfdcType"):
        yield {"text": f"{kind} in Salesforce"}
    for name, word in (("sfdcIsDeleted", "deleted in Salesforce"), ("unsubscribed", "unsubscribed")):
        if lead.values.get(name):
            yield {"text": word, "bad": True}


def _activity(activity: Activity, names: Mapping[int, str]) -> dict[str, Any]:
    told = ", ".join(f"{name}: {value}" for name, value in activity.attributes.items() if value not in (None, ""))
    return {
        "date": write_instant(datetime.fromtimestamp(activity.second, UTC)).replace("T", " ").rstrip("Z"),
        "type": names.get(activity.type_id, activity.type_id),
        "primary": activity.primary,
        "attributes": told,
    }


def _members(world: World, members: Sequence[int]) -> Any:
    leads = (world.leads.by_id[number] for number in members[:50] if number in world.leads.by_id)
    rows = [{"id": lead.id, **lead.values} for lead in leads]
    return related("Members", rows, ("id", "firstName", "lastName", "email"), "lead", len(members))
