"""The table port: what every backend must do, so that what is proven in memory holds on DynamoDB."""

from dataclasses import replace
from typing import Any

import pytest

from lockstep.store.table import (
    Action,
    AtMost,
    Change,
    Check,
    Condition,
    Delete,
    Equals,
    Exists,
    Key,
    Missing,
    Put,
    Refused,
    Table,
)
from tests.contract.store.backends import UNHURRIED

A, B, C = Key("P", "a"), Key("P", "b"), Key("P", "c")


def fill(table: Table, pk: str, *sks: str, **row: Any) -> None:
    """Put rows, as many a transaction as fit."""
    for start in range(0, len(sks), 100):
        table.transact([Put(Key(pk, sk), {"n": sk, **row}) for sk in sks[start : start + 100]])


def sks(rows: list[dict[str, Any]]) -> list[str]:
    """The sort keys of rows."""
    return [row["sk"] for row in rows]


def test_a_row_that_is_not_there_is_none(table: Table) -> None:
    """Not found is a value, never an exception."""
    assert table.get(A) is None
    assert table.get_many([A, B]) == {}
    assert table.query("P") == []
    assert table.snapshot([A]) == {}


def failing(table: Table, actions: list[Action]) -> frozenset[int]:
    """The indexes that a transaction is refused for; none where it is taken."""
    try:
        table.transact(actions)
    except Refused as refusal:
        return refusal.failed
    return frozenset()


VALUES = {
    "text": "Zoë 吉田 😀 \u0000 \ufeff",
    "empty": "",
    "number": -12_345_678_901_234_567_890,
    "zero": 0,
    "yes": True,
    "no": False,
    "list": [1, "two", [True, None], {}],
    "map": {"a.b": {"c": None, "": 1}["c"], "deep": {"list": [{"x": "y"}], "size": "reserved"}},
    "size": "a reserved word",
    "none_in_list": [None],
}


def test_values_come_back_as_they_were(table: Table) -> None:
    """Text in any script, whole numbers, booleans and nested values survive; None is not stored; pk and sk are told."""
    table.transact([Put(A, VALUES | {"nothing": None})])
    assert table.get(A) == VALUES | {"pk": "P", "sk": "a"}
    assert table.get_many([A])[A] == table.snapshot([A])[A] == table.query("P")[0] == table.get(A)
    row = table.get(A) or {}
    assert [type(row[name]) for name in ("yes", "zero", "number")] == [bool, int, int]


def test_a_row_given_out_is_a_copy(table: Table) -> None:
    """Changing what was read changes nothing that is stored."""
    table.transact([Put(A, {"list": [1]})])
    (table.get(A) or {})["list"].append(2)
    assert (table.get(A) or {})["list"] == [1]


def test_many_keys_are_read_beyond_one_request(table: Table) -> None:
    """Keys past DynamoDB's hundred, asked for twice or missing are no concern of the caller."""
    names = [f"{n:03d}" for n in range(130)]
    fill(table, "P", *names)
    found = table.get_many([Key("P", name) for name in [*names, *names, "missing"]])
    assert {key.sk for key in found} == set(names)
    assert found[Key("P", "129")]["n"] == "129"


RANGES: list[tuple[dict[str, Any], str]] = [
    ({}, "a1 a2 a3 b1 b2"),
    ({"prefix": "a"}, "a1 a2 a3"),
    ({"prefix": "a2"}, "a2"),
    ({"prefix": "c"}, ""),
    ({"after": "a2"}, "a3 b1 b2"),
    ({"after": "a25"}, "a3 b1 b2"),
    ({"after": "b2"}, ""),
    ({"through": "a2"}, "a1 a2"),
    ({"through": "a0"}, ""),
    ({"after": "a1", "through": "b1"}, "a2 a3 b1"),
    ({"after": "a1", "through": "a1"}, ""),
    ({"after": "b1", "through": "a1"}, ""),
    ({"after": "a0", "through": "a2"}, "a1 a2"),
    ({"limit": 2}, "a1 a2"),
    ({"limit": 2, "newest_first": True}, "b2 b1"),
    ({"prefix": "a", "limit": 2, "newest_first": True}, "a3 a2"),
    ({"after": "a1", "limit": 2}, "a2 a3"),
    ({"after": "a1", "through": "b1", "limit": 2}, "a2 a3"),
    ({"after": "a1", "through": "b2", "limit": 2, "newest_first": True}, "b2 b1"),
    ({"after": "a1", "through": "b1", "limit": 3}, "a2 a3 b1"),
]


def test_ranges_of_a_partition(table: Table) -> None:
    """A prefix, an open lower end, a closed upper end, a limit and the reverse order, alone and together."""
    fill(table, "P", "b2", "a1", "b1", "a3", "a2")
    fill(table, "Q", "a1", "zz")
    for wanted, expected in RANGES:
        assert sks(table.query("P", **wanted)) == expected.split(), wanted


def test_text_sorts_by_its_bytes(table: Table) -> None:
    """Keys in several scripts come in the order of their UTF-8 bytes."""
    fill(table, "P", "é", "z", "Z", "吉", "😀", "~")
    assert sks(table.query("P")) == ["Z", "z", "~", "é", "吉", "😀"]
    assert sks(table.query("P", after="z")) == ["~", "é", "吉", "😀"]


def test_a_query_goes_on_beyond_a_page(table: Table) -> None:
    """A megabyte, where DynamoDB ends a page, ends no answer."""
    for n in range(6):
        table.transact([Put(Key("P", str(n)), {"big": "x" * 300_000})])
    assert sks(table.query("P")) == list("012345")
    assert sks(table.query("P", newest_first=True, limit=5)) == list("54321")
    assert sks(table.query("P", after="0", through="5", limit=4)) == list("1234")
    assert len(table.get_many([Key("P", str(n)) for n in range(6)])) == 6


CONDITIONS: list[tuple[Condition, bool, bool]] = [
    # the condition; holds on the row {"n": 5, "t": "m", "yes": True}; holds where there is no row
    (Missing(), False, True),
    (Missing("n"), False, True),
    (Missing("other"), True, True),
    (Exists(), True, False),
    (Equals("n", 5), True, False),
    (Equals("n", 6), False, False),
    (Equals("t", "m"), True, False),
    (Equals("other", 1), False, False),
    (Equals("yes", True), True, False),
    (AtMost("n", 5), True, True),
    (AtMost("n", 4), False, True),
    (AtMost("t", "n"), True, True),
    (AtMost("t", "l"), False, True),
    (AtMost("other", 0), True, True),
]


def test_each_condition_guards_each_kind_of_action(table: Table) -> None:
    """A condition that does not hold refuses the action, alone or in a transaction, and nothing is written."""
    table.transact([Put(A, {"n": 5, "t": "m", "yes": True})])
    for clause, on_row, on_nothing in CONDITIONS:
        for key, holds in ((A, on_row), (B, on_nothing)):
            failed = failing(table, [Put(C, {}), Check(key, (clause,))])
            assert failed == (set() if holds else {1}), (clause, key)
            assert (table.get(C) is not None) == holds
            table.transact([Delete(C)])


@pytest.mark.parametrize("table", UNHURRIED, indirect=True)
def test_values_of_two_types_are_never_equal(table: Table) -> None:
    """True is not 1 and text is not a number, as on DynamoDB (moto compares them as Python does)."""
    table.transact([Put(A, {"yes": True, "n": 1})])
    for clause in (Equals("yes", 1), Equals("n", True), Equals("n", "1"), AtMost("n", "2"), AtMost("yes", 1)):
        with pytest.raises(Refused):
            table.transact([Put(A, {}, (clause,))])
    assert (table.get(A) or {})["n"] == 1


THERE = (Exists(),)


@pytest.mark.parametrize(
    "action",
    [Put(B, {"n": 1}, THERE), Delete(B, THERE), Change(B, set={"n": 1}, when=THERE), Check(B, THERE)],
    ids=lambda action: type(action).__name__,
)
def test_one_action_alone_is_guarded_as_well(table: Table, action: Action) -> None:
    """What goes as a plain write is refused under index 0."""
    with pytest.raises(Refused) as refusal:
        table.transact([action])
    assert refusal.value.failed == {0}
    assert table.get(B) is None


def test_all_conditions_of_an_action_must_hold(table: Table) -> None:
    """Several conditions are joined by and."""
    table.transact([Put(A, {"n": 5, "state": "READY"})])
    with pytest.raises(Refused):
        table.transact([Delete(A, (Equals("n", 5), Equals("state", "LEASED")))])
    table.transact([Delete(A, (Equals("n", 5), Equals("state", "READY")))])
    assert table.get(A) is None


def test_a_refused_transaction_writes_nothing_and_names_the_culprits(table: Table) -> None:
    """All actions or none; the indexes of exactly those that failed."""
    table.transact([Put(B, {"n": 1})])
    with pytest.raises(Refused) as refusal:
        table.transact(
            [Put(A, {"n": 2}), Put(B, {"n": 2}, (Missing(),)), Put(C, {"n": 2}), Delete(Key("P", "d"), (Exists(),))]
        )
    assert refusal.value.failed == {1, 3}
    assert sks(table.query("P")) == ["b"]
    assert (table.get(B) or {})["n"] == 1


def test_put_replaces_the_whole_row(table: Table) -> None:
    """Nothing of the row before is left."""
    table.transact([Put(A, {"old": 1, "both": 1})])
    table.transact([Put(A, {"new": 2, "both": 2})])
    assert table.get(A) == {"pk": "P", "sk": "a", "new": 2, "both": 2}


def test_change_sets_adds_appends_and_removes(table: Table) -> None:
    """All four in one action, on a row that is there and on one that is not; None removes."""
    four = Change(A, set={"state": "x", "gone": None}, add={"n": 2}, append={"log": [{"at": "2"}]}, remove=("left",))
    table.transact([Put(A, {"n": 5, "log": [{"at": "1"}], "gone": 1, "left": 1, "kept": "k"})])
    table.transact([four, replace(four, key=B)])
    assert table.get(A) == {"pk": "P", "sk": "a", "state": "x", "n": 7, "log": [{"at": "1"}, {"at": "2"}], "kept": "k"}
    assert table.get(B) == {"pk": "P", "sk": "b", "state": "x", "n": 2, "log": [{"at": "2"}]}


def test_counts_of_columns_with_dots(table: Table) -> None:
    """An attribute's name may hold what an expression would misread."""
    table.transact([Change(A, add={"SKIPPED.NO_SF_RECORD": 2, "READY": -2}), Change(B, add={"size": 1})])
    table.transact([Change(A, add={"SKIPPED.NO_SF_RECORD": -1})])
    assert table.get(A) == {"pk": "P", "sk": "a", "SKIPPED.NO_SF_RECORD": 1, "READY": -2}


def test_delete_of_nothing_is_no_error(table: Table) -> None:
    """A row that is gone stays gone."""
    table.transact([Delete(A)])
    table.transact([Delete(A), Put(B, {})])
    assert sks(table.query("P")) == ["b"]


def test_a_hundred_actions_and_not_one_more(table: Table) -> None:
    """A transaction of 100 is taken, one of 101 refused as a mistake of ours."""
    fill(table, "P", *(f"{n:03d}" for n in range(100)))
    assert len(table.query("P")) == 100
    with pytest.raises(ValueError, match="100"):
        table.transact([Put(Key("Q", str(n)), {}) for n in range(101)])
    assert table.query("Q") == []


def test_two_actions_on_one_row_are_refused(table: Table) -> None:
    """DynamoDB takes one action a row, so no backend takes more."""
    with pytest.raises(ValueError, match="row"):
        table.transact([Put(A, {}), Delete(A)])
    table.transact([])
    assert table.get(A) is None


@pytest.mark.parametrize(
    "action",
    [Put(Key("", "a"), {}), Put(Key("P", ""), {}), Put(A, {"big": "x" * 410_000})],
    ids=["no pk", "no sk", "over 400 KB"],
)
def test_what_dynamodb_cannot_hold_is_a_mistake_of_ours(table: Table, action: Action) -> None:
    """An empty key and a row over 400 KB are refused for good, not put off as if waiting helped."""
    with pytest.raises(ValueError):
        table.transact([action, Put(B, {})])
    assert table.get(B) is None


def test_an_event_of_the_largest_size_is_held(table: Table) -> None:
    """256 KiB of text, in two-byte letters, is a row."""
    table.transact([Put(A, {"content": "ё" * 131_072, "fingerprint": "f" * 64})])
    assert len((table.get(A) or {})["content"]) == 131_072


def test_a_snapshot_reads_many_rows(table: Table) -> None:
    """The rows that exist, by key, up to a hundred."""
    fill(table, "P", "a", "b")
    found = table.snapshot([A, B, C])
    assert {key: row["n"] for key, row in found.items()} == {A: "a", B: "b"}
