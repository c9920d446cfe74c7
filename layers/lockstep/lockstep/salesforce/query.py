"""SOQL, built from typed parts and quoted in one place, and read page by page.

Promises that a value is always one literal, whatever stands in it (S15), that names come from our own
code, that no address passes 12 KB, and that a page which ends in error never looks like the end.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import quote

from pydantic import ValidationError

from lockstep.exchange.http import unavailable
from lockstep.salesforce.wire import Page

COUNT = "number"  # the name of a counted number in its rows
LONGEST_QUERY = 11_500  # as it stands in the address; with host and path it stays under 12 KB
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)  # fmt: skip
_NEXT = re.compile(r"/services/data/v\d+\.\d/query(All)?/[A-Za-z0-9-]+")


def literal(text: str) -> str:
    """A text as one SOQL literal (S15)."""
    return f"'{text.translate(_ESCAPES)}'"


def name(text: str) -> str:
    """A field or object name; ValueError for anything that is more than a name."""
    if not _NAME.fullmatch(text):
        raise ValueError("a SOQL name has letters, digits and underscores only")
    return text


def equals(field: str, value: str | bool) -> str:
    """`field` is this value."""
    return f"{name(field)} = {literal(value) if isinstance(value, str) else str(value).lower()}"


def equals_there(relation: str, field: str, value: str | bool) -> str:
    """`field` of the record that `relation` leads to is this value."""
    return f"{name(relation)}.{equals(field, value)}"


def among(field: str, values: Iterable[str]) -> str:
    """`field` is one of these values."""
    return f"{name(field)} IN ({','.join(literal(value) for value in values)})"


def since(field: str, moment: datetime) -> str:
    """`field` is at or after this instant; Salesforce compares whole seconds."""
    return f"{name(field)} >= {moment.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT; `terms` come from the functions above alone; `counted` counts rows by the fields, as COUNT."""

    fields: tuple[str, ...]
    entity: str
    terms: tuple[str, ...] = ()
    counted: bool = False

    def soql(self) -> str:
        """The statement."""
        where = f" WHERE {' AND '.join(self.terms)}" if self.terms else ""
        fields = ",".join(name(field) for field in self.fields)
        number, group = (f",COUNT(Id) {COUNT}", f" GROUP BY {fields}") if self.counted else ("", "")
        return f"SELECT {fields}{number} FROM {name(self.entity)}{where}{group}"


def in_chunks(values: Sequence[str], make: Callable[[Sequence[str]], Select]) -> Iterator[Select]:
    """As few queries as stay under the longest address (F040)."""
    room = LONGEST_QUERY - len(quote(make([]).soql(), safe=""))
    chunk: list[str] = []
    used = 0
    for value in dict.fromkeys(values):
        width = len(quote(literal(value) + ",", safe=""))
        if chunk and used + width > room:
            yield make(chunk)
            chunk, used = [], 0
        chunk.append(value)
        used += width
    if chunk:
        yield make(chunk)


class Reader(Protocol):
    """What a query needs of a session."""

    def version_path(self, path: str) -> str:
        """The path of a resource of our API version."""

    def read(self, path: str) -> Any:
        """The JSON behind a path."""


def rows(reader: Reader, select: Select, *, deleted_too: bool = False) -> Iterator[dict[str, Any]]:
    """Every row of a query, over all its pages."""
    resource = "queryAll" if deleted_too else "query"
    path: str | None = f"{reader.version_path(resource)}?q={quote(select.soql(), safe='')}"
    while path:
        try:
            page = Page.model_validate(reader.read(path))
        except ValidationError:
            raise unavailable("Salesforce's answer to a query is not understood") from None
        yield from page.records
        path = None if page.done else _next(page)


def _next(page: Page) -> str:
    if not page.next_url or not _NEXT.fullmatch(page.next_url):
        raise unavailable("Salesforce says that its answer goes on, but not at a path of its own")
    return page.next_url
