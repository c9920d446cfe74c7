"""Bulk extract jobs: created, queued, processed two at a time on the simulator's clock, kept for a while.

A job belongs to the API user who made it. The queue holds ten, running ones included; the files of a day share one
allowance that is renewed at midnight in US Central. Nothing happens by itself: the queue catches up with the clock
whenever somebody asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.quota import day_of
from local.simulators.marketo.switches import Switches

DAY = 86_400.0
FILE_DAYS, STATUS_DAYS = 7, 30
ENDED = ("Cancelled", "Completed", "Failed")


@dataclass(slots=True)
class Job:
    """One export job and, in the end, its file."""

    id: int
    export_id: str
    kind: str
    owner: str
    format: str
    order: Any
    created: float
    status: str = "Created"
    queued: float | None = None
    started: float | None = None
    finished: float | None = None
    file: bytes = b""
    records: int = 0
    misses: int = 0
    marks: set[str] = field(default_factory=set)

    def told(self) -> dict[str, Any]:
        """As the bulk calls tell it: a time only when it has come."""
        told: dict[str, Any] = {"exportId": self.export_id, "format": self.format, "status": self.status}
        times = (("createdAt", self.created), ("queuedAt", self.queued), ("startedAt", self.started),
                 ("finishedAt", self.finished))  # fmt: skip
        told |= {name: write_instant(datetime.fromtimestamp(at, UTC)) for name, at in times if at is not None}
        if self.status == "Completed":
            checksum = f"sha256:{hashlib.sha256(self.file).hexdigest()}"
            told |= {"numberOfRecords": self.records, "fileSize": len(self.file), "fileChecksum": checksum}
        if self.status == "Failed":
            told["errorMsg"] = "Export failed"
        return told


Write = Callable[[Job], tuple[bytes, int]]


class Exports:
    """All export jobs of the subscription."""

    def __init__(self, clock: SimClock, switches: Switches, write: Write) -> None:
        self._clock, self._switches, self._write = clock, switches, write
        self.jobs: list[Job] = []
        self._freed = 0.0  # when a running job last made room

    def create(self, kind: str, format: str, order: Any, owner: str) -> Job:
        """A new job."""
        number = len(self.jobs) + 1
        digits = hashlib.blake2b(f"{kind}/{number}".encode(), digest_size=16).hexdigest()
        export_id = "-".join((digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:]))
        self.jobs.append(Job(number, export_id, kind, owner, format, order, self._clock.timestamp()))
        return self.jobs[-1]

    def find(self, kind: str, export_id: str, owner: str) -> Job | None:
        """The owner's job of this id, as it is now; a job is forgotten after thirty days."""
        self._catch_up()
        oldest = self._clock.timestamp() - STATUS_DAYS * DAY
        mine = (job for job in self.jobs if (job.kind, job.export_id, job.owner) == (kind, export_id, owner))
        return next((job for job in mine if job.created >= oldest), None)

    def recent(self, kind: str, owner: str) -> list[Job]:
        """The owner's jobs of seven days."""
        self._catch_up()
        oldest = self._clock.timestamp() - FILE_DAYS * DAY
        return [job for job in self.jobs if (job.kind, job.owner) == (kind, owner) and job.created >= oldest]

    def enqueue(self, job: Job) -> None:
        """Put a job into the queue; 1029 when it was there already, the queue is full or the day's bytes are spent."""
        if job.status != "Created":
            raise Refused("1029", "Job already queued")
        waiting = [other for other in self.jobs if other.status in ("Queued", "Processing")]
        if len(waiting) >= self._switches.bulk_queue:
            raise Refused("1029", f"Too many jobs ({len(waiting)}) in queue")
        if self.spent() >= self._switches.bulk_bytes_per_day:
            raise Refused("1029", f"Export daily quota {self._switches.bulk_bytes_per_day // 1_000_000}MB exceeded.")
        job.status, job.queued = "Queued", self._clock.timestamp()

    def cancel(self, job: Job) -> None:
        """Take a job out; one that has ended stays as it is."""
        if job.status in ENDED:
            raise Refused("1003", f"Job is already {job.status}")
        if job.status == "Processing":
            self._freed = self._clock.timestamp()
        job.status = "Cancelled"

    def readable(self, job: Job) -> bool:
        """Whether the file can be fetched: complete, not yet thrown away, and past the first misses."""
        if job.status != "Completed" or (job.finished or 0.0) < self._clock.timestamp() - FILE_DAYS * DAY:
            return False
        job.misses += 1
        return job.misses > self._switches.bulk_file_misses

    def spent(self) -> int:
        """Bytes of the files that were finished today."""
        today = day_of(self._clock.now())
        done = (job for job in self.jobs if job.status == "Completed" and job.finished is not None)
        return sum(len(job.file) for job in done if day_of(datetime.fromtimestamp(job.finished or 0.0, UTC)) == today)

    def _catch_up(self) -> None:
        now, switches = self._clock.timestamp(), self._switches
        while True:
            running = [job for job in self.jobs if job.status == "Processing"]
            ending = min(((job.started or 0.0) + switches.bulk_processing_s for job in running), default=now + 1)
            queued = [job for job in self.jobs if job.status == "Queued"]
            first = min(queued, key=lambda job: (job.queued or 0.0, job.id), default=None)
            free = len(running) < switches.bulk_running
            waited = (first.queued or 0.0) + switches.bulk_queued_s if first else now + 1
            begin = max(waited, self._freed) if free else now + 1
            if min(begin, ending) > now:
                return
            if first and begin <= ending:
                first.status, first.started = "Processing", begin
            else:
                self._end(min(running, key=lambda job: (job.started or 0.0, job.id)), ending)

    def _end(self, job: Job, at: float) -> None:
        job.finished = self._freed = at
        if "fail_job" in job.marks:
            job.status = "Failed"
            return
        job.file, job.records = self._write(job)
        job.status = "Completed"
