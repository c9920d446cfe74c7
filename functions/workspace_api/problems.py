"""Every refusal as problem+json (RFC 9457): what is wrong and what to do, in one or two sentences.

Promises that no answer holds a stack trace, a value that was sent, or a secret (S12, S42).
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

PROBLEM_JSON = "application/problem+json"


class Problem(Exception):
    """A refusal with its HTTP status; `more` are further members of the answer."""

    def __init__(self, status: HTTPStatus, detail: str, *, title: str | None = None, **more: Any):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.title = title or status.phrase
        self.more = more

    def answer(self) -> Response[str]:
        """The answer; `headers` among the further members become headers."""
        headers = self.more.pop("headers", {})
        body = {"type": "about:blank", "title": self.title, "status": self.status.value, "detail": self.detail}
        return Response(self.status.value, PROBLEM_JSON, json.dumps(body | self.more), headers)


def not_found(detail: str, **more: Any) -> Problem:
    """There is no such thing, or the caller may not know of it."""
    return Problem(HTTPStatus.NOT_FOUND, detail, **more)


def bad_request(detail: str) -> Problem:
    """The request must be changed before it can succeed."""
    return Problem(HTTPStatus.BAD_REQUEST, detail)


def conflict(detail: str, **more: Any) -> Problem:
    """The request does not fit the present state."""
    return Problem(HTTPStatus.CONFLICT, detail, **more)


def forbidden(detail: str) -> Problem:
    """The caller's role may not do this."""
    return Problem(HTTPStatus.FORBIDDEN, detail)


def sentences(errors: Iterable[Mapping[str, Any]]) -> str:
    """One sentence for each mistake that pydantic found, never with the value itself."""
    return " ".join(dict.fromkeys(_sentence(error) for error in errors))


def _sentence(error: Mapping[str, Any]) -> str:
    where = [str(part) for part in error["loc"] if part not in ("body", "query", "path")]
    name = ".".join(where) or "the body"
    match error["type"]:
        case "missing":
            return f"{name} is missing." if where else "A JSON object is needed as the body."
        case "extra_forbidden":
            return f"There is no {name}."
        case "json_invalid":
            return "The body is not JSON."
        case "value_error":
            text = str(error["msg"]).removeprefix("Value error, ")
            return f"{name}: {text}." if where else f"{text}."
        case "too_long":
            return f"{name}: at most {error['ctx']['max_length']}, not {error['ctx']['actual_length']}."
        case "literal_error":
            return f"{name}: must be {error['ctx']['expected']}."
        case "bool_parsing" | "bool_type":
            return f"{name}: must be true or false."
    text = str(error["msg"])
    return f"{name}: {text[:1].lower()}{text[1:]}."
