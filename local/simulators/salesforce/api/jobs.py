"""What ingest and query jobs have in common as resources: their list, their state, their end."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce import instants
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.bulk.job import DELIMITERS, LINE_ENDS, Job
from local.simulators.salesforce.problems import Problem

CSV = "text/csv"


def stamped(ask: Ask) -> str:
    """The vendor's present, as a job carries it."""
    return instants.stamp(ask.org.clock.now())


def listing(jobs: list[dict[str, Any]]) -> Answer:
    """The body of a list of jobs."""
    return Answer(200, {"done": True, "records": jobs, "nextRecordsUrl": None})


def layout(body: Mapping[str, Any]) -> dict[str, str]:
    """Line end and separator that a new job asks for."""
    chosen = {"line_ending": str(body.get("lineEnding", "LF")), "delimiter": str(body.get("columnDelimiter", "COMMA"))}
    for value, allowed in ((chosen["line_ending"], LINE_ENDS), (chosen["delimiter"], DELIMITERS)):
        if value not in allowed:
            raise Problem("INVALIDJOB", f"{value} is not one of {', '.join(allowed)}")
    if body.get("contentType", "CSV") != "CSV":
        raise Problem("INVALIDJOB", f"Unsupported content type: {body['contentType']}")
    return chosen


def abort(ask: Ask, job: Job) -> None:
    """End a job before its time; what is done stays done."""
    if job.ended:
        raise Problem("INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    job.state, job.modified = "Aborted", stamped(ask)


def forget(ask: Ask, job: Job) -> Answer:
    """DELETE: only a job that takes no more data."""
    if job.state in {"Open", "InProgress"}:
        raise Problem("INVALIDJOBSTATE", "Deleting not Closed/Aborted Job not allowed")
    del ask.org.jobs.jobs[job.id]
    return Answer(204)
