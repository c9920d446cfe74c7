"""Executes a statement for one user: finds the visible rows, puts them in order, and renders pages of them.

The rows of a result are fixed when the statement runs; later pages show those rows as they were.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from local.simulators.salesforce.access import Access, Permissions
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.schema.field import TEXT_TYPES, Field
from local.simulators.salesforce.soql.aggregate import grouped, is_bare_count
from local.simulators.salesforce.soql.conditions import Conditions
from local.simulators.salesforce.soql.grammar import Call, Order, Path, Query
from local.simulators.salesforce.soql.parse import complain, parse
from local.simulators.salesforce.soql.render import Renderer
from local.simulators.salesforce.soql.resolve import Column, Reader, Resolver
from local.simulators.salesforce.soql.values import Asked
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.world import World


@dataclass(slots=True)
class Result:
    """Everything that a statement found: how many, the rows, and how one is shown."""

    total: int
    rows: list[Any]
    show: Callable[[Any], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, under which API version, and whether deleted and archived rows are wanted."""

    user_id: str
    version: str
    include_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Flat:
    """What a statement found, as the columns and rows of a file."""

    object: str
    columns: list[Column]
    rows: list[Row]


class Executor:
    """Runs statements against one organisation."""

    def __init__(self, world: World, permissions: Permissions) -> None:
        self.world, self.permissions = world, permissions

    def run(self, text: str, asker: Asker) -> Result:
        """The result of a statement."""
        return _Run(self, asker, text).result(parse(text))

    def flat(self, text: str, asker: Asker) -> Flat:
        """The result of a statement that selects plain fields only."""
        return _Run(self, asker, text).flat(parse(text))


class _Run:
    def __init__(self, executor: Executor, asker: Asker, text: str) -> None:
        self.world, self.permissions, self.asker = executor.world, executor.permissions, asker
        self.resolver = Resolver(self.world, self.permissions, asker.user_id, text)
        self.asked = Asked(text, self.world.clock.now())

    def result(self, query: Query) -> Result:
        access = self.resolver.source(query.source, query.source_at)
        if is_bare_count(query):
            return Result(len(self.found(query, access)), [], dict)
        if query.group or any(isinstance(item, Call) for item in query.select):
            rows = grouped(query, self.resolver, access, self.found(query, access))
            rows = rows[query.offset :][: query.limit]
            return Result(len(rows), rows, dict)
        show = Renderer(self.resolver, self.asker.version, self.child_rows).shower(query, access)
        rows = self.window(query, self.sorted(query, access, self.found(query, access)))
        return Result(len(rows), rows, show)

    def flat(self, query: Query) -> Flat:
        access = self.resolver.source(query.source, query.source_at)
        paths = [item for item in query.select if isinstance(item, Path)]
        if query.group or query.offset or len(paths) < len(query.select):
            text = "Aggregate Relationship Query, GROUP BY, OFFSET and nested queries are not supported in Bulk Query"
            raise Problem("FEATURENOTENABLED", text)
        rows = self.window(query, self.sorted(query, access, self.found(query, access)))
        return Flat(access.object.name, [self.resolver.column(access, path) for path in paths], rows)

    def found(self, query: Query, access: Access, within: Iterable[str] | None = None) -> list[Row]:
        """Visible rows that pass the conditions, in no promised order; not more than a plain LIMIT asks for."""
        conditions = Conditions(self.resolver, access, self.asked, self.inner)
        test = conditions.passes(query.where) if query.where is not None else None
        rows = self._visible(query, access, conditions, within)
        passing = rows if test is None else (row for row in rows if test(row))
        return list(islice(passing, _enough(query)))

    def _visible(
        self, query: Query, access: Access, conditions: Conditions, within: Iterable[str] | None
    ) -> Iterable[Row]:
        table = self.world.tables[access.object.name]
        late = table.late(self.world.clock.timestamp())
        chosen = within if within is not None else conditions.candidates(query.where, table)
        if chosen is None:
            rows: Iterable[Row] = table.all_seen()
        else:
            wanted = dict.fromkeys((*chosen, *late)) if late and within is None else chosen
            rows = (row for record_id in wanted if (row := table.seen(record_id)) is not None)
        hidden = self.permissions.hidden_records(self.asker.user_id)
        if hidden:
            rows = (row for row in rows if row["Id"] not in hidden)
        if self.asker.include_deleted:
            return rows
        return (row for row in rows if not row.get("IsDeleted") and not row.get("IsArchived"))

    def inner(self, query: Query) -> list[Any]:
        """The values of a query inside IN (...)."""
        access = self.resolver.source(query.source, query.source_at)
        selected = query.select[0]
        if not isinstance(selected, Path):
            raise complain(self.asked.text, query.source_at, "MALFORMED_QUERY", "a nested query must select one field")
        read = self.resolver.column(access, selected).read
        return [read(row) for row in self.found(query, access)]

    def child_rows(self, query: Query, access: Access, child_ids: Iterable[str]) -> list[Row]:
        """Rows of a child sub-query for one parent."""
        return self.window(query, self.sorted(query, access, self.found(query, access, child_ids)))

    def window(self, query: Query, rows: list[Row]) -> list[Row]:
        return rows[query.offset :][: query.limit] if query.offset or query.limit is not None else rows

    def sorted(self, query: Query, access: Access, rows: list[Row]) -> list[Row]:
        """The rows in the statement's order; the last term is applied first, each sort keeps the former one."""
        for order in reversed(query.order):
            read = self._sortable(access, order)
            present = [row for row in rows if read(row) is not None]
            absent = [row for row in rows if read(row) is None]
            present.sort(key=read, reverse=order.descending)
            nulls_last = order.nulls_last
            rows = present + absent if nulls_last else absent + present
        return rows

    def _sortable(self, access: Access, order: Order) -> Reader:
        path = order.by
        if isinstance(path, Call):
            raise complain(self.asked.text, path.at, "MALFORMED_QUERY", "aggregate in ORDER BY needs a GROUP BY")
        column = self.resolver.column(access, path)
        if not column.field.sortable:
            message = f"field '{column.field.name}' can not be sorted in a query call"
            raise complain(self.asked.text, path.at, "MALFORMED_QUERY", message)
        return _folded(column.field, column.read)


def _enough(query: Query) -> int | None:
    """How many rows settle the statement: no order and no aggregate needs the others."""
    if query.limit is None or query.order or query.group or any(isinstance(item, Call) for item in query.select):
        return None
    return query.offset + query.limit


def _folded(field: Field, read: Reader) -> Reader:
    if field.type not in TEXT_TYPES:
        return read

    def value(row: Row) -> Any:
        text = read(row)
        return text.casefold() if text is not None else None

    return value
