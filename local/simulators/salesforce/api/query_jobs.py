"""Bulk API 2.0 query: a statement becomes a file that is read in parts, each with the locator of the next."""

import base64
import binascii

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api import jobs
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.bulk import export, sheet
from local.simulators.salesforce.bulk.job import QueryJob
from local.simulators.salesforce.problems import Problem

OPERATIONS = ("query", "queryAll")


def create(ask: Ask) -> Answer:
    """POST /jobs/query; a statement that cannot be run is refused at once."""
    body = ask.mapping()
    operation = str(body.get("operation"))
    if operation not in OPERATIONS:
        raise Problem("INVALIDJOB", f"Unknown operation: {operation}")
    now = jobs.stamped(ask)
    job = QueryJob(
        ask.org.jobs.new_id(),
        ask.user_id,
        operation,
        "",
        ask.version,
        now,
        now,
        query=str(body.get("query", "")),
        **jobs.layout(body),  # type: ignore[arg-type]
    )
    job.object = export.flat(ask.org, job).object
    ask.org.jobs.jobs[job.id] = job
    ask.org.jobs.queue(job)
    return Answer(200, job.opened())


def listed(ask: Ask) -> Answer:
    """GET /jobs/query."""
    return jobs.listing([job.listed() for job in ask.org.jobs.listed(QueryJob)])


def show(ask: Ask) -> Answer:
    """GET /jobs/query/<id>."""
    return Answer(200, _job(ask).told())


def change(ask: Ask) -> Answer:
    """PATCH /jobs/query/<id>: a query can only be aborted."""
    job = _job(ask)
    if ask.mapping().get("state") != "Aborted":
        raise Problem("INVALIDJOB", "The only state that a query job can be set to is Aborted")
    jobs.abort(ask, job)
    return Answer(200, job.opened())


def delete(ask: Ask) -> Answer:
    """DELETE /jobs/query/<id>."""
    return jobs.forget(ask, _job(ask))


def results(ask: Ask) -> Answer:
    """GET /jobs/query/<id>/results?maxRecords=&locator=: `null` is the locator of the end."""
    job = _job(ask)
    if job.state != "JobComplete":
        raise Problem("INVALIDJOBSTATE", f"Results are not available for a job in the state {job.state}")
    most = ask.parameters.get("maxRecords", "")
    size = min(int(most) if most.isdigit() and int(most) else ask.org.jobs.page_rows, ask.org.jobs.page_rows)
    start = _offset(ask.parameters.get("locator"), len(job.rows))
    rows = job.rows[start : start + size]
    following = start + len(rows)
    headers = [
        ("Sforce-Locator", _locator(following) if following < len(job.rows) else "null"),
        ("Sforce-NumberOfRecords", f"{len(rows)}"),
    ]
    return Answer(200, sheet.table(job, job.columns, rows), headers, records=len(rows), content_type=jobs.CSV)


def _job(ask: Ask) -> QueryJob:
    return ask.org.jobs.find(QueryJob, ask.parts[2])


def _locator(offset: int) -> str:
    return base64.b64encode(f"{offset}".encode()).decode().rstrip("=")


def _offset(locator: str | None, rows: int) -> int:
    """Where a locator points: inside the result and nowhere else."""
    if locator is None or locator == "null":
        return 0
    try:
        offset = int(base64.b64decode(locator + "=" * (-len(locator) % 4), validate=True))
    except (binascii.Error, ValueError):
        offset = -1
    if not 0 < offset < rows:
        raise Problem("INVALID_QUERY_LOCATOR", "invalid query locator")
    return offset
