"""The audit of the demo: it says yes to books that are true, and finds each way in which they could lie."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from local.demo.audit import KEY, Finding, audit_activities, audit_people, fate
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason

LEADS: list[dict[str, Any]] = [
    {"id": 1, "sfdcType": "Lead", "leadOwnerEmailAddress": "a@example.com"},
    {"id": 2, "sfdcType": "Contact", "leadOwnerFirstName": "Ada"},
    {"id": 3, "sfdcType": "Lead"},
    {"id": 4},
    {"id": 5, "sfdcType": "Lead", "sfdcIsDeleted": True, "leadOwnerEmailAddress": "a@example.com"},
    {"id": 6, "sfdcType": "Lead", "leadOwnerEmailAddress": "a@example.com", "deleted": True},
    {"id": 7, "sfdcType": "Lead", "leadOwnerEmailAddress": "a@example.com", "deleted": True, "mergedInto": 1},
]
PEOPLE: dict[str, Any] = {
    "received": 7,
    "logged": 2,
    "skipped": {"NO_SALES_OWNER": 1, "NOT_IN_SALESFORCE": 1, "DELETED_IN_SALESFORCE": 1, "DELETED_IN_MARKETO": 1,
                "MERGED_IN_MARKETO": 1},
}  # fmt: skip
BOOKS: dict[str, Any] = {"received": 2, "logged": 1, "skipped": {"NOT_SENT": 1}}
TASK = {KEY: "one", "Id": "00T1"}


def item(key: str, state: State, *, remote: str | None = None, reason: Reason | None = None) -> Item:
    """An item of the ledger as it ended."""
    return Item(
        flow="activities_to_salesforce", key=ItemKey(key), connection=UserEmail("a@example.com"), event_id=key,
        kind="email.sent", person_id=MarketoId(1), occurred_at=datetime(2026, 11, 2, tzinfo=UTC),
        received_on=date(2026, 11, 2), state=state, remote_id=remote, reason=reason,
    )  # fmt: skip


ITEMS: dict[str, Item | None] = {
    "one": item("one", State.CONFIRMED, remote="00T1"),
    "two": item("two", State.SKIPPED, reason=Reason.NOT_SENT),
}


def broken(findings: list[Finding]) -> list[str]:
    """Claims that do not hold."""
    return [finding.claim for finding in findings if not finding.holds]


def test_true_books_are_believed() -> None:
    """Books that say what the vendors' records say have no finding against them."""
    assert not broken(audit_people(LEADS, PEOPLE))
    assert not broken(audit_activities(ITEMS, [TASK, {"Id": "00T9", KEY: None}], BOOKS))


@pytest.mark.parametrize(
    "lie", [{"received": 6}, {"logged": 3}, {"skipped": {"NO_SALES_OWNER": 5}}], ids=["received", "logged", "skipped"]
)
def test_wrong_books_of_people_are_found(lie: dict[str, Any]) -> None:
    """A counter that differs from Marketo's records is one finding."""
    assert len(broken(audit_people(LEADS, PEOPLE | lie))) == 1


@pytest.mark.parametrize(
    ("tasks", "claim"),
    [
        ([], "each logged item is one Task in Salesforce"),
        ([TASK, {KEY: "one", "Id": "00T2"}], "no Task is doubled"),
        ([TASK, {KEY: "two", "Id": "00T2"}], "no Task is there that is not logged"),
        ([{KEY: "one", "Id": "00T2"}], "each logged item is one Task in Salesforce"),
    ],
    ids=["missing", "doubled", "strange", "another"],
)
def test_wrong_tasks_are_found(tasks: list[dict[str, Any]], claim: str) -> None:
    """A Task that is missing, doubled, unknown to the ledger or another one than it says is found."""
    assert claim in broken(audit_activities(ITEMS, tasks, BOOKS))


def test_a_lost_item_is_found() -> None:
    """An email that was reported and is nowhere in the ledger is found."""
    claims = broken(audit_activities({**ITEMS, "three": None}, [TASK], BOOKS))
    assert "items in the ledger = effects of what was reported" in claims


def test_the_fate_of_a_record_is_told_from_marketo_alone() -> None:
    """Each kind of record has the reason that behaviour.md gives it."""
    assert [fate(lead) for lead in LEADS[:4]] == ["logged", "logged", "NO_SALES_OWNER", "NOT_IN_SALESFORCE"]
