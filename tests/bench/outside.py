"""What is outside a handler, in a process of its own: both simulated vendors and the metered table.

So a benchmark's memory is the handler's alone, and its units and calls are counted where they arrive. Time is the
manual clock of the benchmark: each call brings the present with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.managers import BaseManager
from typing import Any

from local.fakes.memory_table import MemoryTable
from local.fakes.metered_table import MeteredTable
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request, Response
from local.simulators.marketo import MarketoSimulator
from local.simulators.salesforce import SalesforceSimulator
from lockstep.store.table import Action, Key, Put, Row


class Outside:
    """The world on the other side of the network."""

    def __init__(self, people: int, now: datetime, seed: int = 7):
        self._now = now
        clock = SimClock(lambda: self._now)
        self._vendors: dict[str, Any] = {
            "marketo": MarketoSimulator(seed=seed, people=people, clock=clock),
            "salesforce": SalesforceSimulator(seed=seed, people=people, clock=clock),
        }
        self._vendors["salesforce"].limits({"calls_per_24h": 1_000_000})
        self._table = MeteredTable(MemoryTable())

    def handle(self, vendor: str, now: datetime, request: Request) -> Response:
        """One call to a vendor."""
        self._now = now
        answer: Response = self._vendors[vendor].handle(request)
        return answer

    def ask_vendor(self, vendor: str, now: datetime, name: str, *arguments: Any) -> Any:
        """Something that only a simulator can do: act, seed, records."""
        self._now = now
        return getattr(self._vendors[vendor], name)(*arguments)

    def ask_table(self, name: str, *arguments: Any, **options: Any) -> Any:
        """One call of the table's port."""
        return getattr(self._table, name)(*arguments, **options)

    def told(self) -> dict[str, int]:
        """Of the calls to Salesforce: records updated by Id, and calls that only describe."""
        calls = self._vendors["salesforce"].calls
        updates = [call for call in calls if call.method == "PATCH" and call.path.endswith("/composite/sobjects")]
        described = sum(call.path.endswith("/describe") for call in calls)
        return {"updates": sum(call.records for call in updates), "describes": described}

    def meters(self) -> dict[str, int]:
        """Everything that was counted since the start."""
        calls = {f"{vendor}_calls": len(simulator.calls) for vendor, simulator in self._vendors.items()}
        return {**calls, "write_units": self._table.write_units, "read_units": self._table.read_units}


class _Manager(BaseManager):
    """Serves one `Outside`."""


_Manager.register("Outside", Outside)


@contextmanager
def nearby() -> Iterator[None]:
    """Inside, everything stays in this process: the same counts, but no time and no memory worth telling."""
    _nearby.append(True)
    try:
        yield
    finally:
        _nearby.pop()


_nearby: list[bool] = []


def start(people: int, now: datetime) -> tuple[BaseManager | None, Any]:
    """The process, and the handle by which to call it."""
    if _nearby:
        return None, Outside(people, now)
    manager = _Manager(ctx=get_context("spawn"))
    manager.start()
    return manager, manager.Outside(people, now)  # type: ignore[attr-defined]


class FarTable:
    """The table's port over to the other process; `inserted` is what the stream would carry."""

    def __init__(self, outside: Any):
        self._outside = outside
        self.inserted: list[Row] = []

    def __getattr__(self, name: str) -> Any:
        """The rest of the port."""

        def ask(*arguments: Any, **options: Any) -> Any:
            return self._outside.ask_table(name, *arguments, **options)

        return ask

    def get(self, key: Key) -> Row | None:
        """One row."""
        row: Row | None = self._outside.ask_table("get", key)
        return row

    def transact(self, actions: Sequence[Action]) -> None:
        """All or nothing."""
        self._outside.ask_table("transact", actions)
        puts = (action.key for action in actions if isinstance(action, Put))
        self.inserted += [{"pk": key.pk, "sk": key.sk} for key in puts if key.pk.startswith("READY#")]


class FarVendor:
    """One simulated vendor in the other process."""

    def __init__(self, outside: Any, vendor: str, clock: SimClock):
        self._outside = outside
        self._vendor = vendor
        self.clock = clock

    def handle(self, request: Request) -> Response:
        """One call."""
        answer: Response = self._outside.handle(self._vendor, self.clock.now(), request)
        return answer

    def act(self, name: str, arguments: dict[str, Any]) -> list[Any]:
        """What a human does there."""
        ids: list[Any] = self._outside.ask_vendor(self._vendor, self.clock.now(), "act", name, arguments)
        return ids

    def records(self, kind: str) -> list[dict[str, Any]]:
        """What stands there."""
        found: list[dict[str, Any]] = self._outside.ask_vendor(self._vendor, self.clock.now(), "records", kind)
        return found

    def seed(self, records: list[dict[str, Any]]) -> list[str]:
        """Put records there."""
        ids: list[str] = self._outside.ask_vendor(self._vendor, self.clock.now(), "seed", records)
        return ids
