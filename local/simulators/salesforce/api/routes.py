"""From a path to its resource; a wrong method is told which ones there are, a wrong path that there is none."""

from collections.abc import Callable

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api import (
    collections,
    composite,
    describing,
    ingest_jobs,
    queries,
    query_jobs,
    replication,
    rows,
    tree,
)
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import method_not_allowed, not_found

Resource = Callable[[Ask], Answer]
Methods = dict[str, Resource]


def _composite(ask: Ask) -> Answer:
    return composite.composite(ask, dispatch)


def _batch(ask: Ask) -> Answer:
    return composite.batch(ask, dispatch)


_FIXED: dict[tuple[str, ...], Methods] = {
    (): {"GET": describing.resources},
    ("limits",): {"GET": describing.limits},
    ("limits", "recordCount"): {"GET": describing.record_counts},
    ("sobjects",): {"GET": describing.all_objects},
    ("query",): {"GET": queries.query},
    ("queryAll",): {"GET": queries.query_all},
    ("jobs", "ingest"): {"GET": ingest_jobs.listed, "POST": ingest_jobs.create},
    ("jobs", "query"): {"GET": query_jobs.listed, "POST": query_jobs.create},
    ("composite",): {"POST": _composite},
    ("composite", "batch"): {"POST": _batch},
    ("composite", "sobjects"): {
        "POST": collections.create,
        "PATCH": collections.update,
        "DELETE": collections.delete,
    },
}
_JOBS: dict[tuple[str, str], Methods] = {
    ("ingest", ""): {"GET": ingest_jobs.show, "PATCH": ingest_jobs.change, "DELETE": ingest_jobs.delete},
    ("ingest", "batches"): {"PUT": ingest_jobs.upload},
    ("ingest", "successfulResults"): {"GET": ingest_jobs.successful},
    ("ingest", "failedResults"): {"GET": ingest_jobs.failed},
    ("ingest", "unprocessedrecords"): {"GET": ingest_jobs.unprocessed},
    ("ingest", "unprocessedRecords"): {"GET": ingest_jobs.unprocessed},  # as simple-salesforce and Data Loader ask
    ("query", ""): {"GET": query_jobs.show, "PATCH": query_jobs.change, "DELETE": query_jobs.delete},
    ("query", "results"): {"GET": query_jobs.results},
}
_ROW: Methods = {"GET": rows.read, "PATCH": rows.change, "DELETE": rows.delete, "POST": rows.create_under_id}
_KEYED: Methods = {"GET": rows.read_by_key, "PATCH": rows.upsert, "DELETE": rows.delete_by_key}


def _methods(parts: tuple[str, ...]) -> Methods:
    match parts:
        case ("sobjects", _):
            found: Methods = {"GET": describing.basic, "POST": rows.create}
        case ("sobjects", _, "describe"):
            found = {"GET": describing.describe}
        case ("sobjects", _, "updated"):
            found = {"GET": replication.updated}
        case ("sobjects", _, "deleted"):
            found = {"GET": replication.deleted}
        case ("sobjects", _, _):
            found = _ROW
        case ("sobjects", _, _, _):
            found = _KEYED
        case ("query" | "queryAll", _):
            found = {"GET": queries.more}
        case ("jobs", kind, _, *rest):
            found = _JOBS.get((kind, "/".join(rest)), {})
        case _:
            found = _collections(parts)
    return found


def _collections(parts: tuple[str, ...]) -> Methods:
    match parts:
        case ("composite", "tree", _):
            return {"POST": tree.create}
        case ("composite", "sobjects", _):
            return {"GET": collections.read, "POST": collections.read}
        case ("composite", "sobjects", _, _):
            return {"PATCH": collections.upsert}
    raise not_found()


def dispatch(ask: Ask) -> Answer:
    """The answer of the resource that the path names."""
    methods = _FIXED.get(ask.parts) or _methods(ask.parts)
    if not methods:
        raise not_found()
    method = "GET" if ask.method == "HEAD" else ask.method
    resource = methods.get(method)
    if resource is None:
        allowed = (("HEAD",) if "GET" in methods else ()) + tuple(methods)
        raise method_not_allowed(ask.method, allowed)
    return resource(ask)
