"""Composite: up to 25 sub-requests in one counted call, with references between them; Batch: 25 that count singly."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.simulators.salesforce.answers import Answer, refused
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.problems import Problem, Refused

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
        answer = _answered(ask, one, known, dispatch)
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


def batch(ask: Ask, dispatch: Dispatch) -> Answer:
    """POST /composite/batch: independent requests, each of which uses up one of the day's calls."""
    body = ask.mapping()
    requests = body.get("batchRequests", [])
    if not 1 <= len(requests) <= MAX_REQUESTS:
        raise Problem("LIMIT_EXCEEDED", f"The number of sub-requests must be between 1 and {MAX_REQUESTS}")
    ask.org.quota.spend(len(requests) - 1)
    results: list[dict[str, Any]] = []
    for one in requests:
        failed = any(result["statusCode"] >= 400 for result in results)
        if failed and body.get("haltOnError"):
            halted = {"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}
            results.append({"statusCode": 412, "result": [halted]})
            continue
        url = f"/services/data/{str(one.get('url', '')).removeprefix('/services/data/')}"
        answer = _answered(ask, {**one, "url": url, "body": one.get("richInput", {})}, {}, dispatch)
        results.append({"statusCode": answer.status, "result": answer.body})
    has_errors = any(result["statusCode"] >= 400 for result in results)
    return Answer(200, {"hasErrors": has_errors, "results": results}, records=len(requests))


def _answered(ask: Ask, one: dict[str, Any], known: dict[str, Any], dispatch: Dispatch) -> Answer:
    try:
        return dispatch(_inner(ask, one, known))
    except Problem as problem:
        return refused(problem)
    except Refused as refusal:
        return refused(*refusal.problems)


def _inner(ask: Ask, one: dict[str, Any], known: dict[str, Any]) -> Ask:
    url = _filled(str(one.get("url", "")), known)
    path, _, query = url.partition("?")
    found = re.fullmatch(r"/services/data/v(\d+)\.0/(.+?)/?", path)
    if found is None or found.group(2).startswith("jobs"):
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
