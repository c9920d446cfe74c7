"""Why: a field that is empty, a Task by its id, what is logged, then and now, a person, a seller."""

from collections.abc import Callable
from typing import Any

import pytest

from lockstep.domain.brake import Answers
from lockstep.domain.ids import salesforce_id
from tests.integration.why_cases import CASES
from tests.integration.why_cases_newest import NEWEST, shown_on
from tests.prepared import call, contact, email, known, opened, own, person, prepared, report, settings
from tests.selling import FLOW
from tests.workspace import ADMIN, OTHER, SELLER, Workspace

TEMPLATE: dict[str, Any] = {"template": {"id": 1, "name": "Spring", "url": "https://example.com/t"}}
RIGHTS = {"user": SELLER, "object": "Task"}


@pytest.fixture
def world() -> Workspace:
    """Everything that can be logged is switched on for one connected seller."""
    return prepared()


def why(world: Workspace, asked: object, user: str = ADMIN, **query: str) -> dict[str, Any]:
    """The answer to a question that has one."""
    tail = "&".join(f"{name}={value}" for name, value in query.items())
    answer = world.ask("GET", f"/why/{asked}?{tail}", user=user)
    assert answer.status == 200, answer.body
    return dict(answer.body)


def change_field(world: Workspace, name: str, *instead: dict[str, Any]) -> None:
    """A Salesforce admin deletes a field and makes others; the seller's rights are read anew."""
    world.salesforce.act("remove_field", {"object": "Task", "name": name})
    world.salesforce.schema([{"object": "Task", "type": "string", "length": 255, **one} for one in instead])
    refresh(world)


def refresh(world: Workspace) -> None:
    """Read the seller's rights anew."""
    world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")


def missing(world: Workspace) -> str:
    """The field was never made."""
    change_field(world, "MSE_Template__c")
    return email(world, known(world), **TEMPLATE)


def misspelt(world: Workspace) -> str:
    """The field has another name."""
    change_field(world, "MSE_Template__c", {"name": "MSE_TEMPLATE__c"})
    return email(world, known(world), **TEMPLATE)


def hidden(world: Workspace) -> str:
    """Another seller sees the field, this one does not."""
    world.connect(OTHER)
    world.salesforce.act("set_permissions", {**RIGHTS, "field": "MSE_Template__c", "read": False, "edit": False})
    refresh(world)
    return email(world, known(world), **TEMPLATE)


def read_only(world: Workspace) -> str:
    """The seller may see the field and not edit it."""
    world.salesforce.act("set_permissions", {**RIGHTS, "field": "MSE_Template__c", "read": True, "edit": False})
    refresh(world)
    return email(world, known(world), **TEMPLATE)


def not_for_calls(world: Workspace) -> str:
    """A call has no template."""
    return call(world, known(world))


def without_template(world: Workspace) -> str:
    """The email was written without a template."""
    return email(world, known(world))


def not_logged(world: Workspace) -> str:
    """There is no Task at all."""
    return email(world, known(world), status="draft", **TEMPLATE)


def by_blind_copy(world: Workspace) -> str:
    """Salesforce files the mail itself, without our fields."""
    address = "emailtosalesforce@1a.le.salesforce.example"
    own(world, email_method="bcc", bcc_address=address)
    return email(world, known(world), bcc=[address], **TEMPLATE)


def emptied(world: Workspace) -> str:
    """Somebody emptied the field in Salesforce."""
    asked = email(world, known(world), **TEMPLATE)
    task = world.tasks()[0]["Id"]
    world.salesforce.act("update", {"id": task, "fields": {"MSE_Template__c": None}})
    return asked


@pytest.mark.acceptance(130)
@pytest.mark.parametrize(
    ("act", "failed", "words"),
    [
        (missing, "rights", "Create it as Text(255)"),
        (misspelt, "rights", "MSE_TEMPLATE__c"),
        (hidden, "rights", "hidden from this seller"),
        (read_only, "rights", "read-only for this seller"),
        (not_for_calls, "kind", "set by email only"),
        (without_template, "value", "reported without template.name"),
        (not_logged, "logged", "Email was not sent"),
        (by_blind_copy, "logged", "never carry the fields"),
        (emptied, "written", "emptied it since"),
    ],
)
def test_why_a_field_is_empty(world: Workspace, act: Callable[[Workspace], str], failed: str, words: str) -> None:
    """The first thing that kept the value away is the answer, with what mends it."""
    answer = why(world, act(world), field="mse_template__c")
    last = answer["checks"][-1]
    assert (answer["kind"], answer["failed"], last["code"]) == ("field", failed, failed)
    assert words in f"{answer['answer']} {last['remedy']}"
    assert {check["now"] for check in answer["checks"][:-1]} <= {"pass"}


def test_why_a_field_of_the_life_is_empty(world: Workspace) -> None:
    """Nothing reported, reported and withheld, and shown are told apart."""
    asked = email(world, known(world))
    who = world.items("activities_to_salesforce")[0]["person_id"]
    assert "nothing of the kind was reported" in why(world, asked, field="MSE_Clicked__c")["answer"]
    world.salesforce.act("set_permissions", {**RIGHTS, "field": "MSE_Viewed__c", "read": True, "edit": False})
    refresh(world)
    opened(world, who)
    answer = why(world, asked, field="MSE_Viewed__c")
    assert answer["failed"] == "rights"
    assert "MSE_Viewed__c is read-only for this seller" in answer["answer"]
    report(world, "email.clicked", who, email_id="m1", link="https://example.com")
    assert why(world, asked, field="MSE_Clicked__c")["failed"] is None


def test_why_type_is_empty(world: Workspace) -> None:
    """A picklist without the exact value is named."""
    world.salesforce.schema([{"object": "Task", "name": "Type", "picklist": ["email", "Call"]}])
    refresh(world)
    answer = why(world, email(world, known(world)), field="Type")
    assert (answer["failed"], "lacks Email" in answer["answer"]) == ("rights", True)


def test_a_shortened_field_is_told(world: Workspace) -> None:
    """A value longer than its field is there, cut, and that is said."""
    asked = call(world, known(world), outcome="x" * 60)
    answer = why(world, asked, field="mktosales_call_outcome__c")
    assert answer["failed"] is None
    assert any("shortened to 50" in check["now_value"] for check in answer["checks"])


def test_a_field_that_is_not_ours(world: Workspace) -> None:
    """An unknown name is answered with the one that is most like it; a field needs an activity."""
    asked = email(world, known(world))
    assert "most like it is MSE_Template__c" in why(world, asked, field="MSE_Templat__c")["answer"]
    assert world.ask("GET", f"/why/{ADMIN}?field=Type").status == 400


def test_a_logged_activity_is_told_with_its_record_and_rule(world: Workspace) -> None:
    """Which record, by which rule, when, under which settings, what was withheld; and that it was deleted since."""
    change_field(world, "MSE_Template__c")
    sfid = contact(world)
    asked = email(world, person(world, sfid), **TEMPLATE)
    (task,) = world.tasks()
    answer = why(world, asked)
    assert answer["failed"] is None
    for words in (task["Id"], sfid, "by the person's contact id", "settings version 1", "MSE_Template__c"):
        assert words in answer["answer"]
    world.salesforce.act("delete", {"id": task["Id"]})
    gone = why(world, asked)
    assert "is deleted or not visible" in gone["answer"]
    assert [check["code"] for check in gone["checks"] if check["now"] == "fail"] == ["task", "fields"]


@pytest.mark.parametrize("key", [True, False])
def test_a_task_is_traced_to_its_activity(world: Workspace, key: bool) -> None:
    """By its key, or without the key field by its person; with the seller's own connection, or an admin's question."""
    if not key:
        world.salesforce.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
        refresh(world)
    asked = email(world, known(world))
    (task,) = world.tasks()
    for user in (SELLER, ADMIN):
        answer = why(world, task["Id"][:15], user)
        assert (answer["kind"], answer["asked"]) == ("task", task["Id"])
        assert answer["activity"]["id"] == asked
    assert why(world, task["Id"], field="MSE_Template__c")["failed"] == "value"
    refused = world.ask("GET", f"/why/{task['Id']}", user=OTHER)
    assert refused.status == 409
    assert "lockstep connect salesforce" in refused.detail
    world.salesforce.act("delete", {"id": task["Id"]})
    if key:
        assert "It is deleted in Salesforce" in why(world, task["Id"])["answer"]
    world.connect(OTHER)
    assert "no activity of yours made it" in world.ask("GET", f"/why/{task['Id']}", user=OTHER).detail
    other = world.salesforce.seed([{"type": "Task", "Subject": "By hand"}])[0]
    assert "no activity of yours made it" in world.ask("GET", f"/why/{other}").detail
    nobody = salesforce_id("00TLk0000000999")
    assert "There is no Task" in world.ask("GET", f"/why/{nobody}").detail


def test_then_and_now_are_told_apart(world: Workspace) -> None:
    """What was in the way and is not any more is said, with the command that sends it again; and it goes."""
    asked = CASES["emails_are_switched_off"].act(world)
    answer = why(world, asked)
    (kind,) = [check for check in answer["checks"] if check["code"] == "kind"]
    assert (kind["then"], kind["now"]) == ("fail", "pass")
    assert "settings version 2" in kind["then_value"]
    assert "settings version 3" in kind["now_value"]
    assert answer["items"][0]["command"] == f"lockstep retry {asked}"
    world.ask("POST", "/retries", {"filter": {"id": asked}, "dry_run": False})
    world.run_until_quiet()
    assert why(world, asked)["failed"] is None
    assert len(world.tasks()) == 1


def test_two_causes_are_both_told(world: Workspace) -> None:
    """The first is the answer; what else is in the way now is named behind it."""
    settings(world, log_calls=False)
    asked = call(world, person(world))
    answer = why(world, asked)["answer"]
    assert answer.startswith("Not logged to Salesforce: Kind not logged.")
    assert "Also not so now: The person's record in Salesforce is found" in answer


@pytest.mark.acceptance(130)
def test_why_a_person_is_missing(world: Workspace) -> None:
    """Not started, not told of, no record, no owner, deleted: the first is named for each person."""
    fresh = Workspace()
    assert why(fresh, 1001)["failed"] == "started"
    who = known(world)
    assert why(world, who)["failed"] is None
    cases = {
        "salesforce": person(world, sfdcType=None),
        "owner": person(world, contact(world), leadOwnerEmailAddress=None),
        "known": 424242,
        "id": person(world),
    }
    for failed, number in cases.items():
        answer = why(world, number)
        assert (answer["kind"], answer["failed"]) == ("person", failed)
    world.marketo.act("delete", {"id": who})
    world.poll(300)
    assert why(world, who)["failed"] == "marketo"
    world.clock.advance(3600)
    assert why(world, cases["id"])["failed"] == "fresh"


def test_why_a_seller_logs_nothing(world: Workspace) -> None:
    """Connection, switches, the address for blind copies, fields and parked work are looked at in turn."""
    assert why(world, SELLER)["answer"].endswith("Nothing is in the way.")
    world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Viewed__c"})
    refresh(world)
    assert why(world, SELLER)["failed"] == "fields"
    settings(world, log_replies=False, email_method="bcc")
    assert why(world, SELLER)["failed"] == "method"
    settings(world, log_emails=False, log_calls=False)
    assert why(world, SELLER)["failed"] == "kind"
    world.ask("DELETE", f"/connections/salesforce/{SELLER}")
    assert why(world, SELLER)["failed"] == "connection"


def test_an_email_that_became_several_tasks_is_told_whole(world: Workspace) -> None:
    """Each of its Tasks is listed with its own checks."""
    settings(world, duplicate_rule="all")
    for _ in range(2):
        contact(world, Email="ada@example.net")
    asked = email(world, person(world, email="ada@example.net"))
    tasks = {task["Id"] for task in world.tasks()}
    answer = why(world, asked)
    assert len(tasks) == 2
    assert {item["remote_id"] for item in answer["activity"]["items"]} == tasks
    assert [item["failed"] for item in answer["items"]] == [None, None]
    for task in tasks:
        assert why(world, task)["activity"]["id"] == asked


def test_a_halted_flow_is_told(world: Workspace) -> None:
    """What waits while too many refusals have halted the flow says so, with Salesforce's own sentence."""
    who = known(world)
    world.ask("PATCH", "/settings", {"log_emails": False, "log_replies": False})
    asked = email(world, who)
    world.ask("PATCH", "/settings", {"log_emails": True})
    assert why(world, asked)["items"][0]["goes_now"] is True
    refusals = Answers(50, 0, "Call the customer first")
    world.world.brakes.count("activities_to_salesforce", refusals, 50)
    answer = why(world, asked)
    (quota,) = [check for check in answer["checks"] if check["code"] == "quota"]
    assert (quota["now"], quota["reason"], quota["who"]) == ("fail", "TOO_MANY_REFUSED", "Salesforce admin")
    assert "Call the customer first" in quota["now_value"]
    assert answer["items"][0]["command"] is None


def test_the_newest_activity_is_explained_by_its_own_checks(world: Workspace) -> None:
    """Its switch and its rules are told, not those of Tasks; of what is shown the record; Salesforce is not asked."""
    shown_on(world, "contact")
    sfid = contact(world)
    asked = email(world, person(world, sfid))
    told = {item["effect"]: item for item in why(world, asked)["items"]}
    assert told["task"]["failed"] is told["rollup"]["failed"] is None
    assert sfid in told["rollup"]["answer"]
    checks = {check["code"]: check for check in told["rollup"]["checks"]}
    assert "shown on each contact (since settings version 2" in checks["kind"]["now_value"]
    assert checks["named"]["now_value"] == f"it bears on {NEWEST}"
    assert checks.keys().isdisjoint({"method", "rule", "task", "email"})
    settings(world, rollups=["lead"], log_emails=False, log_replies=False)
    told = {item["effect"]: item for item in why(world, asked)["items"]}
    kinds = {effect: item["checks"][1] for effect, item in told.items()}
    assert (kinds["task"]["now"], kinds["rollup"]["now"]) == ("fail", "pass")


def test_switched_off_comes_before_not_connected(world: Workspace) -> None:
    """What nobody wants logged does not wait for a connection, nor is anybody asked to make one for it."""
    settings(world, log_calls=False)
    world.ask("DELETE", f"/connections/salesforce/{SELLER}")
    who = known(world)
    asked, waits, draft = call(world, who), email(world, who), email(world, who, status="draft", email_id="m2")
    assert [why(world, one)["failed"] for one in (asked, waits, draft)] == ["kind", "connection", "event"]
    books = world.balance(FLOW)
    assert (books.needs_you, books.skipped) == ({"NO_CONNECTION": 1}, {"KIND_OFF": 1, "NOT_SENT": 1})


def test_every_task_of_one_call_is_told(world: Workspace) -> None:
    """A call that became two Tasks, one for each open opportunity, is explained by both."""
    settings(world, what_id="open_opportunity")
    who = contact(world)
    facts = {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2027-01-01"}
    deals = world.salesforce.seed([{"type": "Opportunity", **facts} for _ in range(2)])
    roles = [{"type": "OpportunityContactRole", "OpportunityId": deal, "ContactId": who} for deal in deals]
    world.salesforce.seed(roles)
    told = why(world, call(world, person(world, who)))
    assert len(world.tasks()) == len(told["items"]) == 2
    assert {task["Id"] for task in world.tasks()} <= set(told["answer"].replace(".", " ").split())


def test_a_campaign_step_that_may_not_be_shown_is_no_missing_value(world: Workspace) -> None:
    """The step was reported by the campaign's event, which names no email; what is missing is the right to write it."""
    rights = {**RIGHTS, "field": "MSE_Current_Campaign_Step__c", "read": False, "edit": False}
    world.salesforce.act("set_permissions", rights)
    refresh(world)
    who, campaign = known(world), {"id": "c1", "name": "Spring"}
    asked = email(world, who, campaign=campaign)
    report(world, "campaign.added", who, campaign=campaign | {"step": "2"})
    told = why(world, asked, field="MSE_Current_Campaign_Step__c")
    assert told["checks"][3]["now_value"] == "2"
    assert told["failed"] not in (None, "value")
