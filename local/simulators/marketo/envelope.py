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

GZIP_FROM = 1024
TEXTS = {
    "601": "Access token invalid",
    "602": "Access token expired",
    "603": "Access denied",
    "604": "Request timed out",
    "608": "API Temporarily Unavailable",
    "609": "Invalid JSON",
    "610": "Requested resource not found",
    "611": "System error",
    "612": "Invalid Content Type",
    "614": "Invalid Subscription",
    "713": "Transient Error",
    "1004": "Lead not found",
    "1005": "Lead already exists",
    "1007": "Multiple lead match lookup criteria",
}


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


def skipped(refused: Refused) -> dict[str, Any]:
    """A refused record of a lead call; it names no id."""
    return {"status": "skipped", "reasons": [{"code": refused.code, "message": refused.message}]}


def finish(response: Response, request: Request, now: datetime) -> Response:
    """Put the vendor's date on an answer, and compress a large one for a caller who asked."""
    if len(response.body) > GZIP_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(response.body, compresslevel=1, mtime=0)
        response.headers.append(("Content-Encoding", "gzip"))
    response.headers.append(("Date", format_datetime(now, usegmt=True)))
    return response
