"""Named stories of emails after they were sent, and of settings, days and opt-outs that a worker may get wrong."""

from datetime import timedelta
from typing import Any

from tests.signed import content
from tests.simulation.acts import CANARY, SELLERS, ask_as_admin
from tests.simulation.acts_life import CAMPAIGN
from tests.simulation.audits import USERS
from tests.simulation.scenes import LOGGING, call, faulty, lead_of, mail, tale, touched
from tests.simulation.stage import Stage


def happens(stage: Stage, kind: str, mail_id: str = "em", person: int = 0, **data: Any) -> None:
    """Something happens to an email of the first seller."""
    ident, when = f"evt_{len(stage.record.sent) + 1}", stage.clock.now().isoformat()
    data = data or {"email_id": mail_id}
    event = content(ident, kind, person=stage.people[person], user=SELLERS[0], occurred_at=when, **data)
    stage.send_letter([event])


@tale
def opened_while_its_task_is_in_doubt(stage: Stage) -> None:
    """The email's write is not answered, and before anybody knows it is opened, clicked and answered."""
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    stage.flush()
    for kind in ("email.opened", "email.clicked", "email.replied"):
        happens(stage, kind)
    stage.flush()


@tale
def the_update_is_lost(stage: Stage) -> None:
    """The answer of an update never comes; the worker dies behind the next one."""
    mail(stage)
    stage.flush()
    faulty(stage, {"fault": "drop_after_commit"})
    happens(stage, "email.opened")
    stage.flush()
    happens(stage, "email.bounced")
    stage.boundary.when(LOGGING, "http after P", stage.boundary.kill)
    stage.flush()


@tale
def news_in_any_order(stage: Stage) -> None:
    """A reply, a click and a campaign step arrive before the email that they are about."""
    for kind in ("email.replied", "email.clicked"):
        happens(stage, kind)
    happens(stage, "campaign.added", campaign=CAMPAIGN | {"step": "two"})
    stage.flush()
    mail(stage, campaign=CAMPAIGN | {"step": "one"})
    stage.flush()
    happens(stage, "campaign.added", campaign=CAMPAIGN | {"step": "three"})
    stage.flush()


@tale
def deleted_between_two_opens(stage: Stage) -> None:
    """Somebody deletes the Task; what comes later finds it gone."""
    mail(stage)
    happens(stage, "email.opened")
    stage.flush()
    (task,) = [task for task in stage.salesforce.records("Task") if CANARY in (task["Subject"] or "")]
    stage.salesforce.act("delete", {"type": "Task", "id": task["Id"]})
    happens(stage, "email.clicked")
    stage.flush()


@tale
def a_template_changes_in_between(stage: Stage) -> None:
    """An admin changes the subject template between a worker's judgement and its write."""
    stage.record.settings_changed = True
    changes = {"subject_template": "Mail: {{activity_subject}}"}
    ask = ask_as_admin("PATCH", "/settings", changes)
    mail(stage)
    stage.boundary.when(LOGGING, "table.get_many before", lambda: stage.attempt("workspace_api", ask))
    stage.flush()
    mail(stage, 1)
    stage.flush()


@tale
def late_in_the_evening(stage: Stage) -> None:
    """Emails and calls around midnight, as UTC and as the sellers have it."""
    for hours in (0, 5, 9, 14, 19):
        when = (stage.clock.now().replace(hour=3) - timedelta(hours=hours)).isoformat()
        ident = f"evt_{len(stage.record.sent) + 1}"
        data = {"email_id": ident, "subject": f"{CANARY} {hours}"}
        stage.send_letter(
            [content(ident, "email.sent", person=stage.people[0], user=SELLERS[0], occurred_at=when, **data)]
        )
    call(stage)
    stage.flush()


@tale
def words_that_do_not_fit(stage: Stage) -> None:
    """A subject and a text longer than their fields, of characters that take two units and four bytes each."""
    mail(stage, subject=f"{CANARY} " + "𝄞" * 300, body_text="ä𝄞" * 20_000)
    stage.flush()


@tale
def a_task_of_the_same_author(stage: Stage) -> None:
    """The request is lost, and the seller makes a Task for the same person by hand."""
    faulty(stage, {"fault": "drop_before_commit"})
    mail(stage)
    stage.flush()
    own = {"type": "Task", "Subject": "by hand", "WhoId": lead_of(stage, 0), "OwnerId": USERS[SELLERS[0]]}
    stage.salesforce.seed([own | {"Status": "Completed"}])
    stage.turn(400)


@tale
def opted_out_and_merged(stage: Stage) -> None:
    """Who opted out is merged into somebody who did not."""
    happens(stage, "unsubscribe.created", person=0, source="link")
    stage.flush()
    touched(stage, 0, 1)
    assert stage.marketo.act("merge", {"winner": stage.people[1], "losers": [stage.people[0]]}) == [stage.people[1]]
    stage.turn(400)


@tale
def a_range_is_not_answered(stage: Stage) -> None:
    """A pass that also looks for people who are gone meets a vendor that does not answer; nothing changed for long."""
    stage.turn(700)
    stage.turn(700)
    stage.marketo.faults.load([{"path": "/rest/v1/leads.json", "fault": "status", "code": 502}])
    stage.request_load(reconcile=True)
    stage.flush()
