"""One seller's lane of one flow to Salesforce: the lease, the connection, the budget, and the books of its items.

Promises that work is done with this seller's own connection and no other (LS-36), that a connection which
broke is remembered as broken unless it was made anew meanwhile, and that outcomes carry the settings version
under which they were judged (I22).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from lockstep.catalogue.metrics import Metric
from lockstep.domain.brake import Brake
from lockstep.domain.cause import connected, known
from lockstep.domain.connection import ConnectionState, SalesforceConnection
from lockstep.domain.ids import ItemKey, UserEmail
from lockstep.domain.item import Item, Outcome, State, needs_you, ready
from lockstep.domain.message import Nudge
from lockstep.domain.moment import Moment
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, QuotaSpent
from lockstep.runtime.observability import count
from lockstep.runtime.wiring import World
from lockstep.salesforce.client import Salesforce
from lockstep.store.leases import Lease
from lockstep.store.ledger import lane_row
from lockstep.store.table import Action

SALESFORCE = "salesforce"
QUOTA_WAIT = timedelta(hours=1)  # salesforce-api.md 13: a rolling window, probed hourly
PAGE = 200

Moves = list[tuple[Item, Outcome]]
Along = Mapping[ItemKey, Sequence[Action]]


class Lane:
    """What a worker has in hand for one seller; the connection is opened at first use."""

    confirmed: Metric

    def __init__(self, world: World, flow: str, user: UserEmail):
        self.world = world
        self.flow = flow
        self.user = user
        self.ledger = world.ledger
        self.events = world.events
        self.people = world.people
        self.clock = world.clock
        self.chance = world.chance
        self.settle_time = timedelta(seconds=world.environment.settle_seconds)
        self.settings = world.settings.current()
        self.claims: set[tuple[str, int]] = set()
        self.brake = Brake()
        self._link: SalesforceConnection | None = None
        self._client: Salesforce | None = None
        self._seat: Lease | None = None

    @property
    def moment(self) -> Moment:
        """What judgements depend on now."""
        return Moment(self.settings.values, self.clock.now(), self.settle_time)

    def while_held(self, work: Callable[[], bool]) -> None:
        """Work with the right to this seller's items; nudge again where more is left or a worker was turned away."""
        leases = self.world.leases
        lease = leases.take(lane_row(self.flow, self.user))
        if lease is None:
            return
        more = turned_away = False
        try:
            more = work()
        finally:
            if self._seat:
                self.world.seats.leave(self._seat)
            turned_away = leases.give_back(lease)
        if more or turned_away:
            self.nudge()

    def nudge(self) -> None:
        """Call a worker to this seller."""
        self.world.nudge(Nudge(self.flow, self.user))

    def ours(self, item: Item) -> bool:
        """Not in the hands of another worker whose lease still runs."""
        over = item.lease_until is None or item.lease_until <= self.clock.now()
        return over or (item.key, item.fence) in self.claims

    def pages(self) -> Iterator[list[Item]]:
        """What waits, oldest first, less what another worker has in hands."""
        after: Item | None = None
        while page := self.ledger.ready(self.flow, self.user, after=after, limit=PAGE):
            after = page[-1]
            yield [item for item in page if self.ours(item)]

    def look(self) -> Brake:
        """The flow's brake as it stands now, set by whichever seller's worker."""
        self.brake = self.world.brakes.read(self.flow)
        return self.brake

    def link(self) -> SalesforceConnection:
        """The seller's connection; Halt where there is none that works (LS-03, LS-36)."""
        connections = self.world.connections
        link = connections.salesforce(self.user)
        if link is None and not connections.is_user(self.user):
            detail = f"{self.user} is not a user of this Workspace"
            raise Halt(Reason.USER_UNKNOWN, detail, scope="connection")
        if link is None or link.state is ConnectionState.DISCONNECTED:
            detail = f"{self.user} has no Salesforce connection"
            raise Halt(Reason.NO_CONNECTION, detail, scope="connection")
        if link.state is ConnectionState.BLOCKED:
            reason = link.reason or Reason.CONNECTION_EXPIRED
            raise Halt(reason, link.detail, scope="connection")
        self._link = link
        return link

    def open(self) -> Salesforce:
        """Salesforce as this seller; QuotaSpent while the allowance is gone, Throttled while too many call at once."""
        if until := self.world.budgets.parked(SALESFORCE):
            detail = "the Salesforce organization's calls of the day are used up"
            raise QuotaSpent(Reason.QUOTA_SPENT, detail, scope="lane", until=until)
        if self._client is None:
            self._seat = self.world.seats.take(SALESFORCE)
            self._client = self.world.salesforce(self.user)
        return self._client

    def settle(self, moves: Moves, along: Along | None = None) -> None:
        """Write outcomes, each with what goes along, under the settings version they were judged under (I22)."""
        self.ledger.settle(moves, self.settings.version, along)
        for state, metric in self._metrics().items():
            number = sum(1 for _, outcome in moves if outcome.state is state)
            if number:
                count(metric, number)

    def _metrics(self) -> dict[State, Metric]:
        return {
            State.CONFIRMED: self.confirmed,
            State.SKIPPED: "ItemsSkipped",
            State.NEEDS_YOU: "ItemsNeedYou",
            State.UNKNOWN: "ItemsUnknown",
            State.RETRY_AT: "ItemsRetried",
        }

    def tell_usage(self) -> None:
        """Keep what Salesforce's last answer said of the organization's calls; no call is made for it."""
        if self._client and self._client.usage:
            self.world.budgets.note(SALESFORCE, *self._client.usage)

    def wait_for_quota(self, spent: QuotaSpent) -> None:
        """No seller calls Salesforce until the allowance may be back."""
        self.world.budgets.park(SALESFORCE, spent.until or self.clock.now() + QUOTA_WAIT)

    def wake(self) -> None:
        """What was parked for the connection a moment too late goes on, where it is mended again."""
        if self._mended():
            for cause in (connected(self.user), known(self.user)):
                self.ledger.wake(cause, lambda _: ready("the connection was made anew"))

    def block(self, halt: Halt) -> None:
        """Remember that the connection that was used broke, unless it was made anew meanwhile."""
        used = self._link
        broken = (self.user, ConnectionState.BLOCKED, halt.reason, halt.detail)
        if used and self.world.connections.set_state(*broken, seen=used.since):
            count("ConnectionsBlocked")

    def _mended(self) -> bool:
        try:
            self.link()
        except Halt:
            return False
        return True


def parked(item: Item, halt: Halt) -> Outcome:
    """An item of a seller whose connection is missing or broken: it waits for exactly that cause.

    A write that may have arrived stays in doubt and is probed when the item wakes.
    """
    waits = known if halt.reason is Reason.USER_UNKNOWN else connected
    outcome = needs_you(halt.reason, waits(item.connection), halt.detail)
    return replace(outcome, doubt=item.in_doubt)
