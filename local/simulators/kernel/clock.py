"""The vendor's clock: real, shifted, or standing still until it is moved.

Everything a simulator dates or counts against time asks this clock, so that a day of limits passes in no time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def read_instant(text: str) -> datetime:
    """An ISO instant as an aware UTC datetime; one without a zone is taken as UTC."""
    instant = datetime.fromisoformat(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)


def write_instant(instant: datetime) -> str:
    """Whole seconds with Z, the form both vendors understand."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class SimClock:
    """Real by default; `set` stops it at an instant, `advance` moves it, `real` lets it run again.

    Given `follow`, it shows that outside clock instead of the machine's (plus whatever it was advanced by).
    """

    def __init__(self, follow: Callable[[], datetime] | None = None, start: datetime | str | None = None) -> None:
        self._follow = follow
        self._shift = timedelta()
        self._stopped: datetime | None = None
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """The vendor's present, in UTC."""
        if self._stopped is not None:
            return self._stopped
        return (self._follow().astimezone(UTC) if self._follow else datetime.now(UTC)) + self._shift

    def timestamp(self) -> float:
        """The present in seconds since 1970."""
        return self.now().timestamp()

    def set(self, instant: datetime | str) -> None:
        """Stop at this instant."""
        moment = read_instant(instant) if isinstance(instant, str) else instant
        self._stopped = moment.astimezone(UTC)

    def advance(self, seconds: float) -> None:
        """Move on; a running clock goes on running from there."""
        if self._stopped is not None:
            self._stopped += timedelta(seconds=seconds)
        else:
            self._shift += timedelta(seconds=seconds)

    def real(self) -> None:
        """Run with the outside clock again, unshifted."""
        self._stopped, self._shift = None, timedelta()

    def pause(self, seconds: float) -> None:
        """Spend time: a stopped clock moves on, a followed one is its owner's to move, a real one waits."""
        if self._stopped is not None:
            self._stopped += timedelta(seconds=seconds)
        elif self._follow is None and seconds > 0:
            time.sleep(seconds)
