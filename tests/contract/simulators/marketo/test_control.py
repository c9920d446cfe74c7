"""The control routes and the seeded world."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.simulators.kernel.population import population, users
from local.simulators.marketo import MarketoSimulator


def control(api: Any, method: str, route: str, body: Any = None, **params: Any) -> Any:
    """One control call; its JSON."""
    answer = api.http.request(method, f"/__control__/{route}", json=body, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_routes_work_as_written(api: Any) -> None:
    """health, reset, seed, schema, records, act, clock, limits, faults and calls answer in their documented shapes."""
    assert control(api, "GET", "health") == {"ok": True, "now": "2026-11-20T12:00:00Z"}
    control(api, "POST", "reset", {"seed": 7, "people": 3})
    assert len(control(api, "GET", "records", type="lead")["records"]) == 3
    control(api, "POST", "schema", {"fields": [{"object": "lead", "name": "plan", "type": "string"}]})
    lead = {"type": "lead", "id": 77, "email": "a@example.net", "plan": "gold"}
    assert control(api, "POST", "seed", {"records": [lead]}) == {"ids": [77]}
    assert api.lead(77, "plan")["plan"] == "gold"
    acted = control(api, "POST", "act", {"act": "update", "type": "lead", "id": 77, "fields": {"plan": "silver"}})
    assert acted == {"ok": True, "ids": [77]}
    control(api, "POST", "act", {"act": "delete", "type": "lead", "id": 77})
    assert control(api, "GET", "records", type="lead")["records"][-1]["deleted"] is True
    control(api, "POST", "clock", {"advance_s": 60})
    assert control(api, "GET", "health")["now"] == "2026-11-20T12:01:00Z"
    control(api, "POST", "limits", {"calls_per_20s": 1})
    control(api, "POST", "faults", {"faults": []})
    (call,) = control(api, "GET", "calls")
    assert call == {
        "method": "GET", "path": "/rest/v1/leads.json", "status": 200, "outcome": "ok", "records": 1,
        "at": "2026-11-20T12:00:00Z",
    }  # fmt: skip
    control(api, "DELETE", "calls")
    assert control(api, "GET", "calls") == []


def test_a_mistake_in_a_control_call_is_told(api: Any) -> None:
    """Unknown acts, settings and types are 400 with the reason."""
    for route, body in (("act", {"act": "fly"}), ("limits", {"colour": 1}), ("seed", {"records": [{"type": "cow"}]})):
        answer = api.http.post(f"/__control__/{route}", json=body)
        assert answer.status_code == 400
        assert answer.json()["ok"] is False


def test_the_same_seed_makes_the_same_world(api: Any) -> None:
    """Two simulators with one seed agree in every record and activity; a larger world begins with the smaller one."""
    one, two = MarketoSimulator(people=300, activities=2), MarketoSimulator(people=300, activities=2)
    for kind in ("lead", "activity"):
        assert one.records(kind) == two.records(kind)
    assert one.records("lead") == MarketoSimulator(people=500, activities=2).records("lead")[:300]
    assert one.records("lead") != MarketoSimulator(seed=8, people=300).records("lead")


def test_the_seeded_world_has_all_kinds_of_people(marketo: MarketoSimulator) -> None:
    """Over half have an owner in Salesforce, a fifth are unknown there, a fifth sit in a queue; addresses repeat."""
    marketo.reset(7, 2000)
    people = marketo.records("lead")
    known = [person for person in people if person.get("sfdcType")]
    owned = [person for person in known if person.get("leadOwnerEmailAddress") and not person.get("sfdcIsDeleted")]
    assert 0.55 <= len(owned) / 2000 <= 0.60
    assert 0.18 <= 1 - len(known) / 2000 <= 0.22
    assert 0.18 <= len([person for person in known if not person.get("leadOwnerEmailAddress")]) / 2000 <= 0.22
    emails = [person["email"] for person in people if "email" in person]
    assert len(set(emails)) < len(emails)
    assert {person["leadOwnerEmailAddress"] for person in owned} >= {f"seller{n}@example.com" for n in range(1, 5)}
    assert all(len(person.crm_id) == 18 for person in population(7, 2000) if person.kind)
    assert len({user.id for user in users()}) == len(users())


def test_the_command_prints_its_address_first(root: Path) -> None:
    """`python -m local.simulators.marketo` says where it listens on its first line, and answers there."""
    command = [sys.executable, "-m", "local.simulators.marketo", "--port", "0", "--people", "5", "--activities", "1"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["ready"]
        try:
            answer = httpx.get(f"{address}/__control__/records", params={"type": "lead"})
            assert len(answer.json()["records"]) == 5
        finally:
            process.terminate()


@pytest.mark.simulator("marketo-5")
def test_the_asset_api_always_has_errors_and_warnings(api: Any) -> None:
    """Database successes carry neither, asset answers both: nothing found is a warning in plain text, no result."""
    assert not {"errors", "warnings"} & set(api.get("leads/describe"))
    body = api.http.get("/rest/asset/v1/programs.json").json()
    del body["requestId"]
    assert body == {
        "success": True, "errors": [], "warnings": ["No assets found for the given search criteria."],
    }  # fmt: skip
