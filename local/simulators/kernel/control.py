"""The control routes under `/__control__/`, apart from the vendor's own API and shared by all simulators.

A simulator hands over what only it knows (`Controlled`: its records, its acts, its limits); clock, faults and the
list of counted calls are the same everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.kernel.faults import FaultPlan
from local.simulators.kernel.http import Request, Response
from local.simulators.kernel.page import served

PREFIX = "/__control__/"
Fields = Mapping[str, Any]


class Controlled(Protocol):
    """What a simulator answers for; a `ValueError` or `KeyError` becomes a 400 with its text."""

    def reset(self, seed: int, people: int) -> None:
        """Begin a new world."""

    def seed(self, records: Sequence[Fields]) -> list[Any]:
        """Put records into the truth and name their ids."""

    def schema(self, fields: Sequence[Fields]) -> None:
        """Add custom fields."""

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Every record of a type with every field, deleted ones flagged."""

    def act(self, name: str, arguments: Fields) -> list[Any]:
        """Do what a human would do in the vendor's pages; names the ids touched."""

    def limits(self, settings: Fields) -> None:
        """Change quotas and switches."""

    def settings(self) -> dict[str, Any]:
        """Quotas and switches as they stand."""

    def page(self) -> dict[str, Any]:
        """What the page has to know: types, acts, faults."""

    def find(self, kind: str, asked: str) -> dict[str, Any]:
        """The first records of a type in which a text occurs."""

    def look(self, kind: str, record_id: str) -> dict[str, Any]:
        """One record with what stands beside it."""


@dataclass(slots=True)
class Call:
    """One counted call."""

    method: str
    path: str
    status: int
    outcome: str
    records: int
    at: str


@dataclass
class CallLog:
    """The counted calls, in order."""

    calls: list[Call] = field(default_factory=list)

    def add(self, call: Call) -> None:
        """Note one call."""
        self.calls.append(call)


class Control:
    """Answers control routes, and says `None` to everything else."""

    def __init__(self, world: Controlled, clock: SimClock, faults: FaultPlan, calls: CallLog) -> None:
        self.world, self.clock, self.faults, self.calls = world, clock, faults, calls

    def handle(self, request: Request) -> Response | None:
        """The answer to a control route, or None when the path is the vendor's."""
        if not request.path.startswith(PREFIX):
            return None
        name = request.path[len(PREFIX) :].strip("/")
        if request.method == "GET" and (file := served(name)):
            return file
        route = f"{request.method} {name}"
        try:
            body = json.loads(request.body) if request.body else {}
            return _json(200, self._answer(route, request, body))
        except (KeyError, TypeError, ValueError) as problem:
            return _json(400, {"ok": False, "error": f"{type(problem).__name__}: {problem}"})

    def _answer(self, route: str, request: Request, body: dict[str, Any]) -> Any:
        if request.method == "GET":
            return self._look(route, dict(parse_qsl(request.query)))
        if route == "DELETE calls":
            self.calls.calls.clear()
            return {"ok": True}
        return self._command(route, body)

    def _look(self, route: str, asked: dict[str, str]) -> Any:
        match route:
            case "GET health":
                return {"ok": True, "now": write_instant(self.clock.now())}
            case "GET records":
                return {"records": self.world.records(asked.get("type", ""))}
            case "GET calls":
                return [asdict(call) for call in self.calls.calls[-int(asked.get("last", 0)) :]]
            case "GET faults":
                return self.faults.armed()
            case "GET limits":
                return self.world.settings()
            case "GET page.json":
                return self.world.page()
            case "GET find":
                return self.world.find(asked["type"], asked.get("q", ""))
            case "GET record":
                return self.world.look(asked["type"], asked["id"])
        raise ValueError(f"no control route {route}")

    def _command(self, route: str, body: dict[str, Any]) -> Any:
        match route:
            case "POST reset":
                self.world.reset(int(body.get("seed", 7)), int(body.get("people", 0)))
            case "POST seed":
                return {"ids": self.world.seed(body["records"])}
            case "POST schema":
                self.world.schema(body["fields"])
            case "POST act":
                arguments = {name: value for name, value in body.items() if name != "act"}
                return {"ok": True, "ids": self.world.act(body["act"], arguments)}
            case "POST clock":
                self._move_clock(body)
                return {"ok": True, "now": write_instant(self.clock.now())}
            case "POST limits":
                self.world.limits(body)
            case "POST faults":
                self.faults.load(body["faults"])
            case _:
                raise ValueError(f"no control route {route}")
        return {"ok": True}

    def _move_clock(self, body: Fields) -> None:
        if body.get("real"):
            self.clock.real()
        if "set" in body:
            self.clock.set(body["set"])
        if "advance_s" in body:
            self.clock.advance(float(body["advance_s"]))


def _json(status: int, body: Any) -> Response:
    return Response(status, [("Content-Type", "application/json")], json.dumps(body).encode())
