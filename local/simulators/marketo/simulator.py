"""The Marketo simulator: one subscription behind Marketo's own paths, and its control routes.

Calls are answered one at a time; overlapping calls, rates, days and token lives are reckoned on the simulator's clock.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.kernel.control import Call, CallLog, Control
from local.simulators.kernel.faults import Fault, FaultPlan, plain_status
from local.simulators.kernel.http import Dropped, Request, Response
from local.simulators.marketo import administration, identity, page
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.envelope import Refused, as_json, finish, refusal
from local.simulators.marketo.incoming import Ask, read_ask
from local.simulators.marketo.quota import Quota
from local.simulators.marketo.routes import Table, routes_of
from local.simulators.marketo.seeding import populate
from local.simulators.marketo.switches import Switches
from local.simulators.marketo.world import World

LONGEST_TARGET = 8192
LARGEST_BODY = 1_048_576
LARGEST_FILE = 10 * LARGEST_BODY


class MarketoSimulator:
    """One Marketo subscription; `world` is the truth, `calls` are the counted calls."""

    def __init__(
        self,
        seed: int = 7,
        people: int = 0,
        clock: SimClock | None = None,
        client_id: str = "demo-client",
        client_secret: str = "demo-secret",
        activities: int = 0,
    ) -> None:
        self.clock = clock or SimClock()
        self.switches = Switches()
        self.faults = FaultPlan(self.clock, self._fault_status)
        self.identity = identity.Identity(client_id, client_secret, self.clock, self.switches)
        self.log = CallLog()
        self._activities = activities
        self._lock = threading.RLock()
        self._control = Control(self, self.clock, self.faults, self.log)
        self._number = 0
        self._outcome, self._records, self._user = "", 0, ""
        self.reset(seed, people)

    @property
    def calls(self) -> list[Call]:
        """The calls that counted against the quota."""
        return self.log.calls

    def handle(self, request: Request) -> Response:
        """Answer a control route or a call of the vendor's API."""
        with self._lock:
            self.faults.commit_late(self._serve)
            for chore in self.world.chores:
                chore()
            control = self._control.handle(request)
            if control is not None:
                return control
            return finish(self._vendor(request), request, self.clock.now())

    # --- control -------------------------------------------------------------------------------------------------

    def reset(self, seed: int, people: int) -> None:
        """A new world; quotas, faults and calls begin anew."""
        self.world = World(self.clock, self.switches)
        self.quota = Quota(self.switches)
        self.faults.load([])
        self.log.calls.clear()
        self._routes = routes_of(self.world, self.faults, self._statistics())
        populate(self.world, seed, people, self._activities)

    def seed(self, records: Sequence[Mapping[str, Any]]) -> list[int]:
        """Put leads, activities, lists, folders, programs and campaigns into the truth."""
        return [administration.seed_record(self.world, record) for record in records]

    def schema(self, fields: Sequence[Mapping[str, Any]]) -> None:
        """Add custom lead fields."""
        administration.add_fields(self.world, fields)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The truth about leads, activities, lists, folders, programs or campaigns."""
        return administration.records(self.world, kind)

    def act(self, name: str, arguments: Mapping[str, Any]) -> list[int]:
        """What a human does in Marketo's pages; `add_client` makes one more API client."""
        if name == "add_client":
            self.identity.add(arguments["client_id"], arguments["client_secret"], arguments["user"])
            return []
        return administration.act(self.world, name, arguments)

    def limits(self, settings: Mapping[str, Any]) -> None:
        """Change quotas and switches."""
        self.switches.change(settings)

    def settings(self) -> dict[str, Any]:
        """Quotas and switches as they stand."""
        return asdict(self.switches)

    def page(self) -> dict[str, Any]:
        """What the page has to know of Marketo."""
        return page.page()

    def find(self, kind: str, asked: str) -> dict[str, Any]:
        """The first records of a type in which a text occurs."""
        return page.find(self.world, kind, asked)

    def look(self, kind: str, record_id: str) -> dict[str, Any]:
        """One record with what stands beside it."""
        return page.look(self.world, kind, record_id)

    # --- statistics ----------------------------------------------------------------------------------------------

    def usage(self, _ask: Ask, days: int = 1) -> Answer:
        """GET stats/usage.json."""
        return listed(self.quota.usage(self.clock.now(), days))

    def errors(self, _ask: Ask, days: int = 1) -> Answer:
        """GET stats/errors.json."""
        return listed(self.quota.failures(self.clock.now(), days))

    def _statistics(self) -> Table:
        return {
            "stats/usage": {"GET": self.usage},
            "stats/usage/last7days": {"GET": lambda ask: self.usage(ask, 7)},
            "stats/errors": {"GET": self.errors},
            "stats/errors/last7days": {"GET": lambda ask: self.errors(ask, 7)},
        }

    # --- the vendor's API ----------------------------------------------------------------------------------------

    def _vendor(self, request: Request) -> Response:
        if len(request.target.encode()) > LONGEST_TARGET:
            return Response(414, [("Content-Type", "text/html")], b"<h1>414 Request-URI Too Large</h1>")
        if len(request.body) > (LARGEST_FILE if request.path.endswith("/bulk/v1/leads.json") else LARGEST_BODY):
            return Response(413, [("Content-Type", "text/html")], b"<h1>413 Request Entity Too Large</h1>")
        if request.path == identity.PATH:
            return self.faults.around(request, self.identity.answer)
        self._outcome, self._records, self._user = "", 0, ""
        try:
            response = self.faults.around(request, self._serve)
        except Dropped:
            self._count(request, 0, "dropped", 0.0)
            raise
        response.seconds += self.switches.seconds_per_call
        outcome = self._outcome if response.status == 200 else str(response.status)
        self._count(request, response.status, outcome or "ok", response.seconds)
        return response

    def _count(self, request: Request, status: int, outcome: str, seconds: float) -> None:
        now = self.clock.now()
        if self.quota.count(now, outcome, seconds, self._user):
            at = write_instant(now)
            self.log.add(Call(request.method, request.path, status, outcome, self._records, at))

    def _serve(self, request: Request) -> Response:
        try:
            if self.faults.take(request, "expire_token"):
                self.identity.expire()
            self._user = self.identity.check(request)
            self.quota.admit(self.clock.now())
            answer = self._handler(read_ask(request, self._user))
        except Refused as refused:
            self._outcome, self._records = refused.code, 0
            return refusal(self._request_id(), refused)
        self._outcome, self._records = "ok", answer.records
        if answer.raw is not None:
            self._outcome = "ok" if answer.raw.status < 400 else str(answer.raw.status)
            return answer.raw
        self._tamper(request, answer)
        return as_json(answer.enveloped(self._request_id()))

    def _tamper(self, request: Request, answer: Answer) -> None:
        """Faults that a reader must notice: a record lost at the end of a page, a lie about there being more."""
        if answer.body.get("result") and self.faults.take(request, "lose_record"):
            answer.body["result"] = answer.body["result"][:-1]
        if "moreResult" in answer.body and self.faults.take(request, "wrong_more"):
            answer.body["moreResult"] = not answer.body["moreResult"]

    def _handler(self, ask: Ask) -> Answer:
        for pattern, methods in self._routes:
            if match := pattern.fullmatch(ask.path):
                if ask.method not in methods:
                    raise Refused("605", f"Request method '{ask.method}' not supported")
                return methods[ask.method](ask, *match.groups())
        raise Refused("610")

    def _request_id(self) -> str:
        self._number += 1
        return f"{self._number & 0xFFFF:x}#{int(self.clock.timestamp() * 1000):x}"

    def _fault_status(self, fault: Fault) -> Response:
        code = str(fault.code)
        if int(code) < 600:
            return plain_status(fault)
        self._outcome = code
        return refusal(self._request_id(), Refused(code, str(fault.body or "")))
