"""The simulator against recorded answers and Adobe's own schema, where that evidence is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from local.simulators.marketo import MarketoSimulator

OPTIONAL = {"errors", "warnings", "result"}


@pytest.fixture(scope="module")
def evidence() -> Path:
    """The folder of recorded answers beside the repository."""
    folder = Path(__file__).parents[5] / "shared" / "evidence" / "marketo"
    if not folder.is_dir():
        pytest.skip("the recorded evidence is not beside this repository (../shared/evidence)")
    return folder


@pytest.fixture(scope="module")
def swagger(evidence: Path) -> dict[str, Any]:
    """Adobe's schema, with its known mistakes about required members put right."""
    schema: dict[str, Any] = json.loads((evidence / "adobe-swagger" / "swagger-mapi.json").read_text())
    for definition in schema["definitions"].values():
        if "required" in definition:
            definition["required"] = [name for name in definition["required"] if name not in OPTIONAL]
    schema["definitions"]["ActivityType"]["required"].remove("primaryAttribute")
    del schema["definitions"]["Attribute"]["properties"]["value"]["type"]  # says object; real ones are text and numbers
    return schema


@pytest.mark.simulator("marketo-37")
def test_describe_equals_the_recorded_fields(api: Any, evidence: Path) -> None:
    """The first 100 fields are the recorded ones, member by member."""
    recorded = json.loads((evidence / "leads-describe.body.json").read_text())["result"]
    assert api.get("leads/describe")["result"][: len(recorded)] == recorded


def shape(value: Any) -> Any:
    """A body with its values replaced by their types."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    return [shape(part) for part in value] if isinstance(value, list) else type(value).__name__


def test_bodies_have_the_recorded_shapes(api: Any, evidence: Path) -> None:
    """Look-up, write and unknown path have the members and types of the recorded answers."""
    written = api.post("leads", {"input": [{"email": "a@example.net", "firstName": "A", "lastName": "B"}]})
    found = api.get("leads", filterType="email", filterValues="a@example.net")
    for name, body in (("write-leads", written), ("leads", found), ("not-found", api.get("nothing"))):
        assert shape(body) == shape(json.loads((evidence / f"{name}.json").read_text()))


def test_answers_are_valid_by_adobes_schema(api: Any, marketo: MarketoSimulator, swagger: dict[str, Any]) -> None:
    """Every kind of database answer, successes and refusals, validates against the swagger definitions."""
    marketo.reset(7, 50)
    marketo.act("update", {"type": "lead", "id": 1001, "fields": {"title": "Chief", "email": "x@example.net"}})
    marketo.act("merge", {"winner": 1001, "losers": [1002]})
    marketo.act("delete", {"type": "lead", "id": 1003})
    token = api.token()
    answers = {
        "ResponseOfLead": [
            api.get("leads", filterType="id", filterValues="1001,1004"),
            api.post("leads", {"input": [{"email": "n@example.net"}, {"nosuch": 1}]}),
            api.get("leads", filterType="nosuch", filterValues="1"),
        ],
        "ResponseOfLeadAttribute": [api.get("leads/describe")],
        "ResponseOfLeadChange": [api.get("activities/leadchanges", nextPageToken=token, fields="title,email")],
        "ResponseOfActivity": [
            api.get("activities", nextPageToken=token, activityTypeIds="12,13,32"),
            api.get("activities/deletedleads", nextPageToken=token),
        ],
        "ResponseOfActivityType": [api.get("activities/types")],
        "ResponseOfUsageData": [api.get("stats/usage")],
        "ResponseOfErrorsData": [api.get("stats/errors")],
    }
    for name, bodies in answers.items():
        validator = Draft4Validator({**swagger, "$ref": f"#/definitions/{name}"})
        for body in bodies:
            assert not [f"{name}: {error.message}" for error in validator.iter_errors(body)]
