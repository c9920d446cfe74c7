"""Bulk API 1.0, as far as a reader needs it: jobs of queries, each batch one statement, its rows in one file or more.

Jobs are told in JSON, and batches in XML where the files are CSV, as Salesforce does. Its calls are no part of the data
API and of its quota.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from local.simulators.kernel.http import Request
from local.simulators.salesforce import instants
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.bulk import export, sheet
from local.simulators.salesforce.bulk.job import QueryJob
from local.simulators.salesforce.org import Org

PATH = re.compile(r"/services/async/(\d+)\.0/job(?:/(\w+)(?:/batch(?:/(\w+)(?:/result(?:/(\w+))?)?)?)?)?/?")
NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
NOTHING = b"Records not found for this query"
XML, CSV = "application/xml", "text/csv;charset=UTF-8"  # who is told no charset reads Latin-1
STATES = {"UploadComplete": "Queued", "JobComplete": "Completed", "Failed": "Failed"}


class Refusal(Exception):
    """A call that is refused: `exceptionCode` and `exceptionMessage`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class ClassicJob:
    """One job with its batches."""

    id: str
    user_id: str
    version: int
    asked: dict[str, Any]
    created: str
    state: str = "Open"
    batches: dict[str, QueryJob] = field(default_factory=dict)


class ClassicBulk:
    """The jobs of one organisation."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.jobs: dict[str, ClassicJob] = {}

    def answer(self, request: Request) -> Answer | None:
        """The answer to a call under /services/async, or None where the path is none of its own."""
        found = PATH.fullmatch(request.path)
        if found is None:
            return None
        try:
            return self._resource(request, int(found[1]), found[2], found[3])
        except Refusal as refusal:
            body = {"exceptionCode": refusal.code, "exceptionMessage": str(refusal)}
            return Answer(400, body, outcome=refusal.code, content_type="application/json")

    def _resource(self, request: Request, version: int, job_id: str | None, batch_id: str | None) -> Answer:
        user_id = self.org.sessions.user_of(request.headers.get("x-sfdc-session", ""))
        if user_id is None:
            raise Refusal("InvalidSessionId", "Invalid session id")
        if job_id is None:
            return self._create(request, version, user_id)
        job = self.jobs.get(job_id)
        if job is None:
            raise Refusal("InvalidJob", f"Unable to find object: {job_id}")
        if batch_id is not None:
            return self._of_batch(request, job, batch_id)
        if "/batch" in request.path:
            return self._batch(request, job) if request.method == "POST" else self._batches(job)
        if request.method == "POST":
            job.state = _json(request).get("state", job.state)
        return self._told(job, 200)

    def _create(self, request: Request, version: int, user_id: str) -> Answer:
        asked = _json(request)
        if asked.get("operation") not in {"query", "queryAll"} or asked.get("contentType") != "CSV":
            raise Refusal("InvalidJob", "This simulator takes jobs that query or queryAll into CSV files only")
        made = ClassicJob(self.org.jobs.new_id(), user_id, version, asked, instants.stamp(self.org.clock.now()))
        self.jobs[made.id] = made
        return self._told(made, 201)

    def _told(self, job: ClassicJob, status: int) -> Answer:
        states = [self._state(batch) for batch in job.batches.values()]
        counts = {f"numberBatches{state}": states.count(state) for state in ("Completed", "Failed", "Queued")}
        body = {
            "apiVersion": float(job.version), "concurrencyMode": "Parallel", "contentType": "CSV",
            "createdById": job.user_id, "createdDate": job.created, "id": job.id,
            **counts, "numberBatchesInProgress": 0,
            "numberBatchesTotal": len(states), "object": job.asked.get("object"), "operation": job.asked["operation"],
            "numberRecordsProcessed": sum(batch.processed for batch in job.batches.values()), "state": job.state,
            "systemModstamp": job.created,
        }  # fmt: skip
        return Answer(status, body, content_type="application/json")

    def _batch(self, request: Request, job: ClassicJob) -> Answer:
        if job.state != "Open":
            raise Refusal("InvalidJobState", f"Job is not open: {job.id}")
        now = instants.stamp(self.org.clock.now())
        operation, kind = job.asked["operation"], str(job.asked.get("object"))
        batch = QueryJob(self.org.world.mint.mint("751"), job.user_id, operation, kind, job.version, now, now)
        batch.query = request.body.decode()
        self.org.jobs.queue(batch)
        job.batches[batch.id] = batch
        return Answer(201, self._xml("batchInfo", self._info(job, batch)), content_type=XML)

    def _batches(self, job: ClassicJob) -> Answer:
        infos = "".join(f"<batchInfo>{self._info(job, batch)}</batchInfo>" for batch in job.batches.values())
        return Answer(200, self._xml("batchInfoList", infos), content_type=XML)

    def _of_batch(self, request: Request, job: ClassicJob, batch_id: str) -> Answer:
        batch = job.batches.get(batch_id)
        if batch is None:
            raise Refusal("InvalidBatch", f"Unable to find object: {batch_id}")
        state = self._state(batch)
        if "/result" not in request.path:
            return Answer(200, self._xml("batchInfo", self._info(job, batch)), content_type=XML)
        if state != "Completed":
            raise Refusal("InvalidBatch", f"Batch not completed: {batch_id}")
        size = self.org.jobs.page_rows
        files = [batch.rows[start : start + size] for start in range(0, len(batch.rows), size)] or [[]]
        names = [f"752{batch.id[3:12]}{place:06}" for place in range(len(files))]
        wanted = request.path.rstrip("/").rpartition("/")[2]
        if wanted == "result":
            named = "".join(f"<result>{name}</result>" for name in names)
            return Answer(200, self._xml("result-list", named), content_type=XML)
        if wanted not in names:
            raise Refusal("InvalidBatch", f"Unable to find result: {wanted}")
        rows = files[names.index(wanted)]
        body = sheet.table(batch, batch.columns, rows) if rows else NOTHING
        return Answer(200, body, records=len(rows), content_type=CSV)

    def _state(self, batch: QueryJob) -> str:
        if batch.state == "UploadComplete" and self.org.clock.timestamp() >= batch.starts_at + self.org.jobs.chunk_s:
            export.work(self.org, batch)
        return STATES[batch.state]

    def _info(self, job: ClassicJob, batch: QueryJob) -> str:
        state = self._state(batch)
        why = f"<stateMessage>InvalidBatch : {escape(batch.error)}</stateMessage>" if batch.error else ""
        return (
            f"<id>{batch.id}</id><jobId>{job.id}</jobId><state>{state}</state>{why}"
            f"<createdDate>{batch.created.replace('+0000', 'Z')}</createdDate>"
            f"<systemModstamp>{batch.modified.replace('+0000', 'Z')}</systemModstamp>"
            f"<numberRecordsProcessed>{batch.processed}</numberRecordsProcessed>"
        )

    def _xml(self, name: str, inside: str) -> bytes:
        return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{NAMESPACE}">{inside}</{name}>'.encode()


def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal("InvalidJob", "This simulator takes jobs in JSON only")
    return body
