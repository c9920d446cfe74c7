"""Secrets come from files, from standard input, or are asked for."""

import io
from pathlib import Path

import pytest

from cli import secret
from cli.problem import CliProblem


def test_a_secret_from_a_file_loses_its_blanks(tmp_path: Path) -> None:
    """Blanks and line ends around a secret are dropped (CON-05)."""
    path = tmp_path / "secret"
    path.write_text("  one two\n\n")
    assert secret.read(str(path), "key") == "one two"


def test_a_secret_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash reads standard input."""
    monkeypatch.setattr("sys.stdin", io.StringIO("token\n"))
    assert secret.read("-", "token") == "token"


@pytest.mark.parametrize(("given", "sentence"), [("\n", "is empty"), (None, "is missing")])
def test_no_secret_is_told(given: str | None, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty or absent secret is told in a sentence."""
    monkeypatch.setattr("sys.stdin", io.StringIO(given or ""))
    with pytest.raises(CliProblem, match=sentence):
        secret.read("-" if given else None, "refresh token")
