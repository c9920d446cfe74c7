"""Law of the commands: every verb is explained, CI runs `make check`, a missing prerequisite is named with its cure."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.repository import ROOT, text

VERBS = {
    "setup", "demo", "test", "fmt", "lint", "types", "unit", "laws", "contract", "integration", "deployed", "check",
    "build", "deploy", "bench", "bench-check", "acceptance", "help",
}  # fmt: skip


def make(*words: str) -> str:
    """What make says (or would do, with -n)."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=ROOT, env=bare, capture_output=True, text=True, check=True).stdout


def test_every_verb_is_explained() -> None:
    """`make help` lists every verb that this repository promises, each with a sentence."""
    explained = dict(re.findall(r"^  make (\S+) +(\S.*)$", make("help"), re.MULTILINE))
    assert set(explained) >= VERBS


def test_phony_verbs_are_declared() -> None:
    """Every explained verb is declared as no file, so that a file of that name cannot switch it off."""
    makefile = text(Path("Makefile"))
    explained = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    declared = set(" ".join(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)).split())
    assert explained == declared


def test_ci_runs_check_and_check_runs_test() -> None:
    """`.ci/run` is `make check`, and `make check` is lint, types, laws, test and deployed."""
    assert re.search(r"^make check\b", text(Path(".ci/run")), re.MULTILINE)
    recipe = text(Path("Makefile")).split("\ncheck:")[1].split("\n\n")[0]
    assert re.findall(r"\$\(MAKE\) --no-print-directory (\w+)", recipe) == ["lint", "types", "laws", "test", "deployed"]


def interpreter(folder: Path, *, version: str = "(3, 12)", modules: bool = True) -> Path:
    """A stand-in for an interpreter that lacks something."""
    folder.mkdir()
    path = folder / "python-stand-in"
    path.write_text(f"""#!/bin/sh
case "$*" in
*"sys.version_info >="*) exec {sys.executable} -c 'import sys; sys.exit({version} < (3, 11))' ;;
*"import venv"*) exit {0 if modules else 1} ;;
*) echo "Python {version}" ;;
esac
""")
    path.chmod(0o755)
    return path


def set_up(python: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Make an environment with the named interpreter."""
    return subprocess.run(
        [ROOT / ".ci/environment", str(folder / "environment"), str(ROOT / "requirements/dev.txt")],
        env=os.environ | {"PYTHON": python}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lacking", "cure"),
    [("interpreter", "install Python 3.11"), ("version", "3.11 or newer is needed"), ("venv", "python3-venv")],
)
def test_a_missing_prerequisite_is_named_with_its_cure(lacking: str, cure: str, tmp_path: Path) -> None:
    """Without an interpreter, with one that is too old, or without its venv module, setup stops with one sentence."""
    without = {"interpreter": "no-such-python"}
    without["version"] = str(interpreter(tmp_path / "old", version="(3, 9)"))
    without["venv"] = str(interpreter(tmp_path / "bare", modules=False))
    done = set_up(without[lacking], tmp_path)
    assert done.returncode == 1
    assert cure in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "environment").exists()
