"""The invariants of an email's life: what was told is on the Task, once, and what was not told has its reason."""

import json
from typing import Any

from lockstep.domain.ids import item_key
from lockstep.domain.item import recipient
from lockstep.store.table import Row
from tests.simulation.acts import CANARY
from tests.simulation.acts_life import emails
from tests.simulation.audits import event_of, items, rows_of, when_quiet
from tests.simulation.stage import Stage
from tests.workspace import ADMIN, request

SHOWS = {
    "email.opened": "MSE_Viewed__c",
    "email.clicked": "MSE_Clicked__c",
    "email.replied": "MSE_Replied__c",
    "email.bounced": "MSE_Email_Status__c",
}
MAY_STAY = {"FIELDS_WITHHELD", "TASK_DELETED", "NOTHING_TO_UPDATE", "KIND_OFF"}


def happenings(stage: Stage) -> list[Row]:
    """Items about the life of emails."""
    return [item for item in items(stage) if item.get("effect") == "life"]


def emails_of(stage: Stage, item: Row) -> list[Row]:
    """The items of the emails that this one may be about: the same seller, person and email id or campaign."""
    event = event_of(stage, item)
    named = "campaign" if item["kind"].startswith("campaign") else "email_id"
    ident = event["data"].get(named)
    same = [
        mail for mail in emails(stage)
        if (mail["user"], mail["person"]) == (event["user"], event["person"])
        and (mail["data"].get(named) == ident or (named == "campaign" and "campaign" in mail["data"]))
    ]  # fmt: skip
    keys = {item_key(item["flow"], mail["id"], recipient(mail["person"]["marketo_id"], "task")) for mail in same}
    return [each for each in items(stage) if each["key"] in keys]


def shown(task: dict[str, Any], item: Row, event: dict[str, Any]) -> bool:
    """Whether a Task shows what happened."""
    if event["data"].get("attachment") and item["kind"] == "email.opened":
        return bool(task["MSE_Presentation_Viewed__c"])
    value = task.get(SHOWS.get(item["kind"], ""), True)
    return value == "Bounced" if item["kind"] == "email.bounced" else bool(value)


@when_quiet("I3", "I12")
def told_is_shown(stage: Stage) -> None:
    """Whatever counts as told stands on the Task of its own email, in whatever order it arrived."""
    tasks = stage.salesforce.org.world.tables["Task"].rows
    for item in happenings(stage):
        if item["state"] != "CONFIRMED":
            continue
        task = tasks[item["remote_id"]]
        assert item["remote_id"] in {mail.get("remote_id") for mail in emails_of(stage, item)}
        withheld = " ".join(item.get("withheld", []))
        assert task["IsDeleted"] or withheld or shown(task, item, event_of(stage, item)), item["event_id"]


@when_quiet("I4", "I18")
def untold_has_its_reason(stage: Stage) -> None:
    """News is skipped only where its email is no Task, was never reported, was deleted, or its fields are withheld."""
    if stage.record.settings_changed or stage.record.objecting:
        return
    for item in happenings(stage):
        parents = emails_of(stage, item)
        logged = [parent for parent in parents if parent["state"] == "CONFIRMED"]
        if item["state"] == "CONFIRMED" or item.get("reason") in MAY_STAY:
            continue
        wanted = "EMAIL_NOT_LOGGED" if parents and not logged else None if logged else "EMAIL_UNKNOWN"
        assert item["reason"] == wanted or item["state"] == "NEEDS_YOU", (item["event_id"], item["history"][-1])


@when_quiet("I2")
def nothing_is_made_for_news(stage: Stage) -> None:
    """Opens, clicks, bounces and campaign moves have no Task of their own (LS-16)."""
    keys = {item["key"] for item in happenings(stage)}
    assert not [task["Id"] for task in stage.salesforce.records("Task") if task.get("Lockstep_Key__c") in keys]


@when_quiet("I22")
def one_version_judged_it(stage: Stage) -> None:
    """The subject of an email's Task is rendered by the template of the settings version that its item names."""
    tasks = stage.salesforce.org.world.tables["Task"].rows
    templates = {row["version"]: row["values"]["subject_template"] for _, row in rows_of(stage, "SETTINGS")}
    for item in items(stage):
        if item["kind"] != "email.sent" or item["state"] != "CONFIRMED":
            continue
        sent = event_of(stage, item)["data"]["subject"]
        template = templates.get(item["settings_version"], "{{activity_subject}}")
        if sent.startswith(CANARY) and item["effect"] == "task":
            wanted = template.replace("{{activity_subject}}", sent).lower()
            assert wanted.startswith(tasks[item["remote_id"]]["Subject"].lower()), item["event_id"]


@when_quiet("I7")
def opted_out_stays_out(stage: Stage) -> None:
    """Whoever opted out, or was merged with somebody who did, is told as unsubscribed (item 20)."""
    known = {key.pk.removeprefix("PERSON#"): row for key, row in rows_of(stage, "PERSON#") if key.sk == "PROFILE"}
    for event in stage.record.sent.values():
        if event["type"] != "unsubscribe.created" or event["id"] not in stage.record.acknowledged:
            continue
        end, passed = str(event["person"]["marketo_id"]), set[str]()
        while end in known and "merged_into" in known[end] and end not in passed:
            passed.add(end)
            end = str(known[end]["merged_into"])
        if "person" in known.get(end, {}):
            asked = request("GET", f"/people/{end}", None, {"email": ADMIN, "lockstep_role": "admin"})
            assert json.loads(stage.call("workspace_api", asked)["body"])["unsubscribed"] is True


@when_quiet("I3", "I17")
def what_was_filled_in_is_shown(stage: Stage) -> None:
    """A back-fill that is confirmed stands on its Task, and is not told as left out any more."""
    tasks = stage.salesforce.org.world.tables["Task"].rows
    by_key = {item["key"]: item for item in items(stage)}
    for item in (one for one in items(stage) if one["effect"] == "fields" and one["state"] == "CONFIRMED"):
        left = " ".join(item.get("withheld", []))
        for name in (one for one in item["filling"] if one not in left):
            assert tasks[item["remote_id"]][name], (item["event_id"], name)
            assert name not in " ".join(by_key[item["completes"]].get("withheld", []))
