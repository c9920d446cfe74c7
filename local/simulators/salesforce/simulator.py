"""The Salesforce simulator: one organisation behind Salesforce's own paths, and its control routes.

Calls are answered one at a time. What a call does to the truth happens whole or not at all, and a broken connection is
broken before or after it, as the fault plan says.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

from local.simulators.kernel.clock import SimClock, write_instant
from local.simulators.kernel.control import Call, CallLog, Control
from local.simulators.kernel.faults import Fault, plain_status
from local.simulators.kernel.http import Dropped, Request, Response
from local.simulators.salesforce import administration, answers, page, seeding, switches
from local.simulators.salesforce.answers import Answer, Envelope
from local.simulators.salesforce.api import describing
from local.simulators.salesforce.api.ask import Ask
from local.simulators.salesforce.api.routes import dispatch
from local.simulators.salesforce.classic import ClassicBulk
from local.simulators.salesforce.codes import OAUTH
from local.simulators.salesforce.entrance import Entrance
from local.simulators.salesforce.events.change import BY_HAND, origin_of
from local.simulators.salesforce.org import FieldSet, Org, new_org
from local.simulators.salesforce.problems import (
    Problem,
    Refused,
    api_disabled,
    invalid_header,
    not_found,
    quota_used,
    session_expired,
    too_many_at_once,
)
from local.simulators.salesforce.rules import SalesforceFaults, problem_of
from local.simulators.salesforce.sessions import App

LONGEST = 16_384
_DATA = re.compile(r"/services/data/v(\d+)\.0(?:/(.*))?")
_STATUS_CODES = {
    401: "INVALID_SESSION_ID",
    403: "REQUEST_LIMIT_EXCEEDED",
    500: "UNKNOWN_EXCEPTION",
    503: "SERVER_UNAVAILABLE",
}


class SalesforceSimulator:
    """One Salesforce organisation: `org` is the truth with everything around it, `calls` are the counted calls."""

    def __init__(
        self,
        seed: int = 7,
        people: int = 0,
        clock: SimClock | Callable[[], datetime] | None = None,
        client_id: str = "demo-client",
        client_secret: str = "demo-secret",
        fields: FieldSet = "all",
    ) -> None:
        self.clock = clock if isinstance(clock, SimClock) else SimClock(follow=clock)
        self.apps = {client_id: App(client_id, client_secret)}
        self.faults = SalesforceFaults(self.clock, self._fault_status)
        self.log = CallLog()
        self._fields = fields
        self._lock = threading.RLock()
        self._control = Control(self, self.clock, self.faults, self.log)
        self._ordinal = 0
        self._note: Answer | None = None
        self.reset(seed, people)

    @property
    def calls(self) -> list[Call]:
        """The calls that counted against the quota."""
        return self.log.calls

    @property
    def logins(self) -> list[dict[str, Any]]:
        """Every request to the token endpoint: `grant_type`, `status`, `at`."""
        return self.entrance.logins

    def handle(self, request: Request) -> Response:
        """Answer a control route or a call of the vendor's API."""
        with self._lock:
            self.faults.commit_late(self._serve)
            self.org.jobs.settle()
            self.org.broadcast()
            try:
                control = self._control.handle(request)
                return control if control is not None else self._vendor(request)
            finally:
                self.org.broadcast()

    # --- control -------------------------------------------------------------------------------------------------

    def reset(self, seed: int, people: int) -> None:
        """A new organisation; connected apps stay registered, tokens do not live on."""
        self.org: Org = new_org(self.clock, self.apps, self._fields)
        self.entrance = Entrance(self.org)
        self.classic = ClassicBulk(self.org)
        self.faults.load([])
        self.log.calls.clear()
        seeding.populate(self.org, seed, people)

    def seed(self, records: Sequence[Mapping[str, Any]]) -> list[str]:
        """Put records into the truth."""
        made = [administration.seed_record(self.org, record) for record in records]
        self.org.broadcast()
        return made

    def schema(self, fields: Sequence[Mapping[str, Any]]) -> None:
        """Add custom fields, or change a field's picklist and length."""
        administration.add_fields(self.org, fields)

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The truth about one object, every field, deleted ones flagged."""
        self.org.jobs.settle()
        lists = {"Login": self.logins, "Liberty": self.org.rules.strictness.seen, "ChangeEvent": self.org.capture.sent}
        return lists[kind] if kind in lists else administration.records(self.org, kind)

    def act(self, name: str, arguments: Mapping[str, Any]) -> list[str]:
        """What a human does in Salesforce's pages."""
        touched = administration.act(self.org, name, arguments)
        self.org.broadcast()
        return touched

    def limits(self, settings: Mapping[str, Any]) -> None:
        """Change quotas and switches."""
        switches.limits(self.org, settings)

    def settings(self) -> dict[str, Any]:
        """Quotas and switches as they stand."""
        return page.settings(self.org)

    def page(self) -> dict[str, Any]:
        """What the page has to know of Salesforce."""
        return page.page(self.org)

    def find(self, kind: str, asked: str) -> dict[str, Any]:
        """The first records of an object in which a text occurs."""
        return page.find(self.org, kind, asked)

    def look(self, kind: str, record_id: str) -> dict[str, Any]:
        """One record with what hangs on it."""
        return page.look(self.org, kind, record_id)

    # --- the vendor's API ----------------------------------------------------------------------------------------

    def _vendor(self, request: Request) -> Response:
        self._note = None
        try:
            response = self.faults.around(request, self._serve)
        except Dropped:
            self._count(request, 0, "dropped")
            raise
        self._count(request, response.status, f"{response.status}")
        return response

    def _count(self, request: Request, status: int, outcome: str) -> None:
        if _DATA.fullmatch(request.path) is None:
            return
        note = self._note or Answer(status, outcome=outcome)
        said = note.outcome if status else outcome
        at = write_instant(self.clock.now())
        self.log.add(Call(request.method, request.path, status, said, note.records, at))

    def _serve(self, request: Request) -> Response:
        self._ordinal += 1
        envelope = Envelope(self.clock.now(), self._ordinal)
        if _size(request) > LONGEST:
            too_long = 2 * len(request.target) > _size(request)
            status, body = (414, answers.TOO_LONG) if too_long else (431, answers.TOO_LARGE)
            return envelope.html(status, body)
        answer = self._answer(request)
        self._note = answer
        envelope = Envelope(self.clock.now(), self._ordinal, self._limit_info(request))
        response = envelope.respond(request, answer)
        if self.faults.take(request, "content_type"):
            response.headers = [
                (name, "text/html" if name == "Content-Type" else value) for name, value in response.headers
            ]
        return response

    def _limit_info(self, request: Request) -> str | None:
        return self.org.quota.header() if _DATA.fullmatch(request.path) else None

    def _answer(self, request: Request) -> Answer:
        try:
            found = _DATA.fullmatch(request.path)
            if found is None:
                return self._outside(request)
            return self._resource(request, int(found.group(1)), found.group(2) or "")
        except Problem as problem:
            return answers.refused(problem)
        except Refused as refused:
            return answers.refused(*refused.problems)

    def _outside(self, request: Request) -> Answer:
        if request.path.rstrip("/") == "/services/data":
            return Answer(200, describing.versions())
        return self.classic.answer(request) or self.entrance.answer(request, base_url(request))

    def _resource(self, request: Request, version: int, path: str) -> Answer:
        if version < describing.OLDEST:
            raise Problem("UNSUPPORTED_API_VERSION", "The requested API version is no longer available", status=410)
        user_id = self._admit(request)
        if version > describing.NEWEST:
            raise not_found()
        parameters = dict(parse_qsl(request.query, keep_blank_values=True))
        override = parameters.pop("_HttpMethod", "").upper()
        if override:
            self.org.rules.strictness.object_to("The method was given as a parameter")
        ask = Ask(
            org=self.org,
            user_id=user_id,
            version=version,
            method=override if override and request.method == "POST" else request.method,
            parts=tuple(unquote(part) for part in path.rstrip("/").split("/")) if path.strip("/") else (),
            parameters=parameters,
            headers=request.headers,
            raw=request.body,
            base_url=base_url(request),
            faults=lambda *kinds: self.faults.ordered(request, *kinds),
        )
        self.org.rules.present = self.faults.ordered(request, "record_error")
        late = self.faults.take(request, "late_visible")
        self.org.world.origin = origin_of(version, request.headers.get("sforce-call-options", ""))
        try:
            with self.org.world.committing_late(late.seconds if late is not None else 0.0):
                return dispatch(ask)
        finally:
            self.org.world.origin = BY_HAND

    def _admit(self, request: Request) -> str:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme not in {"", "Bearer", "OAuth"}:
            raise invalid_header()
        if self.faults.take(request, "expire_token"):
            self.org.sessions.expire(token)
        user_id = self.org.sessions.user_of(token)
        if user_id is None or not (self.org.world.find(user_id) or {}).get("IsActive"):
            raise session_expired()
        if user_id in self.org.sessions.api_disabled:
            raise api_disabled()
        if self.faults.take(request, "concurrent"):
            raise too_many_at_once()
        if self.faults.take(request, "quota") or not self.org.quota.count():
            raise quota_used()
        return user_id

    def _fault_status(self, fault: Fault) -> Response:
        """The answer of a `status` fault, whose code is a status, an error code, or a word of the token endpoint."""
        if fault.code in OAUTH:
            body = {"error": OAUTH[str(fault.code)], "error_description": fault.code}
            return self._envelope().respond(Request("POST", ""), Answer(400, body))
        if fault.body is None and fault.code in _STATUS_CODES:
            fault.code = _STATUS_CODES[int(fault.code)]
        if isinstance(fault.code, str):
            return self._envelope().respond(Request("POST", ""), answers.refused(problem_of(fault)))
        return plain_status(fault)

    def _envelope(self) -> Envelope:
        return Envelope(self.clock.now(), self._ordinal, self.org.quota.header())


def base_url(request: Request) -> str:
    """The address that the caller used: plain on loopback and in tests, https under Salesforce's own names."""
    host = request.headers.get("host", "localhost")
    return f"https://{host}" if host.endswith("salesforce.com") else f"http://{host}"


def _size(request: Request) -> int:
    return len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers.items())
