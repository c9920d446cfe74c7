"""A world that is measured: real handlers here, everything else in the other process; calls, units, time, memory."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from tests.bench import outside
from tests.bench.memory import peak_mb
from tests.bench.units import usd_per_million
from tests.senders import Sender
from tests.world import SimWorld

ENGINE = "memory table and simulators in a process of their own"
CLOCK = "manual"
_ENVIRONMENT = {"POWERTOOLS_METRICS_NAMESPACE": "Lockstep", "POWERTOOLS_SERVICE_NAME": "lockstep"}
BILLED = ("write_units", "read_units", "sqs_requests")


class MeasuredWorld(SimWorld):
    """The simulated world with its outside far away; queues are billed as SQS bills them."""

    def __init__(self, people: int):
        super().__init__()
        self.manager, self.far = outside.start(people, self.clock.now())
        self.table = self.world.table = outside.FarTable(self.far)
        self.marketo = cast(Any, self._vendor("marketo"))
        self.salesforce = cast(Any, self._vendor("salesforce"))
        self.sender = Sender(self)
        self.received = 0

    def _vendor(self, name: str) -> outside.FarVendor:
        vendor = outside.FarVendor(self.far, name, SimClock(self.clock.now))
        self.transport.hosts[f"{name}.test"] = Transport(vendor)
        return vendor

    def play_queue(self, flow: str) -> int:
        """A batch of messages; receiving and deleting it are two requests."""
        played = super().play_queue(flow)
        self.received += 2 if played else 0
        return played

    def meters(self) -> dict[str, float]:
        """All counters as they stand."""
        counted: dict[str, float] = dict(self.far.meters())
        return counted | {"sqs_requests": self.nudges.requests + self.received}

    def close(self) -> None:
        """End the other process."""
        if self.manager:
            self.manager.shutdown()


@contextmanager
def measured_world(people: int) -> Iterator[MeasuredWorld]:
    """A world with connected vendors, one connected seller, and emails and calls switched on."""
    world = MeasuredWorld(people)
    try:
        _as_deployed()
        world.connect_marketo()
        world.connect_seller()
        world.switch_on()
        yield world
    finally:
        world.close()


@contextmanager
def measuring(world: MeasuredWorld, line: dict[str, Any], things: int) -> Iterator[None]:
    """Put into the line what happens inside: seconds, calls, units, their price, and this process's peak."""
    before, clock, began = world.meters(), world.clock.now(), time.perf_counter()
    yield
    line["seconds"] = round(time.perf_counter() - began, 3)
    after = world.meters()
    spent = {name: after[name] - before[name] for name in after}
    line |= spent
    line["usd_per_million"] = usd_per_million({name: spent[name] for name in BILLED}, things)
    line["clock_s"] = round((world.clock.now() - clock).total_seconds())
    line["peak_mb"] = peak_mb()
    line |= {"engine": ENGINE, "clock": CLOCK}


def _as_deployed() -> None:
    os.environ.update(_ENVIRONMENT)
    # A deployed handler holds boto3 with its clients, so the figure for memory has them too.
    import boto3

    import lockstep.store.dynamo  # noqa: F401

    for service in ("dynamodb", "sqs", "kms"):
        boto3.client(service, region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
