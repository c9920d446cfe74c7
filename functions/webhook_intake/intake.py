"""The story: measure, verify, read, store, answer; what is refused leaves no trace in the store.

Promises that a body is never logged, that no vendor is called, and that an answer with 202 means
every event of the body is stored, by this delivery or an earlier one.
"""

import base64
import binascii
import json
from typing import Any

from lockstep.engine.errors import Defer
from lockstep.runtime.observability import count, logger
from lockstep.runtime.wiring import World
from webhook_intake import parse, verify
from webhook_intake.problem import Problem, bad_signature, busy, too_large

MAX_BODY = 1024 * 1024
RETRY_AFTER_SECONDS = 5


def receive(request: dict[str, Any], world: World) -> dict[str, Any]:
    """Take one event or a batch of them: 202 with a status each, or a problem and nothing stored."""
    try:
        return _accept(request, world)
    except Problem as problem:
        count("EventsRefused")
        logger().info("refused", extra={"problem": problem.title, "status": problem.status})
        return problem.answer()
    except Defer as deferral:
        logger().error("not stored", extra={"reason": deferral.reason, "detail": deferral.detail})
        return busy().answer({"retry-after": str(RETRY_AFTER_SECONDS)})


def _accept(request: dict[str, Any], world: World) -> dict[str, Any]:
    body = _raw(request)
    if len(body) > MAX_BODY:
        raise too_large()
    verify.verify(request.get("headers") or {}, body, world.webhook_secrets.read(), world.now())
    events = parse.events_of(body)
    receipts = world.events.accept(events, world.settings.current().values)
    count("EventsStored", receipts.count("stored"))
    _note_conflicts([event.id for event, receipt in zip(events, receipts, strict=True) if receipt == "conflict"])
    results = [{"id": e.id, "status": receipt} for e, receipt in zip(events, receipts, strict=True)]
    return {
        "statusCode": 202,
        "headers": {"content-type": "application/json"},
        "body": json.dumps({"results": results}),
    }


def _note_conflicts(ids: list[str]) -> None:
    if ids:
        logger().warning("other content under a known id, the first is kept", extra={"event_ids": ids})


def _raw(request: dict[str, Any]) -> bytes:
    """The bytes as they were sent and signed."""
    text = request.get("body") or ""
    try:
        return base64.b64decode(text, validate=True) if request.get("isBase64Encoded") else text.encode()
    except (binascii.Error, UnicodeEncodeError):
        raise bad_signature() from None
