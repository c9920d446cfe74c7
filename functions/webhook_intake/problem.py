"""Refusals as problem+json (RFC 9457): one sentence that says what is wrong and what to do.

Promises that no answer holds a value that was sent, a secret, or a hint which of several checks of
the signature failed (S42, S44).
"""

import json
from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """A refusal of the whole body."""

    def __init__(self, status: int, title: str, detail: str):
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail

    def answer(self, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The HTTP answer."""
        body = {"type": "about:blank", "title": self.title, "status": self.status, "detail": self.detail}
        return {
            "statusCode": self.status,
            "headers": {"content-type": "application/problem+json", **(headers or {})},
            "body": json.dumps(body),
        }


def too_large() -> Problem:
    """The body is over the limit."""
    return Problem(
        413,
        "Body too large",
        "The body is larger than 1 MiB, so nothing was stored; send the events in smaller batches.",
    )


def bad_signature() -> Problem:
    """One answer for all that can be wrong with a signature."""
    return Problem(
        401,
        "Signature not accepted",
        "The webhook-id, webhook-timestamp (within 5 minutes of now) or webhook-signature header is missing or wrong; "
        "sign the raw body as Standard Webhooks says, with the present secret.",
    )


def busy() -> Problem:
    """The store or the secrets could not be asked; part of a batch may be stored already."""
    return Problem(
        503,
        "Not stored",
        "The events could not be stored just now; send the same body again, which stores nothing twice.",
    )


def malformed(path: str, mistake: str) -> Problem:
    """The body is not what it should be, at this JSON path."""
    return Problem(
        400, "Body not accepted", f"{path} {mistake}; nothing was stored: correct it and send the body again."
    )


def event_too_large(path: str) -> Problem:
    """One event is larger than a row of the store may be."""
    return Problem(
        413,
        "Event too large",
        f"{path} is an event larger than 256 KiB, so nothing was stored; shorten it and send the body again.",
    )
