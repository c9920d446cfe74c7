"""The published interface of the webhook, made from the models that its bodies are read with.

Promises a document that stands alone, for those who send: headers, bodies, answers, an example of
every type of event. `python -m local.openapi` prints it; `make docs` writes it to docs/.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, get_args

from lockstep.domain.sales_activity import EVENTS
from lockstep.store.events import Receipt
from webhook_intake.parse import MAX_EVENTS
from webhook_intake.strict_json import DEPTH

ROOT = Path(__file__).parents[1]
SCHEMAS = "#/components/schemas/"
DESCRIPTION = (
    "Senders report what sellers did: one event, or a batch of 1 to 100 of them, signed as Standard Webhooks "
    "(standardwebhooks.com) over the raw body with the secret that the operator of the stack hands out. "
    "An event's `id` is its idempotency key: send a body again until it is answered with 202, and nothing is stored "
    f"twice. Bodies are UTF-8 JSON of at most 1 MiB and {DEPTH} levels, events at most 256 KiB; whole numbers have at "
    "most 64 bits, no member stands twice in an object, and nothing is compressed. Members of your own are kept "
    "where they stand in `data`."
)
HEADERS = {
    "webhook-id": ("Names the delivery: letters, digits, _ : and -, no full stop", "delivery_01K00001"),
    "webhook-timestamp": ("Seconds since 1970 as whole digits, within 5 minutes of now", "1795339860"),
    "webhook-signature": (
        "`v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`; blanks part several",
        "v1,qX3Yb1Kc2nFzq0r3y6n5pQ0c2mYB0oRkzjcvXyJ0s1E=",
    ),
}
REFUSALS = {
    "400": "The body is not accepted; the sentence begins with the JSON path of the mistake, and nothing was stored",
    "401": "The signature, its id or its timestamp is missing, wrong, or more than 5 minutes off; nothing was stored",
    "413": "The body or one of its events is too large; nothing was stored",
    "503": "Not stored just now; send the same body again after the seconds in Retry-After",
}
PROBLEM = {
    "type": "object",
    "description": "A refusal (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do"},
    },
}


def webhook() -> dict[str, Any]:
    """The OpenAPI document of `POST /events`."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lockstep webhook",
            "version": version,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {"/events": {"post": _post()}},
        "components": {"schemas": _schemas()},
    }


def _post() -> dict[str, Any]:
    bodies = {"oneOf": [{"$ref": f"{SCHEMAS}SalesEvent"}, {"$ref": f"{SCHEMAS}Batch"}]}
    return {
        "operationId": "receiveEvents",
        "summary": "Report sales activities",
        "security": [],
        "parameters": [_header(name, *text) for name, text in HEADERS.items()],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": bodies, "examples": _examples()}},
        },
        "responses": {"202": _stored()} | {status: _refused(status) for status in REFUSALS},
    }


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


def _examples() -> dict[str, Any]:
    files = sorted((ROOT / "events" / "webhook").glob("*.json"))
    return {file.stem: {"value": json.loads(file.read_text())} for file in files}


def _stored() -> dict[str, Any]:
    schema = {"$ref": f"{SCHEMAS}Results"}
    return {
        "description": "All events of the body are stored, now or earlier; one result for each, in their order",
        "content": {"application/json": {"schema": schema}},
    }


def _refused(status: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": REFUSALS[status],
        "content": {"application/problem+json": {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
    }
    if status == "503":
        answer["headers"] = {"retry-after": {"description": "Seconds", "schema": {"type": "integer"}}}
    return answer


def _schemas() -> dict[str, Any]:
    event = EVENTS.json_schema(ref_template=SCHEMAS + "{model}")
    parts: dict[str, Any] = event.pop("$defs")
    one = {"$ref": f"{SCHEMAS}SalesEvent"}
    result = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {
            "id": {"type": "string"},
            "status": {
                "enum": list(get_args(Receipt)),
                "description": "stored now; duplicate: known with this content; conflict: known with other content, "
                "and what was received first is kept",
            },
        },
    }
    return parts | {
        "SalesEvent": event,
        "Batch": {
            "type": "object",
            "required": ["events"],
            "additionalProperties": False,
            "properties": {"events": {"type": "array", "minItems": 1, "maxItems": MAX_EVENTS, "items": one}},
        },
        "Result": result,
        "Results": {
            "type": "object",
            "required": ["results"],
            "properties": {"results": {"type": "array", "items": {"$ref": f"{SCHEMAS}Result"}}},
        },
        "Problem": PROBLEM,
    }


if __name__ == "__main__":
    print(json.dumps(webhook(), indent=2, ensure_ascii=False))
