"""Ids and SOQL: what is found, in which order, in which pages, and what is refused."""

from typing import Any

import pytest

from local.simulators.salesforce import SalesforceSimulator
from local.simulators.salesforce.ids import normalise, number
from tests.contract.simulators.salesforce.conftest import User, V

PEOPLE = (
    ("Lovell", "ada@example.com", "2026-11-01T08:00:00Z"),
    ("Hooper", "grace@example.com", "2026-11-01T08:00:00Z"),
    ("O'Brien", "sean@example.com", "2026-11-02T08:00:00Z"),
    ("Müller", None, "2026-11-03T08:00:00Z"),
)


@pytest.fixture
def leads(sim: SalesforceSimulator) -> list[str]:
    """Four leads, two of them stamped in the same second."""
    return sim.seed(
        [
            {"type": "Lead", "LastName": name, "Company": "Acme", "Email": email, "SystemModstamp": stamp}
            for name, email, stamp in PEOPLE
        ]
    )


def _names(seller: User, where: str, rest: str = "ORDER BY LastName") -> list[str]:
    return [row["LastName"] for row in seller.query(f"SELECT LastName FROM Lead WHERE {where} {rest}")]


@pytest.mark.simulator("salesforce-11")
def test_ids_have_prefixes_and_a_checksum(sim: SalesforceSimulator, seller: User, leads: list[str]) -> None:
    """Ids leave with 18 characters; 15 or 18 are taken as they are written, anything else is malformed."""
    first = leads[0]
    assert (len(first), first[:3], normalise(first[:15])) == (18, "00Q", first)
    assert seller.get(f"/sobjects/Lead/{first[:15]}").json()["Id"] == first
    lowered = first[:15].lower() + first[15:]
    for wrong in (lowered, first[:15] + "AAA" if first[15:] != "AAA" else first[:15] + "BBB"):
        answer = seller.change("Lead", wrong, Title="x")
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "MALFORMED_ID")
    assert seller.create("Task", Subject="x", WhoId="00Q123").json()[0]["errorCode"] == "MALFORMED_ID"
    task = seller.created("Task", Subject="x", WhoId=first[:15])
    assert sim.org.world.tables["Task"].rows[task]["WhoId"] == first
    assert task.startswith("00T")


@pytest.mark.simulator("salesforce-11")
def test_the_checksum_is_salesforces() -> None:
    """A known pair of forms: the suffix says which letters of each five are capitals."""
    assert normalise("0015e00000tW1f0") == "0015e00000tW1f0AAC"
    assert normalise("0015e00000tW1f0AAA") is None
    assert number("00T", 62) == "00TLk0000000010MAA"


@pytest.mark.simulator("salesforce-12")
@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Email = 'ADA@example.com'", ["Lovell"]),
        ("email in ('ada@example.com', 'grace@example.com')", ["Hooper", "Lovell"]),
        ("Email NOT IN ('ada@example.com')", ["Hooper", "Müller", "O'Brien"]),
        ("Email = null", ["Müller"]),
        ("Email != null AND NOT LastName = 'Lovell'", ["Hooper", "O'Brien"]),
        ("LastName LIKE 'o\\'b%' OR LastName LIKE '_ooper'", ["Hooper", "O'Brien"]),
        ("LastName = 'O\\'Brien'", ["O'Brien"]),
        ("SystemModstamp > 2026-11-01T08:00:00Z", ["Müller", "O'Brien"]),
        ("SystemModstamp >= 2026-11-01T08:00:00Z AND SystemModstamp < 2026-11-02T08:00:00Z", ["Hooper", "Lovell"]),
        ("SystemModstamp >= 2026-11-02T09:00:00+01:00", ["Müller", "O'Brien"]),
        ("SystemModstamp = LAST_N_DAYS:21", ["Müller", "O'Brien"]),
        ("(LastName = 'Lovell' OR LastName = 'Hooper') AND IsConverted = false", ["Hooper", "Lovell"]),
        ("OwnerId IN (SELECT Id FROM User WHERE Username = 'admin@example.com') AND Email = null", ["Müller"]),
        ("Owner.Username = 'admin@example.com' AND Email = null", ["Müller"]),
    ],
)
def test_conditions_find_what_they_say(seller: User, leads: list[str], where: str, names: list[str]) -> None:
    """Operators, lists, wildcards, nulls, moments, periods, relations, nested queries, names in any case."""
    assert len(leads) == 4
    assert _names(seller, where) == names


@pytest.mark.simulator("salesforce-12")
def test_relations_are_nested_records(seller: User, lead: str, contact: str) -> None:
    """Who, What and Owner show name and type; a missing one is null; children come as a result of their own."""
    account = seller.get(f"/sobjects/Contact/{contact}").json()["AccountId"]
    seller.created("Task", Subject="a", WhoId=lead)
    seller.created("Task", Subject="b", WhoId=contact, WhatId=account)
    text = "SELECT Subject, Who.Type, Who.Name, What.Name, Owner.Name, Account.Name FROM Task ORDER BY Subject"
    first, second = seller.query(text)
    assert first["Who"] == {
        "attributes": {"type": "Name", "url": f"{V}/sobjects/Lead/{lead}"},
        "Type": "Lead",
        "Name": "Lovell",
    }
    assert (first["What"], first["Account"]) == (None, None)
    assert (second["Who"]["Type"], second["What"]["Name"], second["Owner"]["Name"]) == (
        "Contact",
        "Acme",
        "Sam Seller 1",
    )
    assert second["Account"]["attributes"]["type"] == "Account"
    people = seller.query("SELECT Id, (SELECT Subject FROM Tasks) FROM Contact")
    assert people[0]["Tasks"]["totalSize"] == 1
    assert people[0]["Tasks"]["records"][0]["Subject"] == "b"
    assert seller.query("SELECT Id, (SELECT Id FROM Events) FROM Contact")[0]["Events"] is None


@pytest.mark.simulator("salesforce-12")
def test_counts_and_groups(seller: User, leads: list[str]) -> None:
    """count() answers a total without records, count(Id) one result row, GROUP BY one row a group."""
    answer = seller.get("/query", q="SELECT count() FROM Lead WHERE Email != null").json()
    assert (answer["totalSize"], answer["records"]) == (3, [])
    assert seller.query("SELECT count(Id) FROM Lead")[0] == {
        "attributes": {"type": "AggregateResult"},
        "expr0": len(leads),
    }
    grouped = seller.query("SELECT Company, count(Id) n FROM Lead GROUP BY Company ORDER BY count(Id) DESC")
    assert [(row["Company"], row["n"]) for row in grouped] == [("Acme", 4)]


@pytest.mark.simulator("salesforce-12")
def test_hundreds_of_values_and_a_stable_order(seller: User, leads: list[str]) -> None:
    """Hundreds of ids in one list, sorted by stamp and id; nulls come first; LIMIT and OFFSET cut."""
    others = [number("00Q", n) for n in range(10**6, 10**6 + 400)]
    listed = "','".join([*others, *leads])
    rows = seller.query(f"SELECT Id FROM Lead WHERE Id IN ('{listed}') ORDER BY SystemModstamp, Id")
    assert [row["Id"] for row in rows] == [*sorted(leads[:2]), *leads[2:]]
    assert _names(seller, "Company = 'acme'", "ORDER BY Email LIMIT 2") == ["Müller", "Lovell"]
    assert _names(seller, "Company = 'acme'", "ORDER BY LastName DESC LIMIT 2 OFFSET 1") == ["Müller", "Lovell"]


@pytest.mark.simulator("salesforce-13")
def test_pages_hold_a_snapshot(sim: SalesforceSimulator, seller: User) -> None:
    """A result keeps its rows while the records change, in pages of the asked size or smaller."""
    sim.seed([{"type": "Lead", "LastName": f"L{n:04}", "Company": "Acme"} for n in range(650)])
    text = "SELECT LastName FROM Lead ORDER BY LastName"
    options = {"Sforce-Query-Options": "batchSize=200"}
    page = seller.http.get(f"{V}/query", params={"q": text}, headers=options).json()
    assert (page["totalSize"], page["done"], len(page["records"])) == (650, False, 200)
    changed = sim.records("Lead")[649]["Id"]
    sim.act("update", {"type": "Lead", "id": changed, "fields": {"LastName": "changed"}})
    names = [row["LastName"] for row in page["records"]]
    while not page["done"]:
        page = seller.http.get(page["nextRecordsUrl"]).json()
        names += [row["LastName"] for row in page["records"]]
    assert names == [f"L{n:04}" for n in range(650)]
    sim.limits({"query_page": 77})
    assert len(seller.get("/query", q=text).json()["records"]) == 77


@pytest.mark.simulator("salesforce-13")
def test_a_locator_is_its_users_for_two_days(sim: SalesforceSimulator, seller: User) -> None:
    """Another user's locator, a dead one and a made-up one are all invalid."""
    sim.seed([{"type": "Lead", "LastName": f"{n}", "Company": "Acme"} for n in range(5)])
    sim.limits({"query_page": 2, "session_seconds": 10**7})
    seller = User(sim, "seller1@example.com")
    url = seller.get("/query", q="SELECT Id FROM Lead").json()["nextRecordsUrl"]
    foreign = User(sim, "seller3@example.com").http.get(url)
    assert (foreign.status_code, foreign.json()[0]["errorCode"]) == (400, "INVALID_QUERY_LOCATOR")
    assert seller.http.get(url).status_code == 200
    sim.clock.advance(2 * 86_400 + 1)
    assert seller.http.get(url).json()[0]["message"] == "invalid query locator"
    assert seller.get("/query/0r8nonsense-2").status_code == 400


@pytest.mark.simulator("salesforce-15")
def test_errors_name_row_and_column(seller: User) -> None:
    """Unknown fields, objects and words are shown where they stand."""
    field = seller.refusal("SELECT Id,\nFoo FROM Lead")
    assert field["errorCode"] == "INVALID_FIELD"
    assert "ERROR at Row:2:Column:1\nNo such column 'Foo' on entity 'Lead'." in field["message"]
    kind = seller.refusal("SELECT Id FROM Accout")
    assert kind["errorCode"] == "INVALID_TYPE"
    assert "ERROR at Row:1:Column:16\nsObject type 'Accout' is not supported. If you are" in kind["message"]
    word = seller.refusal("SELECT Id FORM Lead")
    assert (word["errorCode"], word["message"].splitlines()[1:3]) == (
        "MALFORMED_QUERY",
        ["SELECT Id FORM Lead", " " * 10 + "^"],
    )


@pytest.mark.simulator("salesforce-15")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead ORDER BY Description", "MALFORMED_QUERY"),
        ("SELECT Subject, count(Id) FROM Task GROUP BY Subject", "MALFORMED_QUERY"),
        ("SELECT MAX(ActivityDate) FROM Task", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2026-01-01'", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE LastName = 5", "INVALID_FIELD"),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
        ("SELECT Id FROM Lead WHERE LastName = 'a' AND Title = 'b' OR Title = 'c'", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead ALL ROWS", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
    ],
)
def test_what_describe_forbids_is_refused(seller: User, text: str, code: str) -> None:
    """Filters, orders, groups and literals that a field cannot take fail the whole statement."""
    assert seller.refusal(text)["errorCode"] == code


@pytest.mark.simulator("salesforce-16")
def test_deleted_and_archived_rows_show_only_in_query_all(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Query hides them; queryAll shows them with their flags."""
    gone, old = (seller.created("Task", Subject=name, Status="Completed") for name in ("gone", "old"))
    assert seller.http.delete(f"{V}/sobjects/Task/{gone}").status_code == 204
    sim.act("archive", {"id": old})
    assert seller.query("SELECT Id FROM Task") == []
    rows = seller.query("SELECT Subject, IsDeleted, IsArchived FROM Task ORDER BY Subject", "queryAll")
    shown: list[tuple[Any, ...]] = [(row["Subject"], row["IsDeleted"], row["IsArchived"]) for row in rows]
    assert shown == [("gone", True, False), ("old", False, True)]
    assert lead
