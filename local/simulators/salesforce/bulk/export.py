"""Runs the statement of a query job, and keeps its rows as the cells of a file."""

from typing import TYPE_CHECKING

from local.simulators.salesforce.bulk.cells import written
from local.simulators.salesforce.bulk.job import QueryJob
from local.simulators.salesforce.problems import Problem, Refused
from local.simulators.salesforce.soql.run import Asker, Flat

if TYPE_CHECKING:
    from local.simulators.salesforce.org import Org


def flat(org: "Org", job: QueryJob) -> Flat:
    """The statement's rows and columns, or a `Problem` where a file cannot hold them."""
    asker = Asker(job.user_id, f"{job.version}.0", job.operation == "queryAll")
    found = org.executor.flat(job.query, asker)
    if any(column.field.type == "address" for column in found.columns):
        raise Problem("FEATURENOTENABLED", "Selecting compound data not supported in Bulk Query")
    return found


def work(org: "Org", job: QueryJob) -> None:
    """Run the statement; what is refused by now fails the job."""
    try:
        found = flat(org, job)
    except (Problem, Refused) as refused:
        job.state, job.error = "Failed", str(refused)
        return
    job.columns = [".".join(column.names) for column in found.columns]
    readers = [(column.field, column.read) for column in found.columns]
    job.rows = [[written(field, read(row)) for field, read in readers] for row in found.rows]
    job.processed = len(job.rows)
    job.state = "JobComplete"
