"""The simulated world of the tests: real handlers and clients over fakes and simulators.

One manual clock moves everything; queues, the stream and the schedules are played by `turn`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import httpx

from local.fakes.manual_clock import ManualClock, PlainSealer, SeededChance
from local.fakes.memory_queue import MemoryNudges, Message
from local.fakes.memory_table import MemoryTable
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.marketo import MarketoSimulator
from local.simulators.salesforce import SalesforceSimulator
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, FLOWS, PEOPLE_FROM_MARKETO
from lockstep.domain.balance import Balance
from lockstep.domain.connection import ConnectionState, MarketoConnection, SalesforceConnection
from lockstep.domain.ids import MarketoId, SalesforceId, item_key, user_email
from lockstep.domain.item import Item, State
from lockstep.domain.load import LoadProgress
from lockstep.domain.message import Nudge
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.sales_activity import SalesEvent
from lockstep.runtime import wiring
from lockstep.runtime.settings import Environment
from lockstep.store import codec
from lockstep.store.events import Receipt

MARKETO_URL = "http://marketo.test"
SALESFORCE_URL = "http://salesforce.test"
VISIBILITY = 360

ENVIRONMENT = {
    "TABLE_NAME": "lockstep",
    "SECRETS_KEY_ID": "key",
    "WEBHOOK_SECRET_ARN": "secret",
    "MARKETO_URL": MARKETO_URL,
    "SALESFORCE_LOGIN_URL": SALESFORCE_URL,
    "PEOPLE_FROM_MARKETO_QUEUE_URL": "people",
    "ACTIVITIES_TO_SALESFORCE_QUEUE_URL": "activities",
    "ROLLUPS_TO_SALESFORCE_QUEUE_URL": "rollups",
    "WORKER_TIMEOUT": "60",
    "LEASE_SECONDS": "120",
    "SETTLE_SECONDS": "300",
    "GATHER_SECONDS": "60",
}


@dataclass
class Context:
    """What Lambda hands to a handler."""

    seconds: float = 60
    function_name: str = "test"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:test"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        """Time left, in milliseconds."""
        return int(self.seconds * 1000)


class Killed(BaseException):
    """The worker process is gone; nothing in it gets to react."""


class FragileTable:
    """A table whose worker is killed at chosen writes: `kills` maps the write's number to
    `before` or `after` its commit."""

    def __init__(self, inner: MemoryTable, kills: dict[int, str] | None = None):
        self._inner = inner
        self.kills = kills or {}
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def transact(self, actions: Any) -> None:
        """Write, and die where it was planned."""
        self.writes += 1
        moment = self.kills.get(self.writes)
        if moment == "before":
            raise Killed
        self._inner.transact(actions)
        if moment == "after":
            raise Killed


class ByHost(httpx.BaseTransport):
    """One transport for both vendors."""

    def __init__(self, hosts: dict[str, httpx.BaseTransport]):
        self.hosts = hosts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Hand the request to the simulator of its host."""
        if request.url.host not in self.hosts:
            raise httpx.ConnectError(f"no such host: {request.url.host}", request=request)
        return self.hosts[request.url.host].handle_request(request)


class SimWorld:
    """Both simulators, the store, the queues and the handlers, on one clock."""

    def __init__(self, *, seed: int = 7, people: int = 0, table: Any = None):
        self.clock = ManualClock()
        self.marketo = MarketoSimulator(seed=seed, people=people, clock=SimClock(self.clock.now))
        self.salesforce = SalesforceSimulator(seed=seed, people=people, clock=SimClock(self.clock.now))
        self.furnished = {task["Id"] for task in self.salesforce.records("Task")}
        self.table: Any = table or MemoryTable()
        self.nudges = MemoryNudges(self.clock)
        self.transport = ByHost(
            {
                "marketo.test": Transport(self.marketo),
                "salesforce.test": Transport(self.salesforce),
            }
        )
        self.played = 0
        self.world = wiring.World(
            environment=Environment.model_validate(ENVIRONMENT),
            clock=self.clock,
            chance=SeededChance(seed),
            table=self.table,
            nudges=self.nudges,
            sealer=PlainSealer(),
            transport=self.transport,
        )

    def call(self, function: str, event: dict[str, Any], context: Context | None = None) -> Any:
        """Invoke a real handler."""
        handler: Callable[..., Any] = import_module(f"{function}.app").handler
        with wiring.use(self.world):
            return handler(event, context or Context())

    def play_stream(self) -> int:
        """Deliver what the stream holds to the relay; returns how many records."""
        rows = self.table.inserted[self.played :]
        for start in range(0, len(rows), 100):
            self.call("outbox_relay", {"Records": [stream_record(r) for r in rows[start : start + 100]]})
        self.played += len(rows)
        return len(rows)

    def play_queue(self, flow: str) -> int:
        """Deliver one batch of visible messages of a flow; failed ones become visible again."""
        messages = self.nudges.receive(flow)
        if not messages:
            return 0
        records = [queue_record(str(i), m.nudge.wire()) for i, m in enumerate(messages)]
        try:
            answer = self.call(flow, {"Records": records})
        except Killed:
            again = self.clock.now() + timedelta(seconds=VISIBILITY)
            self.nudges.messages += [Message(m.nudge, again) for m in messages]
            return len(messages)
        for failure in answer["batchItemFailures"]:
            self.nudges.messages.append(messages[int(failure["itemIdentifier"])])
        return len(messages)

    def run_until_quiet(self, turns: int = 500) -> None:
        """Play stream and queues until nothing is visible, moving the clock over short delays."""
        for _ in range(turns):
            moved = self.play_stream() + sum(self.play_queue(flow) for flow in FLOWS)
            if moved:
                continue
            coming = self.nudges.next_visible()
            if coming is None:
                return
            self.clock.set(max(coming, self.clock.now()))
        raise AssertionError(f"the world is not quiet after {turns} turns")

    def care(self, seconds: float = 0) -> None:
        """Let time pass, run the care schedule, and what it wakes."""
        self.clock.advance(seconds)
        self.call("ledger_care", {})
        self.run_until_quiet()

    def items(self, flow: str, state: State | None = None) -> list[dict[str, Any]]:
        """Rows of items, straight from the store."""
        rows = self.table.rows(f"ITEM#{flow}#")
        return [row for row in rows if state is None or row["state"] == state]

    def connect_marketo(self) -> None:
        """Connect Marketo as the API does, with the simulator's credentials."""
        secret = json.dumps({"client_id": "demo-client", "client_secret": "demo-secret"})
        link = MarketoConnection(MARKETO_URL, ConnectionState.CONNECTED, self.clock.now())
        self.world.connections.save(link, secret)
        with self.world.marketo("people") as people:
            names = people.fields().names
        self.world.connections.save(replace(link, fields=names))

    def connect_seller(self, user: str = "seller1@example.com") -> SalesforceConnection:
        """Connect a seller as the API does, by a refresh token of the simulator."""
        email = user_email(user)
        token = self.salesforce.act("issue_refresh_token", {"user": user})[0]
        secret = {
            "method": "refresh_token",
            "client_id": "demo-client",
            "client_secret": "demo-secret",
            "refresh_token": token,
        }
        now = self.clock.now()
        link = SalesforceConnection(
            email, "refresh_token", user, SalesforceId(""), SalesforceId(""), "", "UTC",
            ConnectionState.CONNECTED, now,
        )  # fmt: skip
        connections = self.world.connections
        connections.save(link, json.dumps(secret))
        client = self.world.salesforce(email)
        who = client.identity()
        link = replace(link, org_id=who.org_id, user_id=who.user_id, time_zone=who.time_zone)
        connections.save(link)
        connections.save_schema(email, client.describe_task())
        return link

    def switch_on(self, **values: Any) -> None:
        """Change settings; emails and calls on unless said otherwise."""
        settings = self.world.settings.current()
        changed = {"log_emails": True, "log_calls": True} | values
        new = settings.values.model_validate(settings.values.model_dump() | changed)
        self.world.settings.save(new, by="admin@example.com", over=settings.version)

    def report(self, *events: SalesEvent) -> list[Receipt]:
        """Let sellers' events come in, and everything follow."""
        receipts = self.world.events.accept(events, self.world.settings.current().values)
        self.run_until_quiet()
        return receipts

    def item(self, event: SalesEvent) -> Item:
        """The item of an event in the flow to Salesforce."""
        key = item_key(ACTIVITIES_TO_SALESFORCE, event.id, str(event.person.marketo_id))
        item = self.world.ledger.get(ACTIVITIES_TO_SALESFORCE, key)
        assert item is not None
        return item

    def tasks(self) -> list[dict[str, Any]]:
        """Tasks in the simulated Salesforce's own records, without deleted ones and those of the seeded people."""
        live = (task for task in self.salesforce.records("Task") if not task["IsDeleted"])
        return [task for task in live if task["Id"] not in self.furnished]

    def start_load(self, *, reconcile: bool = False) -> None:
        """Ask for a pass over all people, and let everything that follows happen."""
        wanted = LoadProgress.request("admin@example.com", self.clock.now(), reconcile=reconcile)
        self.world.cursors.set(PEOPLE_FROM_MARKETO, {"load": codec.row(wanted)})
        self.nudges.send([Nudge(PEOPLE_FROM_MARKETO, "marketo")])
        self.run_until_quiet()

    def poll(self, seconds: float = 0) -> None:
        """Let time pass, run the people schedule, and what follows."""
        self.clock.advance(seconds)
        self.call(PEOPLE_FROM_MARKETO, {})
        self.run_until_quiet()

    def person(self, marketo_id: int) -> PersonRecord:
        """What the store knows of one id; KeyError where it knows nothing."""
        return self.world.people.known([marketo_id])[MarketoId(marketo_id)].record

    def profile(self, marketo_id: int) -> Person:
        """The stored person of one id; AssertionError where none is stored."""
        person = self.person(marketo_id).person
        assert person is not None
        return person

    def balance(self, flow: str) -> Balance:
        """The books of today."""
        return self.world.ledger.balance(flow, self.world.ledger.today())


def stream_record(row: dict[str, Any], event: str = "INSERT") -> dict[str, Any]:
    """A DynamoDB stream record of a new row."""
    keys = {"pk": {"S": row["pk"]}, "sk": {"S": row["sk"]}}
    number = f"{row['pk']}/{row['sk']}"
    return {
        "eventName": event,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"Keys": keys, "SequenceNumber": number},
    }


def queue_record(message_id: str, body: Any) -> dict[str, Any]:
    """An SQS record with a JSON body."""
    return {
        "messageId": message_id,
        "body": json.dumps(body),
        "eventSource": "aws:sqs",
        "attributes": {},
        "messageAttributes": {},
    }


def at(text: str) -> datetime:
    """An instant from ISO text."""
    return datetime.fromisoformat(text)
