"""The stage: the simulated world with guarded boundaries, two containers, unreliable deliveries and people who act.

Promises that every choice is made by the story, that a delivery which was not acknowledged comes again as AWS or the
sender would bring it, and that what the vendors and the logs saw is kept for the audits.
"""

import contextlib
import io
import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from local.fakes.memory_queue import MemoryNudges, Message
from local.fakes.memory_table import MemoryTable
from local.simulators.kernel.population import users
from lockstep.catalogue.routes import (
    ACTIVITIES_TO_SALESFORCE,
    FLOWS,
    PEOPLE_FROM_MARKETO,
    ROLLUPS_TO_SALESFORCE,
    rolled_up,
)
from lockstep.domain.ids import user_email
from lockstep.domain.load import LoadProgress
from lockstep.domain.message import Nudge
from lockstep.engine.errors import SyncError
from lockstep.runtime import wiring
from lockstep.runtime.observability import logger, metrics
from lockstep.runtime.wiring import World
from lockstep.store import codec
from lockstep.store.settings import SettingsStore
from lockstep.store.table import Key
from tests.senders import Sender
from tests.simulation.boundary import Boundary, GuardedNudges, GuardedTable, GuardedTransport, Worker
from tests.workspace import Workspace
from tests.world import VISIBILITY, Context, Killed, queue_record, stream_record

TRIES = 3  # maxReceiveCount of the template
SECONDS_A_CALL = 0.3
WINDOW, WINDOW_CALLS = 20.0, 50
REFRESH_LEASE = 30.0


@dataclass
class Letter:
    """A body that a sender still owes: it is sent again until it is acknowledged."""

    body: str
    events: list[dict[str, Any]]


@dataclass
class Poison:
    """A message that nobody can read."""

    flow: str
    body: Any
    visible: datetime
    tries: int = 0


@dataclass
class Record:
    """What the audits judge by, besides the store and the vendors' own records."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    stored: set[str] = field(default_factory=set)
    to_be_shown: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    touched_people: set[int] = field(default_factory=set)
    touched_sellers: set[str] = field(default_factory=set)
    settings_changed: bool = False
    objecting: bool = False
    poisoned: bool = False
    violations: list[str] = field(default_factory=list)
    writes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    rights: dict[str, set[str]] = field(default_factory=dict)
    watermark: str = ""
    rolled_up: dict[tuple[str, str], str] = field(default_factory=dict)
    day_calls: Counter[str] = field(default_factory=Counter)
    letters: list[Letter] = field(default_factory=list)


class Stage(Workspace):
    """One world of one story."""

    def __init__(self, seed: int = 7):
        self.inner = MemoryTable()
        super().__init__(seed=seed, table=self.inner)
        self.boundary = Boundary(self.clock, self._overtake)
        self.table = GuardedTable(self.inner, self.boundary)
        self.queue: MemoryNudges = self.nudges
        self.network = GuardedTransport(self.transport, self.boundary, self._seen)
        self.record = Record()
        self.stream: list[dict[str, Any]] = []
        self._taken = 0
        self.failed: Counter[Nudge] = Counter()
        self.dead_letters: list[Nudge] = []
        self.poison: list[Poison] = []
        self.dead_poison: list[Poison] = []
        self.of_tomorrow = False
        self.owed: deque[Letter] = deque()
        self.log = io.StringIO()
        self._arrivals: deque[float] = deque()
        self._logins: dict[str, list[float]] = {}
        self.containers = [self._container(), self._container()]
        self.world = self.containers[0]
        self.sender = Sender(self)
        self.sellers: list[str] = []
        self.people: list[int] = []
        self.keyed = True
        self.last = Worker("", self.clock.now())

    # --- workers ------------------------------------------------------------------------------------------------------

    def _container(self) -> World:
        world = World(
            environment=self.world.environment,
            clock=self.clock,
            chance=self.world.chance,
            table=self.table,
            nudges=GuardedNudges(self.queue, self.boundary),
            sealer=self.world.sealer,
            transport=self.network,
        )
        if hasattr(self, "sender"):
            world.webhook_secrets = self.sender.secrets
        return world

    def call(self, function: str, event: dict[str, Any], context: Context | None = None) -> Any:
        """Invoke a real handler in a container of its own; a killed one is replaced by a cold one."""
        number = min(len(self.boundary.workers), 1)
        here = self.containers[number]
        here.webhook_secrets = self.sender.secrets
        handler = import_module(f"{function}.app").handler
        with self.boundary.invocation(function) as worker, wiring.use(here), self._recorded():
            try:
                return handler(event, context or Context())
            finally:
                self.last = worker
                if worker.dead:
                    self.containers[number] = self._container()
                    self.world = self.containers[0]

    @contextlib.contextmanager
    def _recorded(self) -> Iterator[None]:
        handler = logger().registered_handler
        before = handler.stream  # type: ignore[attr-defined]
        handler.stream = self.log  # type: ignore[attr-defined]
        try:
            with contextlib.redirect_stdout(self.log):
                yield
        finally:
            metrics().clear_metrics()
            handler.stream = before  # type: ignore[attr-defined]

    def attempt(self, function: str, event: dict[str, Any]) -> Any:
        """Invoke a handler as AWS does: one that dies or raises gives None."""
        try:
            return self.call(function, event)
        except (Killed, Exception) as trouble:
            if isinstance(trouble, AssertionError):
                raise
            if not isinstance(trouble, Killed | SyncError):
                self.record.violations.append(f"a fault of our own in {function}: {type(trouble).__name__}")
            return None

    def _overtake(self, choice: int) -> None:
        which = choice % 7
        if which < 2:
            self.nudge_all()
            self.deliver(ACTIVITIES_TO_SALESFORCE, doubled=bool(which))
        elif which == 2:
            self.attempt(PEOPLE_FROM_MARKETO, {})
        elif which == 3:
            self.attempt("ledger_care", {})
        elif which == 4:
            self.play_some(doubled=True)
        elif which == 5:
            self.nudge_all(ROLLUPS_TO_SALESFORCE)
            self.deliver(ROLLUPS_TO_SALESFORCE)
        else:
            self.post_owed()
            self.another(self.sellers[0])

    def another(self, seller: str) -> None:
        """Another worker, of a flow to come, needs a seller's token now."""
        with self.boundary.invocation("another"), contextlib.suppress(SyncError, Killed):
            self.containers[1].salesforce(user_email(seller)).describe_task()

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def nudge_all(self, flow: str = ACTIVITIES_TO_SALESFORCE) -> None:
        """A nudge for every seller, as old or doubled ones lie about on a real queue."""
        self.queue.send([Nudge(flow, seller) for seller in self.sellers])

    def play_some(self, number: int = 100, *, doubled: bool = False, backwards: bool = False) -> int:
        """Hand stream records to the relay; those that it does not take, and doubled ones, come again."""
        self.stream += self.inner.inserted[self._taken :]
        self._taken = len(self.inner.inserted)
        batch, self.stream = self.stream[:number], self.stream[number:]
        if not batch:
            return 0
        records = [stream_record(row) for row in (batch[::-1] if backwards else batch)]
        answer = self.attempt("outbox_relay", {"Records": records})
        numbers = {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", [])}
        if answer is not None and self.last.refused and not numbers:
            self.record.violations.append("nudges that were not taken are forgotten")
        if answer is None or doubled:
            self.stream += batch
        elif numbers:
            self.stream += [row for row in batch if f"{row['pk']}/{row['sk']}" in numbers]
        return len(batch)

    def deliver(self, flow: str, limit: int = 10, *, doubled: bool = False) -> int:
        """Hand visible messages of a flow to its worker; what fails too often becomes a dead letter."""
        messages = self.queue.receive(flow, limit)
        bad = [poison for poison in self.poison if poison.flow == flow and poison.visible <= self.clock.now()]
        if not messages and not bad:
            return 0
        if doubled:
            self.queue.messages += messages
        records = [queue_record(f"bad-{i}", poison.body) for i, poison in enumerate(bad)]
        records += [queue_record(str(i), m.nudge.wire() | self._extra()) for i, m in enumerate(messages)]
        answer = self.attempt(flow, {"Records": records})
        failed = None if answer is None else {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for number, message in enumerate(messages):
            if failed is None or str(number) in failed:
                self._again(message)
        for number, poison in enumerate(bad):
            if failed is not None and f"bad-{number}" not in failed:
                self.record.violations.append("I13: a message that nobody can read was swallowed")
            self._tried(poison)
        return len(messages) + len(bad)

    def _extra(self) -> dict[str, Any]:
        return {"v": 2, "of_tomorrow": [1]} if self.of_tomorrow else {}

    def _tried(self, poison: Poison) -> None:
        poison.tries += 1
        poison.visible = self.clock.now() + timedelta(seconds=VISIBILITY)
        if poison.tries == TRIES:
            self.poison.remove(poison)
            self.dead_poison.append(poison)

    def _again(self, message: Message) -> None:
        self.failed[message.nudge] += 1
        if self.failed[message.nudge] >= TRIES:
            self.failed[message.nudge] = 0
            self.dead_letters.append(message.nudge)
        else:
            at = self.clock.now() + timedelta(seconds=VISIBILITY)
            self.queue.messages.append(Message(message.nudge, at))

    def send_letter(self, events: list[dict[str, Any]]) -> None:
        """A sender reports events; what is not acknowledged is owed."""
        for event in events:
            self.record.sent.setdefault(event["id"], event)
        body = json.dumps(events[0] if len(events) == 1 else {"events": events})
        self.record.letters.append(Letter(body, events))
        self.owed.append(self.record.letters[-1])
        self.post_owed()

    def post_owed(self) -> bool:
        """The sender tries its oldest letter again; whether there was one."""
        if not self.owed:
            return False
        letter = self.owed.popleft()
        if not self.post_letter(letter):
            self.owed.append(letter)
        return True

    def post_letter(self, letter: Letter) -> bool:
        """One delivery of a letter; whether it was acknowledged."""
        answer = self.attempt("webhook_intake", self.sender.request(letter.body))
        if answer is None or answer["statusCode"] in (500, 503):
            return False
        assert answer["statusCode"] == 202, answer["body"]
        results = json.loads(answer["body"])["results"]
        stored = {result["id"] for result in results if result["status"] == "stored"}
        if stored & self.record.stored:
            self.record.violations.append("I25: an event that was stored is stored once more")
        self.record.stored |= stored
        now = SettingsStore(self.inner, self.clock).current().values
        self.record.to_be_shown |= {one for one in stored if rolled_up(self.record.sent[one]["type"], now)}
        self.record.acknowledged |= {result["id"] for result in results}
        return True

    # --- what the vendors see -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _seen(self, request: httpx.Request) -> Iterator[None]:
        now = self.clock.now().timestamp()
        login = request.url.path in ("/identity/oauth/token", "/services/oauth2/token")
        if request.url.host == "marketo.test" and not login:
            self._arrived(self.marketo.clock.now().timestamp())
        if request.method in ("PATCH", "POST") and "/composite/sobjects" in request.url.path:
            self._written(request)
        worker = self.boundary.worker
        if not login or worker is None or worker.function == "workspace_api":
            yield
        else:
            with self._logging_in(request, now):
                yield
        self.clock.advance(SECONDS_A_CALL)

    def _arrived(self, now: float) -> None:
        self._arrivals.append(now)
        while self._arrivals[0] <= now - WINDOW:
            self._arrivals.popleft()
        worker = self.boundary.worker
        if worker and worker.function == PEOPLE_FROM_MARKETO:
            self.record.day_calls[self.today()] += 1
        if len(self._arrivals) > WINDOW_CALLS:
            self.record.violations.append(f"I14: {len(self._arrivals)} calls to Marketo in 20 seconds")

    def today(self) -> str:
        """Marketo's day now, by our clock."""
        return self.clock.now().astimezone(ZoneInfo("America/Chicago")).date().isoformat()

    @contextlib.contextmanager
    def _logging_in(self, request: httpx.Request, now: float) -> Iterator[None]:
        whose = f"{request.url.host} {request.read().decode()}"
        under_way = self._logins.setdefault(whose, [])
        if any(now - begun < REFRESH_LEASE for begun in under_way):
            self.record.violations.append("I15: two workers renew one token at once")
        under_way.append(now)
        try:
            yield
        finally:
            under_way.remove(now)

    def _written(self, request: httpx.Request) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user = self.salesforce.org.sessions.user_of(token)
        email = next((one.email for one in users() if one.id == user), None)
        if email is None:  # a worn token: nothing is written
            return
        row = self.inner.get(Key(f"CONN#{email}", "SCHEMA")) or {"fields": {}}
        self.record.rights.setdefault(email, set()).update(row["fields"])
        for fields in json.loads(request.read())["records"]:
            self.record.writes.append((email, fields))

    # --- peace --------------------------------------------------------------------------------------------------------

    def flush(self, rounds: int = 60) -> None:
        """Deliver everything that is visible now, as often as it makes more."""
        for _ in range(rounds):
            moved = self.play_some() + sum(self.deliver(flow) for flow in FLOWS)
            if not (self.post_owed() or moved or self.stream):
                return

    def request_load(self, *, reconcile: bool = False) -> None:
        """Ask for a pass over all people."""
        wanted = LoadProgress.request("admin@example.com", self.clock.now(), reconcile=reconcile)
        self.world.cursors.set(PEOPLE_FROM_MARKETO, {"load": codec.row(wanted)})
        self.queue.send([Nudge(PEOPLE_FROM_MARKETO, "marketo")])

    def turn(self, seconds: float) -> None:
        """Time passes, both schedules run, and everything that follows happens."""
        self.clock.advance(seconds)
        self.attempt("ledger_care", {})
        self.attempt(PEOPLE_FROM_MARKETO, {})
        self.flush()

    @property
    def quiet(self) -> bool:
        """Whether nothing waits anywhere."""
        return not (self.queue.messages or self.poison or self.stream or self.owed or self.waiting())

    def waiting(self) -> list[dict[str, Any]]:
        """Items that have no end yet."""
        ends = {"CONFIRMED", "SKIPPED", "NEEDS_YOU", "SUPERSEDED", "ERASED"}
        rows = self.inner._rows
        return [row for key, row in rows.items() if key.pk.startswith("ITEM#") and row["state"] not in ends]
