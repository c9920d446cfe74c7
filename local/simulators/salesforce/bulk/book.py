"""All bulk jobs of the organisation: they are made, found for seven days, and go on while the clock does."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.bulk import export, ingest
from local.simulators.salesforce.bulk.job import IngestJob, Job, QueryJob
from local.simulators.salesforce.problems import not_found

if TYPE_CHECKING:
    from local.simulators.salesforce.org import Org

AnyJob = TypeVar("AnyJob", IngestJob, QueryJob)
KEPT_SECONDS = 7 * 86_400
JOB_PREFIX = "750"


@dataclass
class JobBook:
    """The jobs, and how fast this organisation works through them."""

    org: "Org"
    queued_s: float = 1.0
    chunk_s: float = 1.0
    chunk_rows: int = 10_000
    page_rows: int = 50_000
    jobs: dict[str, Job] = field(default_factory=dict)

    def new_id(self) -> str:
        """The id of the next job."""
        return self.org.world.mint.mint(JOB_PREFIX)

    def find(self, kind: type[AnyJob], job_id: str) -> AnyJob:
        """The job of this kind with this id, while it is kept."""
        known = ids.normalise(job_id)
        job = self.jobs.get(known) if known is not None else None
        if not isinstance(job, kind) or self._forgotten(job):
            raise not_found()
        return job

    def listed(self, kind: type[AnyJob]) -> list[AnyJob]:
        """The jobs of this kind, oldest first."""
        return [job for job in self.jobs.values() if isinstance(job, kind) and not self._forgotten(job)]

    def queue(self, job: Job) -> None:
        """The job has everything it needs, and waits for its turn."""
        job.state = "UploadComplete"
        job.starts_at = self.org.clock.timestamp() + self.queued_s

    def settle(self) -> None:
        """Do what should have been done by now."""
        for job in self.jobs.values():
            if job.state in {"UploadComplete", "InProgress"}:
                self._advance(job)

    def _advance(self, job: Job) -> None:
        now = self.org.clock.timestamp()
        before = (job.state, job.processed)
        if job.state == "UploadComplete" and now >= job.starts_at:
            self._begin(job)
        while job.state == "InProgress" and now >= job.starts_at + self.chunk_s * (job.chunks + 1):
            job.chunks += 1
            job.milliseconds = int(1000 * self.chunk_s * job.chunks)
            self._work(job)
        if before != (job.state, job.processed):
            job.modified = instants.stamp(self.org.clock.now())

    def _begin(self, job: Job) -> None:
        job.state = "InProgress"
        if isinstance(job, IngestJob):
            ingest.begin(self.org, job)

    def _work(self, job: Job) -> None:
        if isinstance(job, IngestJob):
            ingest.work_chunk(self.org, job, self.chunk_rows)
        elif isinstance(job, QueryJob):
            export.work(self.org, job)

    def _forgotten(self, job: Job) -> bool:
        age = self.org.clock.timestamp() - instants.moment(job.created).timestamp()
        return age > KEPT_SECONDS
