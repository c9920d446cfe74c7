"""Queues in memory, with delays on the given clock: nudges as SQS would hand them out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lockstep.domain.message import Nudge
from lockstep.engine.ports import Clock


@dataclass(frozen=True, slots=True)
class Message:
    """A nudge and the instant from which it is visible."""

    nudge: Nudge
    visible_at: datetime


class MemoryNudges:
    """All flows' queues; `requests` counts what SQS would bill for sending."""

    def __init__(self, clock: Clock):
        self._clock = clock
        self.messages: list[Message] = []
        self.requests = 0
        self.refuse_next = 0

    def send(self, nudges: list[Nudge], delay_seconds: int = 0) -> list[Nudge]:
        """Take nudges, or refuse as many as `refuse_next` says."""
        self.requests += -(-len(nudges) // 10)
        refused, taken = nudges[: self.refuse_next], nudges[self.refuse_next :]
        self.refuse_next -= len(refused)
        at = self._clock.now() + timedelta(seconds=delay_seconds)
        self.messages += [Message(nudge, at) for nudge in taken]
        return refused

    def receive(self, flow: str, limit: int = 10) -> list[Message]:
        """Take visible messages of one flow off the queue."""
        now = self._clock.now()
        due = [m for m in self.messages if m.nudge.flow == flow and m.visible_at <= now][:limit]
        for message in due:
            self.messages.remove(message)
        return due

    def next_visible(self) -> datetime | None:
        """When the next hidden message shows itself."""
        return min((message.visible_at for message in self.messages), default=None)
