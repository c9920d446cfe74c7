"""The fault plan: what goes wrong, on which calls, how many times.

`FaultPlan.around` wraps a vendor's own handling with every fault that is the same for all vendors; faults that need
the vendor's knowledge (`expire_token`, `record_error`, `empty_page`, ...) are asked for with `take` where they apply.
A fault is used up by the calls that it hits, never by others.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Dropped, Request, Response

Serve = Callable[[Request], Response]

HTML_BODY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
GENERIC = ("drop_before_commit", "drop_after_commit", "status", "slow", "html", "truncate", "late_commit")


@dataclass(slots=True)
class Fault:
    """One entry of the plan; `after` lets so many matching calls through first."""

    fault: str
    method: str = ""
    path: str = ""
    times: int = 1
    after: int = 0
    code: int | str = 500
    body: Any = None
    seconds: float = 0.0
    match: str = ""
    after_commit: bool = False

    def concerns(self, request: Request) -> bool:
        """Whether method and path (a substring of path and query) fit."""
        return (not self.method or self.method.upper() == request.method) and self.path in request.target


class FaultPlan:
    """The current list of faults and the writes that are still on their way (`late_commit`)."""

    def __init__(self, clock: SimClock, status: Callable[[Fault], Response] | None = None) -> None:
        self.clock = clock
        self._status = status or plain_status
        self._faults: list[Fault] = []
        self._late: list[tuple[float, Request]] = []
        self._lock = threading.Lock()

    def load(self, faults: list[Mapping[str, Any]]) -> None:
        """Replace the plan; an empty list clears it."""
        self._faults = [Fault(**fault) for fault in faults]

    def armed(self) -> list[dict[str, Any]]:
        """The plan as it stands: what is used up has `times` 0."""
        return [asdict(fault) for fault in self._faults]

    def take(self, request: Request, *kinds: str) -> Fault | None:
        """The first fault of these kinds that hits this call, used up by one."""
        with self._lock:
            for fault in self._faults:
                if fault.times > 0 and fault.fault in kinds and fault.concerns(request):
                    if fault.after > 0:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    return fault
        return None

    def around(self, request: Request, serve: Serve) -> Response:
        """Serve the call with at most one general fault; late writes that are due happen first."""
        self.commit_late(serve)
        fault = self.take(request, *GENERIC)
        if fault is None:
            return serve(request)
        if fault.fault == "drop_before_commit":
            raise Dropped
        if fault.fault == "late_commit":
            self._late.append((self.clock.timestamp() + fault.seconds, request))
            raise Dropped
        return self._spoiled(fault, request, serve)

    def _spoiled(self, fault: Fault, request: Request, serve: Serve) -> Response:
        if fault.fault in ("status", "html"):
            if fault.after_commit:
                serve(request)
            html = Response(502, [("Content-Type", "text/html")], HTML_BODY)
            return html if fault.fault == "html" else self._status(fault)
        answer = serve(request)
        if fault.fault == "drop_after_commit":
            raise Dropped
        if fault.fault == "slow":
            answer.seconds += fault.seconds
        else:
            answer.body = answer.body[: len(answer.body) // 2]
        return answer

    def commit_late(self, serve: Serve) -> None:
        """Carry out the writes whose time has come; also a look at the truth should do this first."""
        now = self.clock.timestamp()
        due = [request for at, request in self._late if at <= now]
        self._late = [(at, request) for at, request in self._late if at > now]
        for request in due:
            serve(request)


def plain_status(fault: Fault) -> Response:
    """The answer of a `status` fault: its code and body, JSON unless the body is text."""
    if isinstance(fault.body, str):
        return Response(int(fault.code), [("Content-Type", "text/plain")], fault.body.encode())
    body = b"" if fault.body is None else json.dumps(fault.body).encode()
    return Response(int(fault.code), [("Content-Type", "application/json;charset=UTF-8")], body)
