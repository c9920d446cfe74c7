"""The queue's entry: what fails comes again, and is told in the log."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from lockstep.domain.message import Nudge
from lockstep.engine.deadline import Deadline
from lockstep.runtime import entry
from lockstep.runtime.wiring import World, use
from tests.world import SimWorld

NUDGE = Nudge("activities_to_salesforce", "seller1@example.com")


@entry.queue
def breaks(nudge: Nudge, world: World, deadline: Deadline) -> None:
    """A worker with a bug, whose error repeats what it worked on."""
    raise KeyError("private words of a customer")


def failed(body: str) -> list[dict[str, str]]:
    """What a batch of one message gives back."""
    record = {"messageId": "m-1", "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
    context: Any = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    with use(SimWorld().world):
        answer = breaks({"Records": [record]}, context)
    items: list[dict[str, str]] = answer["batchItemFailures"]
    return items


@pytest.mark.parametrize(
    ("body", "error"), [(json.dumps(NUDGE.wire()), "KeyError"), ("private words", "JSONDecodeError")]
)
def test_what_fails_is_told_without_its_words(body: str, error: str, caplog: pytest.LogCaptureFixture) -> None:
    """A bug and a malformed message are handed back, and the log has kind and place, but nothing of the content."""
    assert failed(body) == [{"itemIdentifier": "m-1"}]
    told = [vars(record) for record in caplog.records if record.message == "a message failed"]
    assert [(record["error"], record["message_id"]) for record in told] == [(error, "m-1")]
    assert "entry.py" in told[0]["at"][0]
    assert "private words" not in str([vars(record) for record in caplog.records])
