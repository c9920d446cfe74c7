"""The vendors' budgets in the store: one row each, so that all functions share one window.

Promises that a call is made only under a stored reservation, and that a worker that dies frees
its permit and slots by time alone.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lockstep.domain.reason import Reason
from lockstep.engine import budget
from lockstep.engine.budget import Grant, Lane, Refusal, Rules, Window
from lockstep.engine.errors import Defer, QuotaSpent, Throttled
from lockstep.engine.ports import Clock
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.table import AtMost, Change, Equals, Key, Put, Refused, Table

_TRIES = 8
NEWS = timedelta(minutes=1)
NEWS_KEPT = timedelta(hours=1)  # then one call may ask anew


@dataclass(frozen=True, slots=True)
class Usage:
    """Calls of a vendor's day, by everybody: used and allowed, as it said at `at`."""

    used: int
    allowed: int
    at: datetime


def _key(vendor: str) -> Key:
    return Key(f"BUDGET#{vendor}", "WINDOW")


class Budgets:
    """Budgets by vendor name (`marketo`, `salesforce`)."""

    def __init__(self, table: Table, clock: Clock):
        self._table = table
        self._clock = clock
        self._noted: dict[str, datetime] = {}

    def window(self, vendor: str) -> Window:
        """The window as it stands, ended reservations included."""
        row = self._table.get(_key(vendor))
        return codec.read(Window, row) if row else Window()

    def park(self, vendor: str, until: datetime) -> None:
        """No calls to this vendor before `until` (its quota is spent, or it asked us to wait).

        A longer wait that somebody else asked for stands.
        """
        change = Change(
            _key(vendor),
            set={"parked_until": stamp(until)},
            add={"version": 1},  # so that a reservation decided on the row before is refused
            when=(AtMost("parked_until", stamp(until)),),
        )
        with suppress(Refused):
            self._table.transact([change])

    def unpark(self, vendor: str) -> datetime | None:
        """Calls may be made again, by a person's word; returns until when there were to be none, if so."""
        until = self.parked(vendor)
        if until:
            lifted = Change(_key(vendor), remove=("parked_until",), add={"version": 1})
            self._table.transact([lifted])
        return until

    def note(self, vendor: str, used: int, allowed: int) -> None:
        """Keep what the vendor last said of its calls, at most once a minute; it is news, and may be lost."""
        key, now = Key(f"BUDGET#{vendor}", "USAGE"), self._clock.now()
        if now < self._noted.get(vendor, now):
            return
        self._noted[vendor] = now + NEWS
        fresh = AtMost("at", stamp(now - NEWS))
        with suppress(Refused, Defer):
            self._table.transact([Put(key, codec.row(Usage(used, allowed, now)), (fresh,))])

    def usage(self, vendor: str) -> Usage | None:
        """What the vendor last said of its calls."""
        row = self._table.get(Key(f"BUDGET#{vendor}", "USAGE"))
        return codec.read(Usage, row) if row else None

    def scarce(self, vendor: str, share: float) -> bool:
        """Whether more than this share of the vendor's day is used, as it said within the last hour."""
        usage = self.usage(vendor)
        fresh = usage is not None and self._clock.now() - usage.at < NEWS_KEPT
        return usage is not None and fresh and usage.used >= share * usage.allowed

    def parked(self, vendor: str) -> datetime | None:
        """Until when the vendor is parked, if it is."""
        until = self.window(vendor).parked_until
        return until if until and until > self._clock.now() else None

    def update(
        self, vendor: str, step: Callable[[Window, datetime], Grant | Refusal | Window]
    ) -> Grant | Refusal | Window:
        """Apply a pure step to the row under its version; raises Throttled if it stays contested."""
        for _ in range(_TRIES):
            row = self._table.get(_key(vendor)) or {}
            window = codec.read(Window, row) if row else Window()
            result = step(window, self._clock.now())
            if isinstance(result, Refusal) and result.window is None:
                return result
            version = int(row.get("version", 0))
            new = result if isinstance(result, Window) else result.window
            guard = Equals("version", version) if version else AtMost("version", 0)
            stored = codec.row(new) | {"version": version + 1}
            try:
                self._table.transact([Put(_key(vendor), stored, (guard,))])
            except Refused:
                continue
            return result
        raise Throttled(Reason.VENDOR_BUSY, f"the {vendor} budget is contested", scope="lane")


class Gate:
    """One worker's way to the vendor: takes blocks of calls and gives back what it did not use."""

    def __init__(self, budgets: Budgets, clock: Clock, *, vendor: str, holder: str, lane: Lane):
        self._budgets = budgets
        self._clock = clock
        self._vendor = vendor
        self._holder = holder
        self._lane: Lane = lane
        self._left = 0
        self._grant: Grant | None = None
        self._begun: datetime | None = None
        self.rules = Rules()

    @contextmanager
    def call(self) -> Iterator[None]:
        """One call: raises Throttled or QuotaSpent where none may be made now."""
        if self._left and self._grant and self._clock.now() > self._grant.start_by:
            self.close()
        if not self._left:
            self._take()
        self._left -= 1
        self._begun = self._clock.now()
        try:
            yield
        except Defer as deferral:
            self._back_off(deferral)
            raise

    def _take(self) -> None:
        rules = replace(self.rules, block=self._fitting())
        result = self._budgets.update(
            self._vendor,
            lambda window, now: budget.reserve(window, now, self._holder, self._lane, rules),
        )
        if isinstance(result, Grant):
            self._grant, self._left = result, result.calls
        elif isinstance(result, Refusal):
            kind = QuotaSpent if result.spent else Throttled
            reason = Reason.QUOTA_SPENT if result.spent else Reason.VENDOR_BUSY
            raise kind(reason, f"our {self._vendor} budget is used up", scope="lane", until=result.until)

    def _fitting(self) -> int:
        """Calls that can be begun in time at the pace of the last one: the other workers need the rest."""
        start = self.rules.start_seconds
        pace = (self._clock.now() - self._begun).total_seconds() if self._begun else start
        return min(self.rules.block, 1 + int(start / max(pace, 0.001)))

    def _back_off(self, deferral: Defer) -> None:
        now = self._clock.now()
        if isinstance(deferral, QuotaSpent):
            self._budgets.park(self._vendor, deferral.until or budget.next_reset(now))
        elif isinstance(deferral, Throttled):
            wait = timedelta(seconds=deferral.seconds)
            self._budgets.park(self._vendor, deferral.until or now + wait)
        else:
            return
        self.close()  # what is reserved is not to be called now

    def close(self) -> None:
        """Give back the permit and the calls that were not started."""
        if self._grant is None:
            return
        held = self._grant.start_by + timedelta(seconds=self.rules.hold_seconds - self.rules.start_seconds)
        unused = (held,) * self._left
        self._left, self._grant = 0, None
        with suppress(Defer):  # what is not given back frees itself by time
            self._budgets.update(
                self._vendor,
                lambda window, now: budget.give_back(window, now, self._holder, self._lane, unused),
            )
