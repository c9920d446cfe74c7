"""SOQL: one literal for one value, short enough addresses, pages to the end."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.engine.errors import Unavailable
from lockstep.salesforce import query
from lockstep.salesforce.query import Select

UNESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def literals(soql: str) -> list[str]:
    """The string literals of a statement, read as Salesforce reads them."""
    found, rest = [], soql
    while "'" in rest:
        rest = rest[rest.index("'") + 1 :]
        text = ""
        while not rest.startswith("'"):
            assert rest, "a literal that never ends"
            if rest[0] == "\\":
                text, rest = text + UNESCAPED.get(rest[1], rest[1]), rest[2:]
            else:
                text, rest = text + rest[0], rest[1:]
        found.append(text)
        rest = rest[1:]
    return found


@given(st.text())
def test_a_value_is_one_literal(value: str) -> None:
    """Whatever stands in a value, the statement has exactly one literal, and it is that value (S15)."""
    soql = Select(("Id",), "Contact", (query.equals("Email", value),)).soql()
    assert literals(soql) == [value]
    assert re.sub(r"'.*'", "?", soql, flags=re.DOTALL) == "SELECT Id FROM Contact WHERE Email = ?"


@given(st.lists(st.text(), max_size=5))
def test_values_are_as_many_literals(values: list[str]) -> None:
    """An IN list has one literal for each value, in order."""
    assert literals(query.among("Email", values)) == values


@pytest.mark.parametrize("name", ["", "Id FROM User", "a'b", "a,b", "1a", "Who.Name"])
def test_a_name_is_a_name(name: str) -> None:
    """Fields and objects are letters, digits and underscores."""
    with pytest.raises(ValueError, match="name"):
        Select((name,), "Task").soql()


def test_a_whole_statement() -> None:
    """Terms are joined by AND; booleans and instants are no texts."""
    terms = (
        query.equals("IsConverted", False),
        query.since("CreatedDate", datetime.fromisoformat("2026-11-02T10:00:00.9+01:00")),
    )
    assert Select(("Id", "Email"), "Lead", terms).soql() == (
        "SELECT Id,Email FROM Lead WHERE IsConverted = false AND CreatedDate >= 2026-11-02T09:00:00Z"
    )


def by_email(chunk: Sequence[str]) -> Select:
    """Contacts by address."""
    return Select(("Id", "Email", "OwnerId", "CreatedDate"), "Contact", (query.among("Email", chunk),))


@given(st.lists(st.text(alphabet="a'@ü😀%\\", min_size=1, max_size=80), max_size=400))
@pytest.mark.fault("F040")
def test_addresses_stay_short(values: list[str]) -> None:
    """However values are spelled, no query passes its bound, and each distinct value is asked once, in order."""
    chunks = list(query.in_chunks(values, by_email))
    assert all(len(quote(chunk.soql(), safe="")) <= query.LONGEST_QUERY for chunk in chunks)
    assert [value for chunk in chunks for value in literals(chunk.soql())] == list(dict.fromkeys(values))


def test_two_hundred_people_are_few_queries() -> None:
    """200 usual addresses are one query, 400 ids too."""
    assert len(list(query.in_chunks([f"person{n}@example.com" for n in range(200)], by_email))) == 1
    assert len(list(query.in_chunks([f"00Q58000003tW{n:05}" for n in range(400)], by_email))) == 1


class Pages:
    """A reader that answers with these pages."""

    def __init__(self, *pages: Any):
        self.pages = list(pages)
        self.paths: list[str] = []

    def version_path(self, path: str) -> str:
        """As the session does."""
        return f"/services/data/v62.0/{path}"

    def read(self, path: str) -> Any:
        """The next page."""
        self.paths.append(path)
        return self.pages.pop(0)


def page(*ids: int, following: str | None = None, done: bool | None = None) -> dict[str, Any]:
    """One page of rows."""
    records = [{"attributes": {"type": "Task"}, "Id": n} for n in ids]
    answer = {"totalSize": 99, "done": following is None if done is None else done, "records": records}
    return answer | ({"nextRecordsUrl": following} if following else {})


def test_pages_are_followed_to_the_end() -> None:
    """Short and empty pages are followed by `nextRecordsUrl` alone; totalSize is not believed (trap 30)."""
    following = "/services/data/v62.0/query/01gxx0000000001-500"
    reader = Pages(page(1, following=following), page(following=following), page(2, 3))
    assert [row["Id"] for row in query.rows(reader, Select(("Id",), "Task"))] == [1, 2, 3]
    assert reader.paths == ["/services/data/v62.0/query?q=SELECT%20Id%20FROM%20Task", following, following]


def test_deleted_rows_are_another_resource() -> None:
    """queryAll where deleted and archived ones count."""
    reader = Pages(page())
    assert list(query.rows(reader, Select(("Id",), "Task"), deleted_too=True)) == []
    assert reader.paths[0].startswith("/services/data/v62.0/queryAll?q=")


@pytest.mark.parametrize("following", [
    "https://evil.example/services/data/v62.0/query/01g-1", "//evil.example/services/data/v62.0/query/01g-1",
    "@evil.example/", "/services/data/v62.0/query/../../../x", "/services/data/v62.0/query/01g-1?x=y",
    "/services/data/v62.0/query/01g-1\r\nX: y", "/services/apexrest/x", "",
])  # fmt: skip
def test_a_next_page_is_a_path_of_the_query(following: str) -> None:
    """A next page anywhere else is not fetched and the read does not count (S14)."""
    reader = Pages(page(1) | {"done": False, "nextRecordsUrl": following})
    with pytest.raises(Unavailable):
        list(query.rows(reader, Select(("Id",), "Task")))
    assert len(reader.paths) == 1


@pytest.mark.parametrize("answer", [[], {"done": True}, {"done": False, "records": []}, None])
def test_an_answer_that_is_no_page(answer: Any) -> None:
    """What is not understood is never 'no rows'."""
    with pytest.raises(Unavailable):
        list(query.rows(Pages(answer), Select(("Id",), "Task")))
