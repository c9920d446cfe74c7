"""Law of the simulators: what is deployed has no case of its own for them; they are an address like the vendor's."""

import ast
import re

from tests.laws.repository import python_files, tree

TELLTALE = re.compile(r"simulat|__control__|demo-(client|secret)|localhost|127\.0\.0\.1|::1|\.test\b", re.I)


def words(module: ast.AST) -> set[str]:
    """Names and texts of a module that decide something: all but docstrings."""
    texts = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts:
            found.add(node.value)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def test_nothing_deployed_knows_the_simulators() -> None:
    """No name and no text in functions or layer speaks of a simulator or of an address of this machine."""
    wrong = [
        f"{path}: {word}"
        for path in python_files("functions/", "layers/")
        for word in sorted(words(tree(path)))
        if TELLTALE.search(word)
    ]
    assert not wrong


def test_a_special_case_would_be_seen() -> None:
    """A planted one is: by the name of a variable, by a host and by a part of a path."""
    for planted in ("if is_simulator: pass", 'url.startswith("http://127.0.0.1")', 'path = f"/__control__/{one}"'):
        assert any(TELLTALE.search(word) for word in words(ast.parse(planted)))
    assert not any(TELLTALE.search(word) for word in words(ast.parse('"""Like the simulator."""')))
