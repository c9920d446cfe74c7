"""What the documents tell people to type, typed."""

import re
import shlex
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli.commands import app
from cli.problem import CliProblem
from tests.laws.repository import ROOT, files, text
from tests.senders import Answer, Sender, answer_of
from tests.world import SimWorld

PAGES = ["README.md", "docs/how-to/send-events.md", "functions/webhook_intake/README.md"]
EVENT = {"id": "evt_0001", "type": "call.logged", "occurred_at": "2026-11-22T09:30:00Z", "user": "ada@example.com"}


@pytest.mark.parametrize("page", PAGES)
def test_the_signed_sample_is_accepted(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python that a page shows signs an event so that the webhook stores it."""
    world = SimWorld()
    world.clock.set(datetime.now(UTC))
    sender = Sender(world)
    answers: list[Answer] = []

    def post(url: str, *, content: str, headers: dict[str, str]) -> httpx.Response:
        assert url.endswith("/events")
        answer = answer_of(world.call("webhook_intake", sender.request(content, headers)))
        answers.append(answer)
        return httpx.Response(answer.status, json=answer.body)

    monkeypatch.setattr(httpx, "post", post)
    [code] = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    named: dict[str, Any] = {"API_URL": "https://api.example.com", "api_url": "https://api.example.com"}
    named["event"] = EVENT | {"person": {"marketo_id": 1042}, "data": {}}
    exec(code.replace("whsec_...", f"whsec_{sender.secret}"), named)  # noqa: S102 - our own page
    assert [answer.status for answer in answers] == [202]
    assert answers[0].body == {"results": [{"id": "evt_0001", "status": "stored"}]}


def commands() -> list[str]:
    """Every `lockstep ...` of the documents, in a line of its own or between backticks, with its continuation."""
    pages = [text(path) for path in files() if path.suffix == ".md" and path.parts[0] in ("README.md", "docs")]
    whole = "\n".join(pages).replace("\\\n", " ")
    lines = re.findall(r"^(?:\.venv/bin/)?lockstep (.+)$", whole, re.MULTILINE)
    inline = re.findall(r"`(?:\.venv/bin/)?lockstep ([^`\n]+)`", whole)
    return sorted({re.sub(r"<[^>]+>", "something", line) for line in lines + inline})


def _no_account(*_service: str, **_named: Any) -> None:
    raise CliProblem("there is no account")


def test_each_command_of_the_documents_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page tells a command, an option or a number of words that the command line does not take."""
    monkeypatch.setattr("boto3.client", _no_account)
    nobody = httpx.MockTransport(lambda _request: httpx.Response(503))
    where = ["--url", "https://api.test", "--token", "token"]
    typed = {words: CliRunner().invoke(app, [*where, *shlex.split(words)], obj=nobody) for words in commands()}
    assert len(typed) > 15
    told = {words: result.output for words, result in typed.items() if not result.stderr.startswith("lockstep: ")}
    assert told == {}
