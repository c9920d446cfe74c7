"""The deployed product from outside: its command line, its interface, its webhook, and its schedules run at once."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import httpx
from standardwebhooks import Webhook

from local.actors.deliveries import Delivery
from local.cloud import processes
from local.cloud.clients import client, run_schedule, webhook_secret
from local.cloud.paths import ENGINE_LOG, ROOT
from local.cloud.state import CloudState
from local.demo.problem import DemoProblem
from lockstep.runtime.adapters import SystemChance, SystemClock
from lockstep.store.dynamo import DynamoTable
from lockstep.store.ledger import Ledger

ADMIN = "admin@example.com"
_TOKEN_SECONDS = 3600
_TRIES = 5
_DAYS = 2  # of books: the story may cross midnight
_TAIL = 15


def engine_log() -> str:
    """The last lines of the engine's log."""
    if not ENGINE_LOG.exists():
        return ""
    lines = [line for line in ENGINE_LOG.read_text(errors="replace").splitlines() if line.strip()]
    return "\n".join([f"The end of {ENGINE_LOG}:", *(line[:220] for line in lines[-_TAIL:])])


def _lockstep(arguments: tuple[str, ...]) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        check=False,
        cwd=ROOT,
        env={**environment, "NO_PROXY": "127.0.0.1,localhost"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


class Product:
    """What users, senders and operators do with the running stack."""

    def __init__(self, state: CloudState):
        self._state = state
        self._http = httpx.Client(timeout=35, trust_env=False)
        self._secret = Webhook(webhook_secret(state))
        self._token: tuple[str, float] = ("", 0.0)
        self._delivered = 0
        self.table = DynamoTable(client(state, "dynamodb"), state.outputs["TableName"])
        self.ledger = Ledger(self.table, SystemClock(), SystemChance())

    @property
    def api(self) -> str:
        """The address of the interface."""
        return self._state.urls["api"]

    def cli(self, *arguments: str) -> str:
        """What the `lockstep` command answers."""
        done = _lockstep(arguments)
        for attempt in range(_TRIES):
            if not done.returncode or "try again" not in done.stderr:
                break
            time.sleep(2**attempt)
            done = _lockstep(arguments)
        if done.returncode and "under way already" not in done.stderr:  # an answer was lost, the start was not
            raise self.problem(done.stderr.strip() or f"lockstep {arguments[0]} failed")
        return done.stdout

    def status(self) -> dict[str, Any]:
        """How everything stands."""
        headers = {"Authorization": f"Bearer {self._bearer()}"}
        for _ in range(_TRIES):
            try:
                answer = self._http.get(f"{self.api}/status", params={"days": _DAYS}, headers=headers)
            except httpx.TransportError:
                time.sleep(0.5)
                continue
            if answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            if answer.status_code < 500:
                break
            time.sleep(0.5)
        raise self.problem("The interface does not say how everything stands (GET /status).")

    def send(self, delivery: Delivery) -> list[str]:
        """Deliver events, signed; repeated like any sender would where there is no answer. A status for each."""
        body = json.dumps({"events": list(delivery.events)}, ensure_ascii=False)
        self._delivered += 1
        for attempt in range(_TRIES):
            try:
                answer = self._post(body, f"msg_{self._delivered}")
            except httpx.TransportError:
                continue
            if answer.status_code == 202:
                return [result["status"] for result in answer.json()["results"]]
            if answer.status_code < 500:
                raise DemoProblem(f"The webhook refused a delivery: {answer.status_code} {answer.text[:300]}")
            time.sleep(0.3 * 2**attempt)
        raise self.problem("The webhook takes no deliveries.")

    def forge(self, event: dict[str, Any]) -> int:
        """Deliver an event under somebody else's signature; the status of the answer."""
        stranger = Webhook("whsec_" + "A" * 32)
        return self._post(json.dumps(event), "msg_forged", stranger).status_code

    def run(self, folder: str) -> None:
        """Run a scheduled function now instead of waiting for its minute; a failed run is the next one's business."""
        with suppress(RuntimeError):
            run_schedule(self._state, folder)

    def problem(self, sentence: str) -> DemoProblem:
        """Why it cannot go on, with what has ended and the last words of the engine."""
        ended = [name for name, process in self._state.processes.items() if not processes.alive(process)]
        told = f" The process of {' and of '.join(ended)} has ended." if ended else ""
        return DemoProblem(f"{sentence}{told}", engine_log())

    def _post(self, body: str, delivery: str, secret: Webhook | None = None) -> httpx.Response:
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": (secret or self._secret).sign(delivery, now, body),
        }
        return self._http.post(f"{self.api}/events", content=body.encode(), headers=headers)

    def _bearer(self) -> str:
        token, until = self._token
        if time.monotonic() > until:
            wish = {"email": ADMIN, "role": "admin", "lifetime_s": _TOKEN_SECONDS}
            answer = self._http.post(f"{self._state.urls['issuer']}/token", json=wish)
            token = str(answer.raise_for_status().json()["access_token"])
            self._token = (token, time.monotonic() + _TOKEN_SECONDS / 2)
        return token
