"""The stack that `sam deploy` made, once for the whole suite: brought up for it and taken down after it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from local.cloud import lifecycle
from local.cloud.clients import client
from local.cloud.engine import REGION, workers
from local.cloud.paths import ENGINE_LOG, SAM_BUILD
from local.cloud.state import CloudState
from tests.template import folders, triggers

PEOPLE = 1500
SEED = 7
POISON = "poison"
WISHES = lifecycle.Wishes(people=PEOPLE, seed=SEED)
SCHEDULED = [folder for folder in folders() if "ScheduleV2" in triggers(folder)]
QUEUED = [folder for folder in folders() if "SQS" in triggers(folder)]


@dataclass(frozen=True)
class Deployed:
    """The running stack and how to look into it."""

    state: CloudState

    def client(self, service: str) -> Any:
        """A client of this service on the embedded AWS."""
        return client(self.state, service)

    def as_role(self, credentials: dict[str, Any], service: str) -> Any:
        """A client that may only what an assumed role may."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.state.urls["aws"],
            region_name=REGION,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    def function(self, folder: str) -> str:
        """The physical name of a function."""
        return f"{self.state.stack}-{folder.replace('_', '-')}"

    def queue(self, name: str) -> str:
        """The address of a queue by the end of its physical name."""
        return str(self.client("sqs").get_queue_url(QueueName=f"{self.state.stack}-{name}")["QueueUrl"])

    def waiting(self, name: str) -> int:
        """How many messages a queue holds, seen or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.client("sqs").get_queue_attributes(QueueUrl=self.queue(name), AttributeNames=names)
        return sum(int(count) for count in answer["Attributes"].values())

    def invocations(self, folder: str) -> int:
        """How often a function was started, by its own log."""
        pages = self.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=f"/aws/lambda/{self.function(folder)}")
        return sum(event["message"].startswith("START") for page in found for event in page["events"])

    def fired(self, folder: str) -> bool:
        """Whether the engine's scheduler started this function."""
        return f"Lambda {self.function(folder)}: dispatched" in ENGINE_LOG.read_text(errors="replace")

    def layer(self, folder: str) -> str:
        """The version of our own layer that a function runs with."""
        layers = self.client("lambda").get_function_configuration(FunctionName=self.function(folder))["Layers"]
        (ours,) = [str(layer["Arn"]) for layer in layers if "lockstep-lockstep" in layer["Arn"]]
        return ours

    @contextmanager
    def redeploying(self) -> Iterator[None]:
        """While the block runs, our layer is deployed anew with a module more, and every function gets it."""
        marker = SAM_BUILD / "LockstepLayer" / "python" / "lockstep" / f"deployed_{time.time_ns()}.py"
        marker.write_text('"""A deployment more."""\n')
        with ThreadPoolExecutor(1) as beside:
            done = beside.submit(lifecycle.redeploy, self.state, {"LogLevel": "WARNING"})
            yield
            done.result(timeout=60)
        marker.unlink()

    @contextmanager
    def failing(self, folder: str) -> Iterator[None]:
        """While the block runs, every invocation of this function fails."""
        functions, name = self.client("lambda"), self.function(folder)
        variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        broken = {key: value for key, value in variables.items() if key != "TABLE_NAME"}
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": broken})
        try:
            yield
        finally:
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

    def workers(self, folder: str) -> list[int]:
        """The worker processes of one function."""
        return workers(self.state.processes["aws"], self.state.stack).get(folder, [])


def eventually(claim: Callable[[], Any], within_s: float, every_s: float = 0.5) -> Any:
    """Wait until the claim gives something true and return that; the deployed stack has its own pace."""
    deadline = time.monotonic() + within_s
    while not (found := claim()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {within_s:.0f} seconds")
        time.sleep(every_s)
    return found


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployed]:
    """The stack of this checkout, deployed afresh."""
    stack = Deployed(lifecycle.up(WISHES, lambda step, seconds: None))
    try:
        plant(stack)
        yield stack
    finally:
        lifecycle.down()


def plant(stack: Deployed) -> None:
    """Begin what takes a minute or more, so that it happens while other tests run: poison and schedules."""
    for folder in QUEUED:
        stack.client("sqs").send_message(QueueUrl=stack.queue(folder.replace("_", "-")), MessageBody=POISON)
    schedules = stack.client("scheduler")
    for folder in SCHEDULED:
        schedule = schedules.get_schedule(Name=stack.function(folder))
        # What takes five minutes in an account takes one here; target and role stay as deployed.
        schedules.update_schedule(
            Name=stack.function(folder),
            ScheduleExpression="rate(1 minute)",
            Target=schedule["Target"],
            FlexibleTimeWindow=schedule["FlexibleTimeWindow"],
        )
