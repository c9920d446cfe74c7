"""What a SOQL statement says, as data: every name keeps its position, for the row and column of an error."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Path:
    """A field or a relationship path such as `Owner.Name`."""

    parts: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """The path as it was written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Call:
    """An aggregate such as `COUNT(Id)`; without an argument, `COUNT()`."""

    function: str
    argument: Path | None
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A value in a condition: its kind (string, number, datetime, date, boolean, null, period) and its text."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Compare:
    """`field operator value`."""

    path: Path
    operator: str
    value: Literal


@dataclass(frozen=True, slots=True)
class Among:
    """`field [NOT] IN (...)`: literals, or a query that gives the ids."""

    path: Path
    values: "tuple[Literal, ...] | Query"
    negated: bool


@dataclass(frozen=True, slots=True)
class Both:
    """All of these hold."""

    terms: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these holds."""

    terms: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Negated:
    """This does not hold."""

    term: "Condition"


Condition = Compare | Among | Both | Either | Negated


@dataclass(frozen=True, slots=True)
class Order:
    """One term of ORDER BY."""

    by: Path | Call
    descending: bool
    nulls_last: bool


@dataclass(slots=True)
class Query:
    """One statement."""

    text: str
    source: str = ""
    source_at: int = 0
    select: "list[Path | Call | Query]" = field(default_factory=list)
    where: Condition | None = None
    group: list[Path] = field(default_factory=list)
    order: list[Order] = field(default_factory=list)
    limit: int | None = None
    offset: int = 0
