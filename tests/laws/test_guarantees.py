"""Law of the guarantees: each sentence of docs/guarantees.md names the tests that show it, and those tests exist."""

import re
from pathlib import Path

from tests.laws.repository import files, functions_in, text

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
PAGE = text(Path("docs/guarantees.md"))


def sentences() -> list[str]:
    """The promises: every entry of a list with dashes, with the lines that belong to it."""
    return re.findall(r"^- .+(?:\n  .+)*", PAGE, re.MULTILINE)


def test_each_sentence_names_a_test() -> None:
    """No promise stands without a test that shows it."""
    assert len(sentences()) > 30
    assert [sentence for sentence in sentences() if not NAMED.search(sentence)] == []


def test_each_named_test_exists() -> None:
    """Every test that the page names is in the file that it names."""
    known = {path for path in files() if path.parts[0] == "tests"}
    named = NAMED.findall(PAGE)
    assert PAGE.count("::") == len(named), "a name is misspelt: it is not `tests/file.py::test_name`"
    missing = [
        f"{path}::{name}"
        for path, name in named
        if Path(path) not in known or name not in {function.name for function in functions_in(Path(path))}
    ]
    assert missing == []
