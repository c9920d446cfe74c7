"""Law of imports: the five contracts of .importlinter hold, and each of them is seen to bite."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.repository import ROOT, concerns, files

ROOTS = ["functions", "layers/lockstep", "."]

PLANTED = {
    "rooms": ("layers/lockstep/lockstep/domain/reason.py", "import lockstep.engine.errors"),
    "concerns": ("functions/webhook_intake/app.py", "import outbox_relay.app"),
    "pure": ("layers/lockstep/lockstep/engine/errors.py", "import httpx"),
    "deployed": ("functions/ledger_care/app.py", "import local.fakes"),
    "simulators": ("local/simulators/__init__.py", "import lockstep.domain.reason"),
}


def lint(top: Path) -> tuple[bool, str]:
    """Whether the contracts hold in a tree, and what the tool said."""
    path = os.pathsep.join(str(top / root) for root in ROOTS)
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=top, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of our code that may be spoiled."""
    top = tmp_path_factory.mktemp("tree")
    for path in files():
        if (path.suffix == ".py" and path.parts[0] != "tests") or path.name == ".importlinter":
            (top / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, top / path)
    return top


def test_the_arrows_hold() -> None:
    """All five contracts hold for the code as it stands."""
    holds, said = lint(ROOT)
    assert holds, said


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_violation_is_caught(contract: str, copy: Path) -> None:
    """One forbidden import, planted for each contract, breaks the check."""
    name, line = PLANTED[contract]
    victim = copy / name
    before = victim.read_text()
    victim.write_text(f"{before}\n{line}\n")
    try:
        holds, said = lint(copy)
    finally:
        victim.write_text(before)
    assert not holds, said
    assert "BROKEN" in said, said


def test_an_unplanned_room_is_caught(copy: Path) -> None:
    """A new folder in the layer breaks the check until the contract names its place."""
    room = copy / "layers/lockstep/lockstep/utilities"
    room.mkdir()
    (room / "__init__.py").write_text("")
    try:
        holds, said = lint(copy)
    finally:
        shutil.rmtree(room)
    assert not holds, said


def test_every_concern_is_under_contract() -> None:
    """The contracts name every folder under functions/."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    lists = [
        contracts["importlinter"]["root_packages"],
        contracts["importlinter:contract:concerns"]["modules"],
        contracts["importlinter:contract:deployed"]["source_modules"],
    ]
    assert all(set(concerns()) <= set(names.split()) for names in lists)
