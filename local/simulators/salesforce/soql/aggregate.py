"""COUNT and its siblings, with or without GROUP BY."""

from collections.abc import Callable
from typing import Any

from local.simulators.salesforce.access import Access
from local.simulators.salesforce.soql.grammar import Call, Order, Path, Query
from local.simulators.salesforce.soql.parse import complain
from local.simulators.salesforce.soql.resolve import Resolver
from local.simulators.salesforce.table import Row

_FOLDS: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len(set(values)),
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "SUM": lambda values: sum(values) if values else None,
    "AVG": lambda values: sum(values) / len(values) if values else None,
}


def is_bare_count(query: Query) -> bool:
    """Whether this is `SELECT COUNT()`, whose answer is the total alone."""
    first = query.select[0]
    return len(query.select) == 1 and isinstance(first, Call) and first.argument is None


def grouped(query: Query, resolver: Resolver, access: Access, rows: list[Row]) -> list[dict[str, Any]]:
    """One AggregateResult for each group."""
    keys = [_key(path, resolver, access) for path in query.group]
    groups: dict[tuple[Any, ...], list[Row]] = {} if query.group else {(): rows}
    for row in rows if query.group else ():
        groups.setdefault(tuple(read(row) for _, read in keys), []).append(row)
    parts = [_part(item, query, resolver, access) for item in _named(query)]
    made = [
        {"attributes": {"type": "AggregateResult"}} | {name: value(members) for name, value in parts}
        for members in groups.values()
    ]
    for order in reversed(query.order):
        made = _sorted(made, order, query, parts)
    return made


def _named(query: Query) -> list[tuple[str, Path | Call]]:
    named: list[tuple[str, Path | Call]] = []
    unnamed = 0
    for item in query.select:
        if isinstance(item, Call):
            named.append((item.alias or f"expr{unnamed}", item))
            unnamed += item.alias is None
        elif isinstance(item, Path):
            named.append((item.parts[-1], item))
    return named


def _key(path: Path, resolver: Resolver, access: Access) -> tuple[str, Callable[[Row], Any]]:
    column = resolver.column(access, path)
    if not column.field.groupable:
        message = f"field '{column.field.name}' can not be grouped in a query call"
        raise complain(resolver.text, path.at, "MALFORMED_QUERY", message)
    return column.names[-1], column.read


def _part(
    named: tuple[str, Path | Call], query: Query, resolver: Resolver, access: Access
) -> tuple[str, Callable[[list[Row]], Any]]:
    name, item = named
    if isinstance(item, Path):
        if item.text.lower() not in {path.text.lower() for path in query.group}:
            message = f"Field must be grouped or aggregated: {item.text}"
            raise complain(resolver.text, item.at, "MALFORMED_QUERY", message)
        column = resolver.column(access, item)
        return column.names[-1], lambda members: column.read(members[0])
    if item.argument is None:
        return name, len
    return name, _folded(item, resolver, access)


def _folded(item: Call, resolver: Resolver, access: Access) -> Callable[[list[Row]], Any]:
    assert item.argument is not None  # noqa: S101 - the caller has looked
    column = resolver.column(access, item.argument)
    if not column.field.aggregatable:
        message = f"field '{column.field.name}' does not support aggregate operator {item.function}"
        raise complain(resolver.text, item.argument.at, "MALFORMED_QUERY", message)
    fold = _FOLDS[item.function]
    return lambda members: fold([value for row in members if (value := column.read(row)) is not None])


def _sorted(
    made: list[dict[str, Any]], order: Order, query: Query, parts: list[tuple[str, Any]]
) -> list[dict[str, Any]]:
    wanted = _ordering_name(order.by, query).lower()
    actual = next((key for key, _ in parts if key.lower() == wanted), wanted)
    present = [row for row in made if row.get(actual) is not None]
    present.sort(key=lambda row: row[actual], reverse=order.descending)
    absent = [row for row in made if row.get(actual) is None]
    return present + absent if order.nulls_last else absent + present


def _ordering_name(by: Path | Call, query: Query) -> str:
    """The key under which the answer shows what the order names."""
    if isinstance(by, Path):
        return by.parts[-1]
    for name, item in _named(query):
        if isinstance(item, Call) and (item.function, _text(item)) == (by.function, _text(by)):
            return name
    message = f"ORDER BY {by.function} must also be selected"
    raise complain(query.text, by.at, "MALFORMED_QUERY", message)


def _text(call: Call) -> str:
    return call.argument.text.lower() if call.argument is not None else ""
