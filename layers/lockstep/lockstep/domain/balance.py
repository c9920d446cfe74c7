"""The books of one flow for one day: received = logged + skipped + needs you + waiting (I1)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lockstep.domain.item import WAITING, State
from lockstep.domain.reason import Reason

RECEIVED = "RECEIVED"


def column(state: State, reason: Reason | None) -> str:
    """The counter that an item in this state stands in; states that need a reason carry it."""
    if state in (State.SKIPPED, State.NEEDS_YOU):
        if reason is None:
            raise ValueError(f"an item is never {state} without a reason")
        return f"{state}.{reason}"
    return str(state)


@dataclass(frozen=True, slots=True)
class Balance:
    """Counts of items; SUPERSEDED and ERASED stand under `skipped` by those names."""

    received: int = 0
    logged: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    needs_you: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every item received is accounted for, once."""
        skipped, parked = sum(self.skipped.values()), sum(self.needs_you.values())
        return self.received == self.logged + skipped + parked + self.waiting

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> "Balance":
        """From counters by column."""
        ended = {str(s): counts.get(s, 0) for s in (State.SUPERSEDED, State.ERASED)}
        return cls(
            received=counts.get(RECEIVED, 0),
            logged=counts.get(State.CONFIRMED, 0),
            skipped=_part(counts, State.SKIPPED) | {s: n for s, n in ended.items() if n},
            needs_you=_part(counts, State.NEEDS_YOU),
            waiting=sum(counts.get(state, 0) for state in WAITING - {State.RECEIVED}),
        )

    @classmethod
    def total(cls, parts: Iterable["Balance"]) -> "Balance":
        """Several days as one."""
        counts: dict[str, int] = {}
        for part in parts:
            for name, number in part.counts().items():
                counts[name] = counts.get(name, 0) + number
        return cls.of(counts)

    def counts(self) -> dict[str, int]:
        """Back to counters by column; all that waits stands under READY."""
        ends = {State.SUPERSEDED, State.ERASED}
        return {
            RECEIVED: self.received,
            State.CONFIRMED: self.logged,
            State.READY: self.waiting,
            **{n if n in ends else f"{State.SKIPPED}.{n}": c for n, c in self.skipped.items()},
            **{f"{State.NEEDS_YOU}.{n}": c for n, c in self.needs_you.items()},
        }


def _part(counts: Mapping[str, int], state: State) -> dict[str, int]:
    prefix = f"{state}."
    return {n.removeprefix(prefix): c for n, c in counts.items() if n.startswith(prefix) and c}
