"""Errors by what happens next.

SyncError                carries a reason, a scope and ids; never a body or a secret
|-- Defer                not now, nobody's fault; the attempt is not counted
|   |-- Throttled        606, 615, our own budget: short shared back-off
|   |   `-- Crowded      concurrent requests: fewer workers at once
|   |-- QuotaSpent       607, 1029, TotalRequests: wait until the reset
|   |-- Unavailable      5xx, 608, 713, maintenance, throttled store
|   |-- Locked           UNABLE_TO_LOCK_ROW
|   `-- OutOfTime        the deadline of this invocation is near
|-- Reject               this item can never succeed as it is: a person must act
|-- Halt                 go no further for this connection or concern: credentials, permission
|-- UnknownOutcome       sent, no answer: probe by key before anything else
`-- LostFence            another worker took over: stop quietly
anything else is a bug: let it rise.
"""

from datetime import datetime
from typing import Literal

from lockstep.domain.reason import Reason

Scope = Literal["item", "person", "connection", "lane", "concern"]


class SyncError(Exception):
    """Base of all that the engine knows how to handle."""

    def __init__(self, reason: Reason, detail: str, *, scope: Scope = "item", code: str = ""):
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.scope: Scope = scope
        self.code = code


class Defer(SyncError):
    """Not now: wait `seconds` (or until `until`), attempt not counted."""

    seconds = 10

    def __init__(
        self,
        reason: Reason,
        detail: str,
        *,
        scope: Scope = "connection",
        code: str = "",
        until: datetime | None = None,
    ):
        super().__init__(reason, detail, scope=scope, code=code)
        self.until = until


class Throttled(Defer):
    """Too many calls at once, by us or by others."""


class Crowded(Throttled):
    """More calls at once than the vendor takes of everybody: fewer workers, and more of them again slowly."""


class QuotaSpent(Defer):
    """The allowance of the day is gone; `until` is the reset where it is known."""

    seconds = 3600


class Unavailable(Defer):
    """The other side is down or busy and did not execute the call."""

    seconds = 30


class Locked(Defer):
    """The record is held by another transaction."""


class OutOfTime(Defer):
    """This invocation has no time left for another call; the work goes on in the next one."""

    seconds = 0


class Reject(SyncError):
    """This item can never succeed as it is."""


class Halt(SyncError):
    """Nothing more may be tried for this scope until a person has acted."""


class UnknownOutcome(SyncError):
    """A write was sent and its answer never came."""

    def __init__(self, detail: str, *, scope: Scope = "connection"):
        super().__init__(Reason.CANNOT_TELL, detail, scope=scope)


class LostFence(SyncError):
    """A conditional write found that another worker has taken over."""

    def __init__(self, detail: str):
        super().__init__(Reason.CANNOT_TELL, detail, scope="item")
