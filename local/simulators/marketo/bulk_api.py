"""The bulk extract calls for leads and activities: create, enqueue, cancel, status, list and the file.

A file that is not there is HTTP 404 with plain text, whoever asks; a range of it is 206, one outside of it 416.
"""

from __future__ import annotations

import re
from typing import Any

from local.simulators.kernel.clock import read_instant
from local.simulators.kernel.faults import FaultPlan
from local.simulators.kernel.http import Response
from local.simulators.marketo.activity_types import DELETE_LEAD
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.bulk_files import ACTIVITY_COLUMNS, DELIMITERS, OPTIONAL_COLUMNS, Order, write_file
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.exports import Exports, Job
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.paging import page
from local.simulators.marketo.world import World

LONGEST_SPAN = 31 * 86_400
MOST_PRIMARY = 50
LEAD_FILTERS = ("createdAt", "updatedAt", "staticListId", "staticListName", "smartListId", "smartListName")
CONTENT = {"CSV": "text/csv", "TSV": "text/tab-separated-values", "SSV": "text/plain"}
Body = dict[str, Any]


class BulkCalls:
    """The bulk API's export calls."""

    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world, self._faults = world, faults
        self.exports = Exports(world.clock, world.switches, lambda job: write_file(world, job))

    def create(self, ask: Ask, kind: str) -> Answer:
        """POST {kind}/export/create.json."""
        body = ask.json()
        form = str(body.get("format") or "CSV").upper()
        if form not in DELIMITERS:
            raise Refused("1003", f"Invalid value for field 'format' and value '{body.get('format')}'")
        given = body.get("filter")
        if not isinstance(given, dict) or not given:
            raise Refused("1002", "Missing value for required parameter 'filter'")
        order = self._lead_order(body, given) if kind == "leads" else _activity_order(body, given)
        return listed([self.exports.create(kind, form, order, ask.user).told()])

    def enqueue(self, ask: Ask, kind: str, export_id: str) -> Answer:
        """POST {kind}/export/{id}/enqueue.json."""
        job = self._job(ask, kind, export_id)
        self.exports.enqueue(job)
        for mark in ("fail_job", "lose_record"):
            if self._faults.take(ask.request, mark):
                job.marks.add(mark)
        return listed([job.told()])

    def cancel(self, ask: Ask, kind: str, export_id: str) -> Answer:
        """POST {kind}/export/{id}/cancel.json."""
        job = self._job(ask, kind, export_id)
        self.exports.cancel(job)
        return listed([job.told()])

    def status(self, ask: Ask, kind: str, export_id: str) -> Answer:
        """GET {kind}/export/{id}/status.json."""
        return listed([self._job(ask, kind, export_id).told()])

    def jobs(self, ask: Ask, kind: str) -> Answer:
        """GET {kind}/export.json: the caller's jobs of seven days."""
        wanted = {"Cancelled" if word == "Canceled" else word for word in ask.given.many("status")}
        found = [job for job in self.exports.recent(kind, ask.user) if not wanted or job.status in wanted]
        shown, rest = page(ask, found)
        return listed([job.told() for job in shown], **rest)

    def file(self, ask: Ask, kind: str, export_id: str) -> Answer:
        """GET {kind}/export/{id}/file.json."""
        job = self.exports.find(kind, export_id, ask.user)
        if job is None or not self.exports.readable(job):
            return Answer(raw=Response(404, [("Content-Type", "text/plain;charset=UTF-8")], b"File not found"))
        head = [("Content-Type", f"{CONTENT[job.format]};charset=UTF-8"), ("Accept-Ranges", "bytes")]
        asked = ask.request.headers.get("range", "")
        if not asked:
            return Answer(records=job.records, raw=Response(200, head, job.file))
        return Answer(raw=_part(job.file, asked, head))

    def _job(self, ask: Ask, kind: str, export_id: str) -> Job:
        job = self.exports.find(kind, export_id, ask.user)
        if job is None:
            raise Refused("1013", f"Export job '{export_id}' not found")
        return job

    def _lead_order(self, body: Body, given: Body) -> Order:
        fields = body.get("fields")
        if not isinstance(fields, list) or not fields:
            raise Refused("1002", "Missing value for required parameter 'fields'")
        if unknown := next((name for name in fields if name not in self.world.book.by_name and name != "id"), None):
            raise Refused("1003", f"Field '{unknown}' not found")
        if len(given) != 1:
            raise Refused("1003", "Exactly one filter type is needed")
        ((by, value),) = given.items()
        if by not in LEAD_FILTERS or by in self.world.switches.bulk_no_filters:
            raise Refused("1035", f"Unsupported filter type for target subscription: {by}")
        order = Order(list(dict.fromkeys(fields)), _headers(body))
        if by.startswith("staticList"):
            order.list_id = self._list(by, value)
        else:
            order.by, (order.start, order.end) = by, _span(by, value)
        return order

    def _list(self, by: str, value: Any) -> int:
        lists = self.world.assets.lists
        if by == "staticListName":
            found = self.world.assets.list_named(str(value))
        else:
            found = lists.get(int(value)) if str(value).isdigit() else None
        if found is None:
            raise Refused("1003", f"Invalid value for field '{by}' and value '{value}'")
        return found.id


def _activity_order(body: Body, given: Body) -> Order:
    fields = body.get("fields") or list(ACTIVITY_COLUMNS)
    for name in fields:
        if name not in ACTIVITY_COLUMNS + OPTIONAL_COLUMNS:
            raise Refused("1003", f"Field '{name}' not found")
    if not given.get("createdAt"):
        raise Refused("1002", "Missing value for required parameter 'createdAt'")
    order = Order(list(dict.fromkeys(fields)), _headers(body), "createdAt")
    order.start, order.end = _span("createdAt", given["createdAt"])
    order.types = [_type(value) for value in given.get("activityTypeIds") or []]
    order.primary_ids = {str(value) for value in given.get("primaryAttributeValueIds") or []}
    order.primary_values = {str(value) for value in given.get("primaryAttributeValues") or []}
    if order.primary_ids and order.primary_values:
        raise Refused("1003", "primaryAttributeValueIds and primaryAttributeValues exclude each other")
    if max(len(order.primary_ids), len(order.primary_values)) > MOST_PRIMARY:
        raise Refused("1003", f"Too many primary attribute values: at most {MOST_PRIMARY}")
    if (order.primary_ids or order.primary_values) and not order.types:
        raise Refused("1002", "Missing value for required parameter 'activityTypeIds'")
    return order


def _type(value: Any) -> int:
    if not str(value).isdigit() or int(value) == DELETE_LEAD:
        raise Refused("1003", f"Invalid value for field 'activityTypeIds' and value '{value}'")
    return int(value)


def _headers(body: Body) -> dict[str, str]:
    given = body.get("columnHeaderNames")
    return {str(name): str(text) for name, text in given.items()} if isinstance(given, dict) else {}


def _span(name: str, value: Any) -> tuple[int, int]:
    try:
        start, end = (int(read_instant(str(value[key])).timestamp()) for key in ("startAt", "endAt"))
    except (KeyError, TypeError):
        raise Refused("1002", f"Missing value for required parameter '{name}'") from None
    except ValueError:
        raise Refused("1003", f"Invalid value for field '{name}' and value '{value}'") from None
    if end - start > LONGEST_SPAN or end < start:
        raise Refused("1003", f"The span of {name} must be at most 31 days")
    return start, end


def _part(body: bytes, asked: str, head: list[tuple[str, str]]) -> Response:
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", asked.strip())
    first, last = match.groups() if match else ("", "")
    if first:
        start, end = int(first), min(int(last or len(body)), len(body) - 1)
    else:
        start, end = max(len(body) - int(last or 0), 0), len(body) - 1
    if not (first or last) or start > end:
        return Response(416, [*head, ("Content-Range", f"bytes */{len(body)}")])
    return Response(206, [*head, ("Content-Range", f"bytes {start}-{end}/{len(body)}")], body[start : end + 1])
