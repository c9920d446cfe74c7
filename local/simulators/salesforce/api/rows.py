"""Single records: read, create, change, upsert by a key, delete."""

import re
from typing import Any

from local.simulators.salesforce import ids
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import Problem, entity_is_deleted, no_external_id, no_such_column, not_found
from local.simulators.salesforce.records import Written, without_id
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field
from local.simulators.salesforce.soql.render import record_url
from local.simulators.salesforce.table import Row

CREATED_KEY_SINCE = 46
# A key whose end looks like a file's never reaches the resource.
_ID_LIKE = re.compile(r"\w{15}(\w{3})?", re.ASCII)
_FILE_LIKE = re.compile(r"\.(inc|json|xml|csv|html?|txt|pdf|jsp)$", re.IGNORECASE)


def create(ask: Ask) -> Answer:
    """POST /sobjects/T."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    written = ask.org.records.create(ask.user_id, kind, ask.mapping())
    return _created(ask, written) if not written.problems else _failed(written)


def read(ask: Ask) -> Answer:
    """GET /sobjects/T/<id>[?fields=A,B]."""
    kind, record_id = _named(ask)
    known = ids.normalise(record_id)
    if known is None or not known.startswith(kind.prefix):
        raise no_external_id(record_id)
    return _shown(ask, kind, known)


def change(ask: Ask) -> Answer:
    """PATCH /sobjects/T/<id>."""
    kind, record_id = _named(ask)
    body = ask.mapping()
    without_id(body)
    written = ask.org.records.update(ask.user_id, kind, record_id, body)
    return Answer(204, records=1) if not written.problems else _failed(written)


def delete(ask: Ask) -> Answer:
    """DELETE /sobjects/T/<id>."""
    kind, record_id = _named(ask)
    written = ask.org.records.delete(ask.user_id, kind, record_id)
    return Answer(204, records=1) if not written.problems else _failed(written)


def read_by_key(ask: Ask) -> Answer:
    """GET /sobjects/T/<field>/<value>."""
    kind, _, _, matches = _keyed(ask)
    if len(matches) > 1:
        return _several(ask, matches)
    if not matches:
        raise not_found()
    return _shown(ask, kind, matches[0])


def delete_by_key(ask: Ask) -> Answer:
    """DELETE /sobjects/T/<field>/<value>."""
    kind, _, _, matches = _keyed(ask)
    if len(matches) > 1:
        return _several(ask, matches)
    if not matches:
        raise not_found()
    written = ask.org.records.delete(ask.user_id, kind, matches[0])
    return Answer(204, records=1) if not written.problems else _failed(written)


def upsert(ask: Ask) -> Answer:
    """PATCH /sobjects/T/<field>/<value>."""
    kind, key, value, matches = _keyed(ask)
    body = ask.mapping()
    without_id(body, key.name)
    if not matches and ask.flag("updateOnly"):
        raise not_found()
    written = ask.org.records.upsert(ask.user_id, kind, (key, value), body)
    if written.many:
        return _several(ask, list(written.many))
    if written.problems:
        return _failed(written)
    if not written.created and ask.version < CREATED_KEY_SINCE:
        return Answer(204, records=1)
    answer = _created(ask, written) if written.created else Answer(200, _success(written), records=1)
    if ask.version >= CREATED_KEY_SINCE:
        answer.body["created"] = written.created
    return answer


def create_under_id(ask: Ask) -> Answer:
    """POST /sobjects/T/Id creates, with the literal word Id in place of a key."""
    if ask.parts[2].lower() != "id":
        raise not_found()
    return create(ask)


def visible(ask: Ask, kind: ObjectType, row: Row, wanted: list[str] | None) -> dict[str, Any]:
    """A record as reads show it: what the user may see, or exactly the fields that were asked for."""
    access = ask.org.permissions.access(ask.user_id, kind)
    if wanted is None:
        fields = list(access.visible.values())
    else:
        fields = [_asked(access.find(name), name, kind) for name in wanted]
    made: dict[str, Any] = {"attributes": {"type": kind.name, "url": record_url(ask.v, row["Id"])}}
    for item in fields:
        made[item.name] = ask.org.world.value(row, item)
    made.setdefault("Id", row["Id"])
    return made


def _asked(found: Field | None, name: str, kind: ObjectType) -> Field:
    if found is None:
        raise no_such_column(name, kind.name)
    return found


def _named(ask: Ask) -> tuple[ObjectType, str]:
    """Object and id that the address names; what does not even look like an id is taken for a key that there is not."""
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    if not _ID_LIKE.fullmatch(ask.parts[2]):
        raise no_external_id(ask.parts[2])
    return kind, ask.parts[2]


def _shown(ask: Ask, kind: ObjectType, record_id: str) -> Answer:
    row = ask.org.records.readable(ask.user_id, kind, record_id)
    if row is None:
        truth = ask.org.world.seen(record_id)
        raise entity_is_deleted() if truth is not None and truth.get("IsDeleted") else not_found()
    wanted = [name.strip() for name in ask.parameters["fields"].split(",")] if "fields" in ask.parameters else None
    return Answer(200, visible(ask, kind, row, wanted), records=1)


def _keyed(ask: Ask) -> tuple[ObjectType, Field, str, list[str]]:
    kind = ask.org.records.kind(ask.user_id, ask.parts[1])
    key = ask.org.records.key_field(ask.user_id, kind, ask.parts[2])
    value = ask.parts[3]
    if _FILE_LIKE.search(value):
        raise not_found()
    return kind, key, value, ask.org.records.matches(ask.user_id, kind, key, value)


def _success(written: Written) -> dict[str, Any]:
    return {"id": written.id, "success": True, "errors": []}


def _created(ask: Ask, written: Written) -> Answer:
    location = ("Location", record_url(ask.v, str(written.id)))
    body = _success(written) | ({"warnings": []} if ask.version < CREATED_KEY_SINCE else {})
    return Answer(201, body, [location], records=1)


def _several(ask: Ask, matches: list[str]) -> Answer:
    return Answer(300, [record_url(ask.v, one) for one in matches], outcome="several", records=0)


def _failed(written: Written) -> Answer:
    first: Problem = written.problems[0]
    return Answer(first.status, [problem.single() for problem in written.problems], outcome=first.code)
