"""getUpdated and getDeleted: the ids that changed or went in a window of whole minutes."""

from datetime import datetime, timedelta

from local.simulators.salesforce import instants
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import Problem

UPDATED_DAYS, DELETED_DAYS = 30, 15
MINUTE = timedelta(minutes=1)


def updated(ask: Ask) -> Answer:
    """GET /sobjects/T/updated?start=&end=: live records by id, without saying what changed."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    start, end = _window(ask, UPDATED_DAYS)
    found = [one for one, row in _stamped(ask, kind.name, start, end) if not row.get("IsDeleted")]
    _within(ask, len(found))
    return Answer(200, {"ids": found, "latestDateCovered": _covered(ask, end)}, records=len(found))


def deleted(ask: Ask) -> Answer:
    """GET /sobjects/T/deleted?start=&end=: records in the recycle bin or beyond it, with the moment they went."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    start, end = _window(ask, DELETED_DAYS)
    rows = _stamped(ask, kind.name, start, end)
    found = [(row["SystemModstamp"], one) for one, row in rows if row.get("IsDeleted")]
    first, last = instants.stamp(start), instants.stamp(end)
    found += [(at, one) for at, one in ask.org.world.purged.get(kind.name, ()) if first <= at < last]
    _within(ask, len(found))
    body = {
        "deletedRecords": [{"id": one, "deletedDate": at} for at, one in sorted(found)],
        "earliestDateAvailable": instants.stamp(_minute(ask.org.clock.now()) - timedelta(days=DELETED_DAYS)),
        "latestDateCovered": _covered(ask, end),
    }
    return Answer(200, body, records=len(found))


def _stamped(ask: Ask, name: str, start: datetime, end: datetime) -> list[tuple[str, dict[str, object]]]:
    table, hidden = ask.org.world.tables[name], ask.org.permissions.hidden_records(ask.user_id)
    table.late(ask.org.clock.timestamp())
    before = instants.stamp(end - timedelta(seconds=1))
    seen = [(one, table.seen(one)) for one in table.stamped(instants.stamp(start), before) if one not in hidden]
    return [(one, row) for one, row in seen if row is not None]


def _window(ask: Ask, days: int) -> tuple[datetime, datetime]:
    start, end = _moment(ask, "start"), _moment(ask, "end")
    if end - start < MINUTE:
        raise _out_of_range("endDate must be at least one minute greater than startDate")
    oldest = _minute(ask.org.clock.now()) - timedelta(days=days)
    if start < oldest:
        raise _out_of_range(f"startDate cannot be more than {days} days ago")
    return start, end


def _moment(ask: Ask, name: str) -> datetime:
    text = ask.parameters.get(name)
    if text is None:
        raise Problem("MISSING_ARGUMENT", f"Missing required parameter: {name}")
    known = instants.read(text)
    if known is None:
        raise _out_of_range(f"{name}Date is not a date and time: {text}")
    return _minute(instants.moment(known))


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _out_of_range(text: str) -> Problem:
    return Problem("INVALID_REPLICATION_DATE", text)


def _covered(ask: Ask, end: datetime) -> str:
    """Up to when the answer is whole: not beyond the present, nor the start of a transaction that still runs."""
    bounds = [end, _minute(ask.org.clock.now())]
    bounds += [_minute(instants.moment(at)) for at in ask.org.world.running()]
    return instants.stamp(min(bounds))


def _within(ask: Ask, count: int) -> None:
    if count > ask.org.quota.replicated_ids:
        raise Problem("EXCEEDED_ID_LIMIT", f"exceeded the maximum of {ask.org.quota.replicated_ids} ids")
