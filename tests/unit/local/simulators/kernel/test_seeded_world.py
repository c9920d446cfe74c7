"""One seed makes one world: the same people in both simulators, with everything that makes a world worth looking at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Any

import pytest

from local.simulators.kernel.population import QUEUES, population
from local.simulators.marketo import MarketoSimulator
from local.simulators.salesforce import SalesforceSimulator

PEOPLE = 2000
SCRIPTS = {
    "LATIN",
    "CYRILLIC",
    "GREEK",
    "ARABIC",
    "HEBREW",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
    "DEVANAGARI",
    "THAI",
}


@pytest.fixture(scope="module")
def marketo() -> MarketoSimulator:
    """Marketo with the seeded people."""
    return MarketoSimulator(people=PEOPLE)


@pytest.fixture(scope="module")
def salesforce() -> SalesforceSimulator:
    """Salesforce with the same people."""
    return SalesforceSimulator(people=PEOPLE)


def _rows(salesforce: SalesforceSimulator, name: str) -> dict[str, dict[str, Any]]:
    return {row["Id"]: row for row in salesforce.records(name)}


def test_both_systems_know_the_same_people(marketo: MarketoSimulator, salesforce: SalesforceSimulator) -> None:
    """A Marketo person with a Salesforce id has that Lead or Contact there, alike in name, address, owner and fate."""
    rows = _rows(salesforce, "Lead") | _rows(salesforce, "Contact")
    users = _rows(salesforce, "User")
    known = [lead for lead in marketo.records("lead") if lead.get("sfdcType")]
    assert len(known) > PEOPLE / 2
    for lead in known:
        row = rows[lead.get("sfdcContactId") or lead["sfdcLeadId"]]
        pairs = (("FirstName", "firstName"), ("LastName", "lastName"), ("Email", "email"), ("Title", "title"),
                 ("OwnerId", "sfdcLeadOwnerId"))  # fmt: skip
        assert {ours: row[theirs] for theirs, ours in pairs} == {ours: lead.get(ours) for _, ours in pairs}
        assert (row["IsDeleted"], row["HasOptedOutOfEmail"], row["DoNotCall"]) == (
            lead.get("sfdcIsDeleted", False), lead.get("unsubscribed", False), lead.get("doNotCall", False),
        )  # fmt: skip
        assert users.get(row["OwnerId"], {}).get("Email") == lead.get("leadOwnerEmailAddress")


def test_names_are_written_in_many_scripts(marketo: MarketoSimulator) -> None:
    """Eleven scripts and accents in names, in no two people the same address form, and every address is ASCII."""
    people = marketo.records("lead")
    letters = {letter for one in people for letter in one["firstName"] + one["lastName"] if letter.isalpha()}
    assert {unicodedata.name(letter).split()[0] for letter in letters} >= SCRIPTS
    assert letters & set("éüßøłŞĐñ")
    assert len({one["company"] for one in people}) > 100
    emails = [one["email"] for one in people if "email" in one]
    assert all(re.fullmatch(r"[a-z][a-z.\-]*\d+@[a-z0-9-]+\.example", email) for email in emails)


def test_doubles_are_of_every_kind() -> None:
    """The same address stands on two people of Marketo, on a lead and a contact, and on two contacts."""
    holders: dict[str, list[str]] = {}
    for one in population(7, PEOPLE):
        holders.setdefault(one.email, []).append(one.kind)
    pairs = Counter(tuple(sorted(kinds[:2])) for email, kinds in holders.items() if email and len(kinds) > 1)
    assert pairs[("contact", "lead")] > 0
    assert pairs[("contact", "contact")] > 0
    assert pairs[("", "lead")] > 0


def test_owners_are_users_and_queues(salesforce: SalesforceSimulator) -> None:
    """Leads are owned by users, one of them inactive, or wait in one of two queues; contacts have users only."""
    queues = {row["Id"] for row in salesforce.records("Group") if row["Type"] == "Queue"}
    inactive = {row["Id"] for row in salesforce.records("User") if not row["IsActive"]}
    owners = Counter(row["OwnerId"] for row in salesforce.records("Lead"))
    assert queues == set(QUEUES) <= set(owners)
    assert inactive & set(owners)
    assert not queues & {row["OwnerId"] for row in salesforce.records("Contact")}


def test_converted_and_merged_ones_are_there(marketo: MarketoSimulator, salesforce: SalesforceSimulator) -> None:
    """A converted lead names its contact, a merged double its winner, and Marketo remembers both in its log."""
    leads, contacts = _rows(salesforce, "Lead"), _rows(salesforce, "Contact")
    converted = [row for row in leads.values() if row["IsConverted"]]
    merged = [row for row in (leads | contacts).values() if row["MasterRecordId"]]
    assert len(converted) > 50
    assert all(contacts[row["ConvertedContactId"]]["LastName"] == row["LastName"] for row in converted)
    assert len(merged) > 10
    assert all(row["IsDeleted"] and row["MasterRecordId"] in leads | contacts for row in merged)
    log = Counter(activity["activityTypeId"] for activity in marketo.records("activity"))
    assert (log[21], log[32]) == (len(converted), len(merged))


def test_opportunities_have_contact_roles(salesforce: SalesforceSimulator) -> None:
    """Each opportunity has one primary contact of its account, some a second one, in stages that add up."""
    contacts, roles = _rows(salesforce, "Contact"), salesforce.records("OpportunityContactRole")
    deals = _rows(salesforce, "Opportunity")
    assert Counter(role["OpportunityId"] for role in roles if role["IsPrimary"]) == Counter(list(deals))
    assert len(roles) > len(deals)
    for role in roles:
        assert contacts[role["ContactId"]]["AccountId"] == deals[role["OpportunityId"]]["AccountId"]
    assert all(
        contacts[role["ContactId"]]["AccountId"] == role["AccountId"]
        for role in salesforce.records("AccountContactRole")
    )
    assert {deal["StageName"] for deal in deals.values()} > {"Prospecting", "Closed Won", "Closed Lost"}
    assert all(deal["IsClosed"] == deal["StageName"].startswith("Closed") for deal in deals.values())


def test_people_made_tasks(salesforce: SalesforceSimulator) -> None:
    """Open and completed tasks of every status and priority, with and without a due date, on live people of users."""
    tasks = salesforce.records("Task")
    people = _rows(salesforce, "Lead") | _rows(salesforce, "Contact")
    assert len(tasks) > PEOPLE / 2
    assert {task["Status"] for task in tasks} == {
        "Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred",
    }  # fmt: skip
    assert {task["Priority"] for task in tasks} == {"High", "Normal", "Low"}
    assert {task["IsClosed"] for task in tasks} == {task["ActivityDate"] is None for task in tasks} == {True, False}
    for task in tasks:
        who = people[task["WhoId"]]
        assert (who["IsDeleted"], who["OwnerId"], task["Lockstep_Key__c"]) == (False, task["OwnerId"], None)
        assert task["IsClosed"] == bool(task["CompletedDateTime"])


def test_one_seed_makes_one_world() -> None:
    """Two starts agree in every record, a larger world begins with the smaller one, another seed makes another."""
    small, again, large = (SalesforceSimulator(people=people) for people in (300, 300, 500))
    for name in ("Lead", "Contact", "Opportunity", "OpportunityContactRole", "AccountContactRole", "Task"):
        assert small.records(name) == again.records(name)
        assert small.records(name) == large.records(name)[: len(small.records(name))]
    assert population(8, 300) != population(7, 300)
    assert population(7, 500)[:300] == population(7, 300)
