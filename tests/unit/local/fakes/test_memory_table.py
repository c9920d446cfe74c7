"""The memory table's own promises: DynamoDB's sizes and limits, and the log of new rows."""

from typing import Any

import pytest

from local.fakes.memory_table import KB, MemoryTable, row_size, value_size
from lockstep.store.table import Change, Delete, Key, Put

A = Key("P", "a")

SIZES: list[tuple[Any, int]] = [
    ("", 0),
    ("abc", 3),
    ("é", 2),
    ("😀", 4),
    (True, 1),
    (None, 1),
    (0, 1),
    (7, 2),
    (1000, 2),  # trailing zeroes cost nothing
    (1234, 3),
    (-1234, 4),
    ([], 3),
    (["abc"], 3 + 3 + 1),
    ({}, 3),
    ({"ab": "c"}, 3 + 2 + 1 + 1),
]


@pytest.mark.parametrize(("value", "size"), SIZES)
def test_sizes_are_those_of_the_developer_guide(value: Any, size: int) -> None:
    """'Item sizes and formats': text in UTF-8, numbers by pairs of digits, lists and maps with their overhead."""
    assert value_size(value) == size
    assert row_size({"name": value}) == 4 + size


LIMITS: list[tuple[str, Any]] = [
    ("400 KB", Put(A, {"x": "x" * 400 * KB})),
    ("digits", Put(A, {"x": 10**38})),
    ("no name", Put(A, {"x": {"": 1}})),
    ("key", Put(Key("x" * 2049, "a"), {})),
    ("key", Put(Key("P", "x" * 1025), {})),
    ("key", Put(Key("P", ""), {})),
]


@pytest.mark.parametrize(("why", "action"), LIMITS)
def test_what_dynamodb_refuses_is_refused(why: str, action: Put) -> None:
    """With its reason, and nothing is stored."""
    table = MemoryTable()
    with pytest.raises(ValueError, match=why):
        table.transact([action, Put(Key("P", "b"), {})])
    assert table.rows() == []


def test_fractions_have_no_place_in_a_row() -> None:
    """As with DynamoDB's own library: they would not come back as they were."""
    with pytest.raises(TypeError, match="float"):
        MemoryTable().transact([Put(A, {"x": 0.5})])


def test_a_transaction_holds_four_megabytes() -> None:
    """Ten rows of 390 KB are taken, eleven are not."""
    rows = [Put(Key("P", str(n)), {"x": "x" * 390 * KB}) for n in range(11)]
    table = MemoryTable()
    table.transact(rows[:10])
    with pytest.raises(ValueError, match="4 MB"):
        table.transact(rows)


def test_new_rows_of_work_lists_are_logged_once() -> None:
    """As the stream shows them: an insert, not a change or a deletion; deleted and put again it is new again."""
    table = MemoryTable()
    work = Key("READY#flow#seller", "1")
    table.transact([Put(work, {"n": 1}), Put(A, {})])
    table.transact([Put(work, {"n": 2})])
    table.transact([Change(work, set={"n": 3})])
    table.transact([Delete(work)])
    table.transact([Change(work, set={"n": 4})])
    assert [row["n"] for row in table.inserted] == [1, 4]


def test_sizes_of_rows_are_known() -> None:
    """To a meter: with their keys; nothing for a row that is gone."""
    table = MemoryTable()
    table.transact([Put(A, {"n": "xyz"})])
    assert table.size(A) == len("pkP" + "ska" + "nxyz")
    table.transact([Delete(A)])
    assert table.size(A) == 0
