"""Reads a SOQL statement into the grammar's data; what it cannot read is MALFORMED_QUERY with row and column."""

import re
from dataclasses import dataclass

from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.soql.grammar import (
    Among,
    Both,
    Call,
    Compare,
    Condition,
    Either,
    Literal,
    Negated,
    Order,
    Path,
    Query,
)

MAX_LENGTH = 100_000
MAX_STRING = 4_000
MAX_OFFSET = 2_000
# How much of a statement an error shows around its place; words are not cut.
_SHOWN_BEFORE, _SHOWN_AFTER, _BETWEEN_WORDS = 30, 31, ", \t"
AGGREGATES = frozenset({"COUNT", "COUNT_DISTINCT", "MIN", "MAX", "SUM", "AVG"})

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<string>'(?:\\.|[^'\\])*')"
    r"|(?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|(?P<date>\d{4}-\d\d-\d\d)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?)"
    r"|(?P<period>(?:LAST|NEXT)_N_\w+:\d+|N_\w+_AGO:\d+)"
    r"|(?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)"
    r"|(?P<symbol><=|>=|!=|<>|[=<>(),])",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
_PERIODS = frozenset(
    f"{when}_{unit}" for when in ("LAST", "THIS", "NEXT") for unit in ("WEEK", "MONTH", "QUARTER", "YEAR")
) | {"TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"}
_CLAUSES = frozenset({"WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "ALL", "USING", "HAVING", "WITH"})
_AFTER_CALL = _CLAUSES | {"FROM", "ASC", "DESC", "NULLS"}


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "name" else self.text


def complain(text: str, at: int, code: str, message: str) -> Problem:
    """A query error as Salesforce words it: the place, a caret, row and column, and what is wrong."""
    row = text.count("\n", 0, at) + 1
    line_start = text.rfind("\n", 0, at) + 1
    line = text[line_start:].partition("\n")[0]
    column = at - line_start
    first, last = max(column - _SHOWN_BEFORE, 0), min(column + _SHOWN_AFTER, len(line))
    while first > 0 and line[first - 1] not in _BETWEEN_WORDS:
        first -= 1
    while last < len(line) and line[last] not in _BETWEEN_WORDS:
        last += 1
    place = f"ERROR at Row:{row}:Column:{column + 1}"
    return Problem(code, f"\n{line[first:last]}\n{' ' * (column - first)}^\n{place}\n{message}")


def parse(text: str) -> Query:
    """The statement as data."""
    if len(text) > MAX_LENGTH:
        raise Problem("MALFORMED_QUERY", "SOQL statements can not be longer than 100000 characters")
    parser = _Parser(text)
    query = parser.query()
    parser.end()
    return query


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._split()
        self.place = 0

    def _split(self) -> list[_Token]:
        tokens, at = [], 0
        while at < len(self.text):
            found = _TOKEN.match(self.text, at)
            if found is None or found.lastgroup is None:
                raise complain(self.text, at, "MALFORMED_QUERY", f"line 1:{at} no viable alternative at character")
            if found.lastgroup != "space":
                tokens.append(_Token(found.lastgroup, found.group(), at))
            at = found.end()
        tokens.append(_Token("end", "<EOF>", len(self.text)))
        return tokens

    @property
    def now(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.now
        self.place += 1
        return token

    def accept(self, *words: str) -> bool:
        """Move past these words when they come next."""
        ahead = self.tokens[self.place : self.place + len(words)]
        if [token.word for token in ahead] != list(words):
            return False
        self.place += len(words)
        return True

    def expect(self, word: str) -> _Token:
        if self.now.word != word:
            raise self.unexpected()
        return self.take()

    def unexpected(self) -> Problem:
        token = self.now
        message = "unexpected token: '<EOF>'" if token.kind == "end" else f"unexpected token: '{token.text}'"
        return complain(self.text, token.at, "MALFORMED_QUERY", message)

    def end(self) -> None:
        if self.now.kind != "end":
            raise self.unexpected()

    def query(self) -> Query:
        made = Query(self.text)
        self.expect("SELECT")
        made.select = [self._selected()]
        while self.accept(","):
            made.select.append(self._selected())
        self.expect("FROM")
        source = self._name()
        made.source, made.source_at = source.text, source.at
        if self.now.kind == "name" and self.now.word not in _CLAUSES:
            self.take()
        self._clauses(made)
        return made

    def _clauses(self, made: Query) -> None:
        if self.accept("USING", "SCOPE"):
            self._name()
        if self.accept("WHERE"):
            made.where = self._condition()
        if self.accept("GROUP", "BY"):
            made.group = [self._path()]
            while self.accept(","):
                made.group.append(self._path())
        if self.accept("ORDER", "BY"):
            made.order = [self._order()]
            while self.accept(","):
                made.order.append(self._order())
        self._window(made)

    def _window(self, made: Query) -> None:
        if self.accept("LIMIT"):
            made.limit = self._count()
        if self.accept("OFFSET"):
            made.offset = self._count()
            if made.offset > MAX_OFFSET:
                raise Problem("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
        if self.accept("FOR"):
            self._name()

    def _selected(self) -> Path | Call | Query:
        if self.accept("("):
            inner = self.query()
            self.expect(")")
            return inner
        following = self.tokens[self.place + 1]
        if following.text == "(":
            return self._call()
        return self._path()

    def _call(self) -> Call:
        name = self._name()
        if name.word not in AGGREGATES:
            raise complain(self.text, name.at, "MALFORMED_QUERY", f"unexpected token: '{name.text}'")
        self.expect("(")
        argument = None if self.now.text == ")" else self._path()
        self.expect(")")
        alias = self.take().text if self.now.kind == "name" and self.now.word not in _AFTER_CALL else None
        return Call(name.word, argument, alias, name.at)

    def _name(self) -> _Token:
        if self.now.kind != "name":
            raise self.unexpected()
        return self.take()

    def _path(self) -> Path:
        token = self._name()
        return Path(tuple(token.text.split(".")), token.at)

    def _count(self) -> int:
        if self.now.kind != "number":
            raise self.unexpected()
        return int(self.take().text)

    def _order(self) -> Order:
        by = self._call() if self.tokens[self.place + 1].text == "(" else self._path()
        descending = self.accept("DESC")
        if not descending:
            self.accept("ASC")
        nulls_last = False
        if self.accept("NULLS"):
            nulls_last = self.accept("LAST") or not self.accept("FIRST")
        return Order(by, descending, nulls_last)

    def _condition(self) -> Condition:
        first = self._term()
        for word, kind in (("AND", Both), ("OR", Either)):
            if self.now.word == word:
                terms = [first]
                while self.accept(word):
                    terms.append(self._term())
                if self.now.word in {"AND", "OR"}:
                    raise self.unexpected()
                return kind(tuple(terms))
        return first

    def _term(self) -> Condition:
        if self.accept("NOT"):
            return Negated(self._term())
        if self.accept("("):
            inner = self._condition()
            self.expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        path = self._path()
        if self.accept("NOT", "IN"):
            return Among(path, self._values(), negated=True)
        if self.accept("IN"):
            return Among(path, self._values(), negated=False)
        operator = self.take()
        if operator.word == "LIKE" or operator.text in {"=", "!=", "<>", "<", ">", "<=", ">="}:
            return Compare(path, "!=" if operator.text == "<>" else operator.word, self._literal())
        self.place -= 1
        raise self.unexpected()

    def _values(self) -> tuple[Literal, ...] | Query:
        self.expect("(")
        if self.now.word == "SELECT":
            inner = self.query()
            self.expect(")")
            return inner
        values = [self._literal()]
        while self.accept(","):
            values.append(self._literal())
        self.expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        token = self.take()
        if token.kind == "string":
            inside = _unescape(token.text[1:-1])
            if len(inside) > MAX_STRING:
                raise complain(self.text, token.at, "MALFORMED_QUERY", "string literal is longer than 4000 characters")
            return Literal("string", inside, token.at)
        if token.kind in {"datetime", "date", "number", "period"}:
            return Literal(token.kind, token.text, token.at)
        if token.kind == "name":
            named = _named_literal(token.word)
            if named is not None:
                return Literal(named, token.word, token.at)
        self.place -= 1
        raise self.unexpected()


def _named_literal(word: str) -> str | None:
    if word in {"TRUE", "FALSE"}:
        return "boolean"
    if word == "NULL":
        return "null"
    return "period" if word in _PERIODS else None


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found.group(1), found.group(1)), text, flags=re.DOTALL)
