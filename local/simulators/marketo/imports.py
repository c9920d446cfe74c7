"""Bulk import of leads: a file is queued, worked off row by row as an upsert, and tells afterwards what failed.

Two batches run and ten wait at most (1016); the queue catches up with the clock before every call. In a file an empty
cell leaves a field alone and the word NULL clears it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

from local.simulators.kernel.faults import FaultPlan
from local.simulators.kernel.http import Response
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.assets import StaticList
from local.simulators.marketo.bulk_files import DELIMITERS
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.leads_api import LeadCalls
from local.simulators.marketo.world import ADDED

BATCH_DAYS = 7
REASON = {"failures": "Import Failure Reason", "warnings": "Import Warning Reason"}
Row = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """One file on its way in; `failed` holds the refused rows with the reason as their last cell."""

    id: int
    delimiter: str
    columns: list[str]
    rows: list[list[str]]
    lookup: str
    target: StaticList | None
    at: float
    status: str = "Queued"
    done: int = 0
    failed: list[list[str]] = field(default_factory=list)
    message: str = ""

    def told(self) -> Row:
        """As its status call tells it."""
        told: Row = {"batchId": self.id, "importId": str(self.id), "status": self.status}
        told |= {"numOfLeadsProcessed": self.done, "numOfRowsFailed": len(self.failed), "numOfRowsWithWarning": 0}
        return {**told, "message": self.message} if self.message else told


class ImportCalls:
    """The bulk API's import calls."""

    def __init__(self, leads: LeadCalls, faults: FaultPlan) -> None:
        self._leads, self.world, self._faults = leads, leads.world, faults
        self.batches: list[Batch] = []
        leads.world.chores.append(self.catch_up)

    def create(self, ask: Ask) -> Answer:
        """POST leads.json of the bulk API, a multipart form with the file."""
        parts = _parts(ask)

        def given(name: str) -> str:
            return ask.given.one(name) or parts.get(name, b"").decode()

        form = given("format").upper()
        if form not in DELIMITERS:
            raise Refused("1003", f"Invalid value for field 'format' and value '{given('format')}'")
        if not parts.get("file"):
            raise Refused("1002", "Missing value for required parameter 'file'")
        lookup = given("lookupField") or "email"
        if lookup not in self.world.book.searchable():
            raise Refused("1006", f"Lookup field '{lookup}' not found")
        target = self._list(given("listId"))
        if sum(batch.status in ("Queued", "Importing") for batch in self.batches) >= self.world.switches.bulk_queue:
            raise Refused("1016")
        head, *rows = _read(parts["file"], DELIMITERS[form])
        number, now = 1001 + len(self.batches), self.world.clock.timestamp()
        batch = Batch(number, DELIMITERS[form], head, rows, lookup, target, now)
        if self._faults.take(ask.request, "fail_job"):
            batch.message = "Import failed"
        self.batches.append(batch)
        return listed([{"batchId": batch.id, "importId": str(batch.id), "status": batch.status}])

    def status(self, _ask: Ask, batch_id: str) -> Answer:
        """GET leads/batch/{id}.json."""
        return listed([self._batch(batch_id).told()])

    def rows(self, _ask: Ask, batch_id: str, kind: str) -> Answer:
        """GET leads/batch/{id}/failures.json and warnings.json: a file, empty when there is nothing to tell."""
        batch = self._batch(batch_id)
        text = io.StringIO()
        if kind == "failures" and batch.failed:
            writer = csv.writer(text, delimiter=batch.delimiter, lineterminator="\n")
            writer.writerows([[*batch.columns, REASON[kind]], *batch.failed])
        return Answer(raw=Response(200, [("Content-Type", "text/csv;charset=UTF-8")], text.getvalue().encode()))

    def _list(self, list_id: str) -> StaticList | None:
        if not list_id:
            return None
        found = self.world.assets.lists.get(int(list_id)) if list_id.isdigit() else None
        if found is None:
            raise Refused("1013", f"Static list {list_id} not found")
        return found

    def _batch(self, batch_id: str) -> Batch:
        oldest = self.world.clock.timestamp() - BATCH_DAYS * 86_400
        for batch in self.batches:
            if batch.id == int(batch_id) and batch.at >= oldest:
                return batch
        raise Refused("1013", f"Import batch {batch_id} not found")

    def catch_up(self) -> None:
        """Begin and end what is due by now."""
        now, switches, free = (
            self.world.clock.timestamp(),
            self.world.switches,
            [0.0] * self.world.switches.bulk_running,
        )
        for batch in self.batches:
            start = max(batch.at + switches.bulk_queued_s, min(free))
            free[free.index(min(free))] = end = start + switches.bulk_processing_s
            if batch.status in ("Queued", "Importing") and now >= start:
                batch.status = "Importing"
                if now >= end:
                    self._work(batch)

    def _work(self, batch: Batch) -> None:
        unknown = [name for name in batch.columns if name != "id" and name not in self.world.book.by_name]
        if batch.message or unknown:
            batch.status, batch.message = "Failed", batch.message or f"Import failed: field '{unknown[0]}' not found"
            return
        action = "updateOnly" if batch.lookup == "id" else "createOrUpdate"
        for row in batch.rows:
            cells = zip(batch.columns, row, strict=False)
            record = {name: None if cell == "NULL" else cell for name, cell in cells if cell != ""}
            try:
                self._join(batch.target, self._leads.sync_one(record, action, batch.lookup)["id"])
                batch.done += 1
            except Refused as refused:
                batch.failed.append([*row, refused.message])
        how = "completed with errors" if batch.failed else "succeeded"
        lost = f", {len(batch.failed)} failed" if batch.failed else ""
        members = batch.done if batch.target else 0
        batch.status = "Complete"
        batch.message = f"Import {how}, {batch.done} records imported ({members} members){lost}"

    def _join(self, target: StaticList | None, lead_id: int) -> None:
        if target is not None and lead_id not in target.members:
            target.members.add(lead_id)
            self.world.note_list(self.world.lead(lead_id), target, ADDED)


def _read(file: bytes, delimiter: str) -> list[list[str]]:
    """The rows of a file, the head first; 1003 for what is none."""
    try:
        rows = [row for row in csv.reader(io.StringIO(file.decode("utf-8-sig", "replace")), delimiter=delimiter) if row]
    except csv.Error as problem:
        raise Refused("1003", f"Invalid file: {problem}") from None
    if not rows:
        raise Refused("1003", "The file has no header")
    return rows


def _parts(ask: Ask) -> dict[str, bytes]:
    """The parts of a multipart form by name; 612 for another content type, 613 for one that cannot be read."""
    kind = ask.request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused("612")
    message = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + ask.request.body)
    parts = [part for part in message.walk() if not part.is_multipart()]
    named = {str(part.get_param("name", header="content-disposition")): _content(part) for part in parts}
    if not message.is_multipart() or "None" in named:
        raise Refused("613")
    return named


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
