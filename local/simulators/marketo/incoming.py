"""A request as the API reads it: normalised path, the method that `_method` asks for, parameters, JSON body.

Repeated parameters equal comma lists. A form body counts as parameters; anything else in a POST must be JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from local.simulators.kernel.http import Request
from local.simulators.marketo.envelope import Refused

_FORM = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Parameters:
    """Query and form parameters, in order."""

    pairs: list[tuple[str, str]] = field(default_factory=list)

    def one(self, name: str, default: str = "") -> str:
        """The first value of this name."""
        return next((value for key, value in self.pairs if key == name), default)

    def many(self, name: str) -> list[str]:
        """All values of this name, comma lists taken apart."""
        return [part for key, value in self.pairs if key == name for part in value.split(",") if part]

    def whole(self, name: str) -> list[str]:
        """All values of this name, whole and taken apart: a name may hold a comma."""
        return [value for key, value in self.pairs if key == name and value] + self.many(name)

    def numbers(self, name: str) -> list[int]:
        """All values of this name as whole numbers; 1001 when one is not."""
        try:
            return [int(part) for part in self.many(name)]
        except ValueError:
            raise Refused("1001", f"Invalid value for parameter '{name}'") from None

    def required(self, name: str) -> list[str]:
        """As `many`; 1002 when there is none."""
        values = self.many(name)
        if not values:
            raise Refused("1002", f"Missing value for required parameter '{name}'")
        return values


def parameters(request: Request) -> Parameters:
    """What the query and a form body say."""
    pairs = parse_qsl(request.query, keep_blank_values=True)
    if _is_form(request):
        pairs += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return Parameters(pairs)


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").lower().startswith(_FORM)


def normalise(path: str) -> str:
    """The path without dot segments; a double slash is not found (610)."""
    kept: list[str] = []
    for part in path.split("/")[1:]:
        if part == "":
            raise Refused("610")
        if part == "..":
            kept = kept[:-1]
        elif part != ".":
            kept.append(part)
    return "/" + "/".join(kept)


@dataclass(slots=True)
class Ask:
    """One call of the lead database."""

    method: str
    path: str
    given: Parameters
    request: Request
    user: str = ""

    def json(self) -> dict[str, Any]:
        """The JSON body; 612 for another content type, 609 for anything that is not an object."""
        if not self.request.headers.get("content-type", "").lower().startswith("application/json"):
            raise Refused("612")
        try:
            body = json.loads(self.request.body)
        except ValueError:
            raise Refused("609") from None
        if not isinstance(body, dict):
            raise Refused("609")
        return body

    def inputs(self) -> list[dict[str, Any]]:
        """The records of the body; at most 300, and 609 where one is no object."""
        given = self.json().get("input")
        if not isinstance(given, list) or not given:
            raise Refused("1002", "Missing value for required parameter 'input'")
        if len(given) > 300:
            raise Refused("1003", "Too many records: at most 300")
        if not all(isinstance(entry, dict) for entry in given):
            raise Refused("609")
        return given

    def batch_size(self) -> int:
        """Items a page: 300 unless fewer are asked for."""
        return min(max((self.given.numbers("batchSize") or [300])[0], 1), 300)


def read_ask(request: Request, user: str = "") -> Ask:
    """The call behind a request, `_method` obeyed."""
    given = parameters(request)
    method = request.method
    if method == "POST":
        method = given.one("_method", "POST").upper()
    return Ask(method, normalise(request.path), given, request, user)
