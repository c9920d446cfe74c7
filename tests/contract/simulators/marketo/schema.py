"""Adobe's own schemas of the lead database and the asset API, as a judge of answers.

Its known mistakes are put right first: members that real answers leave out are not required, an attribute's value is
not an object, and the merged list of custom activities describes input and output at once.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[5] / "shared" / "evidence" / "marketo" / "adobe-swagger"
SWAGGER = FOLDER / "swagger-mapi.json"
OPTIONAL = {"errors", "warnings", "result"}
LOOKED_AT = 20


@cache
def swagger() -> dict[str, Any]:
    """The schema, mended."""
    schema: dict[str, Any] = json.loads(SWAGGER.read_text())
    definitions = schema["definitions"]
    for definition in definitions.values():
        if "required" in definition:
            definition["required"] = [name for name in definition["required"] if name not in OPTIONAL]
    definitions["ActivityType"]["required"].remove("primaryAttribute")
    definitions["CustomActivity"]["required"] = []
    definitions["ImportLeadResponse"]["required"].remove("numOfLeadsProcessed")  # a new batch does not have it
    definitions["Campaign"]["required"] = ["id"]  # all that triggering one gives back
    definitions["Activity"]["required"].remove("id")
    del definitions["Attribute"]["properties"]["value"]["type"]
    return schema


@cache
def assets() -> dict[str, Any]:
    """The schema of the asset API, mended by what recordings show."""
    schema: dict[str, Any] = json.loads((FOLDER / "swagger-asset.json").read_text())
    definitions = schema["definitions"]
    for name in ("FolderResponse", "StaticListResponse"):
        definitions[name]["required"] = [
            member for member in definitions[name]["required"] if member not in ("url", "description", "parent")
        ]  # fmt: skip
    for program in (entry for entry in definitions.values() if "channel" in entry.get("properties", {})):
        # the documents' own example breaks each of these
        program["required"] = [name for name in program.get("required", []) if name not in ("tags", "costs")]
        program["properties"]["folder"] = {"type": "object", "required": ["type", "value", "folderName"]}
        for member in ("type", "status"):
            program["properties"].get(member, {}).pop("enum", None)
    folder = definitions["FolderResponse"]["properties"]
    del folder["folderType"]["enum"]  # "List" is missing from it
    for member in ("description", "url"):
        folder[member]["type"] = ["string", "null"]
    return schema


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    both = [*swagger()["paths"].items(), *assets()["paths"].items()]
    table = sorted(both, key=lambda item: item[0].count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations) for path, operations in table]


@cache
def validator(definition: str, of_assets: bool) -> Any:
    """The judge of one definition."""
    return Draft4Validator({**(assets() if of_assets else swagger()), "$ref": f"#/definitions/{definition}"})


def definition_of(method: str, path: str) -> str | None:
    """The name of the definition that this call's answers must meet; None for a path that Adobe does not list."""
    for pattern, operations in _paths():
        if pattern.fullmatch(path) and method.lower() in operations:
            responses = operations[method.lower()]["responses"]
            schema = next(iter(responses.values())).get("schema", {})
            return str(schema["$ref"].rpartition("/")[2]) if "$ref" in schema else None
    return None


def violations(method: str, path: str, body: dict[str, Any]) -> list[str]:
    """What is wrong with an answer; nothing when the schema is not at hand or the path is not in it."""
    if not SWAGGER.is_file() or "requestId" not in body:
        return []
    definition = definition_of(method, path)
    if definition is None or definition.startswith("Observable"):
        return []
    result = body.get("result")
    looked_at = {**body, "result": result[:LOOKED_AT]} if isinstance(result, list) else body
    judge = validator(definition, path.startswith("/rest/asset/"))
    return [f"{method} {path}: {error.message}" for error in judge.iter_errors(looked_at)]
