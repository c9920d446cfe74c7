"""The meter: units and requests as DynamoDB would bill them, call by call."""

import pytest

from local.fakes.memory_table import KB, MemoryTable
from local.fakes.metered_table import MeteredTable
from lockstep.store.table import Change, Check, Delete, Exists, Key, Missing, Put, Refused
from tests.bench.units import usd_per_million

A, B, C = Key("P", "a"), Key("P", "b"), Key("P", "c")


@pytest.fixture
def table() -> MeteredTable:
    """Rows of 0.1, 3 and 9 KB, with the meters at zero."""
    inner = MemoryTable()
    inner.transact([Put(A, {"x": "x" * 100}), Put(B, {"x": "x" * 3 * KB}), Put(C, {"x": "x" * 9 * KB})])
    return MeteredTable(inner)


def test_reads_are_counted_by_four_kilobytes(table: MeteredTable) -> None:
    """Each row by itself, a missing one as the smallest; a key asked for twice is read once."""
    table.get(A)
    assert (table.read_units, table.requests) == (1, {"GetItem": 1})
    table.get(C)
    assert table.read_units == 1 + 3
    table.get(Key("P", "none"))
    assert table.read_units == 1 + 3 + 1
    table.get_many([A, B, C, A, Key("P", "none")])
    assert table.read_units == 5 + (1 + 1 + 3 + 1)
    assert table.requests["BatchGetItem"] == 1


def test_more_keys_than_a_batch_are_more_requests(table: MeteredTable) -> None:
    """A hundred a request."""
    table.get_many([Key("Q", str(n)) for n in range(101)])
    assert (table.requests["BatchGetItem"], table.read_units) == (2, 101)


def test_a_query_is_rounded_up_once(table: MeteredTable) -> None:
    """12.1 KB are four units, not five; nothing found is one unit."""
    table.query("P")
    assert (table.read_units, table.requests["Query"]) == (4, 1)
    table.query("nothing")
    assert table.read_units == 5


def test_a_long_query_is_several_requests() -> None:
    """One for each megabyte begun."""
    inner = MemoryTable()
    for n in range(5):
        inner.transact([Put(Key("P", str(n)), {"x": "x" * 300 * KB})])
    table = MeteredTable(inner)
    table.query("P")
    assert table.requests["Query"] == 2
    assert table.read_units == pytest.approx(5 * 300 / 4, abs=1)


def test_a_snapshot_costs_twice(table: MeteredTable) -> None:
    """It is a transaction."""
    table.snapshot([A, C])
    assert (table.read_units, table.requests) == (2 * (1 + 3), {"TransactGetItems": 1})


def test_one_action_alone_is_a_plain_write(table: MeteredTable) -> None:
    """By the kilobyte, of the larger of the row before and after."""
    table.transact([Put(A, {"x": "y"})])
    assert (table.write_units, table.requests) == (1, {"PutItem": 1})
    table.transact([Change(B, set={"x": "short"})])
    assert table.write_units == 1 + 4
    table.transact([Delete(C)])
    assert table.write_units == 5 + 10
    table.transact([Delete(C)])
    assert table.write_units == 15 + 1
    table.transact([])
    assert table.requests == {"PutItem": 1, "UpdateItem": 1, "DeleteItem": 2}


def test_a_transaction_costs_twice(table: MeteredTable) -> None:
    """Every action of it, a check as well."""
    table.transact([Put(A, {"x": "y"}), Change(B, add={"n": 1}), Check(C, (Exists(),))])
    assert (table.write_units, table.requests) == (2 * (1 + 4 + 10), {"TransactWriteItems": 1})
    table.transact([Check(A, (Exists(),))])
    assert table.requests["TransactWriteItems"] == 2


def test_what_is_refused_is_billed_as_well(table: MeteredTable) -> None:
    """At the size of what was there."""
    with pytest.raises(Refused):
        table.transact([Put(B, {}, (Missing(),))])
    assert table.write_units == 4
    with pytest.raises(Refused):
        table.transact([Put(B, {}, (Missing(),)), Put(Key("P", "new"), {"x": "x" * 5 * KB})])
    assert table.write_units == 4 + 2 * (4 + 1)
    assert table.get(B) is not None


def test_tests_reach_through_it(table: MeteredTable) -> None:
    """What else a memory table can do, it can."""
    table.transact([Put(Key("READY#f#s", "1"), {})])
    assert len(table.inserted) == 1
    assert len(table.rows("P")) == 3


def test_counted_calls_become_money() -> None:
    """For a million of the things done, at the prices of the table."""
    counted = {"write_units": 12_000, "read_units": 4_000, "sqs_requests": 100}
    assert usd_per_million(counted, 1_000) == round((12 * 0.625 + 4 * 0.125 + 0.1 * 0.40), 2)
    with pytest.raises(ValueError, match="at least one"):
        usd_per_million(counted, 0)
