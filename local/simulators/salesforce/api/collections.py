"""Collections: up to 200 records in one call, each with its own result in the order of the input.

A call that cannot be read stores nothing; with allOrNone one bad record takes all others back.
"""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.api.rows import visible
from local.simulators.salesforce.codes import ROLLED_BACK
from local.simulators.salesforce.problems import Problem, malformed_id, unreadable
from local.simulators.salesforce.records import Written
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field

MAX_RECORDS = 200
MAX_CHUNKS = 10
MAX_READ = 2_000
MAX_READ_BY_URL = 800

Item = dict[str, Any]
Write = Callable[[Item], Written]


def create(ask: Ask) -> Answer:
    """POST /composite/sobjects."""
    body = ask.mapping()
    items = _items(body)
    records = ask.org.records
    return _run(ask, items, body, lambda item: records.create(ask.user_id, _kind(ask, item), item))


def update(ask: Ask) -> Answer:
    """PATCH /composite/sobjects."""
    body = ask.mapping()
    items = _items(body)

    def write(item: Item) -> Written:
        record_id = item.get("id") or item.get("Id")
        if not record_id:
            return Written(problems=[Problem("MISSING_ARGUMENT", "Id not specified in an update call", [])])
        values = {name: value for name, value in item.items() if name not in {"id", "Id"}}
        return ask.org.records.update(ask.user_id, _kind(ask, item), str(record_id), values)

    return _run(ask, items, body, write)


def upsert(ask: Ask) -> Answer:
    """PATCH /composite/sobjects/T/<field>."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[2])
    key = ask.org.records.key_field(ask.user_id, kind, ask.parts[3])
    body = ask.mapping()
    items = _items(body)
    doubled = _doubled(items, key)

    def write(item: Item) -> Written:
        value = item.get(key.name)
        if key.type == "id" and not value:
            values = {name: one for name, one in item.items() if name != key.name}
            return ask.org.records.create(ask.user_id, kind, values)
        if value is None or value == "":
            return Written(problems=[Problem("MISSING_ARGUMENT", f"{key.name} not specified", [])])
        if not isinstance(value, str):
            raise unreadable(f"Cannot deserialize instance of string from value {value}")
        if _folded(key, value) in doubled:
            text = f"Duplicate external id specified: {value}"
            return Written(problems=[Problem("DUPLICATE_VALUE", text, [key.name])])
        values = {name: one for name, one in item.items() if name != key.name}
        return _one(ask.org.records.upsert(ask.user_id, kind, (key, value), values), key)

    return _run(ask, items, body, write, with_created=True)


def delete(ask: Ask) -> Answer:
    """DELETE /composite/sobjects?ids=."""
    wanted = [one for one in ask.parameters.get("ids", "").split(",") if one]
    if not wanted:
        raise Problem("REQUIRED_FIELD_MISSING", "At least 1 Id is required.")
    _within(len(wanted))

    def write(item: Item) -> Written:
        kind = _kind_of_id(ask, item["id"])
        if kind is None:
            return Written(item["id"], problems=[malformed_id(item["id"])])
        return ask.org.records.delete(ask.user_id, kind, item["id"])

    return _run(ask, [{"id": one} for one in wanted], {"allOrNone": ask.flag("allOrNone")}, write)


def read(ask: Ask) -> Answer:
    """POST /composite/sobjects/T {ids, fields}, or GET ?ids=&fields=: null for a missing record."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[2])
    if ask.method == "GET":
        wanted = ask.parameters.get("ids", "").split(",")
        fields, most = ask.parameters.get("fields", "Id").split(","), MAX_READ_BY_URL
    else:
        body = ask.mapping()
        wanted, fields, most = list(body.get("ids", [])), list(body.get("fields", ["Id"])), MAX_READ
    if len(wanted) > most:
        text = f"record limit reached. cannot submit more than {most} records into this call"
        raise Problem("EXCEEDED_ID_LIMIT", text)
    rows = [ask.org.records.readable(ask.user_id, kind, one) for one in wanted]
    shown = [visible(ask, kind, row, fields) if row is not None else None for row in rows]
    return Answer(200, shown, records=len(shown))


def _items(body: Item) -> list[Item]:
    items = body.get("records", [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise unreadable("Cannot deserialize instance of list from the value of records")
    _within(len(items))
    types = [(item.get("attributes") or {}).get("type") for item in items]
    chunks = 1 + sum(1 for before, now in pairwise(types) if before != now)
    if chunks > MAX_CHUNKS:
        text = f"Cannot process more than {MAX_CHUNKS} chunks in one call; sort the records by type"
        raise Problem("LIMIT_EXCEEDED", text)
    return items


def _within(count: int) -> None:
    if count == 0:
        raise Problem("REQUIRED_FIELD_MISSING", "At least 1 record is required")
    if count > MAX_RECORDS:
        text = f"record limit reached. cannot submit more than {MAX_RECORDS} records into this call"
        raise Problem("EXCEEDED_ID_LIMIT", text)


def _run(ask: Ask, items: list[Item], body: Item, write: Write, *, with_created: bool = False) -> Answer:
    with ask.org.world.journal() as undo:
        try:
            results = [write(item) for item in items]
        except Problem:
            undo.roll_back()
            raise
        if body.get("allOrNone") and any(result.problems for result in results):
            undo.roll_back()
            rolled_back = Problem("ALL_OR_NONE_OPERATION_ROLLED_BACK", ROLLED_BACK, [])
            results = [result if result.problems else Written(problems=[rolled_back]) for result in results]
    failed = sum(1 for result in results if result.problems)
    outcome = "ok" if not failed else f"{failed} failed"
    return Answer(200, [_shape(result, with_created) for result in results], records=len(items), outcome=outcome)


def _shape(result: Written, with_created: bool) -> Item:
    if result.problems:
        made: Item = {"id": result.id} if result.id is not None else {}
        made |= {"success": False, "errors": [problem.item() for problem in result.problems]}
    else:
        made = {"id": result.id, "success": True, "errors": []}
    return made | {"created": result.created} if with_created else made


def _kind(ask: Ask, item: Item) -> ObjectType:
    name = (item.get("attributes") or {}).get("type")
    if not name:
        text = "The type of each record must be given in its attributes"
        raise Problem("INVALID_TYPE", text)
    return ask.org.records.kind(ask.user_id, name)


def _kind_of_id(ask: Ask, record_id: str) -> ObjectType | None:
    for kind in ask.org.schema.objects.values():
        if record_id.startswith(kind.prefix):
            return kind
    return None


def _folded(key: Field, value: str) -> str:
    return value if key.case_sensitive or key.type == "id" else value.casefold()


def _doubled(items: list[Item], key: Field) -> set[str]:
    values = [value for item in items if isinstance(value := item.get(key.name), str) and value]
    return {value for value, count in Counter(_folded(key, one) for one in values).items() if count > 1}


def _one(written: Written, key: Field) -> Written:
    if not written.many:
        return written
    text = f"{key.name}: more than one record found for external id field: [{', '.join(written.many)}]"
    return Written(problems=[Problem("DUPLICATE_EXTERNAL_ID", text, [key.name])])
