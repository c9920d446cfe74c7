"""Composite tree: records with their children in one call, all of them or none."""

from typing import Any

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.schema.catalogue import ObjectType

MAX_RECORDS = 200
Item = dict[str, Any]
Result = dict[str, Any]


def create(ask: Ask) -> Answer:
    """POST /composite/tree/T {records}: the id of every reference, or the errors of those that failed."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[2])
    records = ask.mapping().get("records", [])
    doubled = _doubled(records)
    if doubled is not None:
        return _refused(doubled)
    with ask.org.world.journal() as undo:
        results = [one for record in records for one in _stored(ask, kind, record, {})]
        failed = [one for one in results if "errors" in one]
        if failed:
            undo.roll_back()
            return Answer(400, {"hasErrors": True, "results": failed}, outcome="failed", records=len(results))
    if not 0 < len(results) <= MAX_RECORDS:
        undo.roll_back()
        raise Problem("INVALID_INPUT", f"A tree has between 1 and {MAX_RECORDS} records")
    return Answer(201, {"hasErrors": False, "results": results}, records=len(results))


def _stored(ask: Ask, kind: ObjectType, record: Item, parent: Item) -> list[Result]:
    reference = str((record.get("attributes") or {}).get("referenceId", ""))
    children = {name: value for name, value in record.items() if isinstance(value, dict) and "records" in value}
    fields = {name: value for name, value in record.items() if name not in children}
    written = ask.org.records.create(ask.user_id, kind, {**fields, **parent})
    if written.problems:
        return [{"referenceId": reference, "errors": [problem.item() for problem in written.problems]}]
    results: list[Result] = [{"referenceId": reference, "id": written.id}]
    for name, value in children.items():
        child = next((one for one in kind.children if one.relationship == name), None)
        if child is None:
            raise Problem("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind.name}")
        child_kind = ask.org.records.kind(ask.user_id, child.object)
        for one in value["records"]:
            results += _stored(ask, child_kind, one, {child.field: written.id})
    return results


def _doubled(records: list[Item]) -> str | None:
    """A reference that two records share."""
    seen: set[str] = set()
    for record in records:
        name = str((record.get("attributes") or {}).get("referenceId", ""))
        if name in seen:
            return name
        seen.add(name)
    return None


def _refused(name: str) -> Answer:
    errors = [
        Problem("INVALID_INPUT", "Duplicate ReferenceId provided in the request."),
        Problem("PROCESSING_HALTED", f"Duplicate ReferenceId found: {name}"),
    ]
    result = {"referenceId": name, "errors": [problem.item() for problem in errors]}
    return Answer(400, {"hasErrors": True, "results": [result]}, outcome="INVALID_INPUT")
