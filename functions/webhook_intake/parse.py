"""From a verified body to events: one event, or {"events": [1 to 100 of them]}.

Promises that the whole body is good or refused, with the JSON path of the first mistake and never
with the value that stands there.
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lockstep.domain.sales_activity import EVENTS, SalesEvent
from webhook_intake.problem import event_too_large, malformed, too_large
from webhook_intake.strict_json import Mistake, Path, load, shown

MAX_EVENTS = 100
MAX_EVENT = 256 * 1024
MAX_TOTAL = 1024 * 1024  # a short spelling of numbers may unfold to more

FORMS = {
    "id": "is not an id: 1 to 128 letters, digits, full stops, colons, hyphens and underscores",
    "user": "is not an email address",
}


def events_of(body: bytes) -> list[SalesEvent]:
    """All events of a body in their order; raises Problem where one of them cannot be taken."""
    try:
        document = load(body.decode())
        events = [(path, entry, _event(path, entry)) for path, entry in _entries(document)]
    except Mistake as mistake:
        raise malformed(shown(mistake.path), mistake.what) from None
    _measure([(path, entry) for path, entry, _ in events])
    return [event for _, _, event in events]


def _entries(document: Any) -> list[tuple[Path, Any]]:
    if not isinstance(document, dict) or not document.keys() & {"events", "type"}:
        raise Mistake((), 'is neither an event nor {"events": [1 to 100 events]}')
    if "events" not in document:
        return [((), document)]
    for name in document:
        if name != "events":
            raise Mistake((name,), "does not belong beside events")
    entries = document["events"]
    if not isinstance(entries, list) or not 1 <= len(entries) <= MAX_EVENTS:
        raise Mistake(("events",), f"is not a list of 1 to {MAX_EVENTS} events")
    return [(("events", index), entry) for index, entry in enumerate(entries)]


def _event(path: Path, entry: Any) -> SalesEvent:
    if not isinstance(entry, dict):
        raise Mistake(path, "is not an event: an object is needed")
    try:
        return EVENTS.validate_python(entry)
    except ValidationError as invalid:
        raise _first(path, entry, invalid.errors(include_url=False, include_input=False)[0]) from None


def _first(path: Path, entry: dict[str, Any], error: Mapping[str, Any]) -> Mistake:
    kind, where = error["type"], error["loc"][1:]
    match kind:
        case "union_tag_not_found":
            return Mistake((*path, "type"), "is missing: it names the kind of event")
        case "union_tag_invalid":
            return Mistake((*path, "type"), f"is none of {', '.join(_types())}")
        case "missing":
            return Mistake(path + _within(entry, where[:-1]) + where[-1:], "is missing")
        case "extra_forbidden":
            return Mistake(path + where, "is not a member of an event (members of your own go into data)")
        case "string_pattern_mismatch" if len(where) == 1 and where[0] in FORMS:
            return Mistake(path + where, FORMS[str(where[0])])
    text = error["msg"].removeprefix("Value error, ")
    return Mistake(path + _within(entry, where), f"is not accepted ({text[:1].lower()}{text[1:]})")


def _types() -> list[str]:
    mapping: dict[str, str] = EVENTS.json_schema()["discriminator"]["mapping"]
    return list(mapping)


def _within(value: Any, where: Path) -> Path:
    """The steps of an error that stand in the document: pydantic also names members of unions."""
    steps: Path = ()
    for step in where:
        known = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
        if step not in known:
            break
        value = value[step]
        steps += (step,)
    return steps


def _measure(entries: list[tuple[Path, Any]]) -> None:
    sizes = [len(json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode()) for _, entry in entries]
    for (path, _), size in zip(entries, sizes, strict=True):
        if size > MAX_EVENT:
            raise event_too_large(shown(path))
    if sum(sizes) > MAX_TOTAL:
        raise too_large()
