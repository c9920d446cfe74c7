"""Named stories of the newest activity: what arrives late, by whichever seller."""

from datetime import timedelta

from tests.signed import content
from tests.simulation.acts import CANARY
from tests.simulation.acts_rollup import fields_made, switched
from tests.simulation.audits import items
from tests.simulation.scenes import tale
from tests.simulation.stage import Stage


@tale
def an_older_mail_comes_late(stage: Stage) -> None:
    """Yesterday's mail of one seller is reported behind today's of another; the record keeps today's (I12)."""
    fields_made(stage)
    switched(stage, "lead", "contact")
    for number, (seller, hours) in enumerate(((0, 0), (1, 24))):
        when = (stage.clock.now() - timedelta(hours=hours)).isoformat()
        user, ident, subject = stage.sellers[seller], f"em_{number}", f"{CANARY} {number}"
        sent = content(
            f"evt_{number}", "email.sent", person=stage.people[0], user=user, occurred_at=when,
            email_id=ident, subject=subject,
        )  # fmt: skip
        stage.send_letter([sent])
        stage.flush()
    stage.turn(65)
    ends = {row["event_id"]: row["state"] for row in items(stage) if row["effect"] == "rollup"}
    assert ends == {"evt_0": "CONFIRMED", "evt_1": "SUPERSEDED"}
