"""Faults that need a look of their own: time that runs out, a culprit in a batch, texts nobody expects."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities_to_salesforce import sync
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import user_email
from tests.signed import content
from tests.simulation.acts import CANARY, SELLERS, connect
from tests.simulation.audits import complaints, items
from tests.simulation.machine import heal, short_load
from tests.simulation.scenes import faulty, lead_of, mail, played, scene
from tests.simulation.stage import Stage
from tests.world import Context, queue_record


def states(stage: Stage) -> list[str]:
    """States of all items, in order."""
    return sorted(row["state"] for row in items(stage))


def delivered(stage: Stage, seconds: float) -> None:
    """One delivery to a worker that has so many seconds."""
    stage.play_some()
    nudges = stage.queue.receive(ACTIVITIES_TO_SALESFORCE)
    records = [queue_record(str(i), message.nudge.wire()) for i, message in enumerate(nudges)]
    stage.call(ACTIVITIES_TO_SALESFORCE, {"Records": records}, Context(seconds))


@pytest.mark.fault("F028")
def test_a_worker_out_of_time_leaves_the_rest_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is confirmed, the rest waits ready with a nudge under way, and all is logged in the end."""
    monkeypatch.setattr(sync, "TASKS", 2)
    with short_load():
        stage = scene()
        for number in range(5):
            mail(stage, number % 3)
        delivered(stage, 30.2)
        assert states(stage) == ["CONFIRMED"] * 2 + ["READY"] * 3
        assert stage.queue.messages
        heal(stage)
    assert complaints(stage) == []
    assert states(stage) == ["CONFIRMED"] * 5


@pytest.mark.fault("F029")
def test_no_lease_is_without_an_end() -> None:
    """A worker without any time left claims nothing; whatever is leased, at any crossing, says until when."""
    with short_load():
        stage = scene()
        mail(stage)
        delivered(stage, 0)
        assert states(stage) == ["READY"]
        leased: list[dict[str, Any]] = []
        watch = stage.boundary.when
        watch(ACTIVITIES_TO_SALESFORCE, "http before P", lambda: leased.extend(stage.waiting()))
        stage.flush()
    assert [row["state"] for row in leased] == ["LEASED"]
    assert all(row["lease_until"] > row["leased_at"] for row in leased)


@pytest.mark.fault("F016")
def test_a_crowd_lowers_how_many_work_at_once() -> None:
    """Told twice that calls are too many, one worker at a time goes on; minutes later others work beside it again."""
    with short_load():
        stage = scene()
        faulty(stage, {"fault": "concurrent", "times": 2})
        mail(stage)
        for _ in range(3):
            stage.flush()
            stage.turn(12)
        assert states(stage) == ["CONFIRMED"]
        assert _beside_another(stage) == 0
        stage.turn(600)
        assert _beside_another(stage) == 1
        heal(stage)
    assert complaints(stage) == []
    assert set(states(stage)) == {"CONFIRMED"}


def _beside_another(stage: Stage) -> int:
    """How many Tasks the second seller's worker writes while the first seller's is at its call."""
    written: list[int] = []

    def work() -> None:
        before = len(stage.record.writes)
        mail(stage, 1, 1)
        stage.play_some()
        stage.deliver(ACTIVITIES_TO_SALESFORCE)
        written.append(len(stage.record.writes) - before)

    stage.boundary.when(ACTIVITIES_TO_SALESFORCE, "http before PATCH", work)
    mail(stage)
    stage.flush()
    return written[0]


@pytest.mark.fault("F046")
def test_the_culprit_of_a_refused_batch_is_found() -> None:
    """The call is refused as a whole: halves are tried until the culprit stands alone, the others are logged."""
    too_long = [{"errorCode": "STRING_TOO_LONG", "message": "too long", "fields": []}]
    with short_load():
        stage = scene()
        stage.record.objecting = True
        for number in range(4):
            mail(stage, number % 3)
        faulty(stage, {"fault": "status", "code": 400, "body": too_long, "times": 3})
        stage.flush()
        heal(stage)
    assert complaints(stage) == []
    assert states(stage) == ["CONFIRMED"] * 3 + ["NEEDS_YOU"]


@pytest.mark.fault("F072")
@pytest.mark.fault("F073")
def test_the_id_wins_over_the_address() -> None:
    """Two people who come to share an address stay two, and the mail stays with the person it was for."""

    def story(stage: Stage) -> None:
        other = stage.marketo.world.leads.by_id[stage.people[1]].values["email"]
        stage.marketo.act("update", {"id": stage.people[0], "fields": {"email": other.upper()}})
        stage.turn(300)
        mail(stage)

    stage = played(story)
    assert complaints(stage) == []
    assert sorted(stage.world.people.by_email(f"{CANARY}2@example.net")) == stage.people[:2]
    assert [task["WhoId"] for task in stage.tasks()] == [lead_of(stage, 0)]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=300)
NASTY = TEXT | st.sampled_from(
    ["\x01\x02", "a" * 300, "𝄞" * 300, "e\u0301" * 200, "\ufeff\u202eabc", "\r\n\r\nSubject: x", "<b>&amp;", "{{x}}"]
)  # fmt: skip


@pytest.mark.fault("F037")
@pytest.mark.fault("F038")
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(subject=NASTY, body=NASTY)
def test_no_text_breaks_anything(subject: str, body: str) -> None:
    """Any text is logged in a form that Salesforce takes, within its limits and without a broken character."""
    with short_load():
        stage = scene(people=1)
        mail(stage, subject=subject, body_text=body)
        stage.flush()
        heal(stage)
    assert complaints(stage) == []
    assert states(stage) == ["CONFIRMED"]


@pytest.mark.fault("F038")
@pytest.mark.parametrize("text", ["half \ud83d", "nothing \x00"])
def test_a_character_that_cannot_be_stored_is_refused(text: str) -> None:
    """Half a surrogate pair or a NUL is refused at the door with a sentence, and nothing is stored."""
    with short_load():
        stage = scene(people=1)
        before = stage.inner.rows()
        data = {"email_id": "e", "subject": text}
        event = content("evt_1", "email.sent", person=stage.people[0], **data)
        answer = stage.call("webhook_intake", stage.sender.request(json.dumps(event)))
    assert answer["statusCode"] == 400
    assert "cannot be stored" in answer["body"]
    assert stage.inner.rows() == before


@pytest.mark.fault("F023")
@pytest.mark.fault("F035")
def test_a_doubt_that_nobody_can_settle_needs_a_person() -> None:
    """Without the key field and without descriptions: nothing is written twice by guess, and the connection stays."""
    with short_load():
        stage = scene(keyed=False, people=1)
        hidden = {"user": SELLERS[0], "object": "Task", "field": "Description", "read": False, "edit": False}
        stage.salesforce.act("set_permissions", hidden)
        connect(stage, SELLERS[0])
        faulty(stage, {"fault": "drop_after_commit"})
        mail(stage)
        stage.flush()
        heal(stage)
    assert [(row["state"], row["reason"]) for row in items(stage)] == [("NEEDS_YOU", "CANNOT_TELL")]
    assert len(stage.tasks()) == 1
    link = stage.world.connections.salesforce(user_email(SELLERS[0]))
    assert link is not None
    assert link.state is ConnectionState.CONNECTED


@pytest.mark.acceptance(152)
def test_what_was_edited_behind_a_lost_answer_stands() -> None:
    """The Task is found by its key and left as it is: an early edit stands, and so does a later one."""
    with short_load():
        stage = scene(people=1)
        faulty(stage, {"fault": "drop_after_commit"})
        mail(stage)
        stage.flush()
        (task,) = stage.tasks()
        for subject in ("edited at once", "edited later"):
            stage.salesforce.act("update", {"id": task["Id"], "fields": {"Subject": subject}})
            heal(stage)
            subjects = [one["Subject"] for one in stage.tasks()]
            assert subjects == [subject]
    assert states(stage) == ["CONFIRMED"]
