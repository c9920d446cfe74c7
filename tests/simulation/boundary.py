"""Every touch of the outside world by a worker: where it may die, be held up, be cut off, or be overtaken.

Promises that a killed worker touches nothing more, whatever its `finally` blocks still try, and that a worker which is
overtaken is overtaken inside one thread, so that a story repeats exactly.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

import httpx

from local.fakes.manual_clock import ManualClock
from local.fakes.memory_queue import MemoryNudges
from local.fakes.memory_table import MemoryTable
from lockstep.domain.message import Nudge
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.store.table import Action, Key, Refused, Row
from tests.world import Killed

Kind = Literal["kill", "overtake", "hold", "cut"]
Spoil = Callable[[httpx.Request, bytes], bytes]
DEPTH = 3
LIFE = timedelta(seconds=290)  # far beyond a worker's timeout, and still within the settle time


@dataclass
class Worker:
    """One invocation of a handler."""

    function: str
    until: datetime
    dead: bool = False
    refused: int = 0


@dataclass
class Blow:
    """Something that happens at the crossing with this number; `strength` is seconds, or what overtakes."""

    at: int
    kind: Kind
    strength: int = 0


@dataclass
class Watch:
    """Something that happens when a function crosses at a place for the first time behind `skip` others."""

    function: str
    where: str
    act: Callable[[], object]
    skip: int = 0


@dataclass
class Boundary:
    """All crossings of all workers, counted; `overtake` runs another worker inside the present one."""

    clock: ManualClock
    overtake: Callable[[int], None] = lambda _: None
    crossings: int = 0
    blows: list[Blow] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    held: list[tuple[datetime, int]] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    def arm(self, after: int, kind: Kind, strength: int = 0) -> None:
        """Let something happen after so many more crossings."""
        self.blows.append(Blow(self.crossings + max(1, after), kind, strength))

    def when(self, function: str, where: str, act: Callable[[], object], skip: int = 0) -> None:
        """Let something happen at a place of a function, once."""
        self.watches.append(Watch(function, where, act, skip))

    def kill(self) -> None:
        """The worker that is crossing dies."""
        if self.worker is not None:
            self.worker.dead = True
        raise Killed

    @contextmanager
    def invocation(self, function: str) -> Iterator[Worker]:
        """One worker at work; the innermost one is the one that crosses."""
        worker = Worker(function, self.clock.now() + LIFE)
        self.workers.append(worker)
        try:
            yield worker
        finally:
            self.workers.pop()

    @property
    def worker(self) -> Worker | None:
        """Who is at work now; nobody while the story itself looks."""
        return self.workers[-1] if self.workers else None

    def cross(self, where: str) -> None:
        """One crossing; raises what the blows of this number are."""
        worker = self.worker
        if worker is None:
            return
        if worker.dead or self.clock.now() > worker.until:
            self.kill()
        self.crossings += 1
        self._look_out(worker.function, where)
        due = [blow for blow in self.blows if blow.at <= self.crossings]
        self.blows = [blow for blow in self.blows if blow.at > self.crossings]
        for blow in due:
            self._strike(blow, where, worker)

    def _look_out(self, function: str, where: str) -> None:
        for watch in list(self.watches):
            met = watch in self.watches  # another worker inside this one may have met it first
            if met and watch.function == function and where.startswith(watch.where):
                watch.skip -= 1
                if watch.skip < 0:
                    self.watches.remove(watch)
                    watch.act()

    def _strike(self, blow: Blow, where: str, worker: Worker) -> None:
        self.struck.append(f"{blow.kind} {worker.function} at {where}")
        match blow.kind:
            case "kill":
                self.kill()
            case "hold":
                self.clock.advance(blow.strength)
                self.held.append((self.clock.now(), blow.strength))
            case "overtake":
                if len(self.workers) < DEPTH:
                    self.overtake(blow.strength)
            case "cut":
                raise _cut(where)


def _cut(where: str) -> Exception:
    if where.startswith("http"):
        return httpx.ConnectError("cut off") if where.startswith("http before") else httpx.ReadError("cut off")
    return Unavailable(Reason.VENDOR_BUSY, f"cut off at {where}")


class GuardedTable:
    """The table port behind the boundary; tests look behind it through `rows` and `inserted`."""

    def __init__(self, inner: MemoryTable, boundary: Boundary):
        self.refused = 0
        self.inner = inner
        self._boundary = boundary

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def get(self, key: Key) -> Row | None:
        """One row."""
        self._boundary.cross("table.get before")
        return self.inner.get(key)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Many rows."""
        self._boundary.cross("table.get_many before")
        return self.inner.get_many(keys)

    def query(self, pk: str, **how: Any) -> list[Row]:
        """Rows of a partition."""
        self._boundary.cross("table.query before")
        return self.inner.query(pk, **how)

    def snapshot(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Rows at one instant."""
        self._boundary.cross("table.snapshot before")
        return self.inner.snapshot(keys)

    def transact(self, actions: Sequence[Action]) -> None:
        """Write; the worker may be struck before or after the commit."""
        self._boundary.cross("table.transact before")
        try:
            self.inner.transact(actions)
        except Refused:
            self.refused += 1
            raise
        self._boundary.cross("table.transact after")


class GuardedNudges:
    """The queues behind the boundary; a cut means that the queue took nothing."""

    def __init__(self, inner: MemoryNudges, boundary: Boundary):
        self.inner = inner
        self._boundary = boundary

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def send(self, nudges: list[Nudge], delay_seconds: int = 0) -> list[Nudge]:
        """Send; the worker may be struck before or after."""
        try:
            self._boundary.cross("queue.send before")
            refused = self.inner.send(nudges, delay_seconds)
            self._boundary.cross("queue.send after")
        except Unavailable:
            refused = nudges
        if self._boundary.worker is not None:
            self._boundary.worker.refused += len(refused)
        return refused


class GuardedTransport(httpx.BaseTransport):
    """The network behind the boundary; `seen` is told of every request before it leaves, and gives what to do after.

    `spoil` may change the body of an answer on its way, which no vendor would do knowingly.
    """

    def __init__(self, inner: httpx.BaseTransport, boundary: Boundary, seen: Callable[[httpx.Request], Any]):
        self._inner = inner
        self._boundary = boundary
        self._seen = seen
        self.spoil: Spoil | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One call; the worker may be struck before it leaves or after it was answered."""
        with self._seen(request):
            self._boundary.cross(f"http before {request.method} {request.url.path}")
            answer = self._inner.handle_request(request)
            if self.spoil:
                answer = _spoiled(answer, self.spoil(request, answer.read()))
            self._boundary.cross(f"http after {request.method} {request.url.path}")
            return answer


def _spoiled(answer: httpx.Response, body: bytes) -> httpx.Response:
    kept = {name: value for name, value in answer.headers.items() if name not in ("content-length", "content-encoding")}
    return httpx.Response(answer.status_code, headers=kept, content=body)
