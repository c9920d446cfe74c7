"""Fields that come, go, change or hide in Salesforce: what is told, what stops, and what goes on by itself."""

from typing import Any

import pytest

from lockstep.domain.item import State
from lockstep.domain.sales_activity import SalesEvent
from tests.selling import email, in_salesforce, person
from tests.signed import event
from tests.workspace import SELLER, Workspace

DAY = 86_400
TEMPLATE: dict[str, Any] = {"template": {"id": 1, "name": "Intro"}}
FIELD = {"object": "Task", "field": "MSE_Template__c"}


@pytest.fixture
def world() -> Workspace:
    """Two sellers connected who both see everything."""
    here = Workspace()
    here.connect_marketo()
    for seller in (SELLER, "seller3@example.com"):
        assert here.connect(seller).status == 200
    here.switch_on()
    return here


def somebody(world: Workspace) -> int:
    """A person with a contact."""
    return person(world, contact=in_salesforce(world, "Contact"))


def view(world: Workspace, user: str = SELLER) -> dict[str, Any]:
    """A seller's connection as the interface shows it."""
    found: dict[str, Any] = next(c for c in world.ask("GET", "/connections").body["salesforce"] if c["user"] == user)
    return found


def permit(world: Workspace, *, read: bool, edit: bool, user: str = SELLER, **field: str) -> None:
    """An administrator sets a field's rights for a seller."""
    world.salesforce.act("set_permissions", FIELD | field | {"user": user, "read": read, "edit": edit})


def mail(who: int, user: str = SELLER) -> SalesEvent:
    """An email from a template."""
    return email(who, user, email_id="em", **TEMPLATE)


CHANGES = [
    ({"type": "text", "length": 20}, "MSE_Template__c takes 20 characters now, it took 255."),
    ({"type": "picklist", "picklist": ["A"]}, "MSE_Template__c is of the type picklist now, it was string."),
]


@pytest.mark.fault("F062")
@pytest.mark.invariant("I13")
@pytest.mark.parametrize(("change", "sentence"), CHANGES)
def test_a_field_that_was_retyped_is_told_and_emails_go_on(
    world: Workspace, change: dict[str, Any], sentence: str
) -> None:
    """The daily describe tells what changed on the connection, and every email is logged before and after."""
    who = somebody(world)
    world.report(mail(who))
    if "picklist" in change:
        world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Template__c"})
    world.salesforce.schema([{"object": "Task", "name": "MSE_Template__c", **change}])
    world.clock.advance(DAY + 1)
    world.report(mail(who))
    assert sentence in view(world)["changes"]
    assert view(world)["changes_at"]
    assert len(world.tasks()) == 2


@pytest.mark.fault("F062")
@pytest.mark.invariant("I13", "I17")
def test_a_field_that_is_removed_stops_nothing_else(world: Workspace) -> None:
    """The first write after it is refused, learned from and repeated without; it is told, and nothing else stops."""
    who = somebody(world)
    world.report(mail(who))
    world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Template__c"})
    later = mail(who)
    world.report(later)
    assert world.item(later).state is State.CONFIRMED
    assert any(entry.startswith("MSE_Template__c") for entry in world.item(later).withheld)
    assert "MSE_Template__c" in " ".join(view(world)["changes"])
    assert view(world)["state"] == "connected"
    assert view(world, "seller3@example.com")["changes"] == []


@pytest.mark.fault("F063")
@pytest.mark.invariant("I17")
def test_hidden_is_told_apart_from_missing(world: Workspace) -> None:
    """A field that others see is hidden from this seller; one that nobody sees is not there."""
    permit(world, read=False, edit=False)
    refreshed = world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields").body
    assert "MSE_Template__c is hidden from this user since; it is left out." in refreshed["changes"]
    assert any(w.startswith("Hidden from this user") and "MSE_Template__c" in w for w in refreshed["warnings"])
    world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Details__c"})
    world.ask("POST", "/connections/salesforce/seller3@example.com/refresh-fields")
    refreshed = world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields").body
    assert "MSE_Details__c is gone since; it is left out." in refreshed["changes"]
    assert any(w.startswith("Not there or hidden") and "MSE_Details__c" in w for w in refreshed["warnings"])


@pytest.mark.fault("F062")
def test_a_field_that_became_required_is_told(world: Workspace) -> None:
    """A field of the organization's own without which no Task is taken is named before anybody asks."""
    world.salesforce.schema([{"object": "Task", "name": "Region__c", "type": "text", "length": 20, "required": True}])
    refreshed = world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields").body
    assert "Region__c is required now, and Lockstep does not fill it." in refreshed["changes"]


@pytest.mark.acceptance(68)
@pytest.mark.parametrize("how", ["refresh", "reconnect", "the day after"])
def test_what_waited_for_a_right_goes_on_when_it_is_granted(world: Workspace, how: str) -> None:
    """An open that could not be shown is told as soon as a describe shows the field, whichever way that comes."""
    who = somebody(world)
    permit(world, read=False, edit=False, field="MSE_Viewed__c")
    world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")
    sent = mail(who)
    opened = event("evt_opened", "email.opened", person=who, user=SELLER, email_id="em")
    world.report(sent)
    world.report(opened)
    (row,) = [row for row in world.items("activities_to_salesforce") if row["event_id"] == opened.id]
    assert (row["state"], row["reason"], row["cause"]) == ("SKIPPED", "FIELDS_WITHHELD", f"fields:{SELLER}")
    permit(world, read=True, edit=True, field="MSE_Viewed__c")
    if how == "refresh":
        world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")
    elif how == "reconnect":
        world.connect(SELLER)
    else:
        world.clock.advance(DAY + 1)
        world.report(email(who))
    world.run_until_quiet()
    (task,) = [task for task in world.tasks() if task["Id"] == world.item(sent).remote_id]
    assert task["MSE_Viewed__c"] is True


@pytest.mark.fault("F036")
def test_a_save_that_says_no_is_remembered(world: Workspace) -> None:
    """Describe says writable, save says not: learned once, and no later batch of the day asks again."""
    who = somebody(world)
    refusal = {"message": "Unable to create/update fields: MSE_Template__c.", "fields": ["MSE_Template__c"]}
    code = "INVALID_FIELD_FOR_INSERT_UPDATE"
    world.salesforce.faults.load([{"fault": "record_error", "path": "/composite", "code": code, "body": refusal}])
    world.report(mail(who))
    before = len(world.salesforce.calls)
    world.report(mail(who))
    assert len(world.salesforce.calls) - before == 1
    assert [task["MSE_Template__c"] for task in world.tasks()] == [None, None]


@pytest.mark.fault("F010")
def test_a_sixth_approval_is_told_to_the_right_seller(world: Workspace) -> None:
    """A seller who approves the app once too often loses the oldest access: exactly that connection is blocked."""
    who = somebody(world)
    for _ in range(5):
        world.salesforce.act("issue_refresh_token", {"user": SELLER})
    world.salesforce.act("expire_tokens", {})
    world.report(mail(who), mail(who, "seller3@example.com"))
    assert (view(world)["state"], view(world)["reason"]["code"]) == ("blocked", "CONNECTION_EXPIRED")
    assert "sixth approval" in view(world)["detail"]
    assert view(world, "seller3@example.com")["state"] == "connected"
    assert len(world.tasks()) == 1
    world.connect(SELLER)
    world.run_until_quiet()
    assert len(world.tasks()) == 2
