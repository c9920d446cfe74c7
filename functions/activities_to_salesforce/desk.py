"""What the logging of one seller works with: ports, the seller's connection, and their rights."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from activities_to_salesforce.former import as_seen_from_here
from activities_to_salesforce.rendering import Author
from activities_to_salesforce.rules import Moment
from lockstep.catalogue import quota_shares
from lockstep.catalogue.metrics import Metric
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.brake import Brake
from lockstep.domain.cause import fields
from lockstep.domain.cause import person as waits_for_person
from lockstep.domain.connection import ConnectionState, SalesforceConnection
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import Item, Outcome, State, ready
from lockstep.domain.mail import Mail
from lockstep.domain.message import Nudge
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.settings import VersionedSettings
from lockstep.domain.task import KEY_FIELD, TaskSchema
from lockstep.engine.errors import Halt, QuotaSpent
from lockstep.engine.ports import Chance, Clock
from lockstep.runtime.observability import count
from lockstep.runtime.wiring import World
from lockstep.salesforce.client import Salesforce
from lockstep.store.awaited import awaiting
from lockstep.store.brakes import Brakes
from lockstep.store.budgets import Budgets
from lockstep.store.connections import Connections
from lockstep.store.events import Events
from lockstep.store.fillings import Fillings
from lockstep.store.leases import Lease, Leases
from lockstep.store.ledger import Ledger, lane_row
from lockstep.store.mails import Mails, Place, cause, place
from lockstep.store.newleads import NewLeads
from lockstep.store.people import Known, People
from lockstep.store.table import Action

SALESFORCE = "salesforce"
METRICS: dict[State, Metric] = {
    State.CONFIRMED: "TasksLogged",
    State.SKIPPED: "ItemsSkipped",
    State.NEEDS_YOU: "ItemsNeedYou",
    State.UNKNOWN: "ItemsUnknown",
    State.RETRY_AT: "ItemsRetried",
}

Moves = list[tuple[Item, Outcome]]
Along = Mapping[ItemKey, Sequence[Action]]
LATE = frozenset({Reason.NO_SF_RECORD, Reason.NO_SF_ID_FOR_CALL, Reason.PERSON_UNKNOWN, Reason.SF_RECORD_GONE})
DESCRIBE_KEPT = timedelta(hours=24)  # ATR-02
QUOTA_WAIT = timedelta(hours=1)  # salesforce-api.md 13: a rolling window, probed hourly


@dataclass(slots=True)
class Desk:
    """Ports of the story for one seller; the connection is opened at first use."""

    user: UserEmail
    ledger: Ledger
    events: Events
    mails: Mails
    fillings: Fillings
    people: People
    new_leads: NewLeads
    connections: Connections
    budgets: Budgets
    brakes: Brakes
    leases: Leases
    clock: Clock
    chance: Chance
    settings: VersionedSettings
    login: Callable[[UserEmail], Salesforce]
    nudge: Callable[[Nudge], None]
    lease_seconds: int
    settle_time: timedelta
    gathering: timedelta
    claims: set[tuple[str, int]] = field(default_factory=set, init=False)
    _seen: dict[MarketoId, Known | None] = field(default_factory=dict, init=False)
    brake: Brake = field(default_factory=Brake, init=False)
    _link: SalesforceConnection | None = field(default=None, init=False)
    _client: Salesforce | None = field(default=None, init=False)
    _schema: TaskSchema | None = field(default=None, init=False)

    @classmethod
    def of(cls, world: World, user: UserEmail) -> "Desk":
        """The desk of this container for one seller."""
        return cls(
            user=user,
            ledger=world.ledger,
            events=world.events,
            mails=world.mails,
            fillings=world.fillings,
            people=world.people,
            new_leads=world.new_leads,
            connections=world.connections,
            budgets=world.budgets,
            brakes=world.brakes,
            leases=world.leases,
            clock=world.clock,
            chance=world.chance,
            settings=world.settings.current(),
            login=world.salesforce,
            nudge=world.nudge,
            lease_seconds=world.environment.lease_seconds,
            settle_time=timedelta(seconds=world.environment.settle_seconds),
            gathering=timedelta(seconds=world.environment.gather_seconds),
        )

    @property
    def lane(self) -> Nudge:
        """The nudge that brings a worker back to this seller."""
        return Nudge(ACTIVITIES_TO_SALESFORCE, self.user)

    @property
    def moment(self) -> Moment:
        """What judgements depend on now."""
        values = self.settings.values
        return Moment(values, values.of(self.user), self.clock.now(), self.settle_time)

    def take(self) -> Lease | None:
        """The right to log for this seller, or None while another worker has it."""
        return self.leases.take(lane_row(ACTIVITIES_TO_SALESFORCE, self.user))

    def ours(self, item: Item) -> bool:
        """Not in the hands of another worker whose lease still runs."""
        over = item.lease_until is None or item.lease_until <= self.clock.now()
        return over or (item.key, item.fence) in self.claims

    def look(self) -> Brake:
        """The flow's brake as it stands now, set by whichever seller's worker."""
        self.brake = self.brakes.read(ACTIVITIES_TO_SALESFORCE)
        return self.brake

    def link(self) -> SalesforceConnection:
        """The seller's connection; Halt where there is none that works (LS-03, LS-36)."""
        link = self.connections.salesforce(self.user)
        if link is None and not self.connections.is_user(self.user):
            detail = f"{self.user} is not a user of this Workspace"
            raise Halt(Reason.USER_UNKNOWN, detail, scope="connection")
        if link is None or link.state is ConnectionState.DISCONNECTED:
            detail = f"{self.user} has no Salesforce connection"
            raise Halt(Reason.NO_CONNECTION, detail, scope="connection")
        if link.state is ConnectionState.BLOCKED:
            reason = link.reason or Reason.CONNECTION_EXPIRED
            raise Halt(reason, link.detail, scope="connection")
        self._link = link
        self.new_leads = self.new_leads.within(link.org_id)
        return link

    @property
    def organization(self) -> str:
        """The Salesforce organization of the connection in use."""
        return self._link.org_id if self._link else ""

    def mended(self) -> bool:
        """Whether the connection works (again)."""
        try:
            self.link()
        except Halt:
            return False
        return True

    def open(self) -> Salesforce:
        """Salesforce as this seller; QuotaSpent while the organization's allowance is gone."""
        if until := self.budgets.parked(SALESFORCE):
            detail = "the Salesforce organization's calls of the day are used up"
            raise QuotaSpent(Reason.QUOTA_SPENT, detail, scope="lane", until=until)
        if self._client is None:
            self._client = self.login(self.user)
        return self._client

    def author(self, link: SalesforceConnection) -> Author:
        """The seller as author of Tasks."""
        return Author(link.user_id, link.time_zone, self.schema())

    def schema(self, *, anew: bool = False) -> TaskSchema:
        """What the seller may write on a Task, at most a day old (ATR-02)."""
        known = self._schema or self.connections.schema(self.user)
        if anew or known is None or self.clock.now() - known.read_at > DESCRIBE_KEPT:
            known = self.open().describe_task()
            more = self.connections.save_schema(self.user, known).gained
            if more and self.ledger.wake(fields(self.user), lambda _: ready("fields or rights have come")):
                self.nudge(self.lane)
        self._schema = known
        return known

    def look_up(self, people: Iterable[MarketoId]) -> dict[MarketoId, PersonRecord]:
        """The records of these people that live on after merges; what was seen of them is remembered."""
        wanted = sorted(set(people))
        found = self.people.standing(wanted)
        nobody = [person for person in wanted if person not in found]
        left = self.people.known(nobody) if nobody else {}  # merged into somebody who is not here
        self._seen |= {person: found.get(person) or left.get(person) for person in wanted}
        return {person: known.record for person, known in found.items()}

    def person(self, item: Item) -> Known | None:
        """The person of an item, as it was judged."""
        return self._seen.get(item.person_id)

    def learn(self, refused: Iterable[str]) -> None:
        """Remember fields that a save refused although describe let them pass, until the next describe (F036)."""
        known = self.schema(anew=True)
        # one that may only be set when a Task is made is rightly refused when a write is repeated
        names = {name for name in refused if name in known.fields and known.fields[name].updateable}
        if names:
            shut = {n: replace(known.fields[n], createable=False, updateable=False) for n in names}
            usable = known.key_usable and KEY_FIELD not in names
            known = replace(known, fields={**known.fields, **shut}, key_usable=usable)
            self.connections.save_schema(self.user, known)
        self._schema = known

    def parents(self, mails: Iterable[Mail]) -> dict[Place, list[Item]]:
        """The items of the Tasks of these mails, as they stand now."""
        by_place = {place(mail): mail.keys for mail in mails}
        keys = sorted({key for some in by_place.values() for key in some})
        items = self.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys)
        found = {item.key: as_seen_from_here(item, self._link) for item in items}
        return {where: [found[key] for key in some if key in found] for where, some in by_place.items()}

    def set_aside(self, moves: Moves, mails: Mapping[ItemKey, Mail]) -> None:
        """Settle, and remember with each mail that something waits for it."""
        waiting = {item.key: mails[item.key] for item, outcome in moves if _awaits(outcome, mails.get(item.key))}
        first = {place(mail): key for key, mail in reversed(waiting.items()) if not mail.awaited}
        self.settle(moves, {key: [self.mails.awaiting(where)] for where, key in first.items()})

    def call_up(self, mails: Iterable[Mail]) -> None:
        """Wake what waited for these mails, now that each of them has its outcome."""
        for mail in mails:
            if mail.awaited:
                self.ledger.wake(cause(mail), lambda _: ready("its email has its outcome"))

    def settle(self, moves: Moves, along: Along | None = None) -> None:
        """Write outcomes under the settings version that they were judged under (I22).

        Who waits for a person is noted with it, and waits only while the person is as it was judged (LS-16c).
        """
        late = {item.key: self._awaiting(item) for item, outcome in moves if _is_late(item, outcome)}
        moves = [(item, _waiting(item, outcome) if item.key in late else outcome) for item, outcome in moves]
        self.ledger.settle(moves, self.settings.version, {**(along or {}), **late})
        for state, metric in METRICS.items():
            number = sum(1 for _, outcome in moves if outcome.state is state)
            if number:
                count(metric, number)

    def _awaiting(self, item: Item) -> list[Action]:
        person = item.person_id
        held = [self.people.unchanged(person, self._seen[person])] if person in self._seen else []
        return [awaiting(person), *held]

    def block(self, halt: Halt) -> None:
        """Remember that the connection that was used broke, unless it was made anew meanwhile."""
        used = self._link
        broken = (self.user, ConnectionState.BLOCKED, halt.reason, halt.detail)
        if used and self.connections.set_state(*broken, seen=used.since):
            count("ConnectionsBlocked")

    def scarce(self) -> bool:
        """Whether so little of the organization's day is left that only new Tasks are written (DGN-03)."""
        return self.budgets.scarce(SALESFORCE, quota_shares.UPDATES)

    def tell_usage(self) -> None:
        """Keep what Salesforce's last answer said of the organization's calls; no call is made for it."""
        if self._client and self._client.usage:
            self.budgets.note(SALESFORCE, *self._client.usage)

    def park(self, spent: QuotaSpent) -> None:
        """No seller calls Salesforce until the allowance may be back."""
        self.budgets.park(SALESFORCE, spent.until or self.clock.now() + QUOTA_WAIT)


def _is_late(item: Item, outcome: Outcome) -> bool:
    """Whether a record that the person gains may make this a Task after all."""
    skipped = outcome.state is State.SKIPPED and outcome.reason in LATE
    return skipped and item.effect == "task" and item.record is None


def _waiting(item: Item, outcome: Outcome) -> Outcome:
    return replace(outcome, cause=waits_for_person(item.person_id))


def _awaits(outcome: Outcome, mail: Mail | None) -> bool:
    return mail is not None and outcome.cause == cause(mail)
