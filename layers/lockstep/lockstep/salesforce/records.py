"""Records in and out: Collections up to 200 a call, results in order, one for each record.

Promises that HTTP 200 is never taken for success (trap 2), and that an answer with another number of
results, or one that cannot be read, leaves the whole call unknown (F022).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lockstep.domain.ids import ItemKey, SalesforceId, salesforce_id
from lockstep.domain.task import KEY_FIELD, SeenTask, TaskDraft, Written
from lockstep.engine.errors import SyncError, UnknownOutcome
from lockstep.exchange.http import unavailable
from lockstep.salesforce import errors, query
from lockstep.salesforce.session import Session
from lockstep.salesforce.wire import SAVED, Saved, instant

MOST = 200


def upsert(session: Session, drafts: Sequence[TaskDraft]) -> list[Written | SyncError]:
    """Write by key: repeating the same call is harmless and is the probe (reliability.md 3.1)."""
    rows = [{**_row(draft), KEY_FIELD: str(draft.key)} for draft in drafts]
    return _save(session, "PATCH", f"composite/sobjects/Task/{KEY_FIELD}", rows)


def create(session: Session, drafts: Sequence[TaskDraft]) -> list[Written | SyncError]:
    """Write without a key: never to be repeated unless a probe has found nothing (trap 4)."""
    return _save(session, "POST", "composite/sobjects", [_row(draft) for draft in drafts])


def create_leads(session: Session, rows: Sequence[Mapping[str, str]]) -> list[Written | SyncError]:
    """New leads; there is no key, so whoever calls keeps account of what was sent (F023)."""
    return _save(session, "POST", "composite/sobjects", [{"attributes": {"type": "Lead"}, **row} for row in rows])


def update(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[Written | SyncError]:
    """Change records of any objects by `Id`, with their kind in `attributes`; absolute values repeat harmlessly.

    The caller sorts by kind: Salesforce takes ten runs of one kind a call.
    """
    return _save(session, "PATCH", "composite/sobjects", rows, creates=False)


def seen(session: Session, who_ids: Sequence[str], owner_id: SalesforceId, since: datetime) -> Iterator[SeenTask]:
    """Tasks that this user owns, of these people or of all; the deleted and archived ones count as written (LS-16b)."""
    fields = ("Id", "WhoId", "Description", "CreatedDate")
    own = (query.equals("OwnerId", owner_id), query.since("CreatedDate", since))

    def select(ids: Sequence[str]) -> query.Select:
        return query.Select(fields, "Task", (query.among("WhoId", ids), *own))

    chunks = query.in_chunks(who_ids, select) if who_ids else (query.Select(fields, "Task", own),)
    for chunk in chunks:
        for row in query.rows(session, chunk, deleted_too=True):
            yield _seen(row)


def keyed(session: Session, keys: Sequence[ItemKey]) -> dict[ItemKey, SalesforceId]:
    """Tasks under these keys, the deleted and archived ones too."""

    def select(some: Sequence[str]) -> query.Select:
        return query.Select(("Id", KEY_FIELD), "Task", (query.among(KEY_FIELD, some),))

    found: dict[ItemKey, SalesforceId] = {}
    try:
        for chunk in query.in_chunks(keys, select):
            for row in query.rows(session, chunk, deleted_too=True):
                found[ItemKey(row[KEY_FIELD])] = salesforce_id(row["Id"])
    except (KeyError, TypeError, ValueError):
        raise unavailable("Salesforce's list of Tasks is not understood") from None
    return found


def one_task(session: Session, task_id: SalesforceId, names: Sequence[str]) -> dict[str, Any] | None:
    """One Task by its id, the deleted and archived ones too."""
    fields = tuple(dict.fromkeys(("Id", "WhoId", "OwnerId", "IsDeleted", *names)))
    select = query.Select(fields, "Task", (query.equals("Id", task_id),))
    return next(query.rows(session, select, deleted_too=True), None)


def _seen(row: dict[str, Any]) -> SeenTask:
    try:
        who = salesforce_id(row["WhoId"]) if row.get("WhoId") else ""
        return SeenTask(salesforce_id(row["Id"]), who, row.get("Description") or "", instant(row["CreatedDate"]))
    except (KeyError, TypeError, ValueError):
        raise unavailable("Salesforce's list of Tasks is not understood") from None


def _row(draft: TaskDraft) -> dict[str, Any]:
    return {"attributes": {"type": "Task"}, **draft.fields}


def _save(
    session: Session, method: str, resource: str, rows: Sequence[Mapping[str, Any]], *, creates: bool = True
) -> list[Written | SyncError]:
    if not rows:
        return []
    if len(rows) > MOST:
        raise ValueError(f"at most {MOST} records a call, not {len(rows)}")
    answer = session.write(method, session.version_path(resource), {"allOrNone": False, "records": list(rows)})
    try:
        saved = SAVED.validate_python(answer)
        if len(saved) != len(rows):
            raise ValueError("another number of results than of records")
        return [_result(*pair, creates=creates) for pair in zip(saved, rows, strict=True)]
    except ValueError:  # pydantic's ValidationError is one
        raise UnknownOutcome("Salesforce's results do not fit the records that were sent") from None


def _result(saved: Saved, row: Mapping[str, Any], *, creates: bool) -> Written | SyncError:
    if not saved.success:
        return errors.of_record(saved.errors, row["attributes"]["type"])
    return Written(salesforce_id(saved.id or ""), created=creates and saved.created is not False)
