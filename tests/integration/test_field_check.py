"""The field check against simulated organizations in which an admin made each kind of mistake."""

from typing import Any

import pytest

from tests.workspace import OTHER, SELLER, Workspace


@pytest.fixture
def world() -> Workspace:
    """Two sellers of the profile `sales`, which sees every field, connected."""
    here = Workspace()
    for user in (SELLER, OTHER):
        here.salesforce.act("set_profile", {"user": user, "profile": "sales"})
        assert here.connect(user).status == 200
    return here


def check(world: Workspace, **wish: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """What the check finds, by field and trouble."""
    answer = world.ask("POST", "/fields/check", wish)
    assert answer.status == 200, answer.body
    return {(one["field"], one["trouble"]): one for one in answer.body["findings"]}


def remove(world: Workspace, name: str, *instead: dict[str, Any]) -> None:
    """An admin deletes a field, and makes others instead."""
    world.salesforce.act("remove_field", {"object": "Task", "name": name})
    world.salesforce.schema([{"object": "Task", "type": "string", "length": 255, **one} for one in instead])


def test_an_organization_as_the_checklist_wants_it(world: Workspace) -> None:
    """Where every field is there and writable, nothing is found."""
    answer = world.ask("POST", "/fields/check", {}).body
    assert answer["findings"] == []
    assert answer["answer"] == "All fields are there, and 2 sellers may write them."
    notes = {one["user"]: one["note"] for one in answer["looked_at"]}
    assert notes == {"admin@example.com": "not connected to Salesforce", SELLER: "", OTHER: ""}


@pytest.mark.acceptance(71)
def test_every_kind_of_mistake_is_told(world: Workspace) -> None:
    """Missing, of the wrong type, too short, read-only, hidden and misspelt fields are named, for whom, with a cure."""
    remove(world, "MSE_Template__c")
    remove(world, "MSE_Clicked__c", {"name": "MSE_Clicked__c", "type": "string", "length": 50})
    remove(world, "mktosales_call_outcome__c", {"name": "mktosales_call_outcome__c", "length": 20})
    remove(world, "MSE_Viewed__c", {"name": "MSE_VIEWED__c", "type": "boolean"})
    remove(world, "MSE_Campaign__c", {"name": "MSE_Campaign_c__c"})
    remove(world, "mktosales_call_reason__c", {"name": "mktosale_call_reason__c"})
    rights = {"user": SELLER, "object": "Task"}
    world.salesforce.act("set_permissions", {**rights, "field": "MSE_Replied__c", "read": True, "edit": False})
    world.salesforce.act("set_permissions", {**rights, "field": "MSE_Details__c", "read": False, "edit": False})
    found = check(world)
    assert {(*where, one["found"]) for where, one in found.items()} == {
        ("MSE_Template__c", "missing", None),
        ("MSE_Clicked__c", "wrong type", "string"),
        ("mktosales_call_outcome__c", "too short", "20"),
        ("MSE_Viewed__c", "misspelt", "MSE_VIEWED__c"),
        ("MSE_Campaign__c", "misspelt", "MSE_Campaign_c__c"),
        ("mktosales_call_reason__c", "misspelt", "mktosale_call_reason__c"),
        ("MSE_Replied__c", "read-only", None),
        ("MSE_Details__c", "hidden", None),
    }
    assert found["MSE_Details__c", "hidden"]["sellers"] == [SELLER]
    assert found["MSE_Template__c", "missing"]["sellers"] == [SELLER, OTHER]
    assert "Text(255)" in found["MSE_Template__c", "missing"]["remedy"]
    assert "Field Accessibility" in found["MSE_Details__c", "hidden"]["remedy"]
    assert {one["who"] for one in found.values()} == {"Salesforce admin"}


@pytest.mark.acceptance(71)
def test_the_key_and_the_picklist(world: Workspace) -> None:
    """A key that is no external id, and a Type with a default or without a value spelled exactly so, are told."""
    world.salesforce.schema(
        [
            {"object": "Task", "name": "Lockstep_Key__c", "unique": False},
            {"object": "Task", "name": "Type", "picklist": ["Email", "call"], "default": "Email"},
        ]
    )
    found = check(world)
    assert set(found) == {("Lockstep_Key__c", "not a key"), ("Type", "default value"), ("Type", "value missing")}
    assert found["Type", "value missing"]["found"] == "call"
    world.ask("PATCH", "/settings", {"log_emails": True, "log_replies": True})
    assert "Call, Reply" in check(world)["Type", "value missing"]["text"]


def test_a_field_made_meanwhile_is_seen_at_once(world: Workspace) -> None:
    """The check asks Salesforce now, one call a seller; as last described costs none."""
    remove(world, "MSE_Viewed__c")
    assert ("MSE_Viewed__c", "missing") in check(world)
    world.salesforce.schema([{"object": "Task", "name": "MSE_Viewed__c", "type": "boolean"}])
    before = len(world.salesforce.log.calls)
    assert ("MSE_Viewed__c", "missing") in check(world, fresh=False)
    assert len(world.salesforce.log.calls) == before
    assert check(world) == {}


def test_a_seller_checks_the_own_fields_only(world: Workspace) -> None:
    """A user is told of the own rights; somebody else's are refused, and nobody's are told as such."""
    answer = world.ask("POST", "/fields/check", {}, user=SELLER).body
    assert [one["user"] for one in answer["looked_at"]] == [SELLER]
    assert world.ask("POST", "/fields/check", {"user": OTHER}, user=SELLER).status == 403
    stranger = world.ask("POST", "/fields/check", {"user": "nobody@example.com"})
    assert stranger.status == 409
    assert "lockstep connect salesforce" in stranger.detail


def test_where_salesforce_cannot_be_asked_the_last_description_tells(world: Workspace) -> None:
    """A seller whose connection broke is checked by what was described last, and that is said."""
    world.salesforce.act("revoke_user", {"user": SELLER})
    world.salesforce.act("expire_tokens", {"user": SELLER})
    answer = world.ask("POST", "/fields/check", {"user": SELLER}).body
    assert answer["findings"] == []
    assert answer["looked_at"][0]["note"].startswith("as last described, since Salesforce could not be asked")
