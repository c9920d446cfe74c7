"""What is counted against the subscription: rate, concurrency and the day's calls, and the statistics about them.

All of it runs on the simulator's clock. A call that was turned away for one of these limits, and the codes that the
vendor marks as free, do not count.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.identity import API_USER
from local.simulators.marketo.switches import Switches

WINDOW = 20.0
CENTRAL = ZoneInfo("America/Chicago")
FREE = {"601", "602", "604", "605", "608", "611"}
TURNED_AWAY = {"606", "607", "615"}


class Quota:
    """The counters of one subscription."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._window: deque[float] = deque()
        self._running: list[float] = []
        self.days: Counter[str] = Counter()
        self.users: dict[str, Counter[str]] = {}
        self.errors: dict[str, Counter[str]] = {}

    def admit(self, now: datetime) -> None:
        """Let a call in, or turn it away with 607, 606 or 615."""
        moment = now.timestamp()
        while self._window and self._window[0] <= moment - WINDOW:
            self._window.popleft()
        while self._window and self._window[-1] > moment:  # the clock was set back
            self._window.pop()
        while self._running and self._running[0] <= moment:
            heapq.heappop(self._running)
        limits = self._switches
        if self.days[day_of(now)] >= limits.calls_per_day:
            raise Refused("607", f"Daily quota '{limits.calls_per_day}' reached")
        if len(self._window) >= limits.calls_per_20s:
            raise Refused("606", f"Max rate limit '{limits.calls_per_20s}' exceeded with in '20' secs")
        if len(self._running) >= limits.concurrent:
            raise Refused("615", f"Concurrent access limit '{limits.concurrent}' reached")

    def count(self, now: datetime, outcome: str, seconds: float, user: str = "") -> bool:
        """Note a finished call; whether it counted."""
        day = day_of(now)
        if outcome.isdigit():
            self.errors.setdefault(day, Counter())[outcome] += 1
        if outcome in FREE | TURNED_AWAY:
            return False
        self.days[day] += 1
        self.users.setdefault(day, Counter())[user or API_USER] += 1
        self._window.append(now.timestamp())
        if seconds > 0:
            heapq.heappush(self._running, now.timestamp() + seconds)
        return True

    def usage(self, now: datetime, days: int) -> list[dict[str, Any]]:
        """Calls a day, newest first."""
        return [
            {"date": day, "total": self.days[day], "users": self._users(day)}
            for day in _last(now, days)
            if self.days[day] or day == day_of(now)
        ]

    def _users(self, day: str) -> list[dict[str, Any]]:
        counts = self.users.get(day) or {API_USER: 0}
        return [{"userId": user, "count": count} for user, count in sorted(counts.items())]

    def failures(self, now: datetime, days: int) -> list[dict[str, Any]]:
        """Errors a day by code, newest first."""
        told = []
        for day in _last(now, days):
            codes = self.errors.get(day, Counter())
            if codes or day == day_of(now):
                errors = [{"errorCode": code, "count": count} for code, count in sorted(codes.items())]
                told.append({"date": day, "total": codes.total(), "errors": errors})
        return told


def day_of(now: datetime) -> str:
    """The vendor's day, which turns at midnight in US Central."""
    return now.astimezone(CENTRAL).date().isoformat()


def _last(now: datetime, days: int) -> list[str]:
    today = now.astimezone(CENTRAL).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(days)]
