"""Processes that outlive the command that started them: start with a log, wait for the ready line, stop by identity."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from local.cloud.paths import ROOT
from local.cloud.problem import CloudProblem
from local.cloud.state import Started

_STOP_SECONDS = 3.0  # nothing is worth saving: the embedded AWS keeps its world in memory


@dataclass(frozen=True)
class Launch:
    """A command to run in the background under a name."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str]


def start(launch: Launch) -> Started:
    """Start it in a session of its own, so that Ctrl-C at the terminal does not reach it."""
    launch.log.parent.mkdir(parents=True, exist_ok=True)
    with launch.log.open("wb") as log:
        process = subprocess.Popen(
            launch.command,
            cwd=ROOT,
            env=dict(launch.environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _ours[process.pid] = process
    return Started(process.pid, _born(process.pid) or "", str(launch.log))


def ready_url(name: str, started: Started, timeout_s: float = 60.0) -> str:
    """The address in the ready line, the first JSON object that the process prints."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for line in Path(started.log).read_text(errors="replace").splitlines():
            if line.startswith("{") and '"ready"' in line:
                return str(json.loads(line)["ready"])
        if not alive(started):
            said = last_line(Path(started.log))
            raise CloudProblem(f"{name} stopped before it was ready: {said} (log: {started.log})")
        time.sleep(0.05)
    raise CloudProblem(f"{name} was not ready after {timeout_s:.0f} seconds (log: {started.log})")


def alive(started: Started) -> bool:
    """Whether this very process still runs."""
    _reap(started.pid)
    return bool(started.born) and _born(started.pid) == started.born


def stop(processes: Sequence[Started]) -> None:
    """Ask all and their children to end, wait together, then end the deaf ones."""
    below = [child for process in processes if alive(process) for child, _ in children(process.pid)]
    everyone = [*processes, *(Started(pid, _born(pid) or "", "") for pid in below)]
    for number, patience in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, 2.0)):
        living = [process for process in everyone if alive(process)]
        for process in living:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)
        deadline = time.monotonic() + patience
        while any(map(alive, living)) and time.monotonic() < deadline:
            time.sleep(0.05)


def children(parent: int) -> Iterator[tuple[int, str]]:
    """Pid and command line of each child of this process."""
    if not _PROC:
        for line in _ps("-A", "-o", "pid=,ppid=,command=").splitlines():
            pid, of, command = [*line.split(None, 2), "", ""][:3]
            if of == str(parent):
                yield int(pid), command
        return
    for entry in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(entry.name))
        if fields and fields[1] == str(parent) and fields[0] != "Z":
            yield int(entry.name), _command_line(entry)


def free_port() -> int:
    """A loopback port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_free(port: int, use: str) -> None:
    """Refuse a port on which something listens already."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            cure = "stop what listens there, or leave the port out to get a free one"
            raise CloudProblem(f"Port {port} for {use} is in use; {cure}.")


def last_line(log: Path) -> str:
    """The last thing a log says."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return re.sub(r"\x1b\[[0-9;]*m", "", lines[-1]).strip()[:300] if lines else "it said nothing"


_PROC = Path("/proc/self/stat").exists()
_ours: dict[int, "subprocess.Popen[bytes]"] = {}


def _born(pid: int) -> str | None:
    if _PROC:
        fields = _stat(pid)
        return None if fields is None or fields[0] == "Z" else fields[19]
    line = _ps("-o", "lstart=,stat=", "-p", str(pid)).strip()
    return None if not line or line.split()[-1].startswith("Z") else line.rsplit(None, 1)[0]


def _ps(*options: str) -> str:
    return subprocess.run(["ps", *options], check=False, capture_output=True, text=True).stdout


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _command_line(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _reap(pid: int) -> None:
    # A child of this very process stays a zombie, and looks alive to others, until it is asked after.
    if pid in _ours and _ours[pid].poll() is not None:
        del _ours[pid]
