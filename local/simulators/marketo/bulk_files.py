"""The files of bulk extracts: who and what goes into them, and how a cell is written.

Empty values are the literal `null`, booleans `true` and `false`, the attributes of an activity a JSON object in one
cell; quotes follow RFC 4180.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.simulators.kernel.clock import write_instant
from local.simulators.marketo.activity_types import DELETE_LEAD, NEW_LEAD
from local.simulators.marketo.exports import Job
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.leads import Lead, system_values
from local.simulators.marketo.world import World

DELIMITERS = {"CSV": ",", "TSV": "\t", "SSV": ";"}
ACTIVITY_COLUMNS = (
    "marketoGUID", "leadId", "activityDate", "activityTypeId", "campaignId", "primaryAttributeValueId",
    "primaryAttributeValue", "attributes",
)  # fmt: skip
OPTIONAL_COLUMNS = ("actionResult",)


@dataclass(slots=True)
class Order:
    """What a job was asked for."""

    fields: list[str]
    headers: dict[str, str]
    by: str = ""
    start: int = 0
    end: int = 0
    list_id: int = 0
    types: list[int] = field(default_factory=list)
    primary_ids: set[str] = field(default_factory=set)
    primary_values: set[str] = field(default_factory=set)


def write_file(world: World, job: Job) -> tuple[bytes, int]:
    """The file of a job as things are now, and its number of records."""
    order: Order = job.order
    rows = _lead_rows(world, order) if job.kind == "leads" else _activity_rows(world, order)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=DELIMITERS[job.format], lineterminator="\n")
    writer.writerow([order.headers.get(name, name) for name in order.fields])
    written = list(rows)
    if "lose_record" in job.marks:
        del written[-1:]
    writer.writerows(written)
    return text.getvalue().encode(), len(written)


def _lead_rows(world: World, order: Order) -> Iterator[list[str]]:
    empties = {**dict(world.book.empties(order.fields)), "emailSuspended": None}
    for lead in _leads(world, order):
        values = {**system_values(lead), **lead.values, "id": lead.id}
        yield [_cell(values.get(name, empties[name])) for name in order.fields]


def _leads(world: World, order: Order) -> Iterable[Lead]:
    if order.list_id:
        members = sorted(world.assets.lists[order.list_id].members)
        return [lead for number in members if (lead := world.leads.living(number))]
    start, end = (write_instant(datetime.fromtimestamp(at, UTC)) for at in (order.start, order.end))
    return (lead for lead in world.leads if not lead.deleted and start <= lead.values[order.by] <= end)


def _activity_rows(world: World, order: Order) -> Iterator[list[str]]:
    for activity in world.feed.between(order.types or None, order.start, order.end):
        if activity.type_id == DELETE_LEAD:
            continue
        if order.primary_ids and str(activity.primary_id) not in order.primary_ids:
            continue
        if order.primary_values and str(activity.primary) not in order.primary_values:
            continue
        told = _told(world, activity)
        yield [_cell(told.get(name)) for name in order.fields]


def _told(world: World, activity: Activity) -> dict[str, Any]:
    lead = world.leads.resolve(activity.lead_id)
    attributes = {name: value for name, value in activity.attributes.items() if value is not None and value != ""}
    day = write_instant(datetime.fromtimestamp(activity.second, UTC))
    primary = activity.primary_id
    if activity.type_id == NEW_LEAD:
        attributes["Created Date"], primary = day[:10], lead
    return {
        "marketoGUID": str(activity.id),
        "leadId": lead,
        "activityDate": day,
        "activityTypeId": activity.type_id,
        "campaignId": activity.campaign_id,
        "primaryAttributeValueId": primary,
        "primaryAttributeValue": activity.primary,
        "attributes": json.dumps(attributes, ensure_ascii=False, separators=(",", ":")),
    }


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)
