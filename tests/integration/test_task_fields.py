"""Fields of logged Tasks: types, attributes, rights of each seller; asserted on Salesforce's own records."""

from typing import Any

import pytest

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain.item import State
from tests.selling import SELLER, call, email, in_salesforce, person, world
from tests.signed import event
from tests.world import SimWorld

__all__ = ["world"]
NAMES = {attribute.name for attribute in TASK_ATTRIBUTES}
CAMPAIGN = {"id": 7, "name": "Spring", "url": "https://c/1", "step": "two"}


@pytest.mark.acceptance(58, 59)
def test_type_is_set_only_to_a_value_that_the_org_has(world: SimWorld) -> None:
    """`Email` stands in the picklist and is written; `call` in lower case does not count."""
    values = ["Email", "call", "Other"]
    world.salesforce.schema([{"object": "Task", "name": "Type", "type": "picklist", "picklist": values}])
    world.connect_seller(SELLER)
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who), call(who))
    types = {task["TaskSubtype"]: task["Type"] for task in world.tasks()}
    assert types == {"Task": "Email", "Call": None}


MOMENTS: dict[str, dict[str, Any]] = {
    "email": {"url": "https://e/1", "template": {"name": "T", "url": "https://t/1"}, "campaign": CAMPAIGN},
    "call": {
        "outcome": "Answered", "reason": "Demo", "local_presence_id": "+1 555", "recording_url": "https://r/1",
        "campaign": CAMPAIGN,
    },
}  # fmt: skip


@pytest.mark.acceptance(65)
def test_each_attribute_is_set_by_its_own_activities(world: SimWorld) -> None:
    """What the checklist says sets a field sets it, all fifteen, and nothing else does: not a plain email or call."""
    world.switch_on(log_replies=True)
    who = person(world, contact=in_salesforce(world, "Contact"))
    mail, done = email(who, email_id="m1", **MOMENTS["email"]), call(who, **MOMENTS["call"])
    plain_mail, plain_call = email(who), call(who)
    news = [("opened", {}), ("opened", {"attachment": "a.pdf"}), ("clicked", {}), ("replied", {}), ("bounced", {})]
    told = [
        event(f"life_{n}", f"email.{kind}", person=who, user=SELLER, email_id="m1", **data)
        for n, (kind, data) in enumerate(news)
    ]
    world.report(mail, done, plain_mail, plain_call, *told)
    world.care(61)
    by_id = {task["Id"]: {name for name in NAMES if task[name]} for task in world.tasks()}
    set_by = {one.id: by_id[world.item(one).remote_id or ""] for one in (mail, done, plain_mail, plain_call)}
    campaign = {name for name in NAMES if "Campaign" in name}
    calls = {"mktosales_call_outcome__c", "mktosales_call_reason__c"} | {n for n in NAMES if n.startswith("MSE_Call_")}
    assert set_by[done.id] == calls | campaign
    assert set_by[mail.id] == NAMES - calls
    assert set_by[plain_mail.id] == {"MSE_Email_Status__c"}
    assert set_by[plain_call.id] == set()
    (reply,) = [task for task in world.tasks() if str(task["Subject"]).startswith("Reply: ")]
    assert by_id[reply["Id"]] == set()


@pytest.mark.acceptance(66)
def test_a_missing_field_leaves_the_rest_of_the_task(world: SimWorld) -> None:
    """A campaign field that the org does not have costs only itself."""
    world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Campaign__c"})
    world.connect_seller(SELLER)
    who = person(world, contact=in_salesforce(world, "Contact"))
    sent = email(who, campaign={"name": "Spring", "url": "https://c/1"}, template={"name": "T"})
    world.report(sent)
    (task,) = world.tasks()
    assert task["MSE_Campaign_Details_Link__c"] == "https://c/1"
    assert task["MSE_Template__c"] == "T"
    assert any("MSE_Campaign__c" in name for name in world.item(sent).withheld)


@pytest.mark.acceptance(67, 143)
@pytest.mark.invariant("I17")
@pytest.mark.fault("F035")
def test_a_restricted_seller_does_not_change_what_others_write(world: SimWorld) -> None:
    """What one seller may not edit is left out and named for that seller, and written for the other."""
    rights = {"user": "seller3@example.com", "object": "Task", "field": "MSE_Template__c"}
    world.salesforce.act("set_permissions", {**rights, "read": True, "edit": False})
    world.connect_seller("seller3@example.com")
    who = person(world, contact=in_salesforce(world, "Contact"))
    limited = email(who, user="seller3@example.com", template={"name": "T"})
    free = email(who, template={"name": "T"})
    world.report(limited, free)
    written = {task["OwnerId"]: task["MSE_Template__c"] for task in world.tasks()}
    restricted = world.salesforce.org.user("seller3@example.com")
    assert written == {restricted: None, world.salesforce.org.user(SELLER): "T"}
    assert world.item(limited).withheld == ("MSE_Template__c (read-only)",)
    assert world.item(free).withheld == ()


@pytest.mark.fault("F036")
def test_a_permission_lost_since_the_describe_is_learned(world: SimWorld) -> None:
    """The save is refused once, the fields are described anew, and the Task is written without them."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.salesforce.act(
        "set_permissions",
        {"user": SELLER, "object": "Task", "field": "MSE_Template__c", "read": True, "edit": False},
    )
    sent = email(who, template={"name": "T"})
    world.report(sent)
    (task,) = world.tasks()
    assert task["MSE_Template__c"] is None
    assert world.item(sent).state is State.CONFIRMED
    assert any("MSE_Template__c" in name for name in world.item(sent).withheld)


@pytest.mark.acceptance(70)
def test_a_long_outcome_is_cut_to_the_described_length(world: SimWorld) -> None:
    """Sixty characters in a field of fifty are stored as fifty, and the item says so."""
    made = call(person(world, contact=in_salesforce(world, "Contact")), outcome="o" * 60)
    world.report(made)
    assert world.tasks()[0]["mktosales_call_outcome__c"] == "o" * 50
    assert any("shortened to 50" in name for name in world.item(made).withheld)
