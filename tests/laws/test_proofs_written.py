"""Law of the proofs file: only a test that ran and passed proves anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.laws.repository import ROOT

STORY = """
import pytest

@pytest.fixture
def breaks_at_the_end():
    yield
    raise RuntimeError

@pytest.mark.acceptance(1, 2)
@pytest.mark.fault("F001")
def test_passes(): assert True

@pytest.mark.acceptance(3)
def test_fails(): assert False

@pytest.mark.acceptance(4)
def test_skips(): pytest.skip()

@pytest.mark.acceptance(5)
@pytest.mark.xfail
def test_is_expected_to_fail(): assert False

@pytest.mark.acceptance(6)
@pytest.mark.xfail(strict=False)
def test_is_expected_to_fail_and_passes(): assert True

@pytest.mark.acceptance(7)
def test_breaks_at_the_end(breaks_at_the_end): assert True

@pytest.mark.simulator("marketo-17")
@pytest.mark.parametrize("n", [1, 2])
def test_passes_twice(n): assert n

def test_unmarked(): assert False
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_only_a_pass_is_a_proof(workers: str, tmp_path: Path) -> None:
    """Failing, skipped, xfailed and badly ending tests prove nothing, in one process or two; unmarked do not run."""
    (tmp_path / "test_story.py").write_text(STORY)
    marks = "\n".join(f"  {kind}: x" for kind in ("acceptance", "fault", "invariant", "defect", "simulator"))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nmarkers =\n{marks}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.proofs", "-n", workers, "--proofs", "out.json"],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert json.loads((tmp_path / "out.json").read_text()) == {
        "acceptance": {"1": ["test_story.py::test_passes"], "2": ["test_story.py::test_passes"]},
        "fault": {"F001": ["test_story.py::test_passes"]},
        "invariant": {},
        "defect": {},
        "simulator": {"marketo-17": ["test_story.py::test_passes_twice[1]", "test_story.py::test_passes_twice[2]"]},
    }
    assert "acceptance 2 of 161 · faults 1 of 110 · invariants 0 of 36 · defects 0 · simulators 1 of 82" in done.stdout
    assert "test_unmarked" not in done.stdout
    assert done.returncode == 1
