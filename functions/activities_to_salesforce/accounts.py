"""Locks kept apart by account: Salesforce locks an account for each record below it (LS-12).

Promises that what belongs to one account stands together in a call, so that as few calls as possible meet there,
and that what met a lock comes back one after another within the jitter of its step (I19).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from activities_to_salesforce.desk import Desk
from activities_to_salesforce.rules import Target
from lockstep.domain.ids import ItemKey
from lockstep.engine.ports import Chance


@dataclass(frozen=True, slots=True)
class Slot:
    """One of several equal parts of chance: draws of different slots never fall into one part."""

    chance: Chance
    place: int
    of: int

    def below(self, limit: int) -> int:
        """A number of this slot's part of all those below `limit`."""
        first = limit * self.place // self.of
        after = max(first + 1, limit * (self.place + 1) // self.of)
        return first + self.chance.below(after - first)

    def token(self) -> str:
        """A name that nobody else has."""
        return self.chance.token()


def account_of(desk: Desk, target: Target) -> str:
    """What Salesforce locks with a Task: the person's account, else the record itself."""
    known = desk.person(target.item)
    person = known.record.person if known else None
    return (person and person.salesforce_account_id) or target.who or ""


def together(desk: Desk, targets: Sequence[Target]) -> list[Target]:
    """The targets with those of one account next to each other, else in their order."""
    return [target for some in _by_account(desk, targets).values() for target in some]


def slots(desk: Desk, locked: Sequence[Target]) -> dict[ItemKey, Slot]:
    """For each target that met a lock its own part of the jitter, among those of its account."""
    return {
        target.item.key: Slot(desk.chance, place, len(some))
        for some in _by_account(desk, locked).values()
        for place, target in enumerate(some)
    }


def _by_account(desk: Desk, targets: Sequence[Target]) -> dict[str, list[Target]]:
    found: defaultdict[str, list[Target]] = defaultdict(list)
    for target in targets:
        found[account_of(desk, target)].append(target)
    return found
