"""Law of shape: files and functions stay small, words stay precise, every concern reads the same."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.laws.repository import concerns, files, functions_in, imports_of, is_flow, python_files, text, tree

EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc"}
HEADINGS = [
    "Trigger", "Reads", "Writes", "Idempotency key", "Cursor", "Outcomes", "Budget lane", "Alarms", "Requirements",
]  # fmt: skip
FOREIGN_TO_CONCERNS = {"pydantic", "aws_lambda_powertools", "standardwebhooks"}


def test_files_stay_under_four_hundred_lines() -> None:
    """No file of ours reaches 400 lines; locks and generated or recorded data are not prose."""
    data = {".json", ".txt", ".lock", ".jsonl", ".xml", ".csv", ".svg"}
    long = {str(path): n for path in files() if path.suffix not in data and (n := text(path).count("\n")) >= 400
            and path.name != "template.yaml"}  # fmt: skip
    assert not long


def test_functions_stay_within_fifty_lines() -> None:
    """No function is longer than 50 lines, signature and docstring included."""
    long = {
        f"{path}:{node.lineno} {node.name}": lines
        for path in python_files()
        for node in functions_in(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > 50
    }
    assert not long


def test_no_name_says_nothing() -> None:
    """No file or folder is called by one of the empty words."""
    empty = [str(path) for path in files() if EMPTY_WORDS & {part.split(".")[0].lower() for part in path.parts}]
    assert not empty


def test_every_module_says_what_it_is() -> None:
    """Every module with code in it starts with a docstring."""
    silent = [str(path) for path in python_files() if tree(path).body and not ast.get_docstring(tree(path))]
    assert not silent


def test_every_test_states_its_claim() -> None:
    """Every test function has a docstring."""
    silent = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files("tests/")
        for node in functions_in(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert not silent


def test_every_concern_is_described_under_the_same_headings() -> None:
    """Each folder under functions/ has a README with the nine headings, in that order."""
    wrong = {}
    for concern in concerns():
        path = Path("functions", concern, "README.md")
        found = re.findall(r"^## (.+?)\s*$", text(path), re.MULTILINE) if path in files() else ["no README.md"]
        if [heading for heading in found if heading in HEADINGS] != HEADINGS:
            wrong[concern] = found
    assert not wrong


def test_every_flow_is_told_in_the_same_files() -> None:
    """A flow has app.py, sync.py and rules.py; a support concern has app.py."""
    missing = [
        f"{concern}/{name}"
        for concern in concerns()
        for name in (["app.py", "sync.py", "rules.py"] if is_flow(concern) else ["app.py"])
        if Path("functions", concern, name) not in files()
    ]
    assert not missing


def test_entries_decide_nothing() -> None:
    """Every app.py has at most 30 lines and no branch."""
    branches = ast.If | ast.IfExp | ast.Match | ast.Try | ast.While
    wrong = [
        str(path)
        for path in python_files("functions/")
        if path.name == "app.py"
        and (text(path).count("\n") > 30 or any(isinstance(node, branches) for node in ast.walk(tree(path))))
    ]
    assert not wrong


def test_rules_know_values_only() -> None:
    """Every rules.py imports the standard library, lockstep.domain and lockstep.catalogue, and its own folder."""
    wrong = {
        f"{path} imports {name}"
        for path in python_files("functions/")
        if path.name == "rules.py"
        for name in imports_of(path)
        if not name.startswith((".", "lockstep.domain", "lockstep.catalogue", f"{path.parts[1]}."))
        and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert not wrong


def test_concerns_stand_on_lockstep_alone() -> None:
    """A concern imports lockstep, its own files and a short list; never boto3 or httpx, never another concern."""
    wrong = {
        f"{path} imports {name}"
        for path in python_files("functions/")
        for name in imports_of(path)
        if (top := name.split(".")[0]) and top not in sys.stdlib_module_names
        and top not in FOREIGN_TO_CONCERNS and top not in {"lockstep", path.parts[1]}
    }  # fmt: skip
    assert not wrong


@pytest.mark.parametrize("word", [r"\bSELECT\b", r"\bpk\b", r"\bsk\b", r"\bboto3\b", r"\bhttpx\b"])
def test_stories_are_told_in_ports(word: str) -> None:
    """No sync.py speaks below its ports: no query text, no key of the table, no client library."""
    found = [
        f"{path}:{number}"
        for path in python_files("functions/")
        if path.name == "sync.py"
        for number, line in enumerate(text(path).splitlines(), 1)
        if re.search(word, line)
    ]
    assert not found
