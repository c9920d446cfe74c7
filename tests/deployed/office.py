"""The people around the deployed stack: an admin, a sender who signs, and both vendors' back doors."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from standardwebhooks import Webhook

from local.cloud import lifecycle
from local.cloud.clients import webhook_secret
from local.simulators.kernel.population import SeedPerson, population
from tests.deployed.conftest import PEOPLE, SEED, WISHES, Deployed, eventually

SELLER = "seller1@example.com"
APP = "demo-client"
KEPT = ("Id", "Subject", "WhoId", "OwnerId", "CreatedById", "Status", "Description", "ActivityDate", "Lockstep_Key__c")


def people_of_salesforce() -> list[SeedPerson]:
    """Everybody whom the load takes in: known to Salesforce, owned by a user."""
    known = (one for one in population(SEED, PEOPLE) if one.crm_id and not one.deleted)
    return [one for one in known if one.owner_id and not one.queued]


def sent_email(event_id: str, person: SeedPerson) -> dict[str, Any]:
    """One sent email of the seller, with the event's id as its subject."""
    return {
        "id": event_id,
        "type": "email.sent",
        "occurred_at": datetime.now(UTC).isoformat(),
        "user": SELLER,
        "person": {"marketo_id": person.marketo_id},
        "data": {
            "email_id": f"mail-{event_id}",
            "subject": event_id,
            "body_text": "Shall we talk?",
            "from": SELLER,
            "to": [person.email],
            "status": "sent",
        },
    }


@dataclass
class Office:
    """What a test does from outside, as people and senders do it."""

    deployed: Deployed
    public_key: str = ""

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the API as an admin; anything but success fails the test with the answer."""
        token = httpx.post(
            f"{self.deployed.state.urls['issuer']}/token", json={"email": "admin@example.com", "role": "admin"}
        )
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        answer = httpx.request(
            method, f"{self.deployed.state.urls['api']}{path}", json=body, headers=headers, timeout=30
        )
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def send(self, events: list[dict[str, Any]]) -> httpx.Response:
        """A signed delivery of these events."""
        body = httpx.Request("POST", "http://unused", json={"events": events}).content.decode()
        now, delivery = datetime.now(UTC), f"delivery-{time.monotonic_ns()}"
        signature = Webhook(webhook_secret(self.deployed.state)).sign(delivery, now, body)
        headers = {
            "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
            "content-type": "application/json",
        }
        return httpx.post(f"{self.deployed.state.urls['api']}/events", content=body, headers=headers, timeout=30)

    def salesforce(self, act: str, **arguments: Any) -> list[str]:
        """What an administrator does in Salesforce's own pages."""
        url = f"{self.deployed.state.urls['salesforce']}/__control__/act"
        ids: list[str] = httpx.post(url, json={"act": act, **arguments}).raise_for_status().json()["ids"]
        return ids

    def tasks(self) -> list[dict[str, Any]]:
        """Every Task in Salesforce, as the simulator keeps them."""
        url = f"{self.deployed.state.urls['salesforce']}/__control__/records"
        records: list[dict[str, Any]] = httpx.get(url, params={"type": "Task"}).raise_for_status().json()["records"]
        return records

    def subjects(self, prefix: str) -> list[str]:
        """Subjects of all Tasks that begin so, in order."""
        return sorted(str(task["Subject"]) for task in self.tasks() if str(task.get("Subject")).startswith(prefix))

    def open(self) -> None:
        """Connect both vendors, and switch emails and calls on."""
        self.api("PUT", "/connections/marketo", {"client_id": APP, "client_secret": "demo-secret"})
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        public = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.public_key = public.decode()
        self.salesforce("set_public_key", client_id=APP, pem=self.public_key)
        login = {"method": "jwt", "client_id": APP, "private_key": private.decode()}
        self.api("PUT", f"/connections/salesforce/{SELLER}", login)
        self.api("PATCH", "/settings", {"log_emails": True, "log_calls": True})

    @contextmanager
    def without_salesforce(self) -> Iterator[None]:
        """Salesforce's process is ended; behind the block another one at its address holds the same Tasks.

        No call is answered from the look at the Tasks on. The sessions of before are gone, as they may be in life.
        """
        self.salesforce("maintenance", on=True)
        tasks = self.tasks()
        lifecycle.stop_vendor(self.deployed.state, "salesforce")
        yield
        lifecycle.start_vendor(self.deployed.state, "salesforce", WISHES)
        self.salesforce("set_public_key", client_id=APP, pem=self.public_key)
        url = f"{self.deployed.state.urls['salesforce']}/__control__/seed"
        records = [{"type": "Task", **{name: task[name] for name in KEPT if task.get(name)}} for task in tasks]
        httpx.post(url, json={"records": records}, timeout=30).raise_for_status()

    def start_load(self) -> None:
        """The second confirmation."""
        self.api("POST", "/people-load", {"confirmation": "start the load of people"})

    def load(self) -> dict[str, Any]:
        """Where the load stands; empty before the first."""
        return self.api("GET", "/status")["load"] or {}

    def wait_for_people(self) -> None:
        """Return when everybody is loaded, starting the load if nobody has."""
        if not self.load():
            self.start_load()
        eventually(lambda: self.load()["finished_at"], within_s=120, every_s=1)
