"""The composition root: from the environment to the world that handlers work in.

Promises that the world is built once per container and only as far as a handler uses it, and
that tests put their own in its place with `use`.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from lockstep.domain.connection import MARKETO
from lockstep.domain.ids import UserEmail
from lockstep.domain.message import Nudge
from lockstep.domain.reason import Reason
from lockstep.engine.budget import Lane, Rules
from lockstep.engine.errors import Halt, Unavailable
from lockstep.engine.ports import Chance, Clock, Nudges, Sealer
from lockstep.runtime.settings import Environment, environment
from lockstep.store.awaited import Awaited
from lockstep.store.brakes import Brakes
from lockstep.store.budgets import Budgets, Gate
from lockstep.store.connections import Connections, SharedToken
from lockstep.store.cursors import Cursors
from lockstep.store.events import Events
from lockstep.store.fillings import Fillings
from lockstep.store.leases import Leases
from lockstep.store.ledger import Ledger
from lockstep.store.mails import Mails
from lockstep.store.newleads import NewLeads
from lockstep.store.people import People
from lockstep.store.rollups import Rollups
from lockstep.store.seats import Seats
from lockstep.store.settings import SettingsStore
from lockstep.store.table import Table

if TYPE_CHECKING:
    import httpx

    from lockstep.marketo.people import People as MarketoPeople
    from lockstep.runtime.secrets import SecretsSource
    from lockstep.salesforce.client import Salesforce


@dataclass
class World:
    """Everything that comes from outside, and what is built on it."""

    environment: Environment
    clock: Clock
    chance: Chance
    table: Table
    nudges: Nudges
    sealer: Sealer
    transport: "httpx.BaseTransport | None" = None

    @cached_property
    def ledger(self) -> Ledger:
        """All items."""
        return Ledger(self.table, self.clock, self.chance)

    @cached_property
    def events(self) -> Events:
        """All sales activities received."""
        return Events(self.table, self.ledger, self.clock, self.chance)

    @cached_property
    def mails(self) -> Mails:
        """Emails by their senders' ids."""
        return Mails(self.table)

    @cached_property
    def fillings(self) -> Fillings:
        """Fields of logged Tasks that are filled in later."""
        return Fillings(self.table, self.ledger, self.clock, self.chance)

    @cached_property
    def people(self) -> People:
        """All people."""
        return People(self.table, self.chance)

    @cached_property
    def awaited(self) -> Awaited:
        """People for whom activities wait."""
        return Awaited(self.table)

    @cached_property
    def new_leads(self) -> NewLeads:
        """Leads that were created for an address."""
        return NewLeads(self.table)

    @cached_property
    def rollups(self) -> Rollups:
        """What records were told of the newest activity."""
        return Rollups(self.table, self.chance)

    @cached_property
    def settings(self) -> SettingsStore:
        """The product's settings."""
        return SettingsStore(self.table, self.clock)

    @cached_property
    def connections(self) -> Connections:
        """Connections and users."""
        return Connections(self.table, self.clock, self.sealer)

    @cached_property
    def budgets(self) -> Budgets:
        """The vendors' budgets."""
        return Budgets(self.table, self.clock)

    @cached_property
    def brakes(self) -> Brakes:
        """The flows' brakes on refusals."""
        return Brakes(self.table, self.clock)

    @cached_property
    def leases(self) -> Leases:
        """Single flight."""
        return Leases(self.table, self.clock, self.environment.lease_seconds)

    @cached_property
    def seats(self) -> Seats:
        """How many workers may call a vendor at once."""
        return Seats(self.table, self.clock, self.leases)

    @cached_property
    def cursors(self) -> Cursors:
        """Where readers continue."""
        return Cursors(self.table, self.leases)

    @cached_property
    def http(self) -> "httpx.Client":
        """One client for all vendors; its time limit is shorter than any lease."""
        import httpx

        limit = self.environment.worker_timeout * 0.4
        return httpx.Client(
            timeout=httpx.Timeout(limit, connect=min(5.0, limit)),
            follow_redirects=False,
            transport=self.transport,
        )

    @cached_property
    def webhook_secrets(self) -> "SecretsSource":
        """What senders sign with."""
        import boto3
        from botocore.config import Config

        from lockstep.runtime.adapters import WebhookSecrets
        from lockstep.runtime.secrets import RememberedSecrets

        config = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=2, read_timeout=2)
        client = boto3.client("secretsmanager", config=config)
        source = WebhookSecrets(client, self.environment.webhook_secret_arn)
        return RememberedSecrets(source, self.clock)

    @contextmanager
    def marketo(self, lane: Lane) -> Iterator["MarketoPeople"]:
        """The connected Marketo instance, for as long as one worker uses it."""
        from lockstep.marketo.auth import Credentials
        from lockstep.marketo.client import Marketo, marketo_address
        from lockstep.marketo.people import People as MarketoPeople

        link = self.connections.marketo()
        secret = self.connections.secret(MARKETO)
        if link is None or secret is None:
            detail = "Marketo is not connected: run lockstep connect marketo"
            raise Halt(Reason.NO_CONNECTION, detail, scope="concern")
        gate = self.marketo_gate(lane)
        client = Marketo(
            self.http,
            base_url=marketo_address(link.base_url, own=self.environment.marketo_url),
            credentials=Credentials(**json.loads(secret)),
            tokens=SharedToken(self.table, self.clock, self.sealer, MARKETO),
            gate=gate,
            clock=self.clock,
        )
        try:
            yield MarketoPeople(client)
        finally:
            gate.close()

    def marketo_gate(self, lane: Lane) -> Gate:
        """A way to Marketo within our caps; who opens it closes it."""
        gate = Gate(self.budgets, self.clock, vendor=MARKETO, holder=self.chance.token(), lane=lane)
        gate.rules = self.marketo_rules()
        return gate

    def marketo_rules(self) -> Rules:
        """Our caps for Marketo: of the instance's calls a day at most half (PPL-22)."""
        return Rules(day_calls=self.settings.current().values.marketo_daily_quota // 2)

    def salesforce(self, user: UserEmail) -> "Salesforce":
        """Salesforce as this user and nobody else (LS-36); Halt where there is no connection."""
        from lockstep.salesforce.auth import login_of
        from lockstep.salesforce.client import Salesforce

        secret = self.connections.secret(user)
        link = self.connections.salesforce(user)
        if secret is None:
            raise Halt(Reason.NO_CONNECTION, f"{user} has no Salesforce connection")
        return Salesforce(
            self.http,
            login=login_of(
                json.loads(secret),
                self.environment.salesforce_login_url,
                reread=lambda: json.loads(self.connections.secret(user) or "{}"),
            ),
            tokens=SharedToken(self.table, self.clock, self.sealer, user),
            clock=self.clock,
            instance_url=link.instance_url if link else None,
        )

    def nudge(self, nudge: Nudge, delay_seconds: int = 0) -> None:
        """Send one nudge; raises Unavailable where its queue did not take it."""
        if self.nudges.send([nudge], delay_seconds):
            raise Unavailable(Reason.VENDOR_BUSY, f"the queue of {nudge.flow} did not take a nudge")

    def now(self) -> datetime:
        """Short for the clock's."""
        return self.clock.now()


_built: list[World] = []


def world() -> World:
    """The world of this container."""
    if not _built:
        _built.append(_from_aws(environment()))
    return _built[0]


@contextmanager
def use(other: World) -> Iterator[World]:
    """Handlers called inside work in `other`: for tests and benchmarks."""
    before = _built[:]
    _built[:] = [other]
    try:
        yield other
    finally:
        _built[:] = before


def _from_aws(env: Environment) -> World:
    import boto3
    from botocore.config import Config

    from lockstep.catalogue.routes import FLOWS
    from lockstep.runtime.adapters import KmsSealer, SqsNudges, SystemChance, SystemClock
    from lockstep.store.dynamo import DynamoTable

    config = Config(retries={"mode": "standard", "max_attempts": 3}, read_timeout=10)
    return World(
        environment=env,
        clock=SystemClock(),
        chance=SystemChance(),
        table=DynamoTable(boto3.client("dynamodb", config=config), env.table_name),
        nudges=SqsNudges(boto3.client("sqs", config=config), {flow: env.queue_url(flow) for flow in FLOWS}),
        sealer=KmsSealer(boto3.client("kms", config=config), env.secrets_key_id),
    )
