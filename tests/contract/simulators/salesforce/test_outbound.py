"""Outbound messages: the recorded envelope, batches, retries until they are acknowledged, and the state when sent."""

import re
from collections.abc import Mapping

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import User

ACK = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse '
    b'xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>%b</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>'
)


class Listener:
    """What a customer's endpoint got, and what it says."""

    def __init__(self, simulator: SalesforceSimulator) -> None:
        self.said: list[tuple[int, bytes]] = []
        self.got: list[str] = []
        self.headers: Mapping[str, str] = {}
        simulator.org.outbound.send = self.hear

    def hear(self, _endpoint: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Take a message; acknowledged unless something else is to be said."""
        self.got.append(body.decode())
        self.headers = headers
        return self.said.pop(0) if self.said else (200, ACK % b"true")


@pytest.fixture
def listener(sim: SalesforceSimulator) -> Listener:
    """An endpoint that is told the title, name and dates of leads."""
    fields = ["Title", "LastName", "CreatedDate", "Phone", "DoNotCall"]
    sim.act("outbound_message", {"object": "Lead", "fields": fields, "endpoint": "http://listener.test"})
    return Listener(sim)


@pytest.mark.simulator("salesforce-36")
def test_a_message_has_the_recorded_envelope(sim: SalesforceSimulator, seller: User, listener: Listener) -> None:
    """No session, both addresses; the record's id first, then fields by name, nulls left out, moments with Z."""
    lead = seller.created("Lead", LastName="<Lovell>", Company="Acme")
    assert len(sim.act("send_outbound", {})) == 1
    (message,) = listener.got
    tags = re.findall(r"<([\w:]+)[ >/]", message)
    assert tags[:10] == [
        *("soapenv:Envelope", "soapenv:Body", "notifications", "OrganizationId", "ActionId", "SessionId"),
        *("EnterpriseUrl", "PartnerUrl", "Notification", "Id"),
    ]
    assert tags[10:] == ["sObject", "sf:Id", "sf:CreatedDate", "sf:DoNotCall", "sf:LastName"]
    assert '<SessionId xsi:nil="true"/>' in message
    assert 'xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com"' in message
    assert f"<sf:Id>{lead}</sf:Id>" in message
    assert "<sf:CreatedDate>2026-11-23T09:30:00.000Z</sf:CreatedDate>" in message
    assert "<sf:LastName>&lt;Lovell&gt;</sf:LastName>" in message
    assert re.search(r"<Id>04l\w{15}</Id>", message)
    assert (listener.headers["SOAPAction"], listener.headers["Content-Type"]) == ('""', "text/xml; charset=utf-8")
    assert sim.act("send_outbound", {}) == []


@pytest.mark.simulator("salesforce-36")
def test_it_is_repeated_until_it_is_acknowledged(sim: SalesforceSimulator, seller: User, listener: Listener) -> None:
    """A false Ack, a fault and a silence mean later, ever later; the state told is the one of that moment."""
    lead = seller.created("Lead", LastName="Lovell", Company="Acme", Title="First")
    listener.said = [(200, ACK % b"false"), (500, b"<Fault/>"), (0, b"")]
    waits = (0, 15, 30, 60)
    for number, wait in enumerate(waits):
        sim.clock.advance(wait - 1 if wait else 0)
        assert wait == 0 or sim.act("send_outbound", {}) == []
        sim.clock.advance(1 if wait else 0)
        sim.org.world.tables["Lead"].rows[lead]["Title"] = f"Title {number}"
        done = sim.act("send_outbound", {})
        assert bool(done) is (number == len(waits) - 1)
    assert [re.findall("<sf:Title>(.*?)<", message) for message in listener.got] == [[f"Title {n}"] for n in range(4)]
    assert len(set(re.findall(r"<Id>(04l\w+)</Id>", "".join(listener.got)))) == 1


@pytest.mark.simulator("salesforce-36")
def test_a_day_later_it_is_given_up(sim: SalesforceSimulator, seller: User, listener: Listener) -> None:
    """What nobody acknowledged within 24 hours is lost."""
    seller.created("Lead", LastName="Lovell", Company="Acme")
    listener.said = [(500, b"")]
    sim.act("send_outbound", {})
    sim.clock.advance(86_401)
    assert (sim.act("send_outbound", {}), len(listener.got)) == ([], 1)


@pytest.mark.simulator("salesforce-36")
def test_batches_duplicates_and_order(sim: SalesforceSimulator, seller: User, listener: Listener) -> None:
    """At most a hundred notifications in a message; twice or backwards on command; deletions are never told."""
    records = [{"attributes": {"type": "Lead"}, "LastName": f"L{n}", "Company": "A"} for n in range(150)]
    seller.http.post("/services/data/v62.0/composite/sobjects", json={"records": records})
    done = sim.act("send_outbound", {"duplicate": True, "backwards": True})
    assert len(done) == len(set(done)) == 150
    assert [message.count("<Notification>") for message in listener.got] == [100, 100, 50, 50]
    assert listener.got[0] == listener.got[1]
    assert re.findall("<sf:LastName>(.*?)<", listener.got[0])[:2] == ["L149", "L148"]
    sim.act("delete", {"id": sim.records("Lead")[0]["Id"]})
    assert sim.act("send_outbound", {}) == []
