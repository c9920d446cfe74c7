"""Waiting for the stack: the load to its end, and the ledger until it is quiet; never for ever.

Promises to give up with a sentence and the end of the engine's log where nothing moves any more.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local.demo.product import Product
from local.demo.screen import Screen

STALLED = 90.0
LONGEST = 240.0
_LOOK = 1.0
_CARE = 3.0

Status = dict[str, Any]


class Patience:
    """Remembers when something last moved."""

    def __init__(self, seconds: float = STALLED):
        self._seconds = seconds
        self._last: Any = None
        self._moved = time.monotonic()

    def exhausted(self, sight: Any) -> bool:
        """Whether this is what was seen all the time."""
        if sight != self._last:
            self._last, self._moved = sight, time.monotonic()
        return time.monotonic() - self._moved > self._seconds


@dataclass(frozen=True)
class Waiting:
    """The one who looks at the clock."""

    product: Product
    screen: Screen

    def for_load(self, people: int) -> dict[str, Any]:
        """Watch the first load to its end; how it ended."""
        patience = Patience()
        with self.screen.progress("people read") as bar:
            while True:
                load: dict[str, Any] = self.product.status()["load"]
                left = load["seconds_left"]
                rest = f"  {left} s left" if left else ""
                done, total = load["processed"], max(load["processed"], people)
                bar.show(done, total, f"{load['rate_per_minute'] / 60:,.0f} a second{rest}")
                if load["finished_at"]:
                    return load
                if patience.exhausted((load["state"], load["processed"], load["done"])):
                    sentence = f"The load of people stands still at {done:,} people ({load['state']})."
                    raise self.product.problem(sentence)
                time.sleep(_LOOK)

    def for_quiet(self, changed_at: datetime) -> Status:
        """Look until nothing waits, twice, and the changes of people are taken over; run care meanwhile."""
        deadline, care, quiet = time.monotonic() + LONGEST, 0.0, 0
        status = self.product.status()
        most = max(1, _waits(status))
        with self.screen.progress("settled") as bar:
            while quiet < 2:
                if time.monotonic() > care:
                    self._run_schedules(status, changed_at)
                    care = time.monotonic() + _CARE
                status = self.product.status()
                waits, behind = _waits(status), not complete(status, changed_at)
                quiet = 0 if waits or behind else quiet + 1
                most = max(most, waits)
                told = f"{waits} wait" + (", changes of people under way" if behind else "")
                bar.show(most - waits, most, told if waits or behind else "")
                if time.monotonic() > deadline:
                    raise self.product.problem(f"The ledger is not quiet after {LONGEST:.0f} seconds: {told}.")
                time.sleep(_LOOK)
        return status

    def _run_schedules(self, status: Status, changed_at: datetime) -> None:
        self.product.run("ledger_care")
        if not complete(status, changed_at):
            self.product.run("people_from_marketo")


def complete(status: Status, changed_at: datetime) -> bool:
    """Whether the changes of people are taken over up to this instant."""
    (people,) = [flow for flow in status["flows"] if flow["flow"] == "people_from_marketo"]
    upto = people["complete_to"]
    return upto is not None and datetime.fromisoformat(upto) > changed_at


def _waits(status: Status) -> int:
    return sum(int(flow["balance"]["waiting"]) for flow in status["flows"])
