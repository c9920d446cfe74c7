"""Composite: up to 25 sub-requests in one counted call, with references between them."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import Problem

MAX_REQUESTS = 25
MAX_HEAVY = 5
_REFERENCE = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")
_HEAVY = re.compile(r"/(query|queryAll|composite/sobjects)\b")
_HALTED = "The transaction was rolled back since another operation in the same transaction failed."

Dispatch = Callable[[Ask], Answer]


def composite(ask: Ask, dispatch: Dispatch) -> Answer:
    """POST /composite."""
    body = ask.mapping()
    requests = body.get("compositeRequest", [])
    if not 1 <= len(requests) <= MAX_REQUESTS:
        raise Problem("LIMIT_EXCEEDED", f"The number of sub-requests must be between 1 and {MAX_REQUESTS}")
    if sum(1 for one in requests if _HEAVY.search(str(one.get("url", "")))) > MAX_HEAVY:
        raise Problem("LIMIT_EXCEEDED", f"At most {MAX_HEAVY} sub-requests may be queries or collections")
    with ask.org.world.journal() as undo:
        results = _run(ask, requests, dispatch)
        if body.get("allOrNone") and any(one["httpStatusCode"] >= 400 for one in results):
            undo.roll_back()
            results = [one if one["httpStatusCode"] >= 400 else _halted(one) for one in results]
    return Answer(200, {"compositeResponse": results}, records=len(requests))


def _run(ask: Ask, requests: list[dict[str, Any]], dispatch: Dispatch) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    known: dict[str, Any] = {}
    for one in requests:
        name = str(one.get("referenceId", ""))
        try:
            answer = dispatch(_inner(ask, one, known))
        except Problem as problem:
            answer = Answer(problem.status, [problem.single()])
        known[name] = answer.body
        results.append(
            {
                "body": answer.body,
                "httpHeaders": dict(answer.headers),
                "httpStatusCode": answer.status,
                "referenceId": name,
            }
        )
    return results


def _inner(ask: Ask, one: dict[str, Any], known: dict[str, Any]) -> Ask:
    url = _filled(str(one.get("url", "")), known)
    path, _, query = url.partition("?")
    found = re.fullmatch(r"/services/data/v(\d+)\.0/(.+?)/?", path)
    if found is None:
        raise Problem("NOT_FOUND", "The requested resource does not exist", status=404)
    return replace(
        ask,
        version=int(found.group(1)),
        method=str(one.get("method", "GET")).upper(),
        parts=tuple(unquote(part) for part in found.group(2).split("/")),
        parameters=dict(parse_qsl(query, keep_blank_values=True)),
        headers={"content-type": "application/json", **_lower(one.get("httpHeaders"))},
        raw=_filled(json.dumps(one.get("body", {})), known).encode(),
    )


def _lower(headers: Any) -> dict[str, str]:
    return {str(name).lower(): str(value) for name, value in (headers or {}).items()}


def _filled(text: str, known: dict[str, Any]) -> str:
    def value(found: re.Match[str]) -> str:
        current = known.get(found.group(1))
        for step in re.findall(r"\w+", found.group(2)):
            try:
                current = current[int(step)] if isinstance(current, list) else current[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError, ValueError):
                raise Problem(
                    "PROCESSING_HALTED", f"Invalid reference specified. No value for {found.group()}"
                ) from None
        return str(current)

    return _REFERENCE.sub(value, text)


def _halted(result: dict[str, Any]) -> dict[str, Any]:
    body = [{"errorCode": "PROCESSING_HALTED", "message": _HALTED}]
    return {**result, "body": body, "httpHeaders": {}, "httpStatusCode": 400}
