"""Law of the proofs: a mark names a known number, and a marked test asserts something."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.laws.repository import dotted, functions_in, python_files, tree
from tests.proofs import KINDS, group_of, ranges, summary

WITNESSES = {"raises", "warns", "fail"}


def marks_in(node: ast.AST) -> Iterator[ast.Call]:
    """Every call of one of our marks below a node."""
    for call in ast.walk(node):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr in KINDS and dotted(call.func.value).endswith("mark"):
            yield call


def marked_tests(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every test of a file that claims a proof: by its own mark, its class's, or the whole file's."""
    whole = any(isinstance(node, ast.Assign) and any(True for _ in marks_in(node)) for node in tree(path).body)
    claiming = [
        node
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and any(True for decorator in node.decorator_list for _ in marks_in(decorator))
    ]
    for test in functions_in(path):
        inside = any(test is inner for node in claiming for inner in ast.walk(node))
        if test.name.startswith("test_") and (whole or inside):
            yield test


def test_marks_name_known_numbers() -> None:
    """Every mark in the tests names at least one number, written out, that its catalogue knows."""
    unknown = []
    for path in python_files("tests/"):
        for call in marks_in(tree(path)):
            kind = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            given = [arg.value if isinstance(arg, ast.Constant) else "?" for arg in call.args]
            right_type = int if kind == "acceptance" else str
            if not given or call.keywords or any(
                type(value) is not right_type or str(value) not in KINDS[kind] for value in given
            ):  # fmt: skip
                unknown.append(f"{path}:{call.lineno} {kind}{tuple(given)}")
    assert not unknown


def test_marked_tests_assert_something() -> None:
    """No test claims a proof without an assertion in itself or in a function of its own file that it calls."""
    idle = [
        f"{path}:{node.lineno} {node.name}"
        for path in python_files("tests/")
        for node in marked_tests(path)
        if not asserts(node, path)
    ]
    assert not idle


def asserts(node: ast.AST, path: Path, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a test, or what it calls by a name that says so, asserts."""
    bodies = {function.name: function for function in functions_in(path)}
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assert):
            return True
        if isinstance(inner, ast.Call):
            name = dotted(inner.func).split(".")[-1]
            if name in WITNESSES or name.startswith(("assert_", "audit")):
                return True
            if name in bodies and name not in seen and asserts(bodies[name], path, seen | {name}):
                return True
    return False


def test_the_catalogues_have_their_sizes() -> None:
    """The catalogues hold 161 acceptance lines, 110 faults, 36 invariants and 82 simulator duties."""
    assert {kind: len(numbers) for kind, numbers in KINDS.items()} == {
        "acceptance": 161, "fault": 110, "invariant": 36, "defect": 37, "simulator": 82,
    }  # fmt: skip


def test_the_line_says_how_much_is_proven() -> None:
    """The summary counts numbers, not tests."""
    proven: dict[str, dict[str, list[str]]] = {kind: {} for kind in KINDS}
    proven["acceptance"] = {"1": ["a", "b"], "2": ["c"]}
    expected = "acceptance 2 of 161 · faults 0 of 110 · invariants 0 of 36 · defects 0 · simulators 0 of 82"
    assert summary(proven) == expected


def test_what_is_missing_is_said_in_ranges() -> None:
    """Neighbours become a range, and a range never runs from one vendor into the other."""
    assert list(ranges(["F001", "F002", "F003", "F007"], KINDS["fault"])) == ["F001..F003", "F007"]
    assert list(ranges(["marketo-40", "salesforce-1"], KINDS["simulator"])) == ["marketo-40", "salesforce-1"]


def test_what_needs_one_stack_stays_on_one_worker() -> None:
    """The deployed tests are one group, those on the embedded AWS another, and all others are spread."""
    assert group_of("tests/deployed/test_story.py::test_a") == group_of("tests/deployed/test_gaps.py::test_b[x]")
    assert group_of("tests/contract/store/test_table.py::test_c[ministack]") == "ministack"
    assert group_of("tests/unit/test_d.py::test_ministack[memory]") is None
