"""The outbound item: one effect wanted at one destination, with a state in the ledger.

Promises that an item moves only along MOVES, that its fence grows with every claim, and that
its history names every move with a reason.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.reason import Reason

Effect = Literal["task", "life", "fields", "rollup"]


class State(StrEnum):
    """States of reliability.md 3.1, and no others."""

    RECEIVED = "RECEIVED"
    READY = "READY"
    LEASED = "LEASED"
    CONFIRMED = "CONFIRMED"
    RETRY_AT = "RETRY_AT"
    UNKNOWN = "UNKNOWN"
    NEEDS_YOU = "NEEDS_YOU"
    SKIPPED = "SKIPPED"
    SUPERSEDED = "SUPERSEDED"
    ERASED = "ERASED"


WAITING = frozenset({State.RECEIVED, State.READY, State.LEASED, State.RETRY_AT, State.UNKNOWN})

_END = frozenset({State.SUPERSEDED, State.ERASED})
MOVES: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.READY, State.SKIPPED}) | _END,
    State.READY: frozenset(
        {
            State.LEASED,
            State.SKIPPED,
            State.NEEDS_YOU,
            State.RETRY_AT,
            State.CONFIRMED,  # woken in doubt, and the probe finds it
            State.UNKNOWN,  # or does not see it yet
        }
    )
    | _END,
    State.LEASED: frozenset(
        {
            State.LEASED,
            State.CONFIRMED,
            State.READY,
            State.RETRY_AT,
            State.NEEDS_YOU,
            State.UNKNOWN,
            State.SKIPPED,
        }
    )
    | _END,
    State.RETRY_AT: frozenset({State.READY, State.NEEDS_YOU, State.SKIPPED}) | _END,
    State.UNKNOWN: frozenset({State.LEASED, State.CONFIRMED, State.NEEDS_YOU, State.UNKNOWN}) | _END,
    State.NEEDS_YOU: frozenset({State.READY, State.SKIPPED}) | _END,
    State.SKIPPED: frozenset({State.READY, State.ERASED}),
    State.CONFIRMED: frozenset({State.ERASED}),
    State.SUPERSEDED: frozenset({State.ERASED}),
    State.ERASED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One move in an item's history."""

    at: datetime
    state: State
    reason: Reason | None = None
    note: str = ""


_DUE = frozenset({State.RETRY_AT, State.UNKNOWN})
_NEEDED: dict[State, tuple[str, ...]] = {
    State.CONFIRMED: ("remote_id",),  # I3
    State.SKIPPED: ("reason",),
    State.NEEDS_YOU: ("reason", "cause"),
    State.RETRY_AT: ("reason", "due_at"),
    State.UNKNOWN: ("reason", "due_at"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where an item goes next, and why; decided by rules, written by the ledger.

    `doubt` keeps in mind that an earlier write may have arrived; `anew` has the attempts counted from the start.
    `withheld` of None leaves what was noted with the claim.
    """

    state: State
    reason: Reason | None = None
    note: str = ""
    cause: str | None = None
    due_at: datetime | None = None
    remote_id: str | None = None
    counted: bool = False
    anew: bool = False
    doubt: bool = False
    withheld: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse an outcome that would leave its item without a reason, a cure or a next look."""
        missing = [name for name in _NEEDED.get(self.state, ()) if getattr(self, name) in (None, "")]
        if missing:
            raise ValueError(f"an item is never {self.state} without its {' and '.join(missing)}")
        if self.due_at and self.state not in _DUE:
            raise ValueError(f"an item that is {self.state} is not due at a time")


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the ledger; `received_on` names the day (UTC) whose books it belongs to.

    `effect` is `task` where a record is to be made, `life` where something is told on the record of an
    email, `fields` where `filling`, which a logged item (`completes`) had to leave out, is filled in, and
    `rollup` where records show the newest activity.
    `record` and `related` name the records it belongs to where that was decided before (one activity with several).
    `others` are the items that were opened for its sake: one for each further record, and back-fills.
    While it is not known whether the last write arrived, `leased_at` says when it was begun and
    `target` which remote record it was for.
    """

    flow: str
    key: ItemKey
    connection: UserEmail
    event_id: str
    kind: str
    person_id: MarketoId
    occurred_at: datetime
    received_on: date
    effect: Effect = "task"
    record: str | None = None
    related: str | None = None
    completes: ItemKey | None = None
    filling: tuple[str, ...] = ()
    others: tuple[ItemKey, ...] = ()
    state: State = State.READY
    reason: Reason | None = None
    cause: str | None = None
    fence: int = 0
    lease_until: datetime | None = None
    leased_at: datetime | None = None
    due_at: datetime | None = None
    attempts: int = 0
    remote_id: str | None = None
    settings_version: int | None = None
    payload_hash: str | None = None
    target: str | None = None
    withheld: tuple[str, ...] = ()
    history: tuple[Step, ...] = field(default=())

    @property
    def in_doubt(self) -> bool:
        """Whether an earlier write may have arrived: it is settled before anything else."""
        return self.leased_at is not None


def may_become(item: Item, state: State) -> bool:
    """Whether the protocol knows this move: without a claim only a doubt that an earlier one left is settled.

    What is told or filled in on a record that is there needs no claim: it is absolute, so that telling it
    again is harmless.
    """
    if item.effect != "task" and state is State.CONFIRMED:
        return state in MOVES[item.state]
    unclaimed = item.state is State.READY and state in (State.CONFIRMED, State.UNKNOWN)
    return state in MOVES[item.state] and (item.in_doubt or not unclaimed)


def recipient(person: int, effect: Effect, record: str | None = None, related: str | None = None) -> str:
    """Whom and what an item is for, as its key names it: one event may have several effects."""
    if effect != "task":
        return f"{person}/{effect}"
    return f"{person}/{record}/{related or ''}" if record else str(person)


def logged(remote_id: str, note: str = "", withheld: tuple[str, ...] | None = None) -> Outcome:
    """The effect stands at the destination under `remote_id` (I3: never without one)."""
    return Outcome(State.CONFIRMED, note=note, remote_id=remote_id, withheld=withheld)


def skipped(reason: Reason, note: str = "", cause: str | None = None) -> Outcome:
    """Nothing will be written, for this reason."""
    return Outcome(State.SKIPPED, reason, note, cause)


def needs_you(reason: Reason, cause: str, note: str = "") -> Outcome:
    """A person must act; `cause` is the key under which the item wakes when it is mended."""
    return Outcome(State.NEEDS_YOU, reason, note, cause)


def retry(at: datetime, reason: Reason, note: str = "", *, counted: bool = True) -> Outcome:
    """Not now: look again at `at`; waiting for quota or budget is not counted as an attempt."""
    return Outcome(State.RETRY_AT, reason, note, due_at=at, counted=counted)


def unknown(at: datetime, note: str) -> Outcome:
    """Sent and not answered: probe at `at` before anything is written again."""
    return Outcome(State.UNKNOWN, Reason.CANNOT_TELL, note, due_at=at, doubt=True)


def ready(note: str = "") -> Outcome:
    """Certainly not executed: back to the work list under the same key."""
    return Outcome(State.READY, note=note)
