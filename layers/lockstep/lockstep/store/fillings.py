"""Items that fill in what logged ones had to leave out: opened by a person's word, each once, and struck off.

Promises that asking twice for the same fields of the same Task opens one item, in the books like any other, and that
what was filled in is no longer told as left out.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from lockstep.domain.ids import ItemKey, item_key
from lockstep.domain.item import Item, Step
from lockstep.engine.ports import Chance, Clock
from lockstep.store import codec
from lockstep.store.ledger import Ledger, as_seen, item_row, wait_row
from lockstep.store.table import Action, Change, Delete, Table
from lockstep.store.unit import SHARDS, Group, commit


def lacking(item: Item) -> list[str]:
    """The fields that a logged item had to leave out, less those that were only shortened."""
    return [entry.split(" ")[0] for entry in item.withheld if "shortened" not in entry]


def filling(logged: Item, names: Collection[str], ledger: Ledger) -> Item:
    """The item that fills these fields of a logged one; the same fields are the same item."""
    return Item(
        flow=logged.flow,
        key=item_key(logged.flow, logged.event_id, f"{logged.key}/fields/{','.join(sorted(names))}"),
        effect="fields",
        completes=logged.key,
        connection=logged.connection,
        event_id=logged.event_id,
        kind=logged.kind,
        person_id=logged.person_id,
        occurred_at=logged.occurred_at,
        received_on=ledger.today(),
        remote_id=logged.remote_id,
        target=logged.target,
        filling=tuple(sorted(names)),
    )


class Fillings:
    """Back-fills in one table."""

    def __init__(self, table: Table, ledger: Ledger, clock: Clock, chance: Chance):
        self._table = table
        self._ledger = ledger
        self._clock = clock
        self._chance = chance

    def open(self, items: Sequence[Item]) -> list[ItemKey]:
        """Put new items on their work lists; returns the keys of those that were opened before."""
        there = commit(self._table, list(map(self._opening, items)), shard=self._shard)
        return [item.key for item in there]

    def _opening(self, item: Item) -> Group:
        """A new item, and word of it on the logged one."""
        opening = self._ledger.opening(item)
        if item.completes:
            opening.actions.append(Change(item_row(item.flow, item.completes), append={"others": [item.key]}))
        return opening

    def strike(self, done: Sequence[tuple[Item, Collection[str]]]) -> None:
        """Take filled fields off what logged items lack; striking them again changes nothing."""
        groups = [self._striking(item, names) for item, names in done if set(names) & set(lacking(item))]
        commit(self._table, groups, shard=self._shard)

    def _striking(self, item: Item, names: Collection[str]) -> Group:
        left = tuple(entry for entry in item.withheld if entry.split(" ")[0] not in names)
        cause = item.cause if lacking(replace(item, withheld=left)) else None
        step = Step(self._clock.now(), item.state, note=f"filled in later: {', '.join(sorted(names))}"[:500])
        change = Change(
            item_row(item.flow, item.key),
            set={"withheld": list(left), "cause": cause},
            append={"history": [codec.row(step)]},
            when=as_seen(item),
        )
        gone: list[Action] = [Delete(wait_row(item, item.cause))] if item.cause and not cause else []
        return Group(item.key, [change, *gone])

    def _shard(self) -> int:
        return self._chance.below(SHARDS)
