"""Named stories of whom an activity belongs to: records that change hands mid-flight, ids that come late."""

from tests.simulation.audits import items
from tests.simulation.scenes import LOGGING, call, lead_of, mail, tale, touched
from tests.simulation.stage import Stage


@tale
def converted_under_mail_and_call(stage: Stage) -> None:
    """A lead becomes a contact while a mail and a call to it are being written (F067)."""
    touched(stage, 0)
    lead = {"lead": lead_of(stage, 0)}
    mail(stage)
    call(stage)
    stage.boundary.when(LOGGING, "http before P", lambda: stage.salesforce.act("convert", lead))
    stage.flush()
    call(stage)
    stage.turn(65)
    assert [row["state"] for row in items(stage)] == ["CONFIRMED"] * 3


@tale
def the_id_comes_late(stage: Stage) -> None:
    """A call to a person without an id waits, and the id comes with the people sync (F075)."""
    touched(stage, 0)
    record = lead_of(stage, 0)
    person = stage.people[0]
    kind = "sfdcContactId" if record.startswith("003") else "sfdcLeadId"
    stage.marketo.act("update", {"id": person, "fields": {kind: None}})
    stage.turn(700)
    call(stage)
    stage.turn(65)
    stage.marketo.act("update", {"id": person, "fields": {kind: record}})
    stage.turn(700)
    assert [row["state"] for row in items(stage)] == ["CONFIRMED"]
