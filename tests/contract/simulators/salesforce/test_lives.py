"""Merges, conversions, deletions, and rows that surface behind their stamps."""

import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User

LATER = "2026-11-23T09:35:00.000+0000"


def _stamped(seller: User, since: str = "2026-11-23T09:30:00Z") -> list[str]:
    where = f"SystemModstamp >= {since} ORDER BY SystemModstamp, Id"
    return [row["Id"] for row in seller.query(f"SELECT Id, SystemModstamp FROM Lead WHERE {where}", "queryAll")]


@pytest.mark.simulator("salesforce-30")
def test_a_merge_names_the_winner_and_moves_the_tasks(
    sim: SalesforceSimulator, seller: User, truth: Truth, lead: str
) -> None:
    """Losers are deleted with their winner's id, tasks move with a new stamp only, and writes to losers fail."""
    loser = sim.seed([{"type": "Lead", "LastName": "Lovel", "Company": "Acme"}])[0]
    task = seller.created("Task", Subject="x", WhoId=loser)
    before = truth.one("Task", task)
    sim.clock.advance(300)
    sim.act("merge", {"type": "Lead", "winner": lead, "losers": [loser]})
    gone = seller.query(f"SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '{loser}'", "queryAll")[0]
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (True, lead)
    moved = truth.one("Task", task)
    assert (moved["WhoId"], moved["SystemModstamp"]) == (lead, LATER)
    assert moved["LastModifiedDate"] == before["LastModifiedDate"]
    refused = seller.change("Lead", loser, Title="x")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")


@pytest.mark.simulator("salesforce-30")
def test_a_converted_lead_is_read_only(sim: SalesforceSimulator, seller: User, truth: Truth, lead: str) -> None:
    """Conversion names contact and account, moves tasks to the contact, and leaves the lead readable only."""
    task = seller.created("Task", Subject="x", WhoId=lead)
    sim.clock.advance(300)
    contact, account = sim.act("convert", {"lead": lead})[1:3]
    row = seller.query(f"SELECT IsConverted, ConvertedContactId, ConvertedAccountId FROM Lead WHERE Id = '{lead}'")[0]
    assert (row["IsConverted"], row["ConvertedContactId"], row["ConvertedAccountId"]) == (True, contact, account)
    assert truth.one("Contact", contact)["Email"] == "Ada@Example.com"
    moved = truth.one("Task", task)
    assert (moved["WhoId"], moved["AccountId"], moved["SystemModstamp"]) == (contact, account, LATER)
    refused = seller.change("Lead", lead, Title="x")
    assert (refused.status_code, refused.json()[0]["message"]) == (400, "cannot reference converted lead")


def test_a_deleted_person_takes_the_tasks_along(
    sim: SalesforceSimulator, seller: User, truth: Truth, lead: str
) -> None:
    """Deleting a lead deletes its tasks, bringing it back brings them back."""
    task = seller.created("Task", Subject="x", WhoId=lead)
    assert sim.act("delete", {"type": "Lead", "id": lead}) == [lead, task]
    assert truth.one("Task", task)["IsDeleted"] is True
    sim.act("undelete", {"type": "Lead", "id": lead})
    assert truth.one("Task", task)["IsDeleted"] is False


def test_owners_and_opt_outs_change_by_hand(sim: SalesforceSimulator, truth: Truth, lead: str) -> None:
    """A lead goes to a user, to the queue when nobody is named, and its opt-out goes on."""
    sim.act("change_owner", {"type": "Lead", "id": lead, "owner": "seller2@example.com"})
    assert truth.one("Lead", lead)["OwnerId"] == sim.org.user("seller2@example.com")
    sim.act("change_owner", {"type": "Lead", "id": lead, "owner": None})
    assert truth.one("Lead", lead)["OwnerId"].startswith("00G")
    sim.act("unsubscribe", {"id": lead})
    assert truth.one("Lead", lead)["HasOptedOutOfEmail"] is True


@pytest.mark.simulator("salesforce-31")
def test_a_row_can_surface_behind_the_watermark(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """A long transaction stamps its row at once and shows it minutes later, when later rows have been read."""
    late = sim.seed([{"type": "Lead", "LastName": "Late", "Company": "Acme", "late_commit_s": 300}])[0]
    sim.act("update", {"type": "Lead", "id": lead, "fields": {"Title": "CTO"}, "late_commit_s": 300})
    sim.clock.advance(60)
    newer = sim.seed([{"type": "Lead", "LastName": "Newer", "Company": "Acme"}])[0]
    assert _stamped(seller) == [lead, newer]
    assert seller.get(f"/sobjects/Lead/{lead}").json()["Title"] is None
    assert seller.get(f"/sobjects/Lead/{late}").status_code == 404
    sim.clock.advance(240)
    assert _stamped(seller) == [lead, late, newer]
    assert _stamped(seller, "2026-11-23T09:30:30Z") == [newer]
    assert seller.get(f"/sobjects/Lead/{lead}").json()["Title"] == "CTO"


@pytest.mark.simulator("salesforce-31")
def test_a_call_can_commit_late(sim: SalesforceSimulator, seller: User, truth: Truth) -> None:
    """What a faulty call wrote is true at once for keys and seen later; its repeat finds the same record."""
    sim.faults.load([{"fault": "late_visible", "path": "/composite", "seconds": 120}])
    first = seller.upsert({"Lockstep_Key__c": "a", "Subject": "x"})[0]
    assert seller.query("SELECT Id FROM Task WHERE Lockstep_Key__c = 'a'") == []
    second = seller.upsert({"Lockstep_Key__c": "a", "Subject": "x"})[0]
    assert (second["id"], second["created"]) == (first["id"], False)
    sim.clock.advance(121)
    assert len(seller.query("SELECT Id FROM Task WHERE Lockstep_Key__c = 'a'")) == len(truth.all("Task")) == 1


@pytest.mark.simulator("salesforce-32")
def test_many_rows_share_one_stamp(seller: User) -> None:
    """A call of 200 records stamps them all with one second; order by stamp and id is total and repeatable."""
    seller.upsert(*({"Lockstep_Key__c": f"k{n}", "Subject": "x"} for n in range(200)))
    rows = seller.query("SELECT Id, SystemModstamp FROM Task ORDER BY SystemModstamp, Id")
    assert {row["SystemModstamp"] for row in rows} == {"2026-11-23T09:30:00.000+0000"}
    assert [row["Id"] for row in rows] == sorted(row["Id"] for row in rows)
    half = rows[99]["Id"]
    where = f"SystemModstamp = 2026-11-23T09:30:00Z AND Id IN ('{half}')"
    assert len(seller.query(f"SELECT Id FROM Task WHERE {where}")) == 1


def test_contact_roles_go_with_what_they_join(sim: SalesforceSimulator, seller: User) -> None:
    """Roles are found by the state of their opportunity, follow a merge, and go with a deleted contact."""
    people = sim.seed([{"type": "Contact", "LastName": name} for name in ("Lovelace", "Lovel")])
    account, stage = sim.seed([{"type": "Account", "Name": "Acme"}])[0], "Prospecting"
    deals = [{"type": "Opportunity", "Name": f"D{n}", "StageName": stage, "CloseDate": "2027-01-01"} for n in (1, 2)]
    (deal, over) = sim.seed([deals[0], {**deals[1], "IsClosed": True}])
    for opportunity in (deal, over):
        seller.created("OpportunityContactRole", OpportunityId=opportunity, ContactId=people[1], Role="Evaluator")
    seller.created("AccountContactRole", AccountId=account, ContactId=people[1], IsPrimary=True)
    sim.act("merge", {"winner": people[0], "losers": [people[1]]})
    asked = f"SELECT OpportunityId FROM OpportunityContactRole WHERE ContactId = '{people[0]}'"
    assert [row["OpportunityId"] for row in seller.query(f"{asked} AND Opportunity.IsClosed = false")] == [deal]
    held = f"SELECT AccountId, IsPrimary FROM AccountContactRole WHERE ContactId = '{people[0]}'"
    assert [(row["AccountId"], row["IsPrimary"]) for row in seller.query(held)] == [(account, True)]
    sim.act("delete", {"id": people[0]})
    assert seller.query(asked) == seller.query(held) == []
