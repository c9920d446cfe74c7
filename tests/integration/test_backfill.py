"""Back-fill: Tasks logged before a field could be written get it, once, in their seller's name."""

from typing import Any

import pytest

from lockstep.domain.item import State
from tests.prepared import email, known, opened, prepared, report
from tests.workspace import ADMIN, OTHER, SELLER, Workspace

FLOW = "activities_to_salesforce"
TEMPLATE: dict[str, Any] = {"template": {"id": 1, "name": "Spring", "url": "https://example.com/t"}}
MADE: dict[str, Any] = {"object": "Task", "name": "MSE_Template__c", "type": "string", "length": 255}


@pytest.fixture
def world() -> Workspace:
    """A seller without the field MSE_Template__c, who has logged three emails with a template and one without."""
    here = prepared()
    here.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Template__c"})
    here.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")
    who = known(here)
    for number in range(3):
        email(here, who, email_id=f"m{number}", **TEMPLATE)
    email(here, who, email_id="m9")
    return here


def make_field(world: Workspace) -> None:
    """The Salesforce admin creates the field."""
    world.salesforce.schema([MADE])


def backfill(world: Workspace, user: str = ADMIN, **wish: Any) -> dict[str, Any]:
    """One request, taken; everything follows."""
    answer = world.ask("POST", "/fields/backfill", wish, user=user)
    assert answer.status == 200, answer.body
    world.run_until_quiet()
    return dict(answer.body)


def templates(world: Workspace) -> list[str | None]:
    """What the Tasks show, by their order."""
    return [task.get("MSE_Template__c") for task in world.tasks()]


@pytest.mark.acceptance(72)
def test_a_field_made_later_is_filled_in(world: Workspace) -> None:
    """The dry run tells and writes nothing; then exactly the Tasks that lacked the value get it, in one call."""
    assert backfill(world)["not_writable"] == {"MSE_Template__c": 3}
    make_field(world)
    before = world.tasks()
    shown = backfill(world)
    assert (shown["tasks"], shown["fields"], shown["calls"]) == (3, {"MSE_Template__c": 3}, 1)
    assert world.tasks() == before
    writes = len([call for call in world.salesforce.log.calls if call.method == "PATCH"])
    assert backfill(world, dry_run=False)["tasks"] == 3
    assert templates(world) == ["Spring", "Spring", "Spring", None]
    assert len([call for call in world.salesforce.log.calls if call.method == "PATCH"]) == writes + 1
    assert {task["LastModifiedById"] for task in world.tasks()} == {before[0]["OwnerId"]}
    logged = next(row for row in world.items(FLOW) if row["effect"] == "fields")
    told = world.ask("GET", f"/why/{logged['event_id']}").body["items"]
    assert [(item["effect"], item["failed"]) for item in told] == [("task", None), ("fields", None)]
    unchanged = [{k: v for k, v in task.items() if k not in _MOVED} for task in world.tasks()]
    assert unchanged == [{k: v for k, v in task.items() if k not in _MOVED} for task in before]


_MOVED = {"MSE_Template__c", "LastModifiedDate", "SystemModstamp"}


@pytest.mark.acceptance(72)
def test_asking_again_does_nothing_again(world: Workspace) -> None:
    """Twice the same is one item a Task, in books that balance, and what was filled in is not told as left out."""
    make_field(world)
    world.ask("POST", "/fields/backfill", {"dry_run": False})
    again = world.ask("POST", "/fields/backfill", {"dry_run": False}).body
    assert (again["tasks"], again["asked_before"]) == (0, 3)
    world.run_until_quiet()
    after = backfill(world, dry_run=False)
    assert (after["tasks"], after["asked_before"]) == (0, 0)
    assert len(world.items(FLOW, State.CONFIRMED)) == 7
    assert world.balance(FLOW).balanced
    assert world.balance(FLOW).logged == 7
    assert all(not row.get("withheld") for row in world.items(FLOW) if row["effect"] == "task")
    assert world.table.rows("WAIT#withheld:") == []


def test_a_lost_answer_is_repeated(world: Workspace) -> None:
    """The update whose answer was lost is told again, and ends as one filled Task each."""
    make_field(world)
    world.salesforce.faults.load([{"fault": "drop_after_commit", "path": "/composite/sobjects"}])
    backfill(world, dry_run=False)
    for _ in range(3):
        world.care(60)
    assert templates(world)[:3] == ["Spring"] * 3
    assert len(world.items(FLOW, State.CONFIRMED)) == 7


def test_only_the_last_days_and_only_ones_own(world: Workspace) -> None:
    """What is older stays as it is and is counted; a seller fills only the own Tasks."""
    make_field(world)
    world.clock.advance(10 * 86_400)
    assert backfill(world, days=9)["older"] == 3
    assert backfill(world, days=9)["tasks"] == 0
    assert world.ask("POST", "/fields/backfill", {"user": SELLER}, user=OTHER).status == 403
    assert backfill(world, user=SELLER, days=11, dry_run=False)["tasks"] == 3


def test_a_deleted_task_stays_deleted(world: Workspace) -> None:
    """A Task that somebody deleted is neither made again nor changed; the others are filled."""
    make_field(world)
    world.salesforce.act("delete", {"id": world.tasks()[0]["Id"]})
    backfill(world, dry_run=False)
    assert templates(world) == ["Spring", "Spring", None]
    assert [row["reason"] for row in world.items(FLOW, State.SKIPPED)] == ["TASK_DELETED"]


def grant(world: Workspace, name: str, *, edit: bool) -> None:
    """The seller's right to edit a field, as Salesforce has it and as it was described."""
    world.salesforce.act(
        "set_permissions", {"user": SELLER, "object": "Task", "field": name, "read": True, "edit": edit}
    )
    world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")


@pytest.mark.invariant("I12")
def test_the_life_of_an_email_is_not_taken_back(world: Workspace) -> None:
    """A bounce that was told already stays when the status field, left out when it was sent, is filled in."""
    grant(world, "MSE_Email_Status__c", edit=False)
    who = known(world)
    email(world, who, email_id="m20")
    grant(world, "MSE_Email_Status__c", edit=True)
    report(world, "email.bounced", who, email_id="m20")
    assert world.tasks()[-1]["MSE_Email_Status__c"] == "Bounced"
    assert backfill(world, dry_run=False)["fields"] == {"MSE_Email_Status__c": 1}
    assert world.tasks()[-1]["MSE_Email_Status__c"] == "Bounced"
    assert [row["event_id"] for row in world.items(FLOW) if "MSE_Email_Status__c" in row.get("withheld", [])] == []


def test_news_without_a_field_is_shown(world: Workspace) -> None:
    """An open that the Task could not show is told once the field may be written."""
    grant(world, "MSE_Viewed__c", edit=False)
    who = known(world)
    email(world, who, email_id="m20")
    opened(world, who, email_id="m20")
    assert world.tasks()[-1]["MSE_Viewed__c"] is False
    world.salesforce.act("set_permissions", {"user": SELLER, "object": "Task", "field": "MSE_Viewed__c", "edit": True})
    backfill(world, dry_run=False)
    world.care(120)
    assert world.tasks()[-1]["MSE_Viewed__c"] is True
