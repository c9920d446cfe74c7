"""getUpdated and getDeleted: windows of whole minutes, and how far they may be trusted."""

from typing import Any

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import User


def _ask(user: User, what: str, start: str, end: str, kind: str = "Lead") -> httpx.Response:
    return user.get(f"/sobjects/{kind}/{what}/", start=start, end=end)


def _ids(user: User, start: str, end: str) -> list[str]:
    ids: list[str] = _ask(user, "updated", start, end).json()["ids"]
    return ids


@pytest.mark.simulator("salesforce-33")
def test_updated_names_what_changed_in_whole_minutes(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Seconds are ignored: from the first second of the start's minute up to the end's minute, without it."""
    sim.clock.advance(600)
    sim.act("update", {"id": lead, "fields": {"Title": "CTO"}})  # at 09:40:00
    assert _ids(seller, "2026-11-23T09:40:59Z", "2026-11-23T09:41:00Z") == [lead]
    assert _ids(seller, "2026-11-23T09:39:00+00:00", "2026-11-23T09:40:59+00:00") == []
    answer = _ask(seller, "updated", "2026-11-23T09:00:00Z", "2026-11-23T09:40:30Z")
    assert answer.json() == {"ids": [], "latestDateCovered": "2026-11-23T09:40:00.000+0000"}


@pytest.mark.simulator("salesforce-33")
def test_deleted_names_what_went(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """A deleted record is in deleted and not in updated; brought back it is the other way round."""
    window = ("2026-11-23T09:00:00Z", "2026-11-23T09:50:00Z")
    sim.clock.advance(600)
    sim.act("delete", {"id": lead})
    assert _ids(seller, *window) == []
    assert _ask(seller, "deleted", *window).json() == {
        "deletedRecords": [{"deletedDate": "2026-11-23T09:40:00.000+0000", "id": lead}],
        "earliestDateAvailable": "2026-11-08T09:40:00.000+0000",
        "latestDateCovered": "2026-11-23T09:40:00.000+0000",
    }
    sim.act("undelete", {"id": lead})
    assert _ids(seller, *window) == [lead]
    assert _ask(seller, "deleted", *window).json()["deletedRecords"] == []


@pytest.mark.simulator("salesforce-33")
def test_a_hard_delete_stays_in_the_log(sim: SalesforceSimulator, lead: str) -> None:
    """A record that is gone for good is still named as deleted."""
    admin = User(sim, "admin@example.com")
    sim.act("delete", {"id": lead})
    sim.org.world.purge(lead)
    gone = _ask(admin, "deleted", "2026-11-23T09:00:00Z", "2026-11-23T09:50:00Z").json()["deletedRecords"]
    assert [one["id"] for one in gone] == [lead]


@pytest.mark.simulator("salesforce-33")
def test_a_running_transaction_pulls_the_date_back(sim: SalesforceSimulator, seller: User) -> None:
    """While a commit is pending, of whatever object, the covered date is its start; afterwards the present."""
    late = {"type": "Contact", "LastName": "Late", "late_commit_s": 900}
    sim.clock.advance(90)
    sim.seed([late])  # stamped at 09:31:30
    sim.clock.advance(600)
    window = ("2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z")
    assert _ask(seller, "updated", *window, kind="Contact").json() == {
        "ids": [],
        "latestDateCovered": "2026-11-23T09:31:00.000+0000",
    }
    assert _ask(seller, "deleted", *window).json()["latestDateCovered"] == "2026-11-23T09:31:00.000+0000"
    sim.clock.advance(600)
    answer = _ask(seller, "updated", *window, kind="Contact").json()
    assert (len(answer["ids"]), answer["latestDateCovered"]) == (1, "2026-11-23T09:51:00.000+0000")


@pytest.mark.simulator("salesforce-33")
@pytest.mark.parametrize(
    ("what", "start", "end"),
    [
        ("updated", "2026-11-23T09:30:00Z", "2026-11-23T09:30:59Z"),
        ("updated", "2026-11-23T09:30:00Z", "2026-11-22T09:30:00Z"),
        ("updated", "2026-10-24T09:29:00Z", "2026-11-23T09:30:00Z"),
        ("deleted", "2026-11-08T09:29:00Z", "2026-11-23T09:30:00Z"),
        ("deleted", "yesterday", "2026-11-23T09:30:00Z"),
    ],
)
def test_windows_outside_of_the_range(seller: User, what: str, start: str, end: str) -> None:
    """Less than a minute, backwards, older than 30 or 15 days, or no date: INVALID_REPLICATION_DATE."""
    answer = _ask(seller, what, start, end)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_REPLICATION_DATE")
    assert seller.get(f"/sobjects/Lead/{what}", start="2026-11-08T09:30:00Z", end="2026-11-23T09:30:00Z").is_success


@pytest.mark.simulator("salesforce-33")
def test_only_what_the_user_may_see(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Hidden records and hidden objects are not named; too many ids are refused; both ends must be given."""
    window: dict[str, Any] = {"start": "2026-11-23T09:00:00Z", "end": "2026-11-23T09:50:00Z"}
    sim.act("set_visibility", {"user": "seller1@example.com", "id": lead, "visible": False})
    assert seller.get("/sobjects/Lead/updated", **window).json()["ids"] == []
    sim.act("set_visibility", {"user": "seller1@example.com", "id": lead, "visible": True})
    sim.limits({"replicated_ids": 0})
    assert seller.get("/sobjects/Lead/updated", **window).json()[0]["errorCode"] == "EXCEEDED_ID_LIMIT"
    assert seller.get("/sobjects/Lead/updated", start=window["start"]).json()[0]["errorCode"] == "MISSING_ARGUMENT"
    sim.act("set_permissions", {"user": "seller1@example.com", "object": "Lead", "read": False})
    assert seller.get("/sobjects/Lead/updated", **window).status_code == 404
