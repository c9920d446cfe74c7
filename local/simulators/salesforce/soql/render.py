"""Rows as query answers show them: attributes first, relationships nested, child queries as results of their own."""

from collections.abc import Callable, Iterable
from typing import Any

from local.simulators.salesforce import ids
from local.simulators.salesforce.access import Access
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.schema.catalogue import Child
from local.simulators.salesforce.soql.grammar import Path, Query
from local.simulators.salesforce.soql.parse import complain
from local.simulators.salesforce.soql.resolve import Reader, Resolver
from local.simulators.salesforce.table import Row

Show = Callable[[Row], dict[str, Any]]
ChildRows = Callable[[Query, Access, Iterable[str]], list[Row]]


def record_url(version: str, record_id: str) -> str:
    """The address of a record, as `attributes.url` gives it."""
    return f"/services/data/v{version}/sobjects/{ids.object_of(record_id)}/{record_id}"


class Renderer:
    """Compiles a select list into a function from row to JSON object."""

    def __init__(self, resolver: Resolver, version: str, child_rows: ChildRows) -> None:
        self.resolver, self.version, self.child_rows = resolver, version, child_rows

    def shower(self, query: Query, access: Access) -> Show:
        """How this query's rows are shown."""
        plain: list[tuple[str, Reader]] = []
        nested: dict[tuple[str, ...], list[tuple[str, Reader]]] = {}
        children: list[tuple[str, Callable[[Row], Any]]] = []
        for item in query.select:
            if isinstance(item, Query):
                children.append(self._children(item, access))
            elif isinstance(item, Path):
                column = self.resolver.column(access, item)
                leaf = (column.names[-1], column.read)
                (plain if len(column.names) == 1 else nested.setdefault(column.names[:-1], [])).append(leaf)
        base = self._flat(access.object.name, plain)
        if not nested and not children:
            return base
        return self._composed(base, access, nested, children)

    def _flat(self, name: str, leaves: list[tuple[str, Reader]]) -> Show:
        prefix = f"/services/data/v{self.version}/sobjects/{name}/"

        def show(row: Row) -> dict[str, Any]:
            made: dict[str, Any] = {"attributes": {"type": name, "url": prefix + row["Id"]}}
            for key, read in leaves:
                made[key] = read(row)
            return made

        return show

    def _composed(
        self,
        base: Show,
        access: Access,
        nested: dict[tuple[str, ...], list[tuple[str, Reader]]],
        children: list[tuple[str, Callable[[Row], Any]]],
    ) -> Show:
        # The first step decides where a nested object hangs; deeper ones hang inside it.
        links = [
            (names, self.resolver.related(access, names), self._type_of(access, names), leaves)
            for names, leaves in sorted(nested.items(), key=lambda entry: len(entry[0]))
        ]

        def show(row: Row) -> dict[str, Any]:
            made = base(row)
            for names, related, kind, leaves in links:
                self._hang(made, names, related(row), (kind, [(key, read(row)) for key, read in leaves]))
            for key, rows in children:
                made[key] = rows(row)
            return made

        return show

    def _type_of(self, access: Access, names: tuple[str, ...]) -> str | None:
        return "Name" if len(names) == 1 and self.resolver.polymorphic(access, names[0]) else None

    def _hang(
        self, made: dict[str, Any], names: tuple[str, ...], target: Row | None, shown: tuple[str | None, Any]
    ) -> None:
        holder: dict[str, Any] | None = made
        for name in names[:-1]:
            holder = holder.get(name) if holder is not None else None
        if holder is None:
            return
        if target is None:
            holder[names[-1]] = None
            return
        kind, leaves = shown
        attributes = {"type": kind or ids.object_of(target["Id"]), "url": record_url(self.version, target["Id"])}
        holder[names[-1]] = {"attributes": attributes, **dict(leaves)}

    def _children(self, query: Query, access: Access) -> tuple[str, Callable[[Row], Any]]:
        child = self._child(query, access)
        kind = self.resolver.source(child.object, query.source_at)
        show = self.shower(query, kind)
        table = self.resolver.world.tables[child.object]

        def rows(row: Row) -> dict[str, Any] | None:
            found = self.child_rows(query, kind, table.find(child.field, [row["Id"]]))
            if not found:
                return None
            return {"totalSize": len(found), "done": True, "records": [show(item) for item in found]}

        return child.relationship or query.source, rows

    def _child(self, query: Query, access: Access) -> Child:
        for child in access.object.children:
            table = self.resolver.world.tables[child.object]
            if (child.relationship or "").lower() == query.source.lower() and table.indexed(child.field):
                return child
        raise self._no_relationship(query)

    def _no_relationship(self, query: Query) -> Problem:
        message = f"Didn't understand relationship '{query.source}' in FROM part of query call."
        return complain(query.text, query.source_at, "INVALID_TYPE", message)
