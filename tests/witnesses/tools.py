"""Foreign clients as tools: each in an environment of its own, started as a process, never imported.

`make witnesses` makes the environments; a witness whose environment could not be made here is skipped by name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RUNNERS = Path(__file__).parent / "runners"
NODE = ROOT / "build" / "witness-node"
PATIENCE_S = 180


def python_of(tool: str) -> str:
    """The interpreter of a tool's environment; skips the test when there is none."""
    python = ROOT / f".venv-witness-{tool}" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"{tool} is not installed here; run make witnesses")
    return str(python)


def node_with(package: str) -> str:
    """The node interpreter, where the package is installed; skips the test otherwise."""
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / package).is_dir():
        pytest.skip(f"{package} is not installed here; run make witnesses (it needs node and npm)")
    return node


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool to its end."""
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def lines_of(text: str) -> Iterator[dict[str, Any]]:
    """The JSON lines among what a tool said."""
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)
