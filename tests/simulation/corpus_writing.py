"""Named stories of writing, of connections and of deliveries; each docstring says what goes wrong."""

from typing import Any

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Unavailable
from lockstep.store.table import Change
from tests.signed import content
from tests.simulation.acts import CANARY, SELLERS, ask_as_admin
from tests.simulation.audits import audit_step
from tests.simulation.scenes import LOGGING, call, faulty, lead_of, mail, tale, touched
from tests.simulation.stage import Stage
from tests.world import queue_record

# --- writing ----------------------------------------------------------------------------------------------------------


@tale
def the_answer_is_lost(stage: Stage) -> None:
    """Salesforce writes and the answer never comes (F023)."""
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    call(stage, 1)
    stage.flush()


@tale
def the_request_is_lost(stage: Stage) -> None:
    """The connection breaks before Salesforce has it (F024)."""
    faulty(stage, {"fault": "drop_before_commit"})
    mail(stage)
    stage.flush()


@tale
def the_write_is_late(stage: Stage) -> None:
    """The connection breaks, and a minute and a half later the write happens all the same (F023)."""
    faulty(stage, {"fault": "late_commit", "seconds": 90})
    mail(stage)
    stage.flush()


@tale
def the_worker_dies_behind_the_write(stage: Stage) -> None:
    """Killed between the write and its own commit (F026)."""
    mail(stage)
    stage.boundary.when(LOGGING, "http after P", stage.boundary.kill)
    stage.flush()


@tale
def the_worker_dies_before_the_write(stage: Stage) -> None:
    """Killed between intent and write (F027)."""
    mail(stage)
    stage.boundary.when(LOGGING, "http before P", stage.boundary.kill)
    stage.flush()


@tale
def not_seen_yet(stage: Stage) -> None:
    """The write is there, the answer is lost, and for ninety seconds no query sees it (F032)."""
    faulty(stage, {"fault": "late_visible", "seconds": 90}, {"fault": "drop_after_commit"})
    mail(stage)
    stage.flush()


@tale
def two_workers_one_seller(stage: Stage) -> None:
    """The same nudge reaches two workers at the moment of the claim (F030)."""
    mail(stage)
    mail(stage, 1)
    stage.boundary.when(LOGGING, "table.transact before", lambda: _second_worker(stage), skip=1)
    stage.boundary.when(LOGGING, "http before P", lambda: _second_worker(stage))
    stage.flush()


def _second_worker(stage: Stage) -> None:
    stage.nudge_all()
    stage.deliver(LOGGING)


@tale
def the_lease_ends_while_writing(stage: Stage) -> None:
    """A worker stands still until its lease is over and another one did its work (F031)."""
    mail(stage)
    stage.boundary.when(LOGGING, "http before P", lambda: _overslept(stage))
    stage.flush()


@tale
def the_lease_ends_behind_the_write(stage: Stage) -> None:
    """A worker stands still behind its write; its late outcome meets a newer fence (F031)."""
    faulty(stage, {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": CANARY})
    mail(stage)
    stage.boundary.when(LOGGING, "http after P", lambda: _overslept(stage))
    stage.flush()


def _overslept(stage: Stage) -> None:
    stage.clock.advance(200)
    _second_worker(stage)


@tale
def the_last_one_is_refused(stage: Stage) -> None:
    """A rule refuses only the last record of a call: it needs a person, and nobody waits for an answer that came."""
    stage.record.objecting = True
    mail(stage)
    mail(stage, 1)
    faulty(stage, {"fault": "record_error", "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "match": CANARY, "after": 1})
    stage.flush()
    assert [item["state"] for item in stage.waiting()] == []


@tale
def a_rule_behind_the_lost_answer(stage: Stage) -> None:
    """The repeat of a lost write meets a new validation rule: the Task is there all the same."""
    stage.record.objecting = True
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    stage.flush()
    stage.salesforce.act("validation_rule", {"object": "Task", "when": {"Priority": "Normal"}, "message": "no"})
    stage.turn(400)


@tale
def converted_behind_the_lost_answer(stage: Stage) -> None:
    """The lead becomes a contact while nobody knows whether its Tasks were written (F023, F067)."""
    touched(stage, 0)
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    call(stage)
    stage.flush()
    stage.salesforce.act("convert", {"lead": lead_of(stage, 0)})
    stage.turn(400)


@tale
def switched_off_behind_the_lost_answer(stage: Stage) -> None:
    """The kind is switched off while a write is in doubt: it was judged under the settings of then (I22)."""
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    stage.flush()
    stage.record.settings_changed = True
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {"log_emails": False}))


@tale
def locked_behind_the_lost_answer(stage: Stage) -> None:
    """The repeat meets a locked row, then the kind is switched off: the first write stays found (F033)."""
    lock = {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": CANARY}
    faulty(stage, {"fault": "drop_after_commit"}, lock | {"after": 0})
    mail(stage)
    stage.flush()
    stage.turn(400)
    stage.record.settings_changed = True
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {"log_emails": False}))


# --- connections ------------------------------------------------------------------------------------------------------


@tale
def disconnected_mid_flight(stage: Stage) -> None:
    """The seller disconnects while the write is under way, and its answer is lost (F109)."""
    touched(stage, 0)
    stage.record.touched_sellers.add(SELLERS[0])
    faulty(stage, {"fault": "drop_after_commit"})
    mail(stage)
    away = ask_as_admin("DELETE", f"/connections/salesforce/{SELLERS[0]}")
    stage.boundary.when(LOGGING, "http before P", lambda: stage.attempt("workspace_api", away))
    stage.flush()
    stage.turn(400)


@tale
def tokens_end_under_everybody(stage: Stage) -> None:
    """All access tokens end at once, while other workers come by during the login (F001, F002)."""
    stage.salesforce.act("expire_tokens", {})
    mail(stage)
    mail(stage, 1, 1)
    stage.boundary.when(LOGGING, "http before POST /services/oauth2", lambda: _second_worker(stage))
    stage.flush()


@tale
def the_login_fails_for_a_while(stage: Stage) -> None:
    """The token endpoint answers 500 and HTML: the connection stays what it is (F003)."""
    stage.salesforce.act("expire_tokens", {})
    faulty(stage, {"fault": "status", "code": 500, "times": 2}, {"fault": "html", "times": 2}, path="/oauth2/token")
    mail(stage)
    stage.flush()
    stage.turn(60)


@tale
def keys_cannot_be_opened(stage: Stage) -> None:
    """The key service is away for ten minutes (F100)."""
    opening = stage.world.sealer.open

    def away(context: str, sealed: str) -> str:
        raise Unavailable(Reason.VENDOR_BUSY, "KMS was not reached")

    stage.world.sealer.open = away  # type: ignore[method-assign]
    mail(stage)
    stage.flush()
    stage.turn(300)
    stage.world.sealer.open = opening  # type: ignore[method-assign]


# --- deliveries -------------------------------------------------------------------------------------------------------


@tale
def nudges_are_not_taken(stage: Stage) -> None:
    """The queue refuses what the relay sends, with a good answer (F096)."""
    stage.queue.refuse_next = 2
    mail(stage)
    stage.flush()
    assert not stage.waiting(), "the stream did not bring the row again"


@tale
def a_letter_comes_ten_times(stage: Stage) -> None:
    """The door dies behind its commit, and the sender repeats itself (F104)."""
    stage.boundary.when("webhook_intake", "table.transact after", stage.boundary.kill, skip=1)
    mail(stage)
    for _ in range(10):
        stage.post_letter(stage.record.letters[0])
    stage.flush()


@tale
def a_poisoned_message(stage: Stage) -> None:
    """Nobody can read a message; those beside it are worked on (F091)."""
    stage.record.poisoned = True
    mail(stage)
    stage.play_some()
    (good,) = stage.queue.receive(LOGGING)
    records = [queue_record("0", "not a nudge"), queue_record("1", good.nudge.wire())]
    answer = stage.attempt(LOGGING, {"Records": records})
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["0"]


@tale
def messages_of_another_version(stage: Stage) -> None:
    """Nudges and rows carry members that this version does not know (F101)."""
    mail(stage)
    stage.play_some()
    for key in [key for key in stage.inner._rows if key.sk in ("ITEM", "PROFILE", "LINK", "CURSOR")]:
        stage.inner.transact([Change(key, set={"of_tomorrow": {"unknown": 1}})])
    (good,) = stage.queue.receive(LOGGING)
    stage.attempt(LOGGING, {"Records": [queue_record("0", good.nudge.wire() | {"v": 2, "of_tomorrow": [1]})]})


@tale
def half_an_hour_without_a_network(stage: Stage) -> None:
    """Every call fails for half an hour, then everything comes at once (F102, F019)."""
    faulty(stage, {"fault": "drop_before_commit", "times": 10_000}, path="/")
    stage.marketo.faults.load([{"fault": "drop_before_commit", "times": 10_000, "path": "/"}])
    for person in range(3):
        mail(stage, person)
        call(stage, person, 1)
    for _ in range(6):
        stage.turn(300)


@tale
def many_rows_are_locked(stage: Stage) -> None:
    """Six records of a call are locked by others: each comes again at a time of its own (F033, F019)."""
    faulty(stage, {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": CANARY, "times": 6})
    stage.send_letter([_mail_to(stage, number) for number in range(6)])
    stage.flush()
    audit_step(stage)


def _mail_to(stage: Stage, number: int) -> dict[str, Any]:
    data = {"email_id": "em", "subject": f"{CANARY} {number}"}
    return content(f"evt_{number}", "email.sent", person=stage.people[number % 3], user=SELLERS[0], **data)


@tale
def too_many_at_once(stage: Stage) -> None:
    """Salesforce takes no more calls at once, three times over: nobody's attempt (F016)."""
    faulty(stage, {"fault": "concurrent", "times": 3})
    mail(stage)
    stage.flush()
    for _ in range(4):
        stage.turn(60)
        audit_step(stage)


@tale
def two_logins_at_once(stage: Stage) -> None:
    """Another worker needs the same token while it is being renewed (F002)."""
    stage.salesforce.act("expire_tokens", {})
    mail(stage)
    stage.boundary.when(LOGGING, "http before POST /services/oauth2", lambda: stage.another(SELLERS[0]))
    stage.flush()


@tale
def answers_are_slow(stage: Stage) -> None:
    """Salesforce takes a minute for an answer, longer than anybody waits (F020)."""
    faulty(stage, {"fault": "slow", "seconds": 60, "times": 2})
    mail(stage)
    stage.flush()


@tale
def the_relay_dies(stage: Stage) -> None:
    """The relay dies before it has sent anything: the whole batch comes again (F092)."""
    stage.boundary.when("outbox_relay", "queue.send before", stage.boundary.kill)
    mail(stage)
    mail(stage, 1, 1)
    stage.flush()
