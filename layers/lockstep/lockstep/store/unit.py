"""The unit of commit: as many groups of actions as fit a transaction, with their counters.

Promises that a group is stored whole, that the counters move in the same transaction as the
states they count (I1), and that a group whose conditions fail is taken out while the rest goes
on (reliability.md 3.2).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lockstep.engine.errors import LostFence
from lockstep.store.table import MAX_ACTIONS, Action, Change, Key, Refused, Table

SHARDS = 16

Book = tuple[str, str]  # flow and day received


@dataclass(slots=True)
class Group:
    """Actions that are stored together or not at all; `counts` are deltas by book and column."""

    tag: Any
    actions: list[Action]
    counts: dict[tuple[Book, str], int] = field(default_factory=dict)


def count_key(book: Book, shard: int) -> Key:
    """The row of one shard of one book."""
    return Key(f"COUNT#{book[0]}#{book[1]}", f"{shard:02d}")


def _counting(groups: Sequence[Group], shard: int) -> list[Action]:
    books: dict[Book, Counter[str]] = {}
    for group in groups:
        for (book, column), delta in group.counts.items():
            books.setdefault(book, Counter())[column] += delta
    changes = ((book, {c: d for c, d in deltas.items() if d}) for book, deltas in books.items())
    return [Change(count_key(book, shard), add=add) for book, add in changes if add]


def _slices(groups: Sequence[Group], reserve: int) -> Iterator[list[Group]]:
    taken: list[Group] = []
    size, books, touched = reserve, set[Book](), set[Key]()
    for group in groups:
        keys = {action.key for action in group.actions}
        more = {book for book, _ in group.counts} - books
        full = size + len(group.actions) + len(more) > MAX_ACTIONS
        # a transaction takes one action per row, so a second word on a row waits for the next one
        if taken and (full or keys & touched):
            yield taken
            taken, size, books, touched = [], reserve, set(), set()
            more = {book for book, _ in group.counts}
        taken.append(group)
        size += len(group.actions) + len(more)
        books |= more
        touched |= keys
    if taken:
        yield taken


def commit(
    table: Table,
    groups: Sequence[Group],
    *,
    shard: Callable[[], int],
    position: Callable[[int], list[Action]] | None = None,
) -> list[Any]:
    """Store groups slice by slice; returns the tags of those that were refused.

    `position(done)` gives the actions that move a cursor past the first `done` groups; they go
    into the slice that holds those groups, or alone where there are none. Raises LostFence where
    anything is refused that goes with a position.
    """
    refused: list[Any] = []
    done = 0
    reserve = len(position(0)) if position else 0
    for taken in list(_slices(groups, reserve)) or [[]]:
        done += len(taken)
        moves = position(done) if position else []
        refused += _commit_slice(table, taken, moves, shard)
    return refused


def _commit_slice(table: Table, groups: list[Group], moves: list[Action], shard: Callable[[], int]) -> list[Any]:
    refused: list[Any] = []
    left = groups
    while left or moves:
        actions = [action for group in left for action in group.actions]
        owners = [group for group in left for _ in group.actions]
        try:
            table.transact(actions + moves + _counting(left, shard()))
            return refused
        except Refused as refusal:
            if moves:  # a reader alone writes what it reads: whoever else did has taken over
                raise LostFence("another worker took over the cursor or its records") from None
            bad = {id(owners[index]) for index in refusal.failed}
            refused += [group.tag for group in left if id(group) in bad]
            left = [group for group in left if id(group) not in bad]
    return refused
