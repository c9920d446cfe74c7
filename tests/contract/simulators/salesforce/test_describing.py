"""Describe: its shape, its caching, and the recorded answers of real organisations where they are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import NOW, User, V

OBJECTS = ("Task", "Lead", "Contact", "User", "Account", "Opportunity")
REDUCED = ("aggregatable", "custom", "defaultValue", "extraTypeInfo", "filterable", "groupable", "label", "nillable")


@pytest.fixture
def evidence() -> Path:
    """The folder of recorded answers beside the repository."""
    folder = Path(__file__).parents[5] / "shared" / "evidence" / "salesforce"
    if not folder.is_dir():
        pytest.skip("the recorded evidence is not beside this repository (../shared/evidence)")
    return folder


def _recorded(folder: Path, kind: str) -> dict[str, Any]:
    exchange = yaml.safe_load((folder / f"GET_sobjects_{kind}_describe.yaml").read_text())
    body: dict[str, Any] = json.loads(exchange["response"]["body"]["string"])
    return body


@pytest.fixture
def newcomer(sim: SalesforceSimulator) -> User:
    """A user of the default profile, as the recordings were made by."""
    return User(sim, "owner6@example.com")


@pytest.mark.simulator("salesforce-24")
@pytest.mark.parametrize("kind", ["Lead", "Contact", "Account", "Opportunity"])
def test_objects_are_described_as_recorded(newcomer: User, evidence: Path, kind: str) -> None:
    """The standard fields of the recorded describes, in the same order, every member of each."""
    recorded = [field for field in _recorded(evidence, kind)["fields"] if not _local(field)]
    shown = newcomer.describe(kind)["fields"]
    assert [field["name"] for field in shown] == [field["name"] for field in recorded]
    assert shown == recorded


@pytest.mark.simulator("salesforce-24")
@pytest.mark.parametrize("kind", ["Lead", "Contact", "Account", "Opportunity"])
def test_objects_have_the_recorded_traits(newcomer: User, evidence: Path, kind: str) -> None:
    """What an object can do, its scopes, its addresses and its children among our objects equal the recorded ones."""
    recorded, shown = _recorded(evidence, kind), newcomer.describe(kind)
    apart = {"fields", "childRelationships", "recordTypeInfos", "urls"}
    shared = set(recorded) & set(shown) - apart
    assert {name: shown[name] for name in shared} == {name: recorded[name] for name in shared}
    assert set(recorded["urls"]) - {"defaultValues"} == set(shown["urls"])
    children = {(child["childSObject"], child["field"]): child for child in recorded["childRelationships"]}
    told = {(child["childSObject"], child["field"]): child for child in shown["childRelationships"]}
    assert {key: children[key] for key in told} == told
    assert {"Task", "Event"} <= {child for child, _ in told}


def _local(field: dict[str, Any]) -> bool:
    """Fields of that organisation alone: custom ones, and the one of its record types."""
    name = str(field["name"])
    return name.endswith("__c") or name == "RecordTypeId"


@pytest.mark.simulator("salesforce-24")
def test_tasks_are_described_as_recorded(evidence: Path) -> None:
    """Without custom fields the 39 visible fields of a task equal the recorded ones in order and flags."""
    user = User(SalesforceSimulator(fields="none"), "owner6@example.com")
    recorded = json.loads((evidence / "Task.reduced-describe.json").read_text())["fields"]
    shown = user.describe("Task")["fields"]
    assert [field["name"] for field in shown] == [field["name"] for field in recorded]
    for ours, theirs in zip(shown, recorded, strict=True):
        assert {name: ours[name] for name in REDUCED} == {name: theirs[name] for name in REDUCED}
        assert (ours["type"], ours["sortable"]) == (theirs["type"], theirs["sortable"])
        if ours["name"] != "RecurrenceTimeZoneSidKey":
            values = [(choice["value"], choice["defaultValue"]) for choice in ours["picklistValues"]]
            assert values == [(choice["value"], choice["defaultValue"]) for choice in theirs["picklistValues"]]


@pytest.mark.simulator("salesforce-24")
def test_all_objects_share_the_recorded_key_sets(seller: User, evidence: Path) -> None:
    """Objects and fields of every describe have the keys of the recorded ones, no more and no fewer."""
    recorded = _recorded(evidence, "Lead")
    keys = set(recorded["fields"][0])
    assert len(keys) == 57
    for kind in OBJECTS:
        shown = seller.describe(kind)
        assert set(shown) == set(recorded)
        assert {frozenset(field) for field in shown["fields"]} == {frozenset(keys)}
    summary = _recorded(evidence, "Global")
    listed = seller.get("/sobjects").json()
    assert set(listed) == set(summary)
    assert set(listed["sobjects"][0]) == set(summary["sobjects"][0])
    assert set(OBJECTS) <= {kind["name"] for kind in listed["sobjects"]}


@pytest.mark.simulator("salesforce-24")
def test_describe_is_cached_until_something_changes(sim: SalesforceSimulator, seller: User) -> None:
    """304 for a known tag or date, a full answer once a permission has changed, a tag of its own per user."""
    first = seller.get("/sobjects/Task/describe")
    known = {"If-None-Match": first.headers["ETag"]}
    assert first.headers["Last-Modified"] == "Mon, 23 Nov 2026 09:30:00 GMT"
    path = f"{V}/sobjects/Task/describe"
    unchanged = seller.http.get(path, headers=known)
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert seller.http.get(path, headers=since).status_code == 304
    sim.clock.advance(60)
    permission = {"user": "seller1@example.com", "object": "Task", "field": "Type", "read": True, "edit": False}
    sim.act("set_permissions", permission)
    assert seller.http.get(path, headers=since).status_code == 200
    changed = seller.http.get(path, headers=known)
    assert changed.status_code == 200
    field = next(field for field in changed.json()["fields"] if field["name"] == "Type")
    assert (field["createable"], field["updateable"]) == (False, False)
    assert User(sim, "seller3@example.com").http.get(path, headers=known).status_code == 200
    assert NOW.startswith("2026-11-23")


@pytest.mark.simulator("salesforce-28")
def test_custom_activity_fields_are_on_tasks_and_events(sim: SalesforceSimulator, seller: User) -> None:
    """The fifteen attribute fields and the key stand on both objects, with their types and lengths."""
    tasks, events = seller.fields("Task"), seller.fields("Event")
    custom = {name for name, field in tasks.items() if field["custom"]}
    assert len(custom) == 16
    assert custom == {name for name, field in events.items() if field["custom"]}
    shown = {name: (tasks[name]["type"], tasks[name]["length"]) for name in custom}
    assert shown["mktosales_call_outcome__c"] == ("string", 50)
    assert shown["MSE_Details__c"] == ("url", 255)
    assert shown["MSE_Viewed__c"] == ("boolean", 0)
    assert shown["MSE_Email_Status__c"] == ("string", 50)
    key = tasks["Lockstep_Key__c"]
    assert (key["length"], key["externalId"], key["unique"], key["caseSensitive"]) == (64, True, True, True)
    sim.act("remove_field", {"object": "Task", "name": "MSE_Viewed__c"})
    assert "MSE_Viewed__c" not in seller.fields("Event")
    bare = SalesforceSimulator(fields="none")
    assert not [field for field in User(bare, "seller1@example.com").fields("Task").values() if field["custom"]]
    without_key = User(SalesforceSimulator(fields="no_key"), "seller1@example.com").fields("Task")
    assert ("Lockstep_Key__c" in without_key, "MSE_Viewed__c" in without_key) == (False, True)


@pytest.mark.simulator("salesforce-28")
def test_an_administrator_sets_the_picklist_of_type(sim: SalesforceSimulator, seller: User) -> None:
    """The values of Task.Type are what the organisation made them; there is no Reply until it is added."""

    def values() -> list[str]:
        return [choice["value"] for choice in seller.fields("Task")["Type"]["picklistValues"]]

    assert values() == ["Email", "Call", "Meeting", "Other"]
    sim.schema([{"object": "Task", "name": "Type", "picklist": ["Email", "Call", "Reply"]}])
    assert values() == ["Email", "Call", "Reply"]
    assert seller.fields("Task")["Type"]["custom"] is False
