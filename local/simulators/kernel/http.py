"""The door of a simulator: an httpx transport for tests and a loopback server for everything else.

Both hand the same `Request` to the same `handle`, so that a test without sockets and a foreign client
over HTTP meet the same vendor. A `Dropped` answer breaks the connection, as a lost network would.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

import httpx

from local.simulators.kernel.clock import SimClock


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came in; header names are lower case, path and query are still encoded."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query together, as they stood in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(slots=True)
class Response:
    """One answer; `seconds` is how long the vendor takes before it sends it."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    seconds: float = 0.0


class Dropped(Exception):
    """The connection breaks and the caller never learns what became of the request."""


class Simulator(Protocol):
    """What a transport or server needs of a simulator."""

    clock: SimClock

    def handle(self, request: Request) -> Response:
        """Answer one request, or raise `Dropped`."""


class Transport(httpx.BaseTransport):
    """Mounts simulators under a real httpx client without a socket.

    An answer slower than the client's read timeout becomes `httpx.ReadTimeout`; a manual clock moves on
    by the time spent instead of anybody waiting.
    """

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """What httpx calls for every request."""
        try:
            answer = self.simulator.handle(_from_httpx(request))
        except Dropped as dropped:
            raise httpx.RemoteProtocolError("Server disconnected", request=request) from dropped
        patience = request.extensions.get("timeout", {}).get("read")
        if patience is not None and answer.seconds > patience:
            self.simulator.clock.pause(patience)
            raise httpx.ReadTimeout("timed out", request=request)
        self.simulator.clock.pause(answer.seconds)
        return httpx.Response(answer.status, headers=answer.headers, content=answer.body, request=request)


def _from_httpx(request: httpx.Request) -> Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Request(request.method, path, query, headers, request.read())


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    simulator: Simulator

    def answer(self) -> None:
        path, _, query = self.path.partition("?")
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            response = self.simulator.handle(Request(self.command, path, query, headers, body))
        except Dropped:
            self.close_connection = True
            return
        if response.seconds:
            time.sleep(response.seconds)
        self._send(response)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass  # trailers
        return body

    def _send(self, response: Response) -> None:
        lines = [f"HTTP/1.1 {response.status} {self.responses.get(response.status, ('Status',))[0]}"]
        lines += [f"{name}: {value}" for name, value in response.headers]
        body = response.body
        if ("Transfer-Encoding", "chunked") in response.headers:
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n"
        else:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        try:
            self.wfile.write(head if self.command == "HEAD" else head + body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a request line may carry a credential."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def listen(simulator: Simulator, port: int) -> _Server:
    """A server bound to loopback, not serving yet; port 0 takes a free one."""
    verbs = {f"do_{verb}": _Handler.answer for verb in ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD")}
    handler = type("Handler", (_Handler,), {"simulator": simulator, **verbs})
    return _Server(("127.0.0.1", port), handler)


def serve(simulator: Simulator, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted; `ready` is called with the address once the socket listens."""
    with listen(simulator, port) as server:
        ready(f"http://127.0.0.1:{server.server_port}")
        try:
            server.serve_forever(poll_interval=0.1)
        except KeyboardInterrupt:
            return


@contextmanager
def serving(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """Serve from a thread for the length of a `with` block; gives the address."""
    with listen(simulator, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
