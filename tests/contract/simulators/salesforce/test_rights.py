"""Every user has rights of their own: fields, objects, records, and the API itself."""

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User

SELLER = "seller1@example.com"
KEY = {"Lockstep_Key__c": "k1"}


@pytest.mark.simulator("salesforce-5")
def test_the_token_decides_whose_rights_apply(sim: SalesforceSimulator, lead: str) -> None:
    """Two users of one organisation see different fields of one object, and only one of them sees the record."""
    first, second = User(sim, SELLER), User(sim, "seller2@example.com")
    hidden = {"MSE_Template_Details__c", "MSE_Campaign_Details_Link__c"}
    assert set(first.fields("Task")) - set(second.fields("Task")) == hidden
    sim.act("set_visibility", {"user": "seller2@example.com", "id": lead, "visible": False})
    assert [row["Id"] for row in first.query("SELECT Id FROM Lead")] == [lead]
    assert second.query("SELECT Id FROM Lead") == []
    assert second.get(f"/sobjects/Lead/{lead}").status_code == 404
    assert second.create("Task", Subject="x", WhoId=lead).json()[0]["errorCode"] == "INVALID_CROSS_REFERENCE_KEY"


@pytest.mark.simulator("salesforce-5")
def test_an_object_without_permission_is_not_there(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Query gives INVALID_TYPE, describe 404, and a write without edit rights is refused."""
    sim.act("set_permissions", {"user": SELLER, "object": "Lead", "read": False, "edit": False})
    assert seller.refusal("SELECT Id FROM Lead")["errorCode"] == "INVALID_TYPE"
    assert seller.get("/sobjects/Lead/describe").status_code == 404
    sim.act("set_permissions", {"user": SELLER, "object": "Lead", "read": True, "edit": False})
    refused = seller.change("Lead", lead, Title="x")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "INSUFFICIENT_ACCESS_OR_READONLY")


@pytest.mark.simulator("salesforce-5")
def test_the_api_is_switched_off_for_one_user(sim: SalesforceSimulator, seller: User) -> None:
    """One user meets 403 API_CURRENTLY_DISABLED while another works on."""
    sim.act("set_api_enabled", {"user": SELLER, "enabled": False})
    answer = seller.get("/limits")
    expected = [{"message": "API is disabled for this User", "errorCode": "API_CURRENTLY_DISABLED"}]
    assert (answer.status_code, answer.json()) == (403, expected)
    assert User(sim, "seller3@example.com").get("/limits").status_code == 200
    sim.act("set_api_enabled", {"user": SELLER, "enabled": True})
    assert seller.get("/limits").status_code == 200


@pytest.mark.simulator("salesforce-25")
def test_a_hidden_field_is_nowhere(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Absent from describe and from a plain read; a query or a write that names it fails as a whole."""
    task = seller.created("Task", Subject="x", WhoId=lead, Type="Email")
    sim.act("set_permissions", {"user": SELLER, "object": "Task", "field": "Type", "read": False, "edit": False})
    assert "Type" not in seller.fields("Task")
    assert "Type" not in seller.get(f"/sobjects/Task/{task}").json()
    assert "No such column 'Type' on entity 'Task'" in seller.refusal("SELECT Id, Type FROM Task")["message"]
    assert seller.get(f"/sobjects/Task/{task}", fields="Type").status_code == 400
    refused = seller.create("Task", Subject="x", Type="Email").json()[0]
    assert (refused["errorCode"], refused["message"]) == (
        "INVALID_FIELD",
        "No such column 'Type' on sobject of type Task",
    )
    assert len(sim.records("Task")) == 1


@pytest.mark.simulator("salesforce-25")
def test_read_only_fields_are_named_all_at_once(sim: SalesforceSimulator, truth: Truth) -> None:
    """Describe shows them as not writable, and a write that names them lists every one of them."""
    second = User(sim, "seller2@example.com")
    field = second.fields("Task")["MSE_Template__c"]
    assert (field["createable"], field["updateable"]) == (False, False)
    refused = second.upsert({**KEY, "Subject": "x", "MSE_Template__c": "T", "MSE_Email_Status__c": "Sent"})[0]
    error = refused["errors"][0]
    assert error["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert error["fields"] == ["MSE_Template__c", "MSE_Email_Status__c"]
    assert error["message"].startswith("Unable to create/update fields: MSE_Template__c, MSE_Email_Status__c. Please")
    assert "id" not in refused
    assert truth.all("Task") == []


@pytest.mark.simulator("salesforce-25")
def test_fields_outside_field_level_security_cannot_be_hidden(sim: SalesforceSimulator, seller: User) -> None:
    """Subject, owner and status stay visible whatever is set for them."""
    for name in ("Subject", "OwnerId", "Status", "ActivityDate"):
        sim.act("set_permissions", {"user": SELLER, "object": "Task", "field": name, "read": False, "edit": False})
    assert {"Subject", "OwnerId", "Status", "ActivityDate"} <= set(seller.fields("Task"))


@pytest.mark.simulator("salesforce-26")
def test_the_default_profile_hides_the_usual_fields(sim: SalesforceSimulator) -> None:
    """A user of the default profile sees neither opt-outs nor the task's type."""
    user = User(sim, "owner6@example.com")
    assert "Type" not in user.fields("Task")
    for kind in ("Lead", "Contact"):
        assert not {"HasOptedOutOfEmail", "DoNotCall", "HasOptedOutOfFax"} & set(user.fields(kind))
    seller = User(sim, SELLER)
    assert "HasOptedOutOfEmail" in seller.fields("Lead")
    assert "Type" in seller.fields("Task")
