"""A client that we did not write, unmodified but for its host, as a witness: simple-salesforce.

None of its calls is refused but those that are meant to be.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import (
    SalesforceAuthenticationFailed,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce import foreign

SELLER = foreign.SELLER


@pytest.fixture
def session(sim: SalesforceSimulator) -> Iterator[requests.Session]:
    """A requests session whose https goes to the simulator."""
    with foreign.redirected(sim) as made:
        yield made


@pytest.fixture
def client(sim: SalesforceSimulator, session: requests.Session) -> Any:
    """The witness with a session id."""
    return foreign.connected(sim, session)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The witness does not wait between two looks at a bulk job."""
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda _seconds: None)


@pytest.mark.simulator("salesforce-12")
@pytest.mark.simulator("salesforce-13")
@pytest.mark.simulator("salesforce-40")
def test_it_queries_through_all_pages(sim: SalesforceSimulator, client: Any) -> None:
    """query_all follows the pages to the end, and the usage header is what it parses."""
    sim.seed([{"type": "Lead", "LastName": f"L{n}", "Company": "Acme"} for n in range(45)])
    sim.limits({"query_page": 20})
    answer = client.query_all("SELECT Id, LastName, Owner.Name FROM Lead WHERE Company = 'Acme' ORDER BY LastName")
    assert (answer["totalSize"], len(answer["records"])) == (45, 45)
    assert answer["records"][0]["Owner"]["attributes"]["type"] == "Name"
    assert len(sim.calls) == 3
    assert client.api_usage["api-usage"].used == 3
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-13")
@pytest.mark.simulator("salesforce-16")
def test_it_asks_page_by_page(sim: SalesforceSimulator, client: Any) -> None:
    """One page, the next by locator or by address, an iterator, and deleted rows only when asked for."""
    ids = foreign.load(sim, 45)
    sim.act("delete", {"id": ids[0]})
    sim.limits({"query_page": 20})
    text = "SELECT Id FROM Lead ORDER BY LastName"
    page = client.query(text)
    assert not page["done"]
    by_address = client.query_more(page["nextRecordsUrl"], identifier_is_url=True)
    by_locator = client.query_more(page["nextRecordsUrl"].rpartition("/")[2])
    assert by_address["records"] == by_locator["records"]
    assert [lead["Id"] for lead in client.query_all_iter(text)] == ids[1:]
    assert [lead["Id"] for lead in client.query_all(text, include_deleted=True)["records"]] == ids
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-17")
@pytest.mark.simulator("salesforce-18")
def test_it_writes_single_records(sim: SalesforceSimulator, client: Any) -> None:
    """Create, update, upsert by key, read by id and by key, and delete, with its own reading of the statuses."""
    made = client.Contact.create({"LastName": "Hooper", "Email": "grace@example.com"})
    assert made["success"] is True
    assert client.Contact.update(made["id"], {"Title": "Admiral"}) == 204
    assert client.Contact.get(made["id"])["Title"] == "Admiral"
    assert client.Task.upsert("Lockstep_Key__c/42", {"Subject": "x", "WhoId": made["id"]}) == 201
    assert client.Task.upsert("Lockstep_Key__c/42", {"Subject": "y"}) == 200
    assert client.Task.get_by_custom_id("Lockstep_Key__c", "42")["Subject"] == "y"
    assert [row["Subject"] for row in sim.records("Task")] == ["y"]
    assert client.Contact.delete(made["id"]) == 204
    assert sim.records("Contact")[0]["IsDeleted"] is True
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-17")
@pytest.mark.simulator("salesforce-19")
def test_it_tells_refusals_apart(sim: SalesforceSimulator, client: Any) -> None:
    """What is gone, incomplete, ambiguous or asked with a dead session is each an exception of its own."""
    made = client.Contact.create({"LastName": "Hooper"})
    client.Contact.delete(made["id"])
    with pytest.raises(SalesforceResourceNotFound):
        client.Contact.update(made["id"], {"Title": "x"})
    with pytest.raises(SalesforceMalformedRequest) as refused:
        client.Contact.create({"Email": "nobody"})
    content: Any = refused.value.content
    assert content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    twins = sim.seed([{"type": "Contact", "LastName": name, "Email": "twin@example.com"} for name in "ab"])
    with pytest.raises(SalesforceMoreThanOneRecord) as several:
        client.Contact.upsert("Email/twin@example.com", {"Title": "x"})
    addresses: Any = several.value.content
    assert [address.rpartition("/")[2] for address in addresses] == twins
    sim.act("expire_tokens", {})
    with pytest.raises(SalesforceExpiredSession):
        client.limits()


@pytest.mark.simulator("salesforce-20")
def test_it_writes_many_records(sim: SalesforceSimulator, client: Any) -> None:
    """Collections and Composite by its plain REST calls: each record's fate in its place."""
    contacts = [{"attributes": {"type": "Contact"}, "LastName": name} for name in ("A", "", "C")]
    told = client.restful("composite/sobjects", method="POST", json={"records": contacts})
    assert [result["success"] for result in told] == [True, False, True]
    asked = {"ids": [told[2]["id"], told[0]["id"]], "fields": ["LastName"]}
    read = client.restful("composite/sobjects/Contact", method="POST", json=asked)
    assert [row["LastName"] for row in read] == ["C", "A"]
    gone = client.restful("composite/sobjects", {"ids": told[0]["id"]}, method="DELETE")
    assert [result["success"] for result in gone] == [True]
    foreign.results_in_order(sim, client)
    parts = [
        {
            "method": "POST",
            "url": "/services/data/v60.0/sobjects/Account",
            "referenceId": "a",
            "body": {"Name": "Acme"},
        },
        {"method": "GET", "url": "/services/data/v60.0/sobjects/Account/@{a.id}?fields=Name", "referenceId": "b"},
    ]
    composed = client.restful("composite", method="POST", json={"compositeRequest": parts})["compositeResponse"]
    assert [part["httpStatusCode"] for part in composed] == [201, 200]
    assert composed[1]["body"]["Name"] == "Acme"
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-22")
@pytest.mark.usefixtures("impatient")
def test_it_reads_and_loads_in_bulk(sim: SalesforceSimulator, client: Any) -> None:
    """A query job in parts, ingest jobs of four operations, and the fate of each of their rows."""
    foreign.every_row(sim, client)
    foreign.every_fate(sim, client)
    bulk = client.bulk2.Contact
    ids = [row["Id"] for row in sim.records("Contact")]
    bulk.update(records=[{"Id": one, "Title": "Changed"} for one in ids])
    assert {row["Title"] for row in sim.records("Contact")} == {"Changed"}
    tasks = [{"Lockstep_Key__c": f"b{n}", "Subject": "by key", "WhoId": ids[0]} for n in range(3)]
    for _ in range(2):
        client.bulk2.Task.upsert(records=tasks, external_id_field="Lockstep_Key__c")
    assert [row["Subject"] for row in sim.records("Task")] == ["by key"] * 3
    bulk.delete(records=[{"Id": one} for one in ids[:5]])
    assert [row["Id"] for row in sim.records("Contact") if row["IsDeleted"]] == ids[:5]
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-33")
def test_it_asks_what_changed(sim: SalesforceSimulator, client: Any) -> None:
    """What changed and what went in a window of days, by getUpdated and getDeleted."""
    foreign.what_changed(sim, client)
    assert foreign.refusals(sim) == []


@pytest.mark.simulator("salesforce-24")
def test_it_describes_and_reads_limits(sim: SalesforceSimulator, client: Any) -> None:
    """Global describe, an object's describe and the limits are what the witness expects."""
    described = client.describe()
    assert described is not None
    assert {"Task", "Lead", "Contact"} <= {kind["name"] for kind in described["sobjects"]}
    names = {field["name"] for field in client.Task.describe()["fields"]}
    assert {"Subject", "Lockstep_Key__c"} <= names
    assert client.Task.metadata()["objectDescribe"]["name"] == "Task"
    assert client.limits()["DailyApiRequests"]["Max"] == sim.org.quota.calls_per_24h
    assert client.is_sandbox() is False
    assert foreign.refusals(sim) == []


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


@pytest.mark.simulator("salesforce-40")
def test_it_logs_in_by_password(sim: SalesforceSimulator, session: requests.Session) -> None:
    """Its SOAP login gives a client that works as that user; a wrong password is refused in the recorded words."""
    wanted: dict[str, Any] = {"username": SELLER, "password": "demo-password", "session": session}
    client: Any = Salesforce(security_token="demo-token", **wanted)
    client.Task.create({"Subject": "x"})
    assert sim.records("Task")[0]["OwnerId"] == sim.org.user(SELLER)
    with pytest.raises(SalesforceAuthenticationFailed) as refused:
        Salesforce(security_token="guess", **wanted)
    assert "INVALID_LOGIN): Invalid username, password, security token; or user locked out." in str(refused.value)
