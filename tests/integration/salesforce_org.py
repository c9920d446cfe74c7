"""A simulated Salesforce organization with the product's own clients of it, for the tests of this folder."""

from typing import Any

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.fakes.manual_clock import ManualClock
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.kernel.population import population, users
from local.simulators.salesforce.simulator import SalesforceSimulator
from lockstep.domain.ids import ItemKey, SalesforceId
from lockstep.domain.task import TaskDraft
from lockstep.salesforce.auth import JwtLogin, Login, RefreshLogin
from lockstep.salesforce.client import Salesforce
from tests.unit.layers.vendors import Tokens

OWN = "http://salesforce.test"
APP = ("demo-client", "demo-secret")
SELLER = "seller1@example.com"
PEOPLE = 40
ADDRESS = next(one.email for one in population(7, PEOPLE) if one.lead_id and not one.contact_id)
USER = SalesforceId(users()[0].id)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


class Org:
    """One simulated organization, and sellers' clients of it."""

    def __init__(self, fields: Any = "all"):
        self.clock = ManualClock()
        self.simulator = SalesforceSimulator(people=PEOPLE, clock=SimClock(follow=self.clock.now), fields=fields)
        self.furnished = {task["Id"] for task in self.simulator.records("Task")}
        self.simulator.act("set_public_key", {"client_id": APP[0], "pem": PUBLIC.decode()})
        self.http = httpx.Client(transport=Transport(self.simulator), timeout=5)
        self.tokens: dict[str, Tokens] = {}

    def client(self, user: str = SELLER, login: Login | None = None, http: httpx.Client | None = None) -> Salesforce:
        """A worker's client for a seller; the seller's token is shared by all workers."""
        tokens = self.tokens.setdefault(user, Tokens(self.clock))
        login = login or JwtLogin(APP[0], PRIVATE, user, OWN)
        return Salesforce(http or self.http, login=login, tokens=tokens, clock=self.clock)

    def refresh_login(self) -> RefreshLogin:
        """A login by a refresh token that the seller consented to."""
        (token,) = self.simulator.act("issue_refresh_token", {"user": SELLER})
        return RefreshLogin(*APP, token, OWN)

    def fault(self, fault: str, path: str = "/composite/sobjects", **more: Any) -> None:
        """One fault on the next call."""
        self.simulator.faults.load([{"fault": fault, "path": path, **more}])

    def tasks(self) -> list[dict[str, Any]]:
        """All Tasks that are not deleted, and that the organization did not have from the start."""
        live = (task for task in self.simulator.records("Task") if not task["IsDeleted"])
        return [task for task in live if task["Id"] not in self.furnished]

    def person(self, kind: str = "Contact", **fields: Any) -> SalesforceId:
        """A new live person."""
        company = {"Company": "Acme"} if kind == "Lead" else {}
        record = {"type": kind, "LastName": "Lee", "OwnerId": USER, **company, **fields}
        return SalesforceId(self.simulator.seed([record])[0])


def draft(number: int, who: str, **fields: Any) -> TaskDraft:
    """A closed Task."""
    values = {"WhoId": who, "Subject": f"Email: {number}", "Status": "Completed", "ActivityDate": "2026-11-02"}
    return TaskDraft(ItemKey(f"KEY{number:05}"), {**values, **fields})
