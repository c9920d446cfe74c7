"""The pages for what people do in the vendors' own pages: served, harmless, and all their buttons do something."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.simulators.kernel import page
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.marketo import MarketoSimulator
from local.simulators.marketo.administration import ACTS as MARKETO_ACTS
from local.simulators.salesforce import SalesforceSimulator
from local.simulators.salesforce.administration import ACTS as SALESFORCE_ACTS

NOW = "2026-11-20T12:00:00Z"
FILES = Path(page.__file__).parent
Door = httpx.Client


def _door(simulator: Any) -> Door:
    return Door(transport=Transport(simulator), base_url="http://vendor.test/__control__")


@pytest.fixture
def marketo() -> Door:
    """The control routes of a Marketo with fifty people."""
    return _door(MarketoSimulator(people=50, activities=5, clock=SimClock(start=NOW)))


@pytest.fixture
def salesforce() -> Door:
    """The control routes of a Salesforce with the same people."""
    return _door(SalesforceSimulator(people=50, clock=SimClock(start=NOW)))


def _json(door: Door, route: str, **asked: str) -> Any:
    answer = door.get(route, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(params=["marketo", "salesforce"])
def door(request: pytest.FixtureRequest) -> Door:
    """Each of the two."""
    found: Door = request.getfixturevalue(request.param)
    return found


def test_the_page_loads_nothing_from_elsewhere(door: Door) -> None:
    """Three files under a policy that allows this origin only; no handler in the markup, no data as markup."""
    for name, kind in (("page", "text/html"), ("page.css", "text/css"), ("page.js", "text/javascript")):
        answer = door.get(f"/{name}")
        assert answer.headers["content-type"].startswith(kind)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
    markup, script = (FILES / "page.html").read_text(), (FILES / "page.js").read_text()
    assert not re.search(r"https?://|\son\w+=|style=", markup)
    assert not re.search(r"https?://|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script)
    assert door.get("/page.exe").status_code == 400


def test_what_the_page_offers_is_there(marketo: Door, salesforce: Door) -> None:
    """Every act that has a button exists, every type can be listed, every fault can be armed."""
    for door, acts in ((marketo, {*MARKETO_ACTS, "add_client"}), (salesforce, set(SALESFORCE_ACTS))):
        told = _json(door, "/page.json")
        assert {act["act"] for act in told["acts"]} <= acts
        for kind in told["types"]:
            found = _json(door, "/find", type=kind["name"])
            assert all(list(row) == kind["columns"] for row in found["records"])
        names = next(fault for fault in told["fault"] if fault["name"] == "fault")["choices"]
        assert door.post("/faults", json={"faults": [{"fault": name} for name in names]}).json() == {"ok": True}
        assert [fault["fault"] for fault in _json(door, "/faults")] == names


def test_people_are_looked_up_and_seen(marketo: Door) -> None:
    """By id, by a part of a name in any script, by address; with all fields, activities newest first, and lists."""
    person = _json(marketo, "/records", type="lead")["records"][9]
    for asked in (str(person["id"]), person["lastName"].upper(), person["email"]):
        assert person["id"] in [row["id"] for row in _json(marketo, "/find", type="lead", q=asked)["records"]]
    seen = _json(marketo, "/record", type="lead", id=str(person["id"]))
    assert seen["title"] == f"{person['firstName']} {person['lastName']}"
    assert seen["record"]["email"] == person["email"]
    assert {"email", "unsubscribed"} <= set(seen["editable"])
    activities, lists = seen["related"]
    assert activities["total"] >= 6
    dates = [row["date"] for row in activities["rows"]]
    assert dates == sorted(dates, reverse=True)
    assert lists["label"] == "Lists"
    assert marketo.get("/record", params={"type": "lead", "id": "5"}).status_code == 400


def test_a_record_shows_what_hangs_on_it(salesforce: Door) -> None:
    """A contact with its roles and tasks, a converted lead with where it went, links by the first three letters."""
    roles = _json(salesforce, "/records", type="OpportunityContactRole")["records"]
    seen = _json(salesforce, "/record", type="Contact", id=roles[0]["ContactId"])
    assert {"OpportunityContactRoles"} <= {related["label"] for related in seen["related"]}
    leads = _json(salesforce, "/records", type="Lead")["records"]
    converted = next(lead for lead in leads if lead["IsConverted"])
    badges = _json(salesforce, "/record", type="Lead", id=converted["Id"])["badges"]
    assert {"text": f"converted into {converted['ConvertedContactId']}"} in badges
    assert _json(salesforce, "/page.json")["links"]["00Q"] == "Lead"
    assert salesforce.get("/record", params={"type": "Lead", "id": "00Q1"}).status_code == 400


def test_settings_are_seen_as_they_are_set(door: Door) -> None:
    """Every quota and switch that the page shows can be set, and then shows the new value."""
    before = _json(door, "/limits")
    for name, value in before.items():
        assert door.post("/limits", json={name: value}).json() == {"ok": True}, name
    assert _json(door, "/limits") == before
    daily = "calls_per_day" if "calls_per_day" in before else "calls_per_24h"
    door.post("/limits", json={daily: 7})
    assert _json(door, "/limits") == {**before, daily: 7}


def test_the_last_calls_only(marketo: Door) -> None:
    """The page asks for the newest calls; without a number all of them come."""
    for _ in range(3):
        marketo.get("http://vendor.test/rest/v1/leads/describe.json")
    assert len(_json(marketo, "/calls", last="2")) == 2
    assert len(_json(marketo, "/calls")) == 3
