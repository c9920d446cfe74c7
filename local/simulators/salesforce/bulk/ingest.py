"""Works through the file of an ingest job, chunk by chunk; each row is written as its user would write it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from local.simulators.salesforce import codes
from local.simulators.salesforce.bulk import sheet
from local.simulators.salesforce.bulk.cells import Columns
from local.simulators.salesforce.bulk.job import Cells, IngestJob
from local.simulators.salesforce.problems import Problem, Refused
from local.simulators.salesforce.records import Written
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field

if TYPE_CHECKING:
    from local.simulators.salesforce.org import Org

TOGETHER = 200
GAVE_UP = "InternalServerError : Unable to process all of the data in the allowed time"
Record = dict[str, Any]
Write = Callable[[Record], Written]


def begin(org: "Org", job: IngestJob) -> None:
    """Read the file; a header that does not fit fails the job before any row."""
    failing = next((fault for fault in job.faults if fault.fault == "fail_job"), None)
    try:
        sheet.read(job)
        if failing is not None:
            raise sheet.Unreadable(str(failing.body or GAVE_UP))
        if job.operation in {"delete", "hardDelete"} and [name.lower() for name in job.columns] != ["id"]:
            raise sheet.Unreadable(f"InvalidBatch : The '{job.operation}' batch must contain only ids")
        _columns(org, job)
    except sheet.Unreadable as unreadable:
        job.state, job.error = "Failed", str(unreadable)


def work_chunk(org: "Org", job: IngestJob, size: int) -> None:
    """Process the next rows of the file; the job is complete after the last."""
    rows = job.rows[job.reached : job.reached + size]
    text = "\n".join(job.separator.join(cells) for cells in rows)
    fault = next((one for one in job.faults if one.times > 0 and one.match in text), None)
    if fault is not None:
        fault.times -= 1
        if fault.fault == "leave_chunk":
            job.state, job.error = "Failed", str(fault.body or GAVE_UP)
            return
    if fault is not None:
        code = fault.code if isinstance(fault.code, str) else "UNABLE_TO_LOCK_ROW"
        job.failed += [("", f"{code}:{codes.known(code).words}:--", cells) for cells in rows]
    else:
        _write(org, job, rows)
    job.reached += len(rows)
    job.processed += len(rows)
    if job.reached >= len(job.rows):
        job.state = "JobComplete"


def _columns(org: "Org", job: IngestJob) -> Columns:
    kind = org.records.kind(job.user_id, job.object)
    return Columns(org.permissions.access(job.user_id, kind), job.columns)


def _write(org: "Org", job: IngestJob, rows: list[Cells]) -> None:
    columns = _columns(org, job)
    kind = org.records.kind(job.user_id, job.object)
    before, org.rules.present = org.rules.present, job.record_faults
    try:
        for start in range(0, len(rows), TOGETHER):
            for cells, written in _together(org, job, kind, columns, rows[start : start + TOGETHER]):
                _note(job, cells, written)
    finally:
        org.rules.present = before


def _together(
    org: "Org", job: IngestJob, kind: ObjectType, columns: Columns, rows: list[Cells]
) -> Iterator[tuple[Cells, Written]]:
    """Rows that share one transaction's triggers, and may not share a key."""
    key = org.records.key_field(job.user_id, kind, job.key) if job.key is not None else None
    write = _writer(org, job, kind, key)
    records = [_record(columns, cells) for cells in rows]
    keys = Counter(_folded(key, one.get(key.name)) for one in records if isinstance(one, dict)) if key else Counter()
    for cells, record in zip(rows, records, strict=True):
        if isinstance(record, Refused):
            yield cells, Written(problems=record.problems)
        elif key is not None and record.get(key.name) and keys[_folded(key, record[key.name])] > 1:
            text = f"Duplicate external id specified: {record[key.name]}"
            yield cells, Written(problems=[Problem("DUPLICATE_VALUE", text, [key.name])])
        else:
            yield cells, _written(write, record)


def _record(columns: Columns, cells: Cells) -> Record | Refused:
    try:
        return columns.record(cells)
    except Refused as refused:
        return refused


def _written(write: Write, record: Record) -> Written:
    try:
        return write(record)
    except Problem as problem:
        return Written(problems=[problem])


def _folded(key: Field, value: Any) -> Any:
    return value.casefold() if isinstance(value, str) and not key.case_sensitive and key.type != "id" else value


def _writer(org: "Org", job: IngestJob, kind: ObjectType, key: Field | None) -> Write:
    records, user_id = org.records, job.user_id

    def by_id(record: Record) -> Written:
        record_id = record.pop("Id", None)
        if not record_id:
            return Written(problems=[Problem("MISSING_ARGUMENT", "Id not specified in an update call", [])])
        return records.update(user_id, kind, record_id, record)

    def by_key(record: Record) -> Written:
        if key is None or not record.get(key.name):
            name = key.name if key is not None else "Id"
            return Written(problems=[Problem("MISSING_ARGUMENT", f"{name} not specified", [])])
        value = record.pop(key.name)
        written = records.upsert(user_id, kind, (key, value), record)
        return written if not written.many else Written(problems=[_several(key, written.many)])

    def gone(record: Record) -> Written:
        written = records.delete(user_id, kind, str(record.get("Id", "")))
        if job.operation == "hardDelete" and not written.problems:
            org.world.purge(str(written.id))
        return written

    writers: dict[str, Write] = {
        "insert": lambda record: records.create(user_id, kind, record),
        "update": by_id,
        "upsert": by_key,
        "delete": gone,
        "hardDelete": gone,
    }
    return writers[job.operation]


def _several(key: Field, many: tuple[str, ...]) -> Problem:
    text = f"{key.name}: more than one record found for external id field: [{', '.join(many)}]"
    return Problem("DUPLICATE_EXTERNAL_ID", text, [key.name])


def _note(job: IngestJob, cells: Cells, written: Written) -> None:
    if not written.problems:
        job.succeeded.append((str(written.id), written.created, cells))
        return
    job.failed.append((written.id or "", ";".join(_error(one) for one in written.problems), cells))


def _error(problem: Problem) -> str:
    fields = " ".join(problem.fields or [])
    return f"{problem.code}:{problem.message}:{fields + ' ' if fields else ''}--"
