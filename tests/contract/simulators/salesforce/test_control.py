"""The side door: a repeatable world, the truth apart from what users see, and the command that serves it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.kernel.population import population
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import NOW, User

ROOT = Path(__file__).parents[4]


def _control(sim: SalesforceSimulator) -> httpx.Client:
    return httpx.Client(transport=Transport(sim), base_url="http://salesforce.test/__control__")


def _world(seed: int) -> dict[str, Any]:
    sim = SalesforceSimulator(seed=seed, people=200, clock=SimClock(start=NOW))
    return {kind: sim.records(kind) for kind in sim.org.schema.objects}


@pytest.mark.simulator("salesforce-41")
def test_a_seed_repeats_the_world(sim: SalesforceSimulator) -> None:
    """The same seed and clock give the same records and the same new ids; another seed gives others."""
    assert _world(7) == _world(7)
    assert _world(7)["Lead"] != _world(8)["Lead"]
    first = sim.seed([{"type": "Lead", "LastName": "L", "Company": "C"}])
    other = SalesforceSimulator(clock=SimClock(start=NOW))
    assert other.seed([{"type": "Lead", "LastName": "L", "Company": "C"}]) == first


@pytest.mark.simulator("salesforce-41")
def test_the_side_door_is_apart_from_the_api(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Health, reset, records, acts, clock, calls: under their own path, uncounted, and no part of Salesforce's API."""
    door = _control(sim)
    assert door.get("/health").json() == {"ok": True, "now": NOW}
    records = door.get("/records", params={"type": "Lead"}).json()["records"]
    assert [(row["Id"], row["IsDeleted"], row["HasOptedOutOfEmail"]) for row in records] == [(lead, False, False)]
    assert door.post("/act", json={"act": "delete", "type": "Lead", "id": lead}).json() == {"ok": True, "ids": [lead]}
    assert door.get("/records", params={"type": "Lead"}).json()["records"][0]["IsDeleted"] is True
    assert door.post("/clock", json={"advance_s": 60}).json()["now"] == "2026-11-23T09:31:00Z"
    seller.get("/limits")
    call = {"method": "GET", "path": "/services/data/v62.0/limits", "status": 200, "outcome": "ok", "records": 0}
    assert door.get("/calls").json() == [{**call, "at": "2026-11-23T09:31:00Z"}]
    assert door.delete("/calls").json() == {"ok": True}
    unknown = door.post("/act", json={"act": "dance"})
    assert (unknown.status_code, "there is no act dance" in unknown.json()["error"]) == (400, True)
    assert door.post("/reset", json={"seed": 7, "people": 50}).json() == {"ok": True}
    leads = [row["Id"] for row in sim.records("Lead") if not row["MasterRecordId"]]
    assert leads == [person.lead_id for person in population(7, 50) if person.lead_id]
    assert seller.get("/limits").status_code == 401
    assert sim.calls[-1].outcome == "INVALID_SESSION_ID"


def test_people_of_the_seed_are_the_shared_ones() -> None:
    """Every seeded person known to Salesforce is there with the shared ids, owner, address and fate."""
    sim = SalesforceSimulator(seed=7, people=300)
    for person in population(7, 300):
        if not person.kind:
            continue
        row = sim.org.world.find(person.crm_id)
        assert row is not None
        shown = (row["LastName"], row.get("Email") or "", row["OwnerId"], row["IsDeleted"])
        assert shown == (person.last_name, person.email, person.owner_id, person.deleted)


def test_seeding_and_schema_refuse_what_is_not_there(sim: SalesforceSimulator) -> None:
    """A mistake in a test's own set-up is told in words."""
    door = _control(sim)
    wrong = door.post("/seed", json={"records": [{"type": "Lead", "Nme": "x"}]})
    assert (wrong.status_code, "Lead has no field Nme" in wrong.json()["error"]) == (400, True)
    assert door.post("/seed", json={"records": [{"type": "Led"}]}).status_code == 400
    assert door.post("/limits", json={"speed": 1}).status_code == 400
    assert sim.records("Lead") == []


def test_a_seeded_user_can_log_in_and_has_a_profile(sim: SalesforceSimulator) -> None:
    """A user put into the truth gets tokens, a time zone, and the rights of the named profile."""
    record = {"type": "User", "Email": "new@example.com", "LastName": "New", "profile": "restricted"}
    user = sim.seed([{**record, "TimeZoneSidKey": "Asia/Tokyo"}])[0]
    client = User(sim, "new@example.com")
    row = client.query(f"SELECT TimeZoneSidKey, IsActive FROM User WHERE Id = '{user}'")[0]
    assert (row["TimeZoneSidKey"], row["IsActive"]) == ("Asia/Tokyo", True)
    assert "MSE_Template_Details__c" not in client.fields("Task")
    assert client.query("SELECT Id FROM Organization")[0]["Id"] == sim.org.world.org_id


def test_the_command_says_where_it_listens() -> None:
    """The first line of output names the address; the world there has the people that were asked for."""
    command = [sys.executable, "-m", "local.simulators.salesforce", "--port", "0", "--people", "20", "--seed", "7"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["ready"]
            assert httpx.get(f"{address}/__control__/health").json()["ok"] is True
            leads = httpx.get(f"{address}/__control__/records?type=Lead").json()["records"]
        finally:
            process.terminate()
    assert [row["Id"] for row in leads] == [person.lead_id for person in population(7, 20) if person.lead_id]
