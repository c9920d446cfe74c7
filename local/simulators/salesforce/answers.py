"""Answers as Salesforce sends them: the recorded header set, compact or pretty JSON, gzip when asked for."""

import gzip
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from hashlib import md5
from typing import Any

from local.simulators.kernel.http import Request, Response
from local.simulators.salesforce.printing import compact, pretty
from local.simulators.salesforce.problems import Problem

JSON = "application/json;charset=UTF-8"
TOO_LONG = b"<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>"
TOO_LARGE = b"<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>"
_SMALL = 400


@dataclass(slots=True)
class Answer:
    """What a route has to say, as JSON or as bytes of their own type; `records` is how many it was about."""

    status: int
    body: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    records: int = 0
    outcome: str = "ok"
    content_type: str = JSON


def refused(*problems: Problem) -> Answer:
    """The answer to a call that failed as a whole: an array of errors."""
    return Answer(problems[0].status, [problem.single() for problem in problems], outcome=problems[0].code)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every answer carries besides its own content."""

    now: datetime
    ordinal: int
    limit_info: str | None = None

    def respond(self, request: Request, answer: Answer) -> Response:
        """The answer on the wire."""
        headers = self._headers() + answer.headers
        if answer.body is None:
            return Response(answer.status, headers)
        headers.append(("Content-Type", answer.content_type))
        body = _written(answer.body, as_pretty=request.headers.get("x-prettyprint") in {"1", "true"})
        if len(body) > _SMALL and "gzip" in request.headers.get("accept-encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
            body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append(("Transfer-Encoding", "chunked"))
        return Response(answer.status, headers, b"" if request.method == "HEAD" else body)

    def html(self, status: int, body: bytes) -> Response:
        """A gateway's answer, which is no JSON."""
        date = ("Date", format_datetime(self.now, usegmt=True))
        return Response(status, [date, ("Content-Type", "text/html;charset=ISO-8859-1")], body)

    def _headers(self) -> list[tuple[str, str]]:
        mark = md5(f"{self.ordinal}".encode(), usedforsecurity=False).hexdigest()
        until = format_datetime(self.now + timedelta(days=365), usegmt=True)
        kept = f"path=/; expires={until}; Max-Age=31536000"
        headers = [
            ("Date", format_datetime(self.now, usegmt=True)),
            ("Connection", "keep-alive"),
            ("Set-Cookie", f"BrowserId={mark[:22]}; domain=.salesforce.com; {kept}"),
            ("Set-Cookie", f"CookieConsentPolicy=0:1; {kept}"),
            ("Set-Cookie", f"LSKey-c$CookieConsentPolicy=0:1; {kept}"),
            ("Strict-Transport-Security", "max-age=63072000; includeSubDomains"),
            ("X-Robots-Tag", "none"),
            ("Cache-Control", "no-cache,must-revalidate,max-age=0,no-store,private"),
            ("Vary", "Accept-Encoding"),
            ("Server", "sfdcedge"),
            ("X-Sfdc-Request-Id", mark),
        ]
        if self.limit_info is not None:
            headers.append(("Sforce-Limit-Info", self.limit_info))
        return headers


def _written(body: Any, *, as_pretty: bool) -> bytes:
    if isinstance(body, bytes):
        return body
    return pretty(body) if as_pretty else compact(body)
