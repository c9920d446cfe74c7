"""Golden samples of Salesforce's refusals: bodies as Salesforce sends them, and what must follow from each.

A sample is an answer to a write of one Task, to a read (`write` false) or to a login; it is read by the real client.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.fakes.manual_clock import ManualClock
from lockstep.domain.ids import ItemKey
from lockstep.domain.task import TaskDraft
from lockstep.engine.errors import SyncError
from lockstep.engine.ports import Token
from lockstep.salesforce.auth import RefreshLogin
from lockstep.salesforce.client import Salesforce
from tests.unit.layers.vendors import Tokens, Vendor

FOLDER = Path(__file__).parent / "golden" / "errors"
ORIGIN = "https://acme.my.salesforce.com"
DRAFT = TaskDraft(ItemKey("k1"), {"WhoId": "0035w00003fXyZaAAK", "Subject": "Hello", "Status": "Completed"})


@dataclass(frozen=True)
class Sample:
    """One answer of Salesforce under its code, and what is expected of it."""

    name: str
    code: str
    given: dict[str, Any]
    wanted: dict[str, Any]

    @property
    def kind(self) -> str:
        """What was answered: `login`, `read`, `call` (a whole write) or `record` (one record of it)."""
        if self.given.get("login"):
            return "login"
        return "record" if self.given["status"] == 200 else "call" if self.given["write"] else "read"

    def answer(self) -> httpx.Response:
        """The answer on the wire."""
        body = self.given["body"]
        content = {"text": body} if isinstance(body, str) else {"json": body}
        return httpx.Response(self.given["status"], **content)

    def error(self) -> SyncError:
        """What the client makes of it."""
        http = Vendor(self.answer(), self.answer()).client()
        login = RefreshLogin("app", "secret", "refresh", ORIGIN)
        tokens = Tokens(ManualClock(), Token("token", instance_url=ORIGIN))
        if self.given["status"] == 401:
            http = Vendor(self.answer(), _granted(), self.answer()).client()
        client = Salesforce(http, login=login, tokens=tokens, clock=ManualClock())
        try:
            if self.kind == "login":
                login.fetch(http, ManualClock())
            elif self.kind == "read":
                client.describe_task()
            else:
                (result,) = client.upsert_tasks([DRAFT])
                assert isinstance(result, SyncError)
                return result
        except SyncError as error:
            return error
        raise AssertionError(f"{self.name} was taken for success")


def _granted() -> httpx.Response:
    return httpx.Response(200, json={"access_token": "new", "instance_url": ORIGIN})


def samples() -> list[Sample]:
    """Every sample, by code."""
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        for number, entry in enumerate(json.loads(path.read_text()), start=1):
            found.append(Sample(f"{path.stem}-{number}", path.stem, entry["input"], entry["output"]))
    return found


SAMPLES = samples()
