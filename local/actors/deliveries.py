"""How senders deliver: small batches and large ones, some of them twice.

Promises that every event is delivered at least once, and that a repeated one is the very same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

Event = dict[str, Any]
_REPEATED = 0.2


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request of a sender."""

    events: tuple[Event, ...]
    repeated: bool = False


def deliveries(events: Sequence[Event], seed: int, largest: int = 40) -> list[Delivery]:
    """The requests in order; a repetition comes a little later than what it repeats."""
    dice = Random(f"{seed}/deliveries")
    found: list[Delivery] = []
    late: list[Delivery] = []
    rest = list(events)
    while rest:
        size = dice.choice((1, 1, 5, largest // 2, largest))
        found.append(Delivery(tuple(rest[:size])))
        rest = rest[size:]
        found += late
        late = []
        if dice.random() < _REPEATED:
            late.append(Delivery(found[-1].events, repeated=True))
    return found + (late or [Delivery(found[0].events, repeated=True)] if found else [])
