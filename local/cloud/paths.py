"""Where this checkout keeps what the local cloud uses; all under its own root, so two checkouts never meet."""

import platform
import sys
from pathlib import Path

from local.cloud.problem import CloudProblem

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
CLOUD = BUILD / "cloud"
STATE = CLOUD / "state.json"
ENGINE_LOG = CLOUD / "engine.log"
SAM_BUILD = BUILD / "sam"
TEMPLATE = ROOT / "template.yaml"

_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


def program(environment: str, name: str) -> Path:
    """A program of one of the locked environments; says how to make the environment when it is missing."""
    path = ROOT / environment / "bin" / name
    if not path.exists():
        raise CloudProblem(f"The environment {environment} is missing or incomplete ({name}); run `make setup`.")
    return path


def runtime() -> str:
    """The Lambda runtime that this interpreter is; the embedded AWS runs every worker on it."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture() -> str:
    """This machine's processor in Lambda's words."""
    machine = platform.machine().lower()
    if machine not in _MACHINES:
        raise CloudProblem(f"The processor {machine} is none that Lambda knows (x86_64, arm64).")
    return _MACHINES[machine]
