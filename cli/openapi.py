"""`python -m cli.openapi` writes docs/openapi*.json: the interfaces as the code has them.

Promises that the document is made from the routes and models themselves, so that it cannot tell otherwise.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer

from local.openapi import webhook
from workspace_api.app import resolver

ROOT = Path(__file__).parents[1]
DESCRIPTION = (
    "The Workspace of Lockstep: status and books, people (read-only), sales activities and what became of them, "
    "the load of people, settings, users and connections. Requests carry a token of the configured issuer; the user "
    "is its claim `email`, the role its claim `lockstep_role` (`admin` or `user`). Every refusal is problem+json "
    "(RFC 9457) and says what is wrong and what to do. Signed webhooks have openapi-webhook.json."
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


def documents() -> dict[str, dict[str, Any]]:
    """The documents by file name."""
    return {"openapi.json": _interface(), "openapi-webhook.json": webhook()}


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
    return document


def main() -> None:
    """Write the documents."""
    for name, document in documents().items():
        (ROOT / "docs" / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
