"""What people do in Marketo's own pages, and what the control routes may look at.

Acts go through the same truth as the API, so they leave the same traces in the change feed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.kernel.population import salesforce_id, user_by_id, users
from local.simulators.marketo.activity_types import type_number
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.leads import Lead
from local.simulators.marketo.seeding import owner_fields
from local.simulators.marketo.world import BY_CRM, BY_HAND, World

Fields = Mapping[str, Any]


def seed_record(world: World, record: Fields) -> int:
    """Put a lead, an activity or a static list into the truth; its id."""
    kinds: dict[str, Callable[[World, dict[str, Any]], int]] = {
        "lead": _seed_lead,
        "activity": _seed_activity,
    }
    rest = {name: value for name, value in record.items() if name != "type"}
    if record["type"] in ("folder", "list", "program", "campaign"):
        return world.assets.seed(record["type"], rest, write_instant(world.clock.now()))
    return kinds[record["type"]](world, rest)


def _seed_lead(world: World, record: dict[str, Any]) -> int:
    lead_id = int(record.pop("id", 0) or 0)
    if lead_id in world.leads.by_id:
        raise ValueError(f"lead {lead_id} is there already")
    return world.create(_read_loosely(world, record), BY_CRM, lead_id).id


def _read_loosely(world: World, record: Fields) -> dict[str, Any]:
    book = world.book.by_name
    return {name: book[name].read(value) if name in book else value for name, value in record.items()}


def _seed_activity(world: World, record: dict[str, Any]) -> int:
    second = int(world.clock.timestamp())
    if "activityDate" in record:
        second = int(read_instant(record["activityDate"]).timestamp())
    activity = Activity(
        second,
        int(record.get("id", 0)),
        type_number(record.get("activityTypeId") or record["activityType"], world.switches.type_ids),
        int(record["leadId"]),
        record.get("primaryAttributeValueId"),
        record.get("primaryAttributeValue"),
        _attributes(record.get("attributes", {})),
        campaign_id=record.get("campaignId"),
    )
    return world.feed.add(activity).id


def _attributes(given: Fields | Sequence[Fields]) -> dict[str, Any]:
    if isinstance(given, Mapping):
        return dict(given)
    return {entry["name"]: entry.get("value") for entry in given}


def add_fields(world: World, fields: Sequence[Fields]) -> None:
    """Custom lead fields, as an administrator adds them."""
    for field in fields:
        if field.get("object", "lead") != "lead":
            raise ValueError(f"no object {field['object']}")
        world.book.add(
            field["name"], field.get("type", "string"), field.get("displayName", ""), field.get("length")
        )  # fmt: skip


def act(world: World, name: str, arguments: Fields) -> list[int]:
    """One human act; the ids it touched."""
    if name not in ACTS:
        raise ValueError(f"no act {name}")
    return ACTS[name](world, arguments)


def _update(world: World, given: Fields) -> list[int]:
    lead = world.lead(int(given["id"]))
    world.update(lead, _read_loosely(world, given["fields"]), BY_HAND)
    return [lead.id]


def _delete(world: World, given: Fields) -> list[int]:
    return [world.delete(int(given["id"])).id]


def _undelete(world: World, given: Fields) -> list[int]:
    return [world.undelete(int(given["id"])).id]


def _merge(world: World, given: Fields) -> list[int]:
    return [world.merge(int(given["winner"]), [int(loser) for loser in given["losers"]]).id]


def _convert(world: World, given: Fields) -> list[int]:
    lead = world.lead(int(given["lead"]))
    contact = given.get("contact") or salesforce_id("003", 10_000_000 + lead.id)
    account = given.get("account") or salesforce_id("001", 10_000_000 + lead.id)
    world.update(lead, {"sfdcType": "contact", "sfdcContactId": contact, "sfdcAccountId": account}, BY_CRM)
    return [lead.id]


def _change_owner(world: World, given: Fields) -> list[int]:
    lead, owner = world.lead(int(given["id"])), given["owner"]
    user = user_by_id(owner) or next((user for user in users() if user.email == owner), None)
    fields = owner_fields(user)
    if owner is not None and user is None:
        fields |= {"leadOwnerEmailAddress": owner, "sfdcLeadOwnerId": None}
    world.update(lead, fields, BY_CRM)
    return [lead.id]


def _unsubscribe(world: World, given: Fields) -> list[int]:
    lead = world.lead(int(given["id"]))
    world.update(lead, {"unsubscribed": True, "unsubscribedReason": "Asked by telephone"}, BY_HAND)
    return [lead.id]


def _remove_field(world: World, given: Fields) -> list[int]:
    world.book.remove(given["name"])
    return []


ACTS: dict[str, Callable[[World, Fields], list[int]]] = {
    "update": _update,
    "delete": _delete,
    "undelete": _undelete,
    "merge": _merge,
    "convert": _convert,
    "change_owner": _change_owner,
    "unsubscribe": _unsubscribe,
    "remove_field": _remove_field,
}


def records(world: World, kind: str) -> list[dict[str, Any]]:
    """The truth about every lead, activity, list, folder, program or campaign."""
    if kind == "lead":
        return [_lead_record(lead) for lead in world.leads]
    if kind == "activity":
        return [_activity_record(activity) for activity in world.feed.all()]
    if kind in ("list", "folder", "program", "campaign"):
        book: dict[int, Any] = getattr(world.assets, f"{kind}s")
        return [_asset_record(entry) for _number, entry in sorted(book.items())]
    raise ValueError(f"no type {kind}")


def _asset_record(entry: Any) -> dict[str, Any]:
    told = asdict(entry)
    return {**told, "members": sorted(told["members"])} if "members" in told else told


def _lead_record(lead: Lead) -> dict[str, Any]:
    return {"id": lead.id, **lead.values, "deleted": lead.deleted, "mergedInto": lead.merged_into}


def _activity_record(activity: Activity) -> dict[str, Any]:
    return {
        "id": activity.id,
        "leadId": activity.lead_id,
        "activityTypeId": activity.type_id,
        "activityDate": write_instant(datetime.fromtimestamp(activity.second, UTC)),
        "primaryAttributeValueId": activity.primary_id,
        "primaryAttributeValue": activity.primary,
        "attributes": activity.attributes,
    }
