"""JSON as strictly as a store needs it, with the path of the first mistake.

Promises that every member stands once, that every number can be told exactly, that texts can be
stored, and that nothing is nested deeper than ten levels (S06).
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEPTH = 10

Path = tuple[str | int, ...]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_LONGEST = 64  # characters of a member's name in a message


class Mistake(Exception):
    """Something in the document that is refused, and where."""

    def __init__(self, path: Path, what: str):
        super().__init__(what)
        self.path = path
        self.what = what


@dataclass(frozen=True, slots=True)
class _Flaw:
    """Stands where a value was that cannot be taken, until the walk knows its path."""

    what: str
    member: Path = ()


def shown(path: Path) -> str:
    """A path as JSONPath: $.events[3].person.marketo_id."""
    return "$" + "".join(map(_step, path))


def _step(step: str | int) -> str:
    if isinstance(step, str) and _NAME.fullmatch(step):
        return f".{step}"
    return f"[{json.dumps(step[:_LONGEST] if isinstance(step, str) else step)}]"


def load(text: str) -> Any:
    """The document; raises Mistake for the first thing that is wrong with it."""
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=lambda name: _Flaw(f"is {name}, which is no JSON number"),
        )
    except json.JSONDecodeError as error:
        raise Mistake((), f"is not JSON (line {error.lineno}, column {error.colno}: {error.msg})") from None
    except RecursionError:
        raise Mistake((), f"is nested deeper than {DEPTH} levels") from None
    for mistake in _mistakes(document, ()):
        raise mistake
    return document


def _object(pairs: list[tuple[str, Any]]) -> "dict[str, Any] | _Flaw":
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    names = [name for name, _ in pairs]
    return _Flaw("stands twice in one object", (next(name for name in names if names.count(name) > 1),))


def _whole(digits: str) -> "int | _Flaw":
    fits = len(digits) <= 20 and -(2**63) <= int(digits) < 2**63
    return int(digits) if fits else _Flaw("is a number beyond 64 bits; send it as a text")


def _fraction(digits: str) -> "float | _Flaw":
    number = float(digits)
    return number if math.isfinite(number) else _Flaw("is a number too large to be told exactly")


def _mistakes(value: Any, path: Path) -> Iterator[Mistake]:
    if isinstance(value, _Flaw):
        yield Mistake(path + value.member, value.what)
    elif isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield Mistake(path, "holds a character that cannot be stored (NUL or half a surrogate pair)")
    elif isinstance(value, dict | list):
        if len(path) >= DEPTH:
            yield Mistake(path, f"is nested deeper than {DEPTH} levels")
            return
        yield from _inside(value, path)


def _inside(value: dict[str, Any] | list[Any], path: Path) -> Iterator[Mistake]:
    if isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _mistakes(entry, (*path, index))
        return
    for name, entry in value.items():
        if _UNSTORABLE.search(name):
            yield Mistake((*path, name), "is a name with a character that cannot be stored")
        yield from _mistakes(entry, (*path, name))
