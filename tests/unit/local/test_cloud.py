"""Promises of the local cloud that need no engine: clear sentences, processes stopped by identity."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.cloud import deploy, engine, gaps, lifecycle, paths, processes
from local.cloud import state as states
from local.cloud.problem import CloudProblem
from local.cloud.state import CloudState, Started


@pytest.fixture
def no_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which nothing was started."""
    path = tmp_path / "state.json"
    monkeypatch.setattr(lifecycle, "STATE", path)
    monkeypatch.setattr(lifecycle, "load", lambda: states.load(path))
    return path


def test_a_busy_port_is_named() -> None:
    """A port in use is refused with its number, its use and the cure."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CloudProblem, match=f"Port {port} for the embedded AWS is in use; stop what listens there"):
            processes.require_free(port, "the embedded AWS")


def test_a_missing_environment_is_named() -> None:
    """A missing environment is named with the command that makes it."""
    with pytest.raises(CloudProblem, match=r"\.venv-gone is missing or incomplete \(sam\); run `make setup`"):
        paths.program(".venv-gone", "sam")


def test_status_without_a_cloud_says_how_to_start(no_state: Path) -> None:
    """`status` where nothing runs names the command that starts it, and `down` has nothing to do."""
    assert not no_state.exists()
    with pytest.raises(CloudProblem, match=r"not up; start it with `python -m local\.cloud up`"):
        lifecycle.status()
    assert lifecycle.down() is False


def test_a_process_that_dies_early_is_quoted(tmp_path: Path) -> None:
    """Where a process ends before it is ready, its last words and its log are in the sentence."""
    command = [sys.executable, "-c", "raise SystemExit('no room on this machine')"]
    started = processes.start(processes.Launch("vendor", command, tmp_path / "log", {"PATH": "/bin"}))
    with pytest.raises(CloudProblem, match=r"vendor stopped before it was ready: no room on this machine \(log: "):
        processes.ready_url("vendor", started)


def test_the_ready_line_may_come_late(tmp_path: Path) -> None:
    """Whatever is printed before the ready line is passed over."""
    said = "print('hello', flush=True); print('{\"ready\": \"http://127.0.0.1:1\"}', flush=True); input()"
    command = [sys.executable, "-c", said]
    started = processes.start(processes.Launch("vendor", command, tmp_path / "log", {"PATH": "/bin"}))
    try:
        assert processes.ready_url("vendor", started) == "http://127.0.0.1:1"
    finally:
        processes.stop([started])


def test_a_reused_pid_is_not_stopped() -> None:
    """A process with the number of ours but another birth is somebody else's, and lives on."""
    theirs = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        processes.stop([Started(theirs.pid, "another birth", "")])
        assert theirs.poll() is None
    finally:
        theirs.kill()
        theirs.communicate()


def test_state_survives_a_round(tmp_path: Path) -> None:
    """What `up` notes is what `status` and `down` read."""
    state = CloudState("lockstep", {"aws": "http://127.0.0.1:1"}, {"aws": Started(1, "2", "log")}, {"TableName": "t"})
    state.save(tmp_path / "state.json")
    assert states.load(tmp_path / "state.json") == state


def test_workers_are_found_by_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes are told by the folder of their function; the engine's other children are none."""
    lines = [
        (7, "python /x/tmp/ministack-lambda-lockstep-people-from-marketo-a1b2c3d4/_worker.py"),
        (5, "python /x/tmp/ministack-lambda-lockstep-people-from-marketo-_x9zzzz0/_worker.py"),
        (6, "node something"),
    ]
    monkeypatch.setattr(engine, "children", lambda _pid: iter(lines))
    assert engine.workers(Started(1, "", ""), "lockstep") == {"people_from_marketo": [5, 7]}


def test_a_failed_deploy_names_the_resource(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the engine says of the resource that failed is preferred to sam's closing line."""
    sam_log, engine_log = tmp_path / "sam.log", tmp_path / "engine.log"
    sam_log.write_text("fine\n\x1b[31mError: Failed to create the stack\x1b[0m\n")
    monkeypatch.setattr(deploy, "ENGINE_LOG", engine_log)
    assert deploy._reason(sam_log) == "Error: Failed to create the stack"
    engine_log.write_text("INFO fine\nERROR Failed to provision Table (AWS::DynamoDB::Table): no\n")
    assert deploy._reason(sam_log) == "ERROR Failed to provision Table (AWS::DynamoDB::Table): no"


def test_references_in_a_body_are_resolved() -> None:
    """Ref and Fn::Sub in an OpenAPI body become what they stand for, at any depth."""
    deployed = gaps._Deployed({}, {"JwtIssuer": "http://issuer", "F.Arn": "arn:f", "AWS::Region": "us-east-1"})
    body = {"a": [{"issuer": {"Ref": "JwtIssuer"}}], "uri": {"Fn::Sub": "lambda:${AWS::Region}:${F.Arn}/invocations"}}
    assert deployed.resolve(body) == {"a": [{"issuer": "http://issuer"}], "uri": "lambda:us-east-1:arn:f/invocations"}


def test_the_command_prints_a_sentence_and_no_trace() -> None:
    """A problem ends the command with 1 and one sentence on standard error, without a stack trace."""
    code = "import local.cloud.state as s, local.cloud.lifecycle as l, local.cloud.__main__ as m, sys\n"
    code += "l.load = lambda: None\nsys.argv = ['cloud', 'status']\nraise SystemExit(m.main())"
    done = subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "local.cloud: The local cloud is not up; start it with `python -m local.cloud up`.\n"


def test_a_failed_up_leaves_nothing_running(no_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the build fails, what was started before is stopped, and the next `up` starts from nothing."""
    started: list[Started] = []

    def sleeper(*_: object) -> Started:
        said = 'print(\'{"ready": "http://127.0.0.1:1"}\', flush=True); import time; time.sleep(60)'
        log = tmp_path / f"log{len(started)}"
        launch = processes.Launch("sleeper", [sys.executable, "-c", said], log, {"PATH": "/bin"})
        started.append(processes.start(launch))
        return started[-1]

    def fail() -> None:
        raise CloudProblem("`sam build` failed: no")

    monkeypatch.setattr(lifecycle, "program", lambda *_: None)
    monkeypatch.setattr(lifecycle, "_python", sleeper)
    monkeypatch.setattr(engine, "launch", sleeper)
    monkeypatch.setattr(engine, "clear", lambda: None)
    monkeypatch.setattr(engine, "wait_until_healthy", lambda *_: None)
    monkeypatch.setattr(deploy, "build", fail)
    monkeypatch.setattr(CloudState, "save", lambda _: None)
    with pytest.raises(CloudProblem, match="sam build"):
        lifecycle.up(lifecycle.Wishes(), lambda _step, _seconds: None)
    assert len(started) == 4
    assert not any(map(processes.alive, started))
    assert not no_state.exists()
