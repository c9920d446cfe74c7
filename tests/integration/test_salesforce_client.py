"""The Salesforce client room against the Salesforce simulator: people, fields, Tasks, faults."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from local.simulators.kernel.http import serving
from local.simulators.kernel.population import users
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import (
    Halt,
    Locked,
    QuotaSpent,
    Reject,
    SyncError,
    Throttled,
    Unavailable,
    UnknownOutcome,
)  # fmt: skip
from lockstep.salesforce.auth import JwtLogin
from lockstep.salesforce.client import Salesforce
from lockstep.salesforce.errors import FieldsRefused, WrongRecord
from tests.integration.salesforce_org import ADDRESS, APP, PRIVATE, SELLER, USER, Org, draft


@pytest.fixture
def org() -> Iterator[Org]:
    """A seeded organization."""
    made = Org()
    yield made
    made.http.close()


def test_people_by_address(org: Org) -> None:
    """Contacts and leads of any case are found; deleted, merged and converted ones are not."""
    contact, lead = org.person(Email="Ann@Example.com"), org.person("Lead", Email="ANN@example.com")
    gone, converted = org.person(Email="ann@example.com"), org.person("Lead", Email="ann@example.com")
    org.simulator.act("delete", {"type": "Contact", "id": gone})
    org.simulator.act("convert", {"lead": converted})
    client = org.client()
    answer = client.find_by_email(["ann@EXAMPLE.com", "nobody@example.com", "o'brien\\@example.com"])
    kinds = {match.id: match.kind for match in answer["ann@example.com"]}
    assert kinds.items() >= {contact: "Contact", lead: "Lead"}.items()
    assert not {gone, converted} & kinds.keys()
    assert answer["nobody@example.com"] == answer["o'brien\\@example.com"] == []
    assert client.usage is not None


def test_an_address_with_a_quote_is_found(org: Org) -> None:
    """Quotes in an address are part of it and never of the query (S15)."""
    who = org.person(Email="o'brien@example.com")
    org.person(Email="other@example.com")
    assert [match.id for match in org.client().find_by_email(["O'Brien@example.com"])["o'brien@example.com"]] == [who]


@pytest.mark.fault("F040")
def test_many_addresses_are_few_calls(org: Org) -> None:
    """700 addresses pass in queries that are short enough, over pages of any size."""
    addresses = [f"some.person.{n}@a-rather-long-company-name.example.com" for n in range(700)]
    org.simulator.seed([{"type": "Contact", "LastName": "L", "OwnerId": USER, "Email": one} for one in addresses])
    org.simulator.limits({"query_page": 90})
    answer = org.client().find_by_email(addresses)
    assert all(len(matches) == 1 for matches in answer.values())
    assert len(answer) == 700


def test_people_by_id(org: Org) -> None:
    """Live and visible ones are found; deleted, converted and hidden ones are not (LS-33)."""
    live, gone, converted, hidden = org.person(), org.person(), org.person("Lead"), org.person("Lead")
    org.simulator.act("delete", {"type": "Contact", "id": gone})
    org.simulator.act("convert", {"lead": converted})
    org.simulator.act("set_visibility", {"user": SELLER, "id": hidden, "visible": False})
    assert set(org.client().find_by_ids([live, gone, converted, hidden])) == {live}


def test_a_user_without_leads(org: Org) -> None:
    """The lead object may be hidden from a seller; contacts are found all the same."""
    who = org.person(Email="ann@example.com")
    org.simulator.act("set_object_permissions", {"user": SELLER, "object": "Lead", "read": False, "edit": False})
    assert [match.id for match in org.client().find_by_email(["ann@example.com"])["ann@example.com"]] == [who]


def test_addresses_that_are_hidden(org: Org) -> None:
    """A seller who may not see addresses is told which field to ask for; look-ups by id go on."""
    who, client = org.person(Email="ann@example.com"), org.client()
    org.simulator.act(
        "set_permissions", {"user": SELLER, "object": "Contact", "field": "Email", "read": False, "edit": False}
    )
    with pytest.raises(Halt, match="Email") as caught:
        client.find_by_email(["ann@example.com"])
    assert (caught.value.reason, caught.value.scope) == (Reason.PERMISSION_REFUSED, "connection")
    assert set(client.find_by_ids([who])) == {who}


def test_fields_are_each_users_own(org: Org) -> None:
    """Describe differs by seller; the key is usable for both."""
    full, restricted = org.client().describe_task(), org.client("seller2@example.com").describe_task()
    writable = {name for name, right in full.fields.items() if right.createable}
    assert full.key_usable
    assert restricted.key_usable
    assert writable > {name for name, right in restricted.fields.items() if right.createable}
    assert full.fields["Subject"].length == 255
    assert "Email" in full.type_values
    assert not full.type_has_default


@pytest.mark.parametrize("fields", ["no_key", "none"])
def test_an_organization_without_the_key(fields: str) -> None:
    """The key is not usable, and writes by it are told as a refused field."""
    made = Org(fields)
    client, who = made.client(), made.person()
    assert not client.describe_task().key_usable
    with pytest.raises(SyncError) as caught:
        client.upsert_tasks([draft(1, who)])
    assert isinstance(caught.value, FieldsRefused)
    assert caught.value.fields == ("Lockstep_Key__c",)
    assert isinstance(client.create_tasks([draft(1, who)])[0], Written)


@pytest.mark.invariant("I2")
def test_an_upsert_repeated_is_one_task(org: Org) -> None:
    """200 Tasks in one counted call, in order; the same call again changes ids of nothing and adds nothing."""
    who, client = org.person(), org.client()
    drafts = [draft(n, who) for n in range(200)]
    client.describe_task()
    calls = len(org.simulator.calls)
    first = client.upsert_tasks(drafts)
    assert len(org.simulator.calls) == calls + 1
    again = client.upsert_tasks(drafts)
    assert all(isinstance(one, Written) and one.created for one in first)
    assert [one.id for one in again if isinstance(one, Written) and not one.created] == [
        one.id for one in first if isinstance(one, Written)
    ]
    by_id = {task["Id"]: task["Subject"] for task in org.tasks()}
    assert [by_id[one.id] for one in first if isinstance(one, Written)] == [f"Email: {n}" for n in range(200)]
    assert {task["OwnerId"] for task in org.tasks()} == {USER}


def test_changes_by_id_are_one_call(org: Org) -> None:
    """Records of several objects are changed in one call, in order; one that is gone spares the others."""
    contact, lead, gone = org.person(), org.person("Lead"), org.person()
    org.simulator.act("delete", {"type": "Contact", "id": gone})
    client = org.client()
    assert "Title" in client.describe("Contact").fields
    calls = len(org.simulator.calls)
    rows = [("Contact", contact, "Chief"), ("Contact", gone, "Ghost"), ("Lead", lead, "Buyer")]
    first, lost, last = client.update([{"attributes": {"type": t}, "Id": i, "Title": v} for t, i, v in rows])
    assert len(org.simulator.calls) == calls + 1
    assert (first, last) == (Written(contact, created=False), Written(lead, created=False))
    assert isinstance(lost, Reject)
    assert lost.reason is Reason.SF_RECORD_GONE
    titles = {row["Id"]: row["Title"] for kind in ("Contact", "Lead") for row in org.simulator.records(kind)}
    assert (titles[contact], titles[lead], titles[gone]) == ("Chief", "Buyer", None)


def test_an_object_that_is_hidden_has_no_fields(org: Org) -> None:
    """Describe of an object without access is an empty answer, and no failure of the connection."""
    hidden = {"user": SELLER, "object": "Opportunity", "read": False}
    org.simulator.act("set_object_permissions", hidden)
    assert org.client().describe("Opportunity").fields == {}
    assert org.client("seller2@example.com").describe("Opportunity").fields


@pytest.mark.invariant("I16")
def test_each_seller_writes_as_himself(org: Org) -> None:
    """Two sellers' clients in one process write Tasks of their own."""
    who = org.person()
    for number, seller in enumerate(("seller1@example.com", "seller3@example.com")):
        org.client(seller).upsert_tasks([draft(number, who)])
    assert [task["CreatedById"] for task in org.tasks()] == [users()[0].id, users()[2].id]


LOST: list[tuple[str, dict[str, Any], int]] = [
    ("drop_before_commit", {}, 0), ("drop_after_commit", {}, 2), ("truncate", {}, 2), ("slow", {"seconds": 60}, 2),
    ("html", {}, 0), ("html", {"after_commit": True}, 2), ("status", {"code": 503}, 0),
    ("status", {"code": 500, "after_commit": True}, 2), ("late_commit", {"seconds": 60}, 0),
]  # fmt: skip


@pytest.mark.parametrize("write", [Salesforce.upsert_tasks, Salesforce.create_tasks])
@pytest.mark.parametrize(("fault", "more", "written"), LOST)
@pytest.mark.fault("F023", "F024", "F025", "F044")
def test_a_write_in_trouble_is_unknown(
    org: Org, write: Callable[..., Any], fault: str, more: dict[str, Any], written: int
) -> None:
    """Executed or not, the answer is the same 'nobody knows', and nothing is sent twice."""
    who, client = org.person(), org.client()
    client.describe_task()
    org.fault(fault, **more)
    with pytest.raises(UnknownOutcome):
        write(client, [draft(1, who), draft(2, who)])
    assert len(org.tasks()) == written


@pytest.mark.invariant("I2")
@pytest.mark.fault("F023")
def test_an_upsert_is_its_own_probe(org: Org) -> None:
    """After a lost answer the same call gives the ids of what was written and writes nothing more."""
    who, client = org.person(), org.client()
    client.describe_task()
    org.fault("drop_after_commit")
    with pytest.raises(UnknownOutcome):
        client.upsert_tasks([draft(1, who)])
    (found,) = client.upsert_tasks([draft(1, who)])
    assert found == Written(org.tasks()[0]["Id"], created=False)
    assert len(org.tasks()) == 1


def test_the_probe_without_a_key() -> None:
    """What a lost create has written is found by person, owner and time, also when it was deleted since."""
    made = Org("none")
    client, who, since = made.client(), made.person(), made.clock.now()
    client.describe_task()
    made.fault("drop_after_commit")
    with pytest.raises(UnknownOutcome):
        client.create_tasks([draft(1, who, Description="Hello\n\nKEY00001"), draft(2, who)])
    made.client("seller3@example.com").create_tasks([draft(3, who)])
    seen = client.tasks_of([who], USER, since)
    assert [(one.who_id, one.description) for one in seen] == [(who, "Hello\n\nKEY00001"), (who, "")]
    made.simulator.act("delete", {"type": "Task", "id": seen[0].id})
    assert seen[0].id in {one.id for one in client.tasks_of([who], USER, since)}
    made.clock.advance(60)
    assert client.tasks_of([who], USER, made.clock.now()) == []


@pytest.mark.parametrize(("fault", "more"), [
    ("drop_before_commit", {}), ("truncate", {}), ("html", {}), ("slow", {"seconds": 60}), ("status", {"code": 503}),
])  # fmt: skip
@pytest.mark.fault("F044")
def test_a_read_in_trouble_is_later(org: Org, fault: str, more: dict[str, Any]) -> None:
    """Deferred, and the next call is whole."""
    client = org.client()
    client.describe_task()
    org.fault(fault, path="/query", **more)
    with pytest.raises(Unavailable):
        client.find_by_email([ADDRESS])
    assert client.find_by_email([ADDRESS])


def test_a_page_that_breaks_loses_the_read(org: Org) -> None:
    """A failure on the second page is never an end (F022 on the reading side)."""
    addresses = [f"p{n}@example.com" for n in range(60)]
    org.simulator.seed([{"type": "Contact", "LastName": "L", "OwnerId": USER, "Email": one} for one in addresses])
    org.simulator.limits({"query_page": 25})
    client = org.client()
    org.fault("html", path="/query", after=1)
    with pytest.raises(Unavailable):
        client.find_by_email(addresses)


@pytest.mark.parametrize(("fault", "kind"), [("quota", QuotaSpent), ("concurrent", Throttled)])
def test_limits_are_two_things(org: Org, fault: str, kind: type[SyncError]) -> None:
    """The day's quota and too many at once; neither wrote anything."""
    who, client = org.person(), org.client()
    org.fault(fault)
    with pytest.raises(kind):
        client.upsert_tasks([draft(1, who)])
    assert org.tasks() == []


@pytest.mark.fault("F007")
def test_an_api_that_was_switched_off(org: Org) -> None:
    """The connection halts until an administrator has acted; other sellers go on."""
    who, client = org.person(), org.client()
    client.describe_task()
    org.simulator.act("set_api_enabled", {"user": SELLER, "enabled": False})
    with pytest.raises(Halt) as caught:
        client.upsert_tasks([draft(1, who)])
    assert (caught.value.reason, caught.value.scope) == (Reason.API_DISABLED, "connection")
    assert isinstance(org.client("seller3@example.com").upsert_tasks([draft(2, who)])[0], Written)


@pytest.mark.fault("F021", "F034")
def test_a_refused_record_spares_the_others(org: Org) -> None:
    """A validation rule, a lock, a gone person and a text too long: four of two hundred, each its own class."""
    who, gone, client = org.person(), org.person(), org.client()
    org.simulator.act("delete", {"type": "Contact", "id": gone})
    org.simulator.act("validation_rule", {"object": "Task", "when": {"Subject": "Email: 3"}, "message": "Kein Montag"})
    org.fault("record_error", code="UNABLE_TO_LOCK_ROW", match="Email: 5")
    drafts = [draft(n, gone if n == 7 else who) for n in range(200)]
    drafts[9] = draft(9, who, Subject="x" * 256)
    results = client.upsert_tasks(drafts)
    bad = {n: result for n, result in enumerate(results) if not isinstance(result, Written)}
    assert {n: (type(error), error.reason) for n, error in bad.items()} == {
        3: (Reject, Reason.VALIDATION_REFUSED), 5: (Locked, Reason.RECORD_LOCKED),
        7: (WrongRecord, Reason.SF_RECORD_GONE), 9: (FieldsRefused, Reason.VALIDATION_REFUSED),
    }  # fmt: skip
    assert "Kein Montag" in bad[3].detail
    assert "xxx" not in bad[9].detail
    assert len(org.tasks()) == 196


@pytest.mark.fault("F036")
def test_a_field_that_was_taken_away_is_named(org: Org) -> None:
    """A right that went between describe and write is told by field; without it the Task is written."""
    who, client = org.person(), org.client()
    client.describe_task()
    for right in ({"read": True, "edit": False}, {"read": False, "edit": False}):
        org.simulator.act("set_permissions", {"user": SELLER, "object": "Task", "field": "MSE_Details__c", **right})
        (refused,) = client.upsert_tasks([draft(1, who, MSE_Details__c="https://example.com")])
        assert isinstance(refused, FieldsRefused)
        assert refused.fields == ("MSE_Details__c",)
    assert isinstance(client.upsert_tasks([draft(1, who)])[0], Written)


def test_a_converted_lead_takes_no_task(org: Org) -> None:
    """A write to a converted lead sends the item to look for its person again."""
    lead, client = org.person("Lead"), org.client()
    org.simulator.act("convert", {"lead": lead})
    (result,) = client.upsert_tasks([draft(1, lead)])
    assert isinstance(result, Reject)
    assert result.reason == Reason.SF_RECORD_GONE


def test_maintenance_waits(org: Org) -> None:
    """In maintenance writes are deferred for each record, and reads go on."""
    who, client = org.person(), org.client()
    org.simulator.act("maintenance", {"on": True})
    (result,) = client.upsert_tasks([draft(1, who)])
    assert isinstance(result, Unavailable)
    assert client.find_by_ids([who])


def test_over_a_real_connection(org: Org) -> None:
    """The same over loopback HTTP: chunks, gzip, keep-alive, and a connection that breaks after the write."""
    with serving(org.simulator) as url, httpx.Client(timeout=5) as http:
        who, client = org.person(), org.client(login=JwtLogin(APP[0], PRIVATE, SELLER, url), http=http)
        assert client.identity().user_id == USER
        org.fault("drop_after_commit")
        with pytest.raises(UnknownOutcome):
            client.upsert_tasks([draft(1, who)])
        assert client.upsert_tasks([draft(1, who)]) == [Written(org.tasks()[0]["Id"], created=False)]
