"""The invariants of what acts_trouble does, and that nothing is left out of a Task in silence."""

from typing import Any

from tests.simulation.acts import CANARY
from tests.simulation.acts_trouble import PEOPLE_A_DAY
from tests.simulation.audits import always, event_of, items, tasks_by_key, when_quiet
from tests.simulation.stage import TRIES, Stage

UNITS_SUBJECT, UNITS_DESCRIPTION = 255, 32_000


@always("I14")
def the_day_is_kept(stage: Stage) -> None:
    """The people's class makes no more calls on a day of US Central than its share and what nobody reserved."""
    assert max(stage.record.day_calls.values(), default=0) <= PEOPLE_A_DAY


@when_quiet("I13")
def poison_leaves_the_hot_path(stage: Stage) -> None:
    """What nobody can read was handed to a worker as often as the template says, and then lies where people see it."""
    assert not stage.poison
    assert {poison.tries for poison in stage.dead_poison} <= {TRIES}


@when_quiet("I29")
def sizes_fit(stage: Stage) -> None:
    """Texts fit Salesforce's limits and were cut at whole characters."""
    for tasks in tasks_by_key(stage).values():
        for task in tasks:
            for text, limit in ((task["Subject"], UNITS_SUBJECT), (task["Description"] or "", UNITS_DESCRIPTION)):
                assert len(text.encode("utf-16-le")) // 2 <= limit
                assert "\ufffd" not in text


@when_quiet("I17", "I29")
def nothing_is_left_out_in_silence(stage: Stage) -> None:
    """A field that the Task of an email lacks, or that was shortened, is named on its item."""
    tasks = stage.salesforce.org.world.tables["Task"].rows
    for item in items(stage):
        if (item["kind"], item["effect"], item["state"]) == ("email.sent", "task", "CONFIRMED"):
            _whole(tasks[item["remote_id"]], event_of(stage, item)["data"], " ".join(item.get("withheld", ())))


def _whole(task: dict[str, Any], data: dict[str, Any], named: str) -> None:
    template = data.get("template", {})
    wanted = {
        "Description": data["subject"],
        "MSE_Template__c": template.get("name"),
        "MSE_Details__c": data.get("url"),
    }
    for field, value in wanted.items():
        assert not value or task.get(field) or field in named, f"{field} is neither there nor named: {named}"
    if not (data["subject"].startswith(CANARY) and task["Subject"].lower().startswith(CANARY)):
        return  # nasty texts are cleaned first, and other templates begin otherwise: both have tests of their own
    whole = len(data["subject"].encode("utf-16-le")) // 2 <= UNITS_SUBJECT
    subject, sent = task["Subject"].lower(), data["subject"].lower()  # automation may have spelled it otherwise
    assert sent.startswith(subject)
    assert (subject == sent) if whole else "Subject (shortened" in named, named
