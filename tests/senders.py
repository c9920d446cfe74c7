"""Senders of signed sales activities, and the fake that holds the stack's signing secrets."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from tests.world import SimWorld

NEW = base64.b64encode(b"a signing secret of the tests...").decode()
OLD = base64.b64encode(b"the signing secret before it....").decode()


@dataclass
class Secrets:
    """The accepted secrets, where the world looks for them."""

    accepted: tuple[str, ...] = (NEW,)
    trouble: Exception | None = None
    reads: int = 0

    def read(self) -> tuple[str, ...]:
        """The accepted secrets, or the trouble."""
        self.reads += 1
        if self.trouble:
            raise self.trouble
        return self.accepted


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]

    @property
    def statuses(self) -> list[str]:
        """What became of each event."""
        return [result["status"] for result in self.body["results"]]


@dataclass
class Sender:
    """Somebody who posts to the webhook of a world."""

    world: SimWorld
    secret: str = NEW
    secrets: Secrets = field(default_factory=Secrets)

    def __post_init__(self) -> None:
        """Give the world its secrets."""
        self.world.world.webhook_secrets = self.secrets

    def sign(self, body: str | bytes, *, at: datetime | None = None, delivery: str = "delivery-1") -> dict[str, str]:
        """Headers that sign this body."""
        when = at or self.world.clock.now()
        text = body if isinstance(body, str) else body.decode()
        return {
            "content-type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": str(int(when.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(delivery, when, text),
        }

    def request(self, body: str | bytes, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The event that Lambda gets for a request; signed where no headers are given."""
        raw = body if isinstance(body, str) else base64.b64encode(body).decode()
        return {
            "headers": self.sign(body) if headers is None else dict(headers),
            "body": raw,
            "isBase64Encoded": isinstance(body, bytes),
        }

    def post(self, body: str | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """Send one body."""
        return answer_of(self.world.call("webhook_intake", self.request(body, headers)))

    def send(self, *events: dict[str, Any]) -> Answer:
        """Send events: one alone, several as a batch."""
        return self.post(json.dumps(events[0] if len(events) == 1 else {"events": events}))


def answer_of(answer: Mapping[str, Any]) -> Answer:
    """A handler's answer, read."""
    return Answer(answer["statusCode"], answer["headers"], json.loads(answer["body"]))


def refused(sender: Sender, answer: Answer, status: int) -> str:
    """Assert a refusal that left nothing behind; returns its sentence."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body.keys() == {"type", "title", "status", "detail"}
    assert answer.body["status"] == status
    assert sender.world.table.rows() == []
    detail: str = answer.body["detail"]
    return detail


def event(number: int = 1, kind: str = "email.sent", **more: Any) -> dict[str, Any]:
    """A valid event as its sender writes it."""
    data: dict[str, Any] = {"email_id": f"em_{number}", "subject": "Next steps"}
    if kind.startswith("reminder."):
        data = {"reminder_id": f"rem_{number}"}
    return {
        "id": f"evt_{number}",
        "type": kind,
        "occurred_at": "2026-11-02T08:30:00Z",
        "user": "seller1@example.com",
        "person": {"marketo_id": 1042},
        "data": data,
    } | more
