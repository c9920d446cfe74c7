"""A client that we did not write, unmodified but for its host, as a witness: simple-salesforce."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator

SELLER = "seller1@example.com"


class Plain(HTTPAdapter):
    """Sends every https request to the loopback, with the host that the client meant."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Rewrite the address only."""
        parts = urlsplit(str(request.url))
        request.headers["Host"] = parts.netloc
        request.url = parts._replace(scheme="http", netloc=self.address.removeprefix("http://")).geturl()
        return super().send(request, *args, **kwargs)


@pytest.fixture
def session(sim: SalesforceSimulator) -> Iterator[requests.Session]:
    """A requests session whose https goes to the simulator."""
    with serving(sim) as address, requests.Session() as made:
        made.mount("https://", Plain(address))
        yield made


@pytest.fixture
def client(sim: SalesforceSimulator, session: requests.Session) -> Any:
    """The witness with a session id."""
    token = sim.act("issue_token", {"user": SELLER})[0]
    return Salesforce(instance="acme.my.salesforce.com", session_id=token, session=session, version="60.0")


@pytest.mark.simulator("salesforce-12")
@pytest.mark.simulator("salesforce-13")
def test_it_queries_through_all_pages(sim: SalesforceSimulator, client: Any) -> None:
    """query_all follows the pages to the end, and the usage header is what it parses."""
    sim.seed([{"type": "Lead", "LastName": f"L{n}", "Company": "Acme"} for n in range(45)])
    sim.limits({"query_page": 20})
    answer = client.query_all("SELECT Id, LastName, Owner.Name FROM Lead WHERE Company = 'Acme' ORDER BY LastName")
    assert (answer["totalSize"], len(answer["records"])) == (45, 45)
    assert answer["records"][0]["Owner"]["attributes"]["type"] == "Name"
    assert len(sim.calls) == 3
    assert client.api_usage["api-usage"].used == 3


@pytest.mark.simulator("salesforce-17")
@pytest.mark.simulator("salesforce-18")
def test_it_writes_single_records(sim: SalesforceSimulator, client: Any) -> None:
    """Create, update, upsert by key, read and delete, with its own reading of the statuses."""
    made = client.Contact.create({"LastName": "Hooper", "Email": "grace@example.com"})
    assert made["success"] is True
    assert client.Contact.update(made["id"], {"Title": "Admiral"}) == 204
    assert client.Contact.get(made["id"])["Title"] == "Admiral"
    assert client.Task.upsert("Lockstep_Key__c/42", {"Subject": "x", "WhoId": made["id"]}) == 201
    assert client.Task.upsert("Lockstep_Key__c/42", {"Subject": "y"}) == 200
    assert [row["Subject"] for row in sim.records("Task")] == ["y"]
    assert client.Contact.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        client.Contact.update(made["id"], {"Title": "x"})
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Contact.create({"Email": "nobody"})
    content: Any = refused.value.content
    assert content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"


@pytest.mark.simulator("salesforce-24")
def test_it_describes_and_reads_limits(sim: SalesforceSimulator, client: Any) -> None:
    """Global describe, an object's describe and the limits are what the witness expects."""
    described = client.describe()
    assert described is not None
    assert {"Task", "Lead", "Contact"} <= {kind["name"] for kind in described["sobjects"]}
    names = {field["name"] for field in client.Task.describe()["fields"]}
    assert {"Subject", "Lockstep_Key__c"} <= names
    assert client.limits()["DailyApiRequests"]["Max"] == sim.org.quota.calls_per_24h


@pytest.mark.simulator("salesforce-1")
def test_it_logs_in_by_jwt(sim: SalesforceSimulator, session: requests.Session) -> None:
    """Its own JWT login, whose `exp` is a text, gives a client that works as that user."""
    sim.clock.real()  # the witness dates its assertion by the machine
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    sim.act("set_public_key", {"client_id": "demo-client", "pem": public.decode()})
    client: Any = Salesforce(
        username=SELLER, consumer_key="demo-client", privatekey=private.decode(), domain="login", session=session
    )
    made = client.Task.create({"Subject": "x"})
    row = next(row for row in sim.records("Task") if row["Id"] == made["id"])
    assert row["CreatedById"] == sim.org.user(SELLER)


@pytest.mark.simulator("salesforce-2")
def test_it_logs_in_by_client_credentials(sim: SalesforceSimulator, session: requests.Session) -> None:
    """Id and secret by HTTP Basic give a client that works as the app's user."""
    sim.act("set_app", {"client_id": "demo-client", "run_as": "seller3@example.com"})
    client: Any = Salesforce(
        consumer_key="demo-client", consumer_secret="demo-secret", domain="acme.my", session=session
    )
    client.Task.create({"Subject": "x"})
    assert sim.records("Task")[0]["OwnerId"] == sim.org.user("seller3@example.com")
