"""Up, status and down: starts the engine, the issuer and both simulators, builds and deploys, and takes all away again.

A failed `up` leaves nothing running. Each step is reported with its seconds.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from local.cloud import deploy, engine, gaps, processes
from local.cloud.clients import client
from local.cloud.paths import BUILD, CLOUD, STATE, program
from local.cloud.problem import CloudProblem
from local.cloud.state import CloudState, Started, load

VENDORS = ("marketo", "salesforce")
Report = Callable[[str, float], None]


@dataclass(frozen=True)
class Wishes:
    """What a caller may choose."""

    people: int = 2000
    seed: int = 7
    activities: int | None = None
    port: int = 0


def up(wishes: Wishes, report: Report) -> CloudState:
    """Start everything and deploy; the stack is ready for requests when this returns."""
    _refuse_second()
    for environment, name in ((".venv-cloud", "ministack"), (".venv-sam", "sam")):
        program(environment, name)
    if wishes.port:
        processes.require_free(wishes.port, "the embedded AWS")
    state = CloudState(deploy.STACK)
    try:
        _start(state, wishes, report)
    except BaseException:
        _stop(state)
        raise
    return state


def redeploy(state: CloudState, changed: dict[str, str]) -> None:
    """Deploy what is built once more, with other parameters, under whatever traffic there is."""
    deploy.deploy(state.urls["aws"], {**_parameters(state), **changed}, state.stack)


def stop_vendor(state: CloudState, vendor: str) -> None:
    """Stop a simulator; its world is gone with it."""
    processes.stop([state.processes[vendor]])


def start_vendor(state: CloudState, vendor: str, wishes: Wishes) -> None:
    """Start a stopped simulator at its old address, with the world of its seed."""
    port = state.urls[vendor].rpartition(":")[2]
    _launch(state, vendor, partial(_python, vendor, _simulator(vendor, wishes, port)))
    processes.ready_url(f"The {vendor} process", state.processes[vendor])


def status() -> dict[str, Any]:
    """What runs where; raises a sentence when nothing runs."""
    state = _running()
    engine_process = state.processes["aws"]
    return {
        **{name: state.urls.get(name) for name in ("aws", *VENDORS, "api", "issuer")},
        "stack": state.stack,
        "workers": engine.workers(engine_process, state.stack),
        "table": state.outputs.get("TableName"),
        "webhook_secret_arn": state.outputs.get("WebhookSecretArn"),
        "outputs": state.outputs,
        "region": engine.REGION,
        "credentials": engine.CREDENTIALS,
        "processes": {name: process.pid for name, process in state.processes.items()},
        "stopped": [name for name, process in state.processes.items() if not processes.alive(process)],
        "logs": str(CLOUD),
        "seconds": state.seconds,
    }


def down() -> bool:
    """Stop all of it; True if there was something to stop."""
    state = load()
    if state is None:
        return False
    _stop(state)
    return True


def _start(state: CloudState, wishes: Wishes, report: Report) -> None:
    with _step(state, report, "start"):
        port = wishes.port or processes.free_port()
        state.urls["aws"] = f"http://127.0.0.1:{port}"
        _launch(state, "aws", partial(engine.launch, port))
        _launch(state, "issuer", partial(_python, "issuer", ["local.issuer", "serve", "--keys", str(BUILD / "issuer")]))
        for vendor in VENDORS:
            _launch(state, vendor, partial(_python, vendor, _simulator(vendor, wishes)))
        for name in ("issuer", *VENDORS):
            state.urls[name] = processes.ready_url(f"The {name} process", state.processes[name])
        engine.wait_until_healthy(state.urls["aws"], state.processes["aws"])
    with _step(state, report, "build"):
        deploy.build()
    with _step(state, report, "deploy"):
        deploy.deploy(state.urls["aws"], _parameters(state), state.stack)
        state.outputs = _outputs(state)
    with _step(state, report, "gaps"):
        gaps.fill(state)
        state.urls["api"] = _api(state)
    state.save()


def _parameters(state: CloudState) -> dict[str, str]:
    return {
        "MarketoUrl": state.urls["marketo"],
        "SalesforceLoginUrl": state.urls["salesforce"],
        "JwtIssuer": state.urls["issuer"],
        "JwtAudience": "lockstep",
        "LogRetentionDays": "1",
    }


def _simulator(vendor: str, wishes: Wishes, port: str = "0") -> list[str]:
    command = [f"local.simulators.{vendor}", "--port", port, "--seed", str(wishes.seed), "--people", str(wishes.people)]
    if vendor == "marketo" and wishes.activities is not None:
        command += ["--activities", str(wishes.activities)]
    return command


def _python(name: str, module: list[str]) -> Started:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    return processes.start(processes.Launch(name, [sys.executable, "-m", *module], CLOUD / f"{name}.log", environment))


def _launch(state: CloudState, name: str, launch: Callable[[], Started]) -> None:
    state.processes[name] = launch()
    state.save()


def _outputs(state: CloudState) -> dict[str, str]:
    stack = client(state, "cloudformation").describe_stacks(StackName=state.stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _api(state: CloudState) -> str:
    # The engine also answers on <id>.execute-api.<host>, which not every resolver finds on loopback.
    formation = client(state, "cloudformation")
    resource = formation.describe_stack_resource(StackName=state.stack, LogicalResourceId="Api")["StackResourceDetail"]
    return f"{state.urls['aws']}/_aws/execute-api/{resource['PhysicalResourceId']}"


def _running() -> CloudState:
    state = load()
    if state is None or not processes.alive(state.processes["aws"]):
        raise CloudProblem("The local cloud is not up; start it with `python -m local.cloud up`.")
    return state


def _refuse_second() -> None:
    state = load()
    if state is None:
        return
    if any(map(processes.alive, state.processes.values())):
        raise CloudProblem("The local cloud of this checkout is already up; stop it with `python -m local.cloud down`.")
    _stop(state)


def _stop(state: CloudState) -> None:
    processes.stop(list(state.processes.values()))
    engine.clear()
    STATE.unlink(missing_ok=True)


@contextmanager
def _step(state: CloudState, report: Report, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    state.seconds[name] = round(time.monotonic() - began, 1)
    report(name, state.seconds[name])
