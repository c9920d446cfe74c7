"""WHERE as a test of one row, and as the shortest list of rows that can pass it.

Id, e-mail, person and key conditions go through indexes, a SystemModstamp range through the table's order of stamps;
only what has neither is a scan. A test that a field cannot be asked is refused as describe announces it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from local.simulators.salesforce.access import Access
from local.simulators.salesforce.soql.grammar import (
    Among,
    Both,
    Compare,
    Condition,
    Either,
    Negated,
    Path,
    Query,
)
from local.simulators.salesforce.soql.parse import complain
from local.simulators.salesforce.soql.resolve import Column, Resolver
from local.simulators.salesforce.soql.values import Asked, after, before, bounds, convert, fold_of, tester
from local.simulators.salesforce.table import Row, Table

Passes = Callable[[Row], bool]
LOWEST, HIGHEST = "0001-01-01T00:00:00.000+0000", "9999-12-31T23:59:59.000+0000"


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of one statement on one object, for one user."""

    resolver: Resolver
    access: Access
    asked: Asked
    inner: Callable[[Query], list[Any]]

    def passes(self, condition: Condition) -> Passes:
        """The test of one row."""
        match condition:
            case Both(terms):
                tests = [self.passes(term) for term in terms]
                return lambda row: all(test(row) for test in tests)
            case Either(terms):
                tests = [self.passes(term) for term in terms]
                return lambda row: any(test(row) for test in tests)
            case Negated(term):
                test = self.passes(term)
                return lambda row: not test(row)
            case Among():
                return self._among(condition)
        column = self._filterable(condition.path)
        read, holds = column.read, tester(column.field, condition, self.asked)
        return lambda row: holds(read(row))

    def candidates(self, condition: Condition | None, table: Table) -> list[str] | None:
        """Ids that can pass, by the best index there is; None asks for a scan."""
        if isinstance(condition, Both):
            lists = [self.candidates(term, table) for term in condition.terms if not _stamp_range(term)]
            found = [ids for ids in lists if ids is not None]
            return min(found, key=len) if found else self._stamped(condition.terms, table)
        if isinstance(condition, Either):
            lists = [self.candidates(term, table) for term in condition.terms]
            found = [ids for ids in lists if ids is not None]
            return list(dict.fromkeys(i for ids in found for i in ids)) if len(found) == len(lists) else None
        if isinstance(condition, Compare) and condition.operator == "=" and condition.value.kind == "string":
            return self._looked_up(condition.path, [condition.value], table)
        if isinstance(condition, Among) and not condition.negated and not isinstance(condition.values, Query):
            return self._looked_up(condition.path, condition.values, table)
        return self._stamped((condition,), table) if condition is not None and _stamp_range(condition) else None

    def _filterable(self, path: Path) -> Column:
        column = self.resolver.column(self.access, path)
        if not column.field.filterable:
            message = f"field '{column.field.name}' can not be filtered in a query call"
            raise complain(self.asked.text, path.at, "INVALID_FIELD", message)
        return column

    def _among(self, condition: Among) -> Passes:
        column = self._filterable(condition.path)
        fold, read, negated = fold_of(column.field), column.read, condition.negated
        if isinstance(condition.values, Query):
            wanted = {fold(value) for value in self.inner(condition.values)}
        else:
            wanted = {fold(convert(column.field, value, self.asked)) for value in condition.values}
        return lambda row: (fold(read(row)) in wanted) is not negated

    def _looked_up(self, path: Path, values: Iterable[Any], table: Table) -> list[str] | None:
        column = self.resolver.column(self.access, path)
        if len(column.names) > 1:
            return None
        name = column.names[0]
        if name != "Id" and not table.indexed(name):
            return None
        wanted = [convert(column.field, value, self.asked) for value in values if value.kind == "string"]
        if len(wanted) != len(list(values)):
            return None
        return sorted(set(wanted) if name == "Id" else table.find(name, wanted))

    def _stamped(self, terms: Iterable[Condition], table: Table) -> list[str] | None:
        low, high = LOWEST, HIGHEST
        for term in terms:
            if isinstance(term, Compare) and _stamp_range(term):
                least, most = self._range(term)
                low, high = max(low, least), min(high, most)
        return table.stamped(low, high) if (low, high) != (LOWEST, HIGHEST) else None

    def _range(self, term: Compare) -> tuple[str, str]:
        column = self.resolver.column(self.access, term.path)
        if term.value.kind == "period":
            first, end = bounds(column.field, term.value.text, self.asked.now)
            last = before(end)
        else:
            first = last = convert(column.field, term.value, self.asked)
        ranges = {
            "=": (first, last),
            ">=": (first, HIGHEST),
            ">": (after(last), HIGHEST),
            "<=": (LOWEST, last),
            "<": (LOWEST, before(first)),
        }
        return ranges[term.operator]


def _stamp_range(condition: Condition) -> bool:
    return (
        isinstance(condition, Compare)
        and condition.path.text.lower() == "systemmodstamp"
        and condition.operator in {"=", "<", ">", "<=", ">="}
        and condition.value.kind in {"datetime", "period"}
    )
