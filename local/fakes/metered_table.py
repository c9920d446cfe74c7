"""A memory table that counts what DynamoDB would bill: read units, write units and requests.

Promises the documented size rules on every call ("DynamoDB read and write operations", developer
guide): reads by 4 KB, writes by 1 KB of the larger of a row before and after, transactions twice,
refused writes and reads of rows that are not there at the price of what they looked at.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from local.fakes.memory_table import KB, MemoryTable
from lockstep.store.table import LIMIT, Action, Change, Check, Delete, Key, Put, Refused, Row

READ_BLOCK, WRITE_BLOCK, PAGE = 4 * KB, KB, KB * KB

_PLAIN: dict[type, str] = {Put: "PutItem", Change: "UpdateItem", Delete: "DeleteItem"}


def _blocks(size: int, block: int) -> int:
    return max(1, -(-size // block))


class MeteredTable:
    """The port over a memory table, with meters; everything else is the inner table's."""

    def __init__(self, table: MemoryTable):
        self.inner = table
        self.read_units = 0
        self.write_units = 0
        self.requests: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        """What tests ask of a memory table: `rows`, `inserted`, `size`."""
        return getattr(self.inner, name)

    def get(self, key: Key) -> Row | None:
        """One strongly consistent read."""
        self.requests["GetItem"] += 1
        self._read([key])
        return self.inner.get(key)

    def get_many(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """Batches of a hundred; each row is rounded up by itself."""
        unique = list(dict.fromkeys(keys))
        self.requests["BatchGetItem"] += -(-len(unique) // LIMIT)
        self._read(unique)
        return self.inner.get_many(unique)

    def query(
        self,
        pk: str,
        *,
        prefix: str = "",
        after: str | None = None,
        through: str | None = None,
        limit: int = 1000,
        newest_first: bool = False,
    ) -> list[Row]:
        """Pages of 1 MB; the rows of a page are rounded up together."""
        rows = self.inner.query(pk, prefix=prefix, after=after, through=through, limit=limit, newest_first=newest_first)
        size = sum(self.inner.size(Key(pk, row["sk"])) for row in rows)
        pages = max(1, -(-size // PAGE))
        self.requests["Query"] += pages
        self.read_units += max(pages, _blocks(size, READ_BLOCK))
        return rows

    def snapshot(self, keys: Sequence[Key]) -> dict[Key, Row]:
        """A transaction of reads: twice the units."""
        self.requests["TransactGetItems"] += 1
        self._read(keys, times=2)
        return self.inner.snapshot(keys)

    def transact(self, actions: Sequence[Action]) -> None:
        """A plain write where one action is all, else a transaction: twice the units."""
        if not actions:
            return
        alone = len(actions) == 1 and not isinstance(actions[0], Check)
        self.requests[_PLAIN[type(actions[0])] if alone else "TransactWriteItems"] += 1
        times = 1 if alone else 2
        before = [self.inner.size(action.key) for action in actions]
        try:
            self.inner.transact(actions)
        except Refused:
            self.write_units += times * sum(_blocks(size, WRITE_BLOCK) for size in before)
            raise
        after = (self.inner.size(action.key) for action in actions)
        sizes = (max(pair) for pair in zip(before, after, strict=True))
        self.write_units += times * sum(_blocks(size, WRITE_BLOCK) for size in sizes)

    def _read(self, keys: Sequence[Key], times: int = 1) -> None:
        self.read_units += times * sum(_blocks(self.inner.size(key), READ_BLOCK) for key in keys)
