"""Stand-ins for what a client room is given: a scripted vendor, a token keeper, a call gate.

Promises that a scripted vendor answers in order, keeps every request, and fails a call that nobody expected.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from lockstep.engine.errors import SyncError
from lockstep.engine.ports import Clock, Token

DATE = "Mon, 02 Nov 2026 09:00:00 GMT"
Scripted = httpx.Response | Exception


class Vendor:
    """Answers a client from a script."""

    def __init__(self, *script: Scripted):
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    def client(self) -> httpx.Client:
        """A real client of this vendor."""
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The next line of the script."""
        self.requests.append(request)
        assert self.script, f"a call that nobody expected: {request.method} {request.url}"
        line = self.script.pop(0)
        if isinstance(line, Exception):
            raise line
        return line


def json(body: Any, status: int = 200) -> httpx.Response:
    """A JSON answer with the vendor's date."""
    return httpx.Response(status, json=body, headers={"Date": DATE})


def html(status: int) -> httpx.Response:
    """What a gateway answers in the vendor's stead."""
    return httpx.Response(status, text="<html><h1>Bad Gateway</h1></html>", headers={"Content-Type": "text/html"})


def truncated(body: str) -> httpx.Response:
    """The first half of a JSON answer."""
    return httpx.Response(200, text=body[: len(body) // 2], headers={"Date": DATE})


class Tokens:
    """A token keeper in memory: one token, one refresher at a time."""

    def __init__(self, clock: Clock, token: Token | None = None):
        self._clock = clock
        self._lock = threading.Lock()
        self.token = token
        self.fetched = 0

    def current(self) -> Token | None:
        """The token, unless it has run out."""
        token = self.token
        return token if token and (token.expires_at is None or token.expires_at > self._clock.now()) else None

    def renew(self, worn: str | None, fetch: Callable[[], Token]) -> Token:
        """Fetch unless somebody else did."""
        with self._lock:
            known = self.current()
            if known is None or known.value == worn:
                self.fetched += 1
                known = self.token = fetch()
            return known


class Gate:
    """Counts calls, and those running; raises `refusal` where one is set."""

    def __init__(self, refusal: SyncError | None = None):
        self.refusal = refusal
        self.calls = 0
        self.running = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        """One call."""
        if self.refusal:
            raise self.refusal
        self.calls += 1
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
