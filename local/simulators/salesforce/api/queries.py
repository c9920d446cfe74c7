"""Queries and their pages: a result is fixed when it is asked for, and its locator belongs to who asked."""

from hashlib import md5
from typing import Any

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.org import Cursor
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.soql.run import Asker

TWO_DAYS = 2 * 86_400


def query(ask: Ask) -> Answer:
    """GET /query?q=: live rows."""
    return _asked(ask, include_deleted=False)


def query_all(ask: Ask) -> Answer:
    """GET /queryAll?q=: deleted, merged and archived rows as well."""
    return _asked(ask, include_deleted=True)


def more(ask: Ask) -> Answer:
    """GET /query/<locator>-<offset>: a later page."""
    locator, _, offset = ask.parts[1].partition("-")
    cursor = ask.org.cursors.get(locator)
    now = ask.org.clock.timestamp()
    if cursor is None or cursor.user_id != ask.user_id or cursor.expires <= now or not offset.isdigit():
        raise Problem("INVALID_QUERY_LOCATOR", "invalid query locator")
    if int(offset) not in cursor.handed_out:
        ask.org.rules.strictness.object_to(f"The offset {offset} was not in any nextRecordsUrl")
    return _page(ask, locator, cursor, int(offset))


def _asked(ask: Ask, *, include_deleted: bool) -> Answer:
    text = ask.parameters.get("q")
    if text is None:
        raise Problem("MALFORMED_QUERY", "unexpected token: '<EOF>'")
    result = ask.org.executor.run(text, Asker(ask.user_id, ask.v, include_deleted))
    size = ask.org.quota.page(_batch_size(ask))
    if len(result.rows) <= size:
        shown = [result.show(row) for row in result.rows]
        return Answer(200, {"totalSize": result.total, "done": True, "records": shown}, records=len(shown))
    expires = ask.org.clock.timestamp() + TWO_DAYS
    cursor = Cursor(ask.user_id, result.rows, result.show, size, expires)
    locator = "0r8" + md5(f"{len(ask.org.cursors)}".encode(), usedforsecurity=False).hexdigest()[:15]
    ask.org.cursors[locator] = cursor
    return _page(ask, locator, cursor, 0)


def _batch_size(ask: Ask) -> str | None:
    for option in ask.headers.get("sforce-query-options", "").split(","):
        name, _, value = option.partition("=")
        if name.strip().lower() == "batchsize":
            return value.strip()
    return None


def _page(ask: Ask, locator: str, cursor: Cursor, offset: int) -> Answer:
    rows = cursor.rows[offset : offset + cursor.page]
    following = offset + len(rows)
    done = following >= len(cursor.rows)
    body: dict[str, Any] = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        cursor.handed_out.add(following)
        body["nextRecordsUrl"] = f"{ask.root}/query/{locator}-{following}"
    return Answer(200, body | {"records": [cursor.show(row) for row in rows]}, records=len(rows))
