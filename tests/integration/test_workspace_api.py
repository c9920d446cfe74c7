"""The interface over real handlers, stores and simulators: people, activities, why, the load, settings, access."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.simulators.kernel.population import salesforce_id
from lockstep.catalogue.person_fields import SYNCED
from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.domain.reason import Reason
from tests.signed import event
from tests.workspace import ADMIN, APP, CONFIRMATION, OTHER, SELLER, Workspace, request

OWNED = {"sfdcType": "contact", "leadOwnerEmailAddress": "owner6@example.com"}
OPENAPI = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())


@pytest.fixture
def world() -> Workspace:
    """Marketo connected, nothing loaded."""
    here = Workspace()
    assert here.ask("PUT", "/connections/marketo", APP).status == 200
    return here


def loaded(world: Workspace, **fields: Any) -> int:
    """One person in Marketo, loaded through the interface."""
    (number,) = world.marketo.seed([{"type": "lead", **OWNED, **fields}])
    world.ask("POST", "/people-load", CONFIRMATION)
    world.run_until_quiet()
    return number


@pytest.mark.acceptance(2)
def test_the_preview_lists_the_fields_and_the_start_needs_a_confirmation(world: Workspace) -> None:
    """The preview names exactly the synced fields; a start without the confirmation reads and stores nothing."""
    world.marketo.seed([{"type": "lead", **OWNED}])
    preview = world.ask("GET", "/people-load").body
    assert [field["ours"] for field in preview["fields"]] == [field.ours for field in SYNCED]
    assert all(field["found"] for field in preview["fields"])
    before = len(world.marketo.calls)
    for body in (None, {}, {"confirmation": "yes"}):
        refused = world.ask("POST", "/people-load", body)
        assert refused.status == 409
        assert preview["confirmation"] in refused.detail
    world.run_until_quiet()
    world.poll(300)
    assert len(world.marketo.calls) == before
    assert world.table.rows("PERSON#") == []
    assert world.ask("POST", "/people-load", {"confirmation": preview["confirmation"]}).status == 202
    world.run_until_quiet()
    assert len(world.table.rows("PERSON#")) == 1


@pytest.mark.acceptance(13)
def test_status_tells_how_far_the_load_is(world: Workspace) -> None:
    """Status reports processed, qualified, skipped, failed, the rate, and when it is done."""
    world.marketo.seed([{"type": "lead", "email": "no-owner@example.net"}])
    loaded(world, email="a@example.net")
    load = world.ask("GET", "/status").body["load"]
    assert (load["state"], load["processed"], load["qualified"], load["skipped"], load["failed"]) == (
        "done",
        2,
        1,
        1,
        0,
    )
    assert load["rate_per_minute"] > 0
    assert load["seconds_left"] == 0


def test_a_second_start_is_refused_while_the_first_runs(world: Workspace) -> None:
    """Starting while a load is under way answers 409 with its progress; once it is done it may be repeated."""
    assert world.ask("POST", "/people-load", CONFIRMATION).status == 202
    again = world.ask("POST", "/people-load", CONFIRMATION)
    assert again.status == 409
    assert again.body["load"]["state"] == "requested"
    world.run_until_quiet()
    assert world.ask("POST", "/people-load", CONFIRMATION).status == 202


def test_the_load_needs_marketo() -> None:
    """Without a Marketo connection the start is refused with what to do."""
    refused = Workspace().ask("POST", "/people-load", CONFIRMATION)
    assert refused.status == 409
    assert "lockstep connect marketo" in refused.detail


@pytest.mark.acceptance(22)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("role", ["admin", "user"])
def test_people_are_read_only(world: Workspace, method: str, role: str) -> None:
    """Creating, editing or deleting a person is refused with 405 to users and admins, and the store stays as it was."""
    person = loaded(world, email="a@example.net", firstName="Ada")
    before = world.person(person)
    for target in ("/people", f"/people/{person}"):
        refused = world.ask(method, target, {"first_name": "Eve"}, user=f"{role}@example.com", role=role)
        assert refused.status == 405
        assert refused.detail == "People are read-only; edit in Marketo or Salesforce."
        assert refused.headers["Allow"] == "GET"
    assert world.person(person) == before
    assert len([row for row in world.table.rows("PERSON#") if row["sk"] == "PROFILE"]) == 1


def test_a_person_is_shown_with_all_that_is_known(world: Workspace) -> None:
    """The person view holds the thirteen fields, the opt-out, the time of the last sync and the history."""
    contact = salesforce_id("003", 9)
    person = loaded(world, email="Ada@Example.net", firstName="Ada", lastName="Lovell", sfdcContactId=contact)
    world.report(
        event("evt_1", "email.sent", person=person, subject="Hello"),
        event("evt_2", "unsubscribe.created", person=person),
    )
    seen = world.ask("GET", f"/people/{person}").body
    assert set(seen) >= {field.ours for field in SYNCED}
    assert (seen["name"], seen["salesforce_contact_id"], seen["active"]) == ("Ada Lovell", contact, True)
    assert seen["unsubscribed"] is True
    assert {line["id"] for line in seen["history"]} == {"evt_1", "evt_2"}
    assert world.ask("GET", "/people?email=ada@example.net").body["people"] == [seen]
    assert world.ask("GET", f"/people?salesforce_id={contact[:15]}").body["people"] == [seen]


def test_a_person_passed_over_is_told_with_the_reason(world: Workspace) -> None:
    """Who does not qualify is answered 404 with the reason's code, meaning and remedy."""
    person = loaded(world, leadOwnerEmailAddress=None)
    answer = world.ask("GET", f"/people/{person}")
    assert answer.status == 404
    assert answer.body["reason"]["code"] == "NO_SALES_OWNER"
    assert answer.body["reason"]["remedy"] in answer.detail
    assert world.ask("GET", "/people/999999").status == 404


def test_an_activity_is_told_with_its_item_and_history(world: Workspace) -> None:
    """What was received comes back with the item: state, remote id, settings version, and each move with its time."""
    person = loaded(world, sfdcContactId=seeded_contact(world))
    world.connect()
    world.ask("PATCH", "/settings", {"log_emails": True})
    world.report(event("evt_1", "email.sent", person=person, subject="Hello", body_text="Dear all"))
    (task,) = world.tasks()
    seen = world.ask("GET", "/activities/evt_1").body
    (item,) = seen["items"]
    assert seen["content"]["data"]["subject"] == "Hello"
    assert (item["state"], item["remote_id"], item["settings_version"]) == ("CONFIRMED", task["Id"], 1)
    assert [step["state"] for step in item["history"]] == ["READY", "LEASED", "CONFIRMED"]
    assert task["Id"] in seen["answer"]
    assert world.ask("GET", f"/items/activities_to_salesforce/{item['key']}").body == item
    why = world.ask("GET", "/why/evt_1").body
    assert why["answer"].startswith(seen["answer"])
    assert {check["now"] for check in why["checks"]} == {"pass"}


def seeded_contact(world: Workspace) -> str:
    """A contact made in Salesforce; its id."""
    return world.salesforce.seed([{"type": "Contact", "LastName": "Lovell"}])[0]


def test_why_names_the_reason_and_the_remedy(world: Workspace) -> None:
    """An activity of a seller without a connection is explained first in a sentence, then by its checks."""
    person = loaded(world)
    world.ask("POST", "/users", {"email": SELLER})
    world.ask("PATCH", "/settings", {"log_emails": True})
    world.report(event("evt_1", "email.sent", person=person))
    why = world.ask("GET", "/why/evt_1").body
    text = REASON_TEXTS[Reason.NO_CONNECTION]
    assert why["answer"].startswith(f"Not logged to Salesforce: {text.title}. {text.meaning} {text.remedy}")
    assert why["activity"]["items"][0]["reason"]["code"] == "NO_CONNECTION"
    (failed,) = [check for check in why["checks"] if check["then"] == "fail"]
    assert (failed["code"], failed["now"], failed["who"]) == ("connection", "fail", "seller")


def test_why_takes_every_kind_of_id(world: Workspace) -> None:
    """A Marketo id, an address, a Salesforce id and a seller's address are understood; the rest is told as unknown."""
    contact = salesforce_id("003", 9)
    person = loaded(world, email="a@example.net", sfdcContactId=contact)
    passed_over = world.marketo.seed([{"type": "lead"}])[0]
    world.poll(300)
    for asked in (person, "A@example.net", contact, contact[:15]):
        answer = world.ask("GET", f"/why/{asked}").body
        assert answer["kind"] == "person"
        assert [one["marketo_id"] for one in answer["people"]] == [person]
    assert REASON_TEXTS[Reason.NOT_IN_SALESFORCE].meaning in world.ask("GET", f"/why/{passed_over}").body["answer"]
    assert world.ask("GET", f"/why/{ADMIN.replace('@', '%40')}").body["kind"] == "seller"
    assert "Looked for" in world.ask("GET", "/why/nothing-like-that").detail


@pytest.mark.invariant("I18")
def test_everything_received_is_explained(world: Workspace) -> None:
    """Whatever was received and not logged is found by why, with its reason in words and the settings version."""
    person, hidden = loaded(world, sfdcContactId=seeded_contact(world)), loaded(world, sfdcType=None)
    lead = loaded(world, sfdcType="lead")
    world.connect()
    world.ask("PATCH", "/settings", {"log_emails": True})
    message = "Call the customer first"
    world.salesforce.act("validation_rule", {"object": "Task", "when": {"Subject": "Refused"}, "message": message})
    reasons = {
        "opened": ("email.opened", person, SELLER, {"email_id": "m"}, "EMAIL_UNKNOWN"),
        "reminder": ("reminder.created", person, SELLER, {"reminder_id": "r"}, "NOT_ROUTED"),
        "call": ("call.logged", person, SELLER, {}, "KIND_OFF"),
        "draft": ("email.sent", person, SELLER, {"status": "draft"}, "NOT_SENT"),
        "nobody": ("email.sent", 77, SELLER, {}, "PERSON_UNKNOWN"),
        "hidden": ("email.sent", hidden, SELLER, {}, "PERSON_UNKNOWN"),
        "no-record": ("email.sent", lead, SELLER, {}, "NO_SF_RECORD"),
        "stranger": ("email.sent", person, OTHER, {}, "USER_UNKNOWN"),
        "unconnected": ("email.sent", person, ADMIN, {}, "NO_CONNECTION"),
        "refused": ("email.sent", person, SELLER, {"subject": "Refused"}, "VALIDATION_REFUSED"),
    }
    world.report(*(event(i, kind, person=who, user=u, **data) for i, (kind, who, u, data, _) in reasons.items()))
    for event_id, (*_, reason) in reasons.items():
        why = world.ask("GET", f"/why/{event_id}").body
        told = [why["activity"], *why["activity"]["items"]][-1]
        assert told["reason"]["code"] == reason, event_id
        cause = Reason.NOT_IN_SALESFORCE if event_id == "hidden" else Reason(reason)
        assert REASON_TEXTS[cause].meaning in why["answer"]
        assert reason == "NOT_ROUTED" or told["settings_version"] == 1
    assert message in world.ask("GET", "/activities/refused").body["items"][0]["message"]
    assert world.tasks() == []


def test_an_event_that_no_flow_wants_is_told_so(world: Workspace) -> None:
    """A reminder is stored and answered with the reason that it goes nowhere."""
    world.report(event("evt_1", "reminder.created", person=1, reminder_id="r1"))
    seen = world.ask("GET", "/activities/evt_1").body
    assert (seen["items"], seen["reason"]["code"]) == ([], "NOT_ROUTED")
    assert world.ask("GET", "/activities/evt_2").status == 404


def test_sellers_see_their_own_activities_only(world: Workspace) -> None:
    """Another seller's activity is unknown to a user, by id, in why, by item and in a person's history."""
    person = loaded(world)
    world.report(event("evt_1", "email.sent", person=person, user=SELLER))
    key = world.items("activities_to_salesforce")[0]["key"]
    for target in ("/activities/evt_1", "/why/evt_1", f"/items/activities_to_salesforce/{key}"):
        assert world.ask("GET", target, user=SELLER).status == 200
        assert world.ask("GET", target, user=OTHER).status == 404
    assert world.ask("GET", f"/people/{person}", user=SELLER).body["history"] != []
    assert world.ask("GET", f"/people/{person}", user=OTHER).body["history"] == []


def test_status_balances_and_names_reasons(world: Workspace) -> None:
    """Status shows for each flow what came in and where it is, as the store counts it, with reasons in words."""
    loaded(world)
    world.marketo.seed([{"type": "lead"}])
    world.poll(300)
    status = world.ask("GET", "/status?days=1").body
    people = status["flows"][0]
    assert status["balanced"] is True
    assert (people["balance"]["received"], people["balance"]["logged"]) == (2, 1)
    assert people["balance"]["skipped"] == {"NOT_IN_SALESFORCE": 1}
    assert people["reasons"][0]["title"] == "Not in Salesforce"
    assert people["balance"]["line"] == "2 in = 1 logged + 1 skipped + 0 need you + 0 waiting"
    assert people["complete_to"] is not None
    assert status["budgets"][0]["calls_today"] > 0
    assert world.ask("GET", "/status?days=0").status == 400


@pytest.mark.acceptance(57)
def test_an_unknown_token_is_refused_at_save(world: Workspace) -> None:
    """An unknown or broken token is refused with the tokens there are; a known one works, however it is written."""
    refused = world.ask("PATCH", "/settings", {"subject_template": "{{activity_kind}}"})
    assert refused.status == 400
    assert "{{activity_kind}}" in refused.detail
    assert "{{activity_type}}" in refused.detail
    assert world.ask("PATCH", "/settings", {"subject_template": "{{activity_type"}).status == 400
    assert world.ask("GET", "/settings").body["version"] == 0
    taken = world.ask("PATCH", "/settings", {"subject_template": "{{Activity_Type}}: {{activity_subject}}"})
    assert taken.status == 200
    world.ask("PATCH", "/settings", {"log_emails": True})
    world.connect()
    world.report(event("evt_1", "email.sent", person=loaded(world, sfdcContactId=seeded_contact(world)), subject="Hi"))
    assert [task["Subject"] for task in world.tasks()] == ["Email: Hi"]


def test_settings_are_versioned(world: Workspace) -> None:
    """Each change is a version with its author; a change over an old version is refused."""
    assert world.ask("PUT", "/settings", {"log_emails": True, "version": 0}).body["version"] == 1
    assert world.ask("PATCH", "/settings", {"log_calls": True, "version": 0}).status == 409
    assert world.ask("PATCH", "/settings", {"log_calls": True}).body["version"] == 2
    history = world.ask("GET", "/settings/history").body["versions"]
    assert [(one["version"], one["changed_by"]) for one in history] == [(2, ADMIN), (1, ADMIN)]
    mistakes = world.ask("PATCH", "/settings", {"log_emails": "perhaps", "log_mails": True, "marketo_daily_quota": 5})
    assert mistakes.status == 400
    for name in ("log_emails", "log_mails", "marketo_daily_quota"):
        assert name in mistakes.detail


def test_the_quota_of_marketo_is_a_setting(world: Workspace) -> None:
    """At most half of the instance's daily calls are taken: with a smaller quota the calls of the day end sooner."""
    world.ask("PATCH", "/settings", {"marketo_daily_quota": 1000})
    budget = world.ask("GET", "/status").body["budgets"][0]
    assert budget["cap_today"] == 500
    assert world.world.marketo_gate("people").rules.day_calls == 500


@pytest.mark.acceptance(158)
def test_nothing_changes_the_list_of_fields(world: Workspace) -> None:
    """No route takes fields or a mapping of people: where one is sent it is refused, and the fields stay."""
    before = world.table.get(("CONN#marketo", "LINK"))
    for method, path in writes():
        for body in ({"fields": {"email": "workEmail"}}, {"mapping": {"email": "workEmail"}}):
            assert world.ask(method, path, {**body, **CONFIRMATION}).status >= 400, path
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path in ("/people-load/fields", "/people/fields", "/fields", "/settings/fields"):
            assert world.ask(method, path, {"email": "workEmail"}).status >= 400
    assert world.table.get(("CONN#marketo", "LINK")) == before
    assert [field["ours"] for field in world.ask("GET", "/people-load").body["fields"]] == [f.ours for f in SYNCED]


def writes() -> list[tuple[str, str]]:
    """Every route that takes a body, from the published interface."""
    return [
        (method.upper(), path.replace("{user}", SELLER))
        for path, operations in OPENAPI["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    ]


ADMINS_ONLY = {
    ("GET", "/status"), ("GET", "/people-load"), ("POST", "/people-load"), ("PUT", "/settings"), ("PATCH", "/settings"),
    ("GET", "/settings/history"), ("GET", "/users"), ("POST", "/users"), ("PUT", "/connections/marketo"),
    ("DELETE", "/connections/marketo"), ("POST", "/resume"), ("POST", "/settings/preview"),
    ("POST", "/settings/revert"),
}  # fmt: skip


@pytest.mark.parametrize("path", OPENAPI["paths"])
def test_each_role_may_do_what_the_table_says(world: Workspace, path: str) -> None:
    """Users are refused what is the admins', before their body is looked at; unknown roles are refused everything."""
    target = path.replace("{user}", OTHER).replace("{marketo_id}", "1").replace("{", "").replace("}", "")
    for method in map(str.upper, OPENAPI["paths"][path]):
        refused = world.ask(method, target, {"x": 1}, user=SELLER).status == 403
        others = "{user}" in path
        assert refused == ((method, path) in ADMINS_ONLY or (others and method != "PUT")), (method, path)
        for claims in ({"email": ADMIN, "lockstep_role": "owner"}, {"email": ADMIN}, {"lockstep_role": "admin"}):
            assert world.answer(request(method, target, {"x": 1}, claims)).status == 403
        assert world.answer(request(method, target, {"x": 1})).status == 401


def test_whoever_signs_in_is_known(world: Workspace) -> None:
    """The first request of an address makes it a user; a refused role does not."""
    world.ask("GET", "/settings", user=SELLER)
    world.ask("GET", "/settings", user=OTHER, role="owner")
    known = [user["email"] for user in world.ask("GET", "/users").body["users"]]
    assert known == [ADMIN, SELLER]


def test_a_fault_of_ours_shows_no_trace(world: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is answered 500 with a request id, without its message and without a trace."""

    def broken() -> None:
        raise RuntimeError("canary in the table CURSOR#people")

    monkeypatch.setattr(world.world.settings, "current", broken)
    answer = world.ask("GET", "/settings")
    assert answer.status == 500
    assert answer.body["request_id"] in answer.detail
    assert "canary" not in json.dumps(answer.body)
    assert "Traceback" not in json.dumps(answer.body)
