"""Who is who: the seeded people by what each vendor knows of them, so that every way through the product is walked.

Promises that the same seed gives the same cast, that no person stands in two groups, and that a small world still
has somebody in most groups.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from local.simulators.kernel.population import SeedPerson, population

STRANGERS = (900_000_001, 900_000_002, 900_000_003)  # ids that Marketo never gave out
People = tuple[SeedPerson, ...]
_LIMITS = {
    "updated": (0.03, 20),
    "handed_over": (0.01, 6),
    "orphaned": (0.01, 5),
    "winners": (0.01, 3),
    "losers": (0.01, 3),
    "deleted": (0.01, 4),
    "searched": (0.06, 25),
    "nowhere": (0.02, 8),
    "gone": (0.01, 5),
}


@dataclass(frozen=True)
class Cast:
    """Groups of people; those who are known to both sides and whom nothing happens to are `regulars`."""

    regulars: People
    updated: People
    handed_over: People
    orphaned: People
    winners: People
    losers: People
    deleted: People
    converted: People
    adopted: People
    searched: People
    nowhere: People
    gone: People
    passed_over: People

    @classmethod
    def of(cls, seed: int, people: int) -> "Cast":
        """The cast of one seeded world."""
        world = population(seed, people)
        dice = Random(f"{seed}/cast")
        pool = _workable(world)
        dice.shuffle(pool)
        size = len(pool)
        converted = _draw([one for one in pool if one.kind == "lead"], 0.01, 4, size)
        pool = [one for one in pool if one not in set(converted)]
        groups: dict[str, People] = {}
        for name, (share, most) in _LIMITS.items():
            groups[name] = _draw(pool, share, most, size)
            pool = pool[len(groups[name]) :]
        queued = [one for one in world if one.queued and not one.deleted]
        adopted = _draw(queued, 0.02, 5, len(queued))
        taken = set(adopted)
        outside = [one for one in world if (one.queued or not one.owner_id) and one not in taken]
        passed_over = tuple(dice.sample(outside, min(40, len(outside))))
        return cls(tuple(pool), converted=converted, adopted=adopted, passed_over=passed_over, **groups)

    @property
    def groups(self) -> list[People]:
        """Every group in which there is somebody."""
        return [group for group in vars(self).values() if group]

    @property
    def merges(self) -> list[tuple[SeedPerson, SeedPerson]]:
        """Who is merged into whom: winner, loser."""
        return list(zip(self.winners, self.losers, strict=False))


def _workable(world: Sequence[SeedPerson]) -> list[SeedPerson]:
    """People whom a seller works with, each with an address of his own."""
    addresses = [one.email for one in world]
    seen: dict[str, int] = {}
    for address in addresses:
        seen[address] = seen.get(address, 0) + 1
    owned = (one for one in world if one.crm_id and one.owner_id and not one.queued and not one.deleted)
    return [one for one in owned if one.email and seen[one.email] == 1]


def _draw(pool: Sequence[SeedPerson], share: float, most: int, of: int) -> People:
    return tuple(pool[: min(most, max(1, round(share * of)))])
