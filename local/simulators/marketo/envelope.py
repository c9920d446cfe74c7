"""The envelope of an answer: request id, success, result or errors, and the headers around it.

A refusal travels as HTTP 200 with a code in text. Successful answers of the lead database carry neither `errors` nor
`warnings`.
"""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from local.simulators.kernel.http import Request, Response
from local.simulators.marketo.codes import TEXTS

GZIP_FROM = 1024


class Refused(ValueError):
    """The vendor says no: to the whole request, or to one record of it."""

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message or TEXTS.get(code, "System error")
        super().__init__(f"{code} {self.message}")


def as_json(body: dict[str, Any], status: int = 200) -> Response:
    """A JSON answer."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(status, [("Content-Type", "application/json;charset=UTF-8")], content)


def refusal(request_id: str, refused: Refused) -> Response:
    """A refused request."""
    error = {"code": refused.code, "message": refused.message}
    return as_json({"requestId": request_id, "success": False, "warnings": [], "errors": [error]})


def skipped(refused: Refused, **rest: Any) -> dict[str, Any]:
    """A refused record: a lead call names no id, a list call does."""
    return {**rest, "status": "skipped", "reasons": [{"code": refused.code, "message": refused.message}]}


def finish(response: Response, request: Request, now: datetime) -> Response:
    """Put the vendor's date on an answer, and compress a large one (never a file) for a caller who asked."""
    asked = "gzip" in request.headers.get("accept-encoding", "")
    if asked and len(response.body) > GZIP_FROM and _is_json(response):
        response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
        response.headers.append(("Content-Encoding", "gzip"))
    response.headers.append(("Date", format_datetime(now, usegmt=True)))
    return response


def _is_json(response: Response) -> bool:
    return any(name == "Content-Type" and value.startswith("application/json") for name, value in response.headers)
