"""How far the people sync has come: the first load by id ranges, and the feed of changes.

Promises that progress is data in the store (item 13) and that every position can be taken up
again by another worker.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

RANGE = 300  # ids a call (marketo-api 5: up to 300 values)
EMPTY_RANGES = 20  # the load ends this many empty ranges behind the highest id seen


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """A pass over all ids, ascending; counts are of people read."""

    state: Literal["requested", "running", "done"]
    requested_at: datetime
    requested_by: str
    reconcile: bool = False
    started_at: datetime | None = None
    finished_at: datetime | None = None
    moved_at: datetime | None = None
    next_id: int = 1
    highest_id: int = 0
    empty_ranges: int = 0
    processed: int = 0
    qualified: int = 0
    skipped: int = 0
    failed: int = 0

    @classmethod
    def request(cls, by: str, at: datetime, *, reconcile: bool = False) -> "LoadProgress":
        """What the start command stores; `reconcile` also looks for people who are gone."""
        return cls("requested", at, by, reconcile=reconcile)

    @property
    def pending(self) -> bool:
        """Whether there is a pass to go on with."""
        return self.state != "done"

    @property
    def alive_at(self) -> datetime:
        """When it last got anywhere."""
        return self.finished_at or self.moved_at or self.started_at or self.requested_at

    @property
    def scanned(self) -> int:
        """Ids looked at."""
        return min(self.next_id - 1, self.total)

    @property
    def total(self) -> int:
        """Ids to look at, as far as is known: the highest one seen."""
        return self.highest_id

    def rate_per_minute(self, now: datetime) -> float:
        """People read a minute since the start."""
        if self.started_at is None:
            return 0.0
        elapsed = ((self.finished_at or now) - self.started_at).total_seconds()
        return 60 * self.processed / max(elapsed, 1.0)

    def seconds_left(self, now: datetime) -> int | None:
        """Estimate from the pace so far; None before the first range."""
        if self.started_at is None or not self.scanned:
            return None
        elapsed = (now - self.started_at).total_seconds()
        return round(elapsed * (self.total - self.scanned) / self.scanned)

    def after_range(self, found: int, highest: int, now: datetime, *, qualified: int, failed: int) -> "LoadProgress":
        """Progress behind one more range in which `found` people were read."""
        top = max(self.highest_id, highest)
        next_id = self.next_id + RANGE
        empty = 0 if found or self.next_id <= top else self.empty_ranges + 1
        done = next_id > top and empty >= EMPTY_RANGES
        return replace(
            self,
            state="done" if done else "running",
            finished_at=now if done else None,
            moved_at=now,
            next_id=next_id,
            highest_id=top,
            empty_ranges=empty,
            processed=self.processed + found,
            qualified=self.qualified + qualified,
            skipped=self.skipped + found - qualified - failed,
            failed=self.failed + failed,
        )


@dataclass(frozen=True, slots=True)
class ChangesPosition:
    """Where the feeds of changes continue.

    `watermark`: everything the feeds showed up to here is stored. A pass under way has `until`
    (the next watermark), the `stage` it is in and that stage's page token.
    """

    watermark: datetime
    until: datetime | None = None
    stage: Literal["changes", "deletions", "merges"] = "changes"
    start_token: str | None = None
    token: str | None = None
