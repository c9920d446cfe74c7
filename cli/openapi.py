"""`python -m cli.openapi` writes docs/openapi.json: the interface as the code has it.

Promises that the document is made from the routes and models themselves, so that it cannot tell otherwise.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from lockstep.domain.sales_activity import EVENTS
from workspace_api.app import resolver

ROOT = Path(__file__).parents[1]
DESCRIPTION = (
    "The Workspace of Lockstep: status and books, people (read-only), sales activities and what became of them, "
    "the load of people, settings, users and connections. Requests carry a token of the configured issuer; the user "
    "is its claim `email`, the role its claim `lockstep_role` (`admin` or `user`). Every refusal is problem+json "
    "(RFC 9457) and says what is wrong and what to do. `POST /events` takes signed webhooks instead of a token."
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do"},
    },
}
REFUSED = {
    "description": "Refused, with the reason in words",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
RECEIPT = {
    "type": "object",
    "required": ["id", "status"],
    "properties": {"id": {"type": "string"}, "status": {"enum": ["stored", "duplicate", "conflict"]}},
}


def documents() -> dict[str, dict[str, Any]]:
    """The documents by file name."""
    return {"openapi.json": _interface()}


def _interface() -> dict[str, Any]:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = resolver.get_openapi_json_schema(
        title="Lockstep",
        version=version,
        description=DESCRIPTION,
        security_schemes={"token": HTTPBearer(bearerFormat="JWT")},
        security=[{"token": []}],
    )
    document: dict[str, Any] = json.loads(text)
    schemas: dict[str, Any] = document["components"]["schemas"]
    for name in [name for name in schemas if "ValidationError" in name]:
        del schemas[name]
    schemas["Problem"] = PROBLEM
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = REFUSED
    document["paths"]["/events"] = {"post": _webhook(schemas)}
    return document


def _webhook(schemas: dict[str, Any]) -> dict[str, Any]:
    """The signed webhook of local-world.md 7: one event, or 1 to 100 of them."""
    event = EVENTS.json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(event.pop("$defs"))
    schemas["SalesEvent"] = event
    one = {"$ref": "#/components/schemas/SalesEvent"}
    events = {"type": "array", "items": one, "minItems": 1, "maxItems": 100}
    batch = {"type": "object", "required": ["events"], "properties": {"events": events}}
    results = {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": RECEIPT}},
    }
    headers = {
        "webhook-id": "Names the delivery",
        "webhook-timestamp": "Seconds since 1970; within 5 minutes of our clock",
        "webhook-signature": "`v1,` and the base64 HMAC-SHA256; several may stand here, parted by blanks",
    }
    return {
        "summary": "Receive sales activities (Standard Webhooks)",
        "description": "The whole body is checked first: one bad event refuses it, and nothing is stored then. "
        "An event's `id` is its idempotency key. At most 1 MiB a body, 256 KiB an event, depth 10.",
        "operationId": "receive_events",
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": text, "schema": {"type": "string"}}
            for name, text in headers.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": [one, batch]}}}},
        "responses": {
            "202": {"description": "A receipt for each event", "content": {"application/json": {"schema": results}}},
            "default": REFUSED,
        },
    }


def main() -> None:
    """Write the documents."""
    for name, document in documents().items():
        (ROOT / "docs" / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
