"""Law of the published interface: docs/openapi*.json is what the code generates, and is valid OpenAPI."""

import importlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.laws.repository import files, text

GENERATOR = "cli.openapi"


def published() -> list[Path]:
    """The documents that are committed."""
    return [path for path in files() if path.parent == Path("docs") and path.match("openapi*.json")]


def generated() -> dict[str, dict[str, Any]]:
    """The documents as the code makes them today, by file name; none before there is a generator."""
    top, _, _ = GENERATOR.partition(".")
    if importlib.util.find_spec(top) is None or importlib.util.find_spec(GENERATOR) is None:
        return {}
    documents: dict[str, dict[str, Any]] = importlib.import_module(GENERATOR).documents()
    return documents


def test_what_is_published_is_what_is_generated() -> None:
    """Each generated document is committed word for word, and no other is; `make docs` mends it."""
    assert {path.name: json.loads(text(path)) for path in published()} == generated()


@pytest.mark.parametrize("path", published(), ids=str)
def test_what_is_published_is_valid(path: Path) -> None:
    """Each published document is valid OpenAPI."""
    validate(json.loads(text(path)))
