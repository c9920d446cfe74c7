"""People for whom activities wait, and people who have just gained what those wait for (LS-16c).

Promises that whoever waits is noted in the transaction that lets it wait, and only while its person still is as
it was judged; and that who gained something is noted in the transaction that stores it. So one of the two sees
the other, whoever dies in between.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.ids import MarketoId
from lockstep.store.leases import Lease
from lockstep.store.table import Action, Change, Delete, Equals, Key, Put, Refused, Row, Table

_GAINED = Key(f"CURSOR#{PEOPLE_FROM_MARKETO}", "GAINED")


_BLOCK = 10_000  # ids whose rows stand together, so that one question answers for a range of a load
_FEW = 10
_PAGE = 1_000


def _row(person: int) -> Key:
    return Key(f"AWAITED#{person // _BLOCK}", f"{person:012}")


def awaiting(person: int) -> Action:
    """The action that notes that one more activity waits for a person."""
    return Change(_row(person), add={"times": 1})


def gaining(people: Sequence[MarketoId], lease: Lease) -> Action:
    """The action that notes who gains something by the records that are stored with it."""
    return Put(_GAINED, {"people": list(people), "fence": lease.fence})


class Awaited:
    """Both sides in one table."""

    def __init__(self, table: Table):
        self._table = table

    def gained(self) -> tuple[list[MarketoId], int] | None:
        """Who gained something and was not looked after yet, with the fence under which it was noted."""
        row = self._table.get(_GAINED)
        return ([MarketoId(int(one)) for one in row["people"]], int(row["fence"])) if row else None

    def of(self, people: Sequence[MarketoId]) -> dict[MarketoId, int]:
        """Those of these people for whom activities wait, and how often one began to."""
        blocks: defaultdict[str, list[MarketoId]] = defaultdict(list)
        for person in people:
            blocks[_row(person).pk].append(person)
        few = [_row(person) for some in blocks.values() if len(some) <= _FEW for person in some]
        rows = list(self._table.get_many(few).items()) if few else []
        for block, some in blocks.items():
            if len(some) > _FEW:
                rows += self._range(block, min(some), max(some))
        found = {MarketoId(int(key.sk)): int(row["times"]) for key, row in rows}
        return {person: found[person] for person in people if person in found}

    def _range(self, block: str, first: int, last: int) -> Iterator[tuple[Key, Row]]:
        after, through = f"{first - 1:012}", f"{last:012}"
        while rows := self._table.query(block, after=after, through=through, limit=_PAGE):
            yield from ((Key(row["pk"], row["sk"]), row) for row in rows)
            after = rows[-1]["sk"]

    def over(self, person: MarketoId, times: int) -> None:
        """Nothing waits any more, unless something began to meanwhile."""
        self._forget(Delete(_row(person), (Equals("times", times),)))

    def looked_after(self, fence: int) -> None:
        """Those who gained something under this fence were looked after."""
        self._forget(Delete(_GAINED, (Equals("fence", fence),)))

    def _forget(self, action: Delete) -> None:
        try:
            self._table.transact([action])
        except Refused:
            return  # somebody noted something anew, and that is kept
