"""A bulk job: what was asked, how far it is, and the bodies in which each stage of its life is told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from local.simulators.kernel.faults import Fault

State = Literal["Open", "UploadComplete", "InProgress", "JobComplete", "Failed", "Aborted"]
ENDED = frozenset({"JobComplete", "Failed", "Aborted"})
DELIMITERS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n"}

Cells = list[str]


@dataclass(slots=True)
class Job:
    """What ingest and query jobs share."""

    id: str
    user_id: str
    operation: str
    object: str
    version: int
    created: str
    modified: str
    state: State = "Open"
    line_ending: str = "LF"
    delimiter: str = "COMMA"
    error: str | None = None
    starts_at: float = 0.0
    processed: int = 0
    chunks: int = 0
    milliseconds: int = 0

    @property
    def separator(self) -> str:
        """What stands between two cells."""
        return DELIMITERS[self.delimiter]

    @property
    def line_end(self) -> str:
        """What stands between two rows."""
        return LINE_ENDS[self.line_ending]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    def head(self) -> dict[str, Any]:
        """The first keys of every body, in the recorded order."""
        return {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user_id,
            "createdDate": self.created,
            "systemModstamp": self.modified,
            "state": self.state,
        }

    def form(self) -> dict[str, Any]:
        """The keys about the file."""
        return {"concurrencyMode": "Parallel", "contentType": "CSV", "apiVersion": float(self.version)}

    def layout(self) -> dict[str, Any]:
        """The keys about the file's rows and cells."""
        return {"lineEnding": self.line_ending, "columnDelimiter": self.delimiter}


@dataclass(slots=True)
class IngestJob(Job):
    """A job that takes a file of rows; results are (id, created or error, cells)."""

    key: str | None = None
    upload: bytes | None = None
    header: str = ""
    columns: Cells = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)
    reached: int = 0
    succeeded: list[tuple[str, bool, Cells]] = field(default_factory=list)
    failed: list[tuple[str, str, Cells]] = field(default_factory=list)
    faults: Sequence[Fault] = ()
    record_faults: Sequence[Fault] = ()

    @property
    def unprocessed(self) -> list[Cells]:
        """The rows that the job never came to."""
        return self.rows[self.reached :]

    def opened(self) -> dict[str, Any]:
        """The answer to its creation."""
        url = f"services/data/v{self.version}.0/jobs/ingest/{self.id}/batches"
        return self.closed() | {"contentUrl": url} | self.layout()

    def closed(self) -> dict[str, Any]:
        """The answer to a change of its state."""
        key = {"externalIdFieldName": self.key} if self.key is not None else {}
        return self.head() | key | self.form()

    def listed(self) -> dict[str, Any]:
        """Its entry in the list of jobs."""
        return {**self.opened(), "jobType": "V2Ingest"}

    def told(self) -> dict[str, Any]:
        """The answer to who asks how far it is."""
        made = self.closed() | {"jobType": "V2Ingest"}
        if not self.ended:
            made["contentUrl"] = self.opened()["contentUrl"]
        made |= self.layout() | {
            "numberRecordsProcessed": self.processed,
            "numberRecordsFailed": len(self.failed),
            "retries": 0,
            "totalProcessingTime": self.milliseconds if self.ended else 0,
            "apiActiveProcessingTime": self.milliseconds,
            "apexProcessingTime": 0,
        }
        return made | ({"errorMessage": self.error} if self.error is not None else {})


@dataclass(slots=True)
class QueryJob(Job):
    """A job that gives the rows of a query as a file."""

    query: str = ""
    columns: Cells = field(default_factory=list)
    rows: list[Cells] = field(default_factory=list)

    def opened(self) -> dict[str, Any]:
        """The answer to its creation and to a change of its state."""
        return self.head() | self.form() | self.layout()

    def listed(self) -> dict[str, Any]:
        """Its entry in the list of jobs."""
        return self.head() | self.form() | {"jobType": "V2Query"} | self.layout()

    def told(self) -> dict[str, Any]:
        """The answer to who asks how far it is."""
        made = self.listed() | {"numberRecordsProcessed": self.processed, "retries": 0}
        made |= {"totalProcessingTime": self.milliseconds, "isPkChunkingSupported": True}
        return made | ({"errorMessage": self.error} if self.error is not None else {})
