"""The organisation's rolling day of requests, and how large a page of query results is."""

from collections import deque

from local.simulators.kernel.clock import SimClock

DAY_SECONDS = 86_400
PAGE = 2_000
SMALLEST_PAGE = 200


class Quota:
    """Counts requests of the last 24 hours against what the organisation may use."""

    def __init__(self, clock: SimClock, calls_per_24h: int = 100_000) -> None:
        self._clock = clock
        self.calls_per_24h = calls_per_24h
        self.page_limit: int | None = None
        self.replicated_ids = 600_000
        self._at: deque[float] = deque()

    @property
    def used(self) -> int:
        """Requests of the last 24 hours."""
        horizon = self._clock.timestamp() - DAY_SECONDS
        while self._at and self._at[0] <= horizon:
            self._at.popleft()
        return len(self._at)

    def count(self) -> bool:
        """Count one request; False where the day is used up."""
        if self.used >= self.calls_per_24h:
            return False
        self._at.append(self._clock.timestamp())
        return True

    def spend(self, calls: int) -> None:
        """Use requests up, as other applications of the organisation do."""
        self._at.extend([self._clock.timestamp()] * calls)

    def page(self, asked: str | None) -> int:
        """How many rows a page holds for this asked batch size; Salesforce may always give fewer."""
        size = PAGE
        if asked is not None and asked.isdigit():
            size = min(max(int(asked), SMALLEST_PAGE), PAGE)
        return min(size, self.page_limit) if self.page_limit else size

    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used}/{self.calls_per_24h}"
