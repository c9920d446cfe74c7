"""simple-salesforce, unmodified but for its host, and the conversations in which it must agree with the truth."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator

SELLER = "seller1@example.com"
HOST = "acme.my.salesforce.com"
LOADED = {"CreatedDate": "2026-11-22T08:00:00Z", "SystemModstamp": "2026-11-22T08:00:00Z"}


class Plain(HTTPAdapter):
    """Sends every https request to the loopback, with the host that the client meant."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Rewrite the address only."""
        meant = urlsplit(str(request.url))
        request.headers["Host"] = meant.netloc
        request.url = self.address + meant.path + (f"?{meant.query}" if meant.query else "")
        return super().send(request, *args, **kwargs)


@contextmanager
def redirected(sim: SalesforceSimulator) -> Iterator[requests.Session]:
    """A requests session whose https goes to the simulator."""
    with serving(sim) as address, requests.Session() as session:
        session.mount("https://", Plain(address))
        yield session


def connected(sim: SalesforceSimulator, session: requests.Session) -> Any:
    """The client with a session id of seller 1."""
    token = sim.act("issue_token", {"user": SELLER})[0]
    return Salesforce(instance=HOST, session_id=token, session=session, version="60.0")


def refusals(sim: SalesforceSimulator) -> list[str]:
    """The calls that did not end well."""
    return [f"{call.method} {call.path}: {call.outcome}" for call in sim.calls if not 200 <= call.status < 300]


def load(sim: SalesforceSimulator, count: int) -> list[str]:
    """Leads that one data load stamped with one second."""
    leads = [{"type": "Lead", "LastName": f"L{n:03}", "Company": "Acme", **LOADED} for n in range(count)]
    return sim.seed(leads)


def every_page(sim: SalesforceSimulator, client: Any) -> None:
    """A query over three pages brings every lead once."""
    loaded = load(sim, 45)
    sim.limits({"query_page": 20})
    told = client.query_all("SELECT Id, LastName FROM Lead ORDER BY LastName")["records"]
    assert [lead["Id"] for lead in told] == loaded


def from_a_watermark(sim: SalesforceSimulator, client: Any) -> None:
    """What shows up late behind the same second is found by who asks again from that second on."""
    load(sim, 3)
    text = "SELECT Id, SystemModstamp FROM Lead {} ORDER BY SystemModstamp, Id"
    first = client.query_all(text.format(""))["records"]
    late = load(sim, 2)
    mark = first[-1]["SystemModstamp"]
    again = client.query_all(text.format(f"WHERE SystemModstamp >= {mark}"))["records"]
    assert {lead["Id"] for lead in again} == {*late, *(lead["Id"] for lead in first)}


def results_in_order(sim: SalesforceSimulator, client: Any) -> None:
    """The results of a Collections call stand where their records stood."""
    tasks = [{"attributes": {"type": "Task"}, "Lockstep_Key__c": f"k{n}", "Subject": f"S{n}"} for n in range(30)]
    told = client.restful("composite/sobjects/Task/Lockstep_Key__c", method="PATCH", json={"records": tasks})
    real = {row["Id"]: row["Subject"] for row in sim.records("Task")}
    assert [real[result["id"]] for result in told] == [task["Subject"] for task in tasks]


def every_row(sim: SalesforceSimulator, client: Any) -> None:
    """A bulk query, read in parts of twenty, brings every lead once with what it holds."""
    load(sim, 45)
    sim.limits({"bulk_page": 20, "bulk_queued_s": 0, "bulk_chunk_s": 0})
    parts = client.bulk2.Lead.query("SELECT Id, LastName, Email FROM Lead")
    told = [row for part in parts for row in csv.DictReader(io.StringIO(part))]
    real = [(row["Id"], row["LastName"]) for row in sim.records("Lead")]
    assert sorted((row["Id"], row["LastName"]) for row in told) == sorted(real)


def every_fate(sim: SalesforceSimulator, client: Any) -> None:
    """The result files of an ingest job name every row once, with its id or with its error."""
    sim.limits({"bulk_queued_s": 0, "bulk_chunk_s": 0})
    rows = [{"LastName": f"B{n}" if n % 5 else "", "Email": f"b{n}@example.net"} for n in range(20)]
    (told,) = client.bulk2.Contact.insert(records=rows)
    files = client.bulk2.Contact.get_all_ingest_records(told["job_id"])
    good, bad = files["successfulRecords"], files["failedRecords"]
    assert (told["numberRecordsProcessed"], told["numberRecordsFailed"]) == (20, 4)
    assert sorted(row["Email"] for row in (*good, *bad)) == sorted(row["Email"] for row in rows)
    real = {row["Id"]: row["LastName"] for row in sim.records("Contact")}
    assert {row["sf__Id"]: row["LastName"] for row in good} == real
    assert {row["sf__Error"].partition(":")[0] for row in bad} == {"REQUIRED_FIELD_MISSING"}


def what_changed(sim: SalesforceSimulator, client: Any) -> None:
    """getUpdated names who lives and changed, getDeleted who went, each in its window."""
    *living, gone = load(sim, 5)
    sim.act("delete", {"id": gone})
    sim.clock.advance(120)
    end = sim.clock.now()
    told = client.Lead.updated(end - timedelta(days=2), end)
    assert sorted(told["ids"]) == sorted(living)
    went = client.Lead.deleted(end - timedelta(days=2), end)
    assert [entry["id"] for entry in went["deletedRecords"]] == [gone]
    assert told["latestDateCovered"] == went["latestDateCovered"]
