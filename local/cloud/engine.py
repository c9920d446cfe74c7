"""The embedded AWS (ministack) as a process: started on loopback with enforced roles, asked for health and workers."""

import os
import re
import shutil
import time

import httpx

from local.cloud.paths import CLOUD, ENGINE_LOG, program
from local.cloud.problem import CloudProblem
from local.cloud.processes import Launch, alive, children, last_line, start
from local.cloud.state import Started

REGION = "us-east-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
_WORKER = re.compile(r"ministack-lambda-(?P<function>.+)-[^-/]{8}/_worker\.py")


def launch(port: int) -> Started:
    """Start the engine on this port, with an empty world."""
    scratch = CLOUD / "engine"
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in ("tmp", "state", "s3"):
        (scratch / folder).mkdir(parents=True)
    environment = {
        "PATH": f"{program('.venv-cloud', 'python').parent}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "HOME": str(scratch),
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        # The engine's defaults listen on every interface, and on a fixed port for IoT besides.
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LAMBDA_EXECUTOR": "local",
        # Roles are enforced: a function that lacks a permission fails here as it would in an account.
        "AUTH": "true",
        "PERSIST_STATE": "0",
        "TMPDIR": str(scratch / "tmp"),
        "STATE_DIR": str(scratch / "state"),
        "S3_DATA_DIR": str(scratch / "s3"),
        **CREDENTIALS,
    }
    return start(Launch("The embedded AWS", [str(program(".venv-cloud", "ministack"))], ENGINE_LOG, environment))


def wait_until_healthy(url: str, engine: Started, timeout_s: float = 60.0) -> None:
    """Return when the engine answers; a sentence when it stops or stays silent."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/_ministack/health", timeout=5, trust_env=False).raise_for_status()
        except httpx.HTTPError:
            if not alive(engine):
                break
            time.sleep(0.1)
        else:
            return
    raise CloudProblem(f"The embedded AWS did not come up: {last_line(ENGINE_LOG)} (log: {ENGINE_LOG})")


def workers(engine: Started, stack: str) -> dict[str, list[int]]:
    """The worker processes of each function by folder name, so that a test can kill one."""
    found: dict[str, list[int]] = {}
    for pid, command in children(engine.pid):
        match = _WORKER.search(command)
        if match:
            name = match["function"].removeprefix(f"{stack}-").replace("-", "_")
            found.setdefault(name, []).append(pid)
    return {name: sorted(pids) for name, pids in sorted(found.items())}


def clear() -> None:
    """Remove what a stopped engine leaves behind; its log stays.

    Each worker had its own copy of the layers: tens of thousands of files, for which nobody should wait.
    """
    scratch, trash = CLOUD / "engine", CLOUD / f"trash-{time.time_ns()}"
    if scratch.exists():
        scratch.rename(trash)
    for old in CLOUD.glob("trash-*"):
        os.posix_spawnp("rm", ["rm", "-rf", str(old)], os.environ, setpgroup=0)
