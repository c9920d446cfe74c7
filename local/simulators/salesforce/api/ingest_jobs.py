"""Bulk API 2.0 ingest: a job is made, gets its file, is closed, and has three files of results."""

from contextlib import suppress
from random import Random
from typing import Any

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api import jobs
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.bulk import sheet
from local.simulators.salesforce.bulk.job import IngestJob
from local.simulators.salesforce.problems import Problem, unsupported_media

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
MAX_BYTES = 150_000_000


def create(ask: Ask) -> Answer:
    """POST /jobs/ingest."""
    body = ask.mapping()
    operation = str(body.get("operation"))
    if operation not in OPERATIONS:
        raise Problem("INVALIDJOB", f"Unknown operation: {operation}")
    if operation == "hardDelete" and ask.org.permissions.profile_of(ask.user_id) != "admin":
        raise Problem("FEATURENOTENABLED", "hard delete is not enabled for this user")
    kind = ask.org.schema.find(str(body.get("object")))
    if kind is None or not ask.org.permissions.access(ask.user_id, kind).may_read:
        raise Problem("INVALIDENTITY", f"Unable to find object: {body.get('object')}")
    now = jobs.stamped(ask)
    job = IngestJob(
        ask.org.jobs.new_id(),
        ask.user_id,
        operation,
        kind.name,
        ask.version,
        now,
        now,
        key=_key(ask, kind.name, body) if operation == "upsert" else None,
        **jobs.layout(body),  # type: ignore[arg-type]
    )
    ask.org.jobs.jobs[job.id] = job
    return Answer(200, job.opened())


def _key(ask: Ask, name: str, body: dict[str, Any]) -> str:
    key = body.get("externalIdFieldName")
    if not key:
        text = f"External ID was blank for {name}. An External ID must be specified for upsert."
        raise Problem("INVALIDJOB", f"InvalidJob : {text}")
    try:
        return ask.org.records.key_field(ask.user_id, ask.org.schema.objects[name], str(key)).name
    except Problem:
        text = f"Field name provided, {key} does not match an External ID, Salesforce Id, or indexed field for {name}"
        raise Problem("INVALIDJOB", f"InvalidJob : {text}") from None


def listed(ask: Ask) -> Answer:
    """GET /jobs/ingest."""
    return jobs.listing([job.listed() for job in ask.org.jobs.listed(IngestJob)])


def show(ask: Ask) -> Answer:
    """GET /jobs/ingest/<id>."""
    return Answer(200, _job(ask).told())


def upload(ask: Ask) -> Answer:
    """PUT /jobs/ingest/<id>/batches: the whole file at once, and once only."""
    job = _job(ask)
    kind = ask.headers.get("content-type", "")
    if not kind.startswith("text/csv"):
        raise unsupported_media(kind)
    if job.state != "Open":
        raise Problem("INVALIDJOBSTATE", f"Data cannot be uploaded to a job in the state {job.state}")
    if job.upload is not None:
        text = (
            f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job "
            "then create a new Job and make sure you only do 'PUT' once on a given Job."
        )
        raise Problem("CLIENTINPUTERROR", text)
    if len(ask.raw) > MAX_BYTES:
        raise Problem("CLIENTINPUTERROR", "The file is larger than 150 MB", status=413)
    job.upload = ask.raw
    return Answer(201)


def change(ask: Ask) -> Answer:
    """PATCH /jobs/ingest/<id> with the state UploadComplete or Aborted."""
    job = _job(ask)
    state = ask.mapping().get("state")
    if state == "Aborted":
        jobs.abort(ask, job)
        with suppress(sheet.Unreadable):
            sheet.read(job)
    elif state != "UploadComplete":
        raise Problem("INVALIDJOB", f"A job cannot be set to the state {state}")
    elif job.state != "Open":
        raise Problem("INVALIDJOBSTATE", f"A job in the state {job.state} cannot be closed")
    else:
        job.record_faults = ask.org.rules.present
        job.faults = ask.faults("fail_job", "fail_chunk", "leave_chunk")
        ask.org.jobs.queue(job)
    return Answer(200, job.closed())


def delete(ask: Ask) -> Answer:
    """DELETE /jobs/ingest/<id>."""
    return jobs.forget(ask, _job(ask))


def successful(ask: Ask) -> Answer:
    """GET /jobs/ingest/<id>/successfulResults, in an order of Salesforce's own."""
    job = _ended(ask)
    rows = [[one, "true" if created else "false", *cells] for one, created, cells in job.succeeded]
    return _file(job, ("sf__Id", "sf__Created"), rows)


def failed(ask: Ask) -> Answer:
    """GET /jobs/ingest/<id>/failedResults."""
    job = _ended(ask)
    return _file(job, ("sf__Id", "sf__Error"), [[one, error, *cells] for one, error, cells in job.failed])


def unprocessed(ask: Ask) -> Answer:
    """GET /jobs/ingest/<id>/unprocessedrecords: the rows as they were uploaded."""
    job = _ended(ask)
    return _file(job, (), list(job.unprocessed))


def _file(job: IngestJob, added: tuple[str, ...], rows: list[list[str]]) -> Answer:
    Random(job.id).shuffle(rows)
    return Answer(200, sheet.results(job, added, rows), records=len(rows), content_type=jobs.CSV)


def _job(ask: Ask) -> IngestJob:
    return ask.org.jobs.find(IngestJob, ask.parts[2])


def _ended(ask: Ask) -> IngestJob:
    job = _job(ask)
    if not job.ended:
        raise Problem("INVALIDJOBSTATE", f"Results are not available for a job in the state {job.state}")
    return job
