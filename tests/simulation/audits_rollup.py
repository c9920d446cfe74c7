"""The invariants of the newest activity: what was told is shown, the newest wins, and nothing else is written."""

from datetime import datetime
from typing import Any

from lockstep.catalogue.routes import ROLLUPS_TO_SALESFORCE
from lockstep.domain.ids import item_key
from lockstep.domain.item import recipient
from lockstep.domain.rollup import CAMPAIGN, FEEDS
from lockstep.store.table import Key, Row
from tests.simulation.acts_rollup import FIELDS, KINDS
from tests.simulation.audits import always, event_of, items, when_quiet
from tests.simulation.stage import Stage

TIMES = [name for rollup, name in FIELDS.items() if rollup != CAMPAIGN]


def told(stage: Stage, state: str) -> list[Row]:
    """Items of the newest activity in a state whose instant was over when they came in."""
    mine = [item for item in items(stage) if item["effect"] == "rollup" and item["state"] == state]
    return [item for item in mine if instant(event_of(stage, item)) <= datetime.fromisoformat(item["history"][0]["at"])]


def instant(event: dict[str, Any]) -> datetime:
    """When it happened."""
    return datetime.fromisoformat(event["occurred_at"])


@always("I1", "I12")
def the_newest_never_goes_back(stage: Stage) -> None:
    """No time that a record shows is ever followed by an older one, or by none."""
    for kind in KINDS:
        for sfid, row in stage.salesforce.org.world.tables[kind].rows.items():
            for name in TIMES:
                before, now = stage.record.rolled_up.get((sfid, name), ""), row.get(name) or ""
                assert str(now) >= before, f"{name} of {sfid} went from {before} to {now}"
                stage.record.rolled_up[sfid, name] = str(now)


@always("I1")
def only_what_was_wanted_has_an_item(stage: Stage) -> None:
    """An item of the newest activity is about a kind that bears on a field."""
    assert {item["kind"] for item in items(stage) if item["effect"] == "rollup"} <= FEEDS.keys()


@always("I1", "I28")
def what_is_to_be_shown_is_kept(stage: Stage) -> None:
    """Whatever came in while the newest activity was shown has its item."""
    for event_id in stage.record.to_be_shown:
        person = stage.record.sent[event_id]["person"]["marketo_id"]
        key = item_key(ROLLUPS_TO_SALESFORCE, event_id, recipient(person, "rollup"))
        assert Key(f"ITEM#{ROLLUPS_TO_SALESFORCE}#{key}", "ITEM") in stage.inner._rows, event_id


@when_quiet("I3", "I12")
def told_is_shown_on_the_record(stage: Stage) -> None:
    """A confirmed item's record shows its instant or a newer one, but for fields that were withheld."""
    rows = {sfid: row for kind in KINDS for sfid, row in stage.salesforce.org.world.tables[kind].rows.items()}
    for item in told(stage, "CONFIRMED"):
        row, withheld = rows[item["remote_id"]], " ".join(item.get("withheld", []))
        names = [FIELDS[rollup] for rollup in FEEDS[item["kind"]] if rollup != CAMPAIGN]
        for name in (one for one in names if one not in withheld):
            assert row.get(name), (item["event_id"], name)
            at = datetime.fromisoformat(str(row[name]))
            assert at.replace(microsecond=999_999) >= instant(event_of(stage, item)), (item["event_id"], name, at)


@when_quiet("I12")
def superseded_by_what_is_newer(stage: Stage) -> None:
    """An item that another has overtaken names it, and that one is not older."""
    for item in told(stage, "SUPERSEDED"):
        newer = stage.record.sent[item["history"][-1]["note"].split(" ")[0]]
        assert instant(newer) >= instant(event_of(stage, item)), item["event_id"]
        assert set(FEEDS[newer["type"]]) & set(FEEDS[item["kind"]])


@when_quiet("I17")
def only_named_fields_are_written(stage: Stage) -> None:
    """A lead or contact is written with nothing but the fields that an admin named."""
    for _, fields in stage.record.writes:
        if fields["attributes"]["type"] in KINDS:
            assert fields.keys() <= {"attributes", "Id", *FIELDS.values()}, sorted(fields)
