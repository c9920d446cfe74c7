"""The real `sam build` and `sam deploy` of template.yaml, with this interpreter, this machine and the embedded AWS."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.cloud.engine import CREDENTIALS
from local.cloud.paths import BUILD, CLOUD, ENGINE_LOG, ROOT, SAM_BUILD, TEMPLATE, architecture, program, runtime
from local.cloud.problem import CloudProblem

STACK = "lockstep"
# Shorter than in an account, so that a demo shows what waits; the template holds visibility at six times the first.
TIMES = {"WorkerTimeout": "5", "LeaseSeconds": "10", "SettleSeconds": "6", "GatherSeconds": "5"}


def build() -> None:
    """Build functions and layers for this interpreter; unchanged ones come from the cache."""
    command = [
        *("build", "--template-file", str(TEMPLATE), "--build-dir", str(SAM_BUILD)),
        *("--cached", "--cache-dir", str(BUILD / f"sam-cache-{runtime()}-{architecture()}")),
        *("--parameter-overrides", *_overrides({"JwtIssuer": "http://127.0.0.1"})),
    ]
    interpreter = str(program(".venv-cloud", "python"))
    _sam(command, CLOUD / "sam-build.log", {"LAYER_PYTHON": interpreter, "LAYER_PLATFORM": ""})


def deploy(aws: str, parameters: Mapping[str, str], stack: str = STACK) -> None:
    """Deploy what was built; the stack's functions see the vendors and the issuer that the parameters name."""
    command = [
        *("deploy", "--template-file", str(SAM_BUILD / "template.yaml"), "--stack-name", stack),
        *("--resolve-s3", "--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        *("--no-progressbar", "--parameter-overrides", *_overrides({**TIMES, **parameters})),
    ]
    _sam(command, CLOUD / "sam-deploy.log", {"AWS_ENDPOINT_URL": aws})


def _overrides(parameters: Mapping[str, str]) -> list[str]:
    ours = {"PythonRuntime": runtime(), "Architecture": architecture(), **parameters}
    return [f"{name}={value}" for name, value in ours.items()]


def _sam(command: list[str], log: Path, extra: Mapping[str, str]) -> None:
    sam = program(".venv-sam", "sam")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_CLI_"))}
    environment = {
        **inherited,
        **CREDENTIALS,
        # Without a container sam builds only if the interpreter that `Runtime` names comes first on the path.
        "PATH": f"{program('.venv-cloud', runtime()).parent}:{inherited.get('PATH', '')}",
        "NO_PROXY": "127.0.0.1,localhost",
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        **extra,
    }
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        done = subprocess.run(
            [str(sam), *command],
            check=False,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    if done.returncode:
        logs = f"its log: {log}; the engine's log: {ENGINE_LOG}"
        raise CloudProblem(f"`sam {command[0]}` failed: {_reason(log)} ({logs})")


def _reason(log: Path) -> str:
    # What the engine says about the resource that failed tells more than sam's "waiter encountered a failure state".
    refused = [line for line in _lines(ENGINE_LOG) if "Failed to provision" in line]
    said = _lines(log)
    telling = refused[:1] or [line for line in said if re.search(r"error|failed|denied|not found", line, re.IGNORECASE)]
    return (telling or said or ["it said nothing"])[-1][:400]


def _lines(log: Path) -> list[str]:
    if not log.exists():
        return []
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    return [line.strip() for line in plain.splitlines() if line.strip()]
