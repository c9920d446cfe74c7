"""What happens to emails after they were sent, and what people do with the Tasks that come of them."""

from datetime import datetime, timedelta
from typing import Any

from tests.signed import content
from tests.simulation.acts import CANARY, act, activity, ask_as_admin
from tests.simulation.stage import Stage

KINDS = (
    "email.opened", "email.opened", "email.opened", "email.clicked", "email.replied", "email.bounced",
    "campaign.added", "campaign.removed",
)  # fmt: skip
CAMPAIGN = {"id": 77, "name": "Spring"}


def emails(stage: Stage) -> list[dict[str, Any]]:
    """Emails that were reported as sent."""
    return [event for event in stage.record.sent.values() if event["type"] == "email.sent"]


def news(stage: Stage, mail: dict[str, Any], kind: str, number: int) -> dict[str, Any]:
    """Something that happened to an email, some minutes after it was sent."""
    when = datetime.fromisoformat(mail["occurred_at"]) + timedelta(minutes=number % 50)
    data: dict[str, Any] = {"email_id": mail["data"]["email_id"]}
    if kind.startswith("campaign"):
        data = {"campaign": CAMPAIGN | {"step": f"step {number % 5}"}}
    elif kind == "email.replied":
        data |= {"subject": f"Re: {CANARY}", "body_text": f"{CANARY} answer"}
    elif number % 7 == 0:
        data["attachment"] = "offer.pdf"
    ident = f"evt_{len(stage.record.sent) + 1}"
    person, user = mail["person"]["marketo_id"], mail["user"]
    return content(ident, kind, person=person, user=user, occurred_at=when.isoformat(), **data)


@act(8)
def email_lives(stage: Stage, a: int, b: int) -> None:
    """Something happens to one of the emails, and is reported at once."""
    if sent := emails(stage):
        stage.send_letter([news(stage, sent[a % len(sent)], KINDS[b % len(KINDS)], b)])


@act(2)
def opened_many_times(stage: Stage, a: int, b: int) -> None:
    """One email is opened again and again within a minute, reported in one letter or in several."""
    for number in range(2 + b % 5) if (sent := emails(stage)) else ():
        stage.send_letter([news(stage, sent[a % len(sent)], "email.opened", number)])


@act(2)
def news_before_the_email(stage: Stage, a: int, b: int) -> None:
    """An open or a reply is reported before the email itself."""
    number = len(stage.record.sent) + 2
    data = {"subject": f"{CANARY} {number}", "email_id": f"early_{number}", "campaign": CAMPAIGN}
    mail = content(
        f"evt_{number}", "email.sent", person=stage.people[a % len(stage.people)], user=stage.sellers[a % 2],
        occurred_at=(stage.clock.now() - timedelta(minutes=60)).isoformat(), **data,
    )  # fmt: skip
    stage.send_letter([news(stage, mail, KINDS[b % 6], b)])
    if b % 3:
        stage.play_some()
    stage.send_letter([mail])


@act(1)
def task_deleted(stage: Stage, a: int, b: int) -> None:
    """Somebody deletes a logged Task in Salesforce, or brings one back."""
    ours = [task for task in stage.salesforce.records("Task") if CANARY in (task["Subject"] or "")]
    if ours:
        task = ours[a % len(ours)]
        stage.salesforce.act("undelete" if task["IsDeleted"] else "delete", {"type": "Task", "id": task["Id"]})


@act(1)
def replies_switched(stage: Stage, a: int, b: int) -> None:
    """An admin lets replies be logged, or not any more; emails stay on, which they need."""
    stage.record.settings_changed = True
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {"log_emails": True, "log_replies": a % 3 > 0}))


@act(1)
def template_changes(stage: Stage, a: int, b: int) -> None:
    """An admin changes how subjects are written."""
    stage.record.settings_changed = True
    template = ("{{activity_subject}}", "Mail: {{activity_subject}}")[a % 2]
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {"subject_template": template}))


@act(4)
def fields_filled_in(stage: Stage, a: int, b: int) -> None:
    """A field of Tasks is hidden from both sellers; the next time it is granted, and what was left out is asked for.

    Before it is granted, another activity comes in, and what waits is logged without it, as far as that goes.
    """
    field = ("MSE_Template__c", "mktosales_call_outcome__c")[a % 2]
    hidden = field in stage.record.hidden
    if hidden:
        stage.send_letter([activity(stage, a, 2 * b)])
        stage.flush(2)
    stage.record.hidden ^= {field}
    for seller in stage.sellers:
        right = {"user": seller, "object": "Task", "field": field, "read": hidden, "edit": hidden}
        stage.salesforce.act("set_permissions", right)
        stage.attempt("workspace_api", ask_as_admin("POST", f"/connections/salesforce/{seller}/refresh-fields"))
    if hidden:
        stage.attempt("workspace_api", ask_as_admin("POST", "/fields/backfill", {"dry_run": False}))
