"""The files of bulk jobs: rows of quoted cells, read with the job's own separator and line ends."""

import csv
import io
from collections.abc import Iterable

from local.simulators.salesforce.bulk.job import Cells, IngestJob, Job


class Unreadable(Exception):
    """A file that fails its whole job; the text is the job's `errorMessage`."""


def read(job: IngestJob) -> None:
    """Take the uploaded file apart into the job's columns and rows, once, or `Unreadable`."""
    if job.header:
        return
    text = (job.upload or b"").decode("utf-8-sig", "replace")
    first, _, _ = text.partition("\n")
    if not first.strip():
        raise Unreadable("InvalidBatch : The file has no header row")
    if (job.line_ending == "CRLF") is not first.endswith("\r") and "\n" in text:
        setting = f"Current LineEnding setting is {job.line_ending}"
        raise Unreadable(f"ClientInputError : LineEnding is invalid on user data. {setting}")
    job.header = first.rstrip("\r")
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=job.separator))
    job.columns = [name.strip() for name in lines[0]]
    job.rows = [cells for cells in lines[1:] if cells]
    if any(len(cells) != len(job.columns) for cells in job.rows):
        raise Unreadable("InvalidBatch : A row has not as many columns as the header")


def results(job: IngestJob, added: tuple[str, ...], rows: Iterable[Cells]) -> bytes:
    """A result file: Salesforce's own columns before those of the upload, whose header stays as it was written."""
    own = [_quoted(name) for name in added]
    return _joined(job, job.separator.join([*own, job.header]), rows)


def table(job: Job, columns: Cells, rows: Iterable[Cells]) -> bytes:
    """The file of a query's rows."""
    return _joined(job, job.separator.join(map(_quoted, columns)), rows)


def _joined(job: Job, header: str, rows: Iterable[Cells]) -> bytes:
    lines = [header, *(job.separator.join(map(_quoted, cells)) for cells in rows)]
    return (job.line_end.join(lines) + job.line_end).encode()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
