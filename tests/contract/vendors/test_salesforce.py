"""The product's Salesforce client before a simulator and, with its credentials at hand, a real sandbox."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

import pytest

from lockstep.domain.ids import ItemKey, SalesforceId
from lockstep.domain.reason import Reason
from lockstep.domain.task import TaskDraft, Written
from lockstep.engine.errors import Halt, Reject
from tests.unit.layers.vendors import Tokens

if TYPE_CHECKING:
    from tests.contract.vendors.conftest import SalesforceOffice


def person(office: SalesforceOffice) -> tuple[SalesforceId, str]:
    """A new lead and its address."""
    address = f"lockstep.{token_hex(6)}@example.com"
    (made,) = office.client.create_leads([{"LastName": "O'Łukasz 佐藤", "Company": "Lockstep", "Email": address}])
    assert isinstance(made, Written)
    office.made.append(made.id)
    return made.id, address


def draft(key: str, who: str, subject: str) -> TaskDraft:
    """A closed Task."""
    return TaskDraft(
        ItemKey(key), {"WhoId": who, "Subject": subject, "Status": "Completed", "ActivityDate": "2026-11-02"}
    )


def keys(count: int) -> list[str]:
    """Keys that nobody has used."""
    run = token_hex(8)
    return [f"{run}{n:04}" for n in range(count)]


def test_it_knows_whom_it_speaks_for(salesforce: SalesforceOffice) -> None:
    """The login's user, the time zone of their day, and the calls of the organization's day."""
    who = salesforce.client.identity()
    assert who.user_id.startswith("005")
    assert who.username == salesforce.place.secret.get("username", who.username)
    assert who.time_zone
    usage = salesforce.client.usage
    assert usage is not None
    assert 0 < usage[0] <= usage[1]


def test_it_reads_what_may_be_written(salesforce: SalesforceOffice) -> None:
    """A Task's describe: lengths, rights, and our key as the upserts need it."""
    schema = salesforce.client.describe_task()
    assert (schema.fields["Subject"].length, schema.fields["Description"].length) == (255, 32_000)
    assert schema.fields["WhoId"].createable
    assert schema.key_usable


def test_a_person_is_found(salesforce: SalesforceOffice) -> None:
    """By address in any case and by id; an unknown address is an empty answer."""
    who, address = person(salesforce)
    found = salesforce.client.find_by_email([address.upper(), f"nobody.{address}"])
    assert [match.id for match in found[address]] == [who]
    assert found[f"nobody.{address}"] == []
    assert set(salesforce.client.find_by_ids([who])) == {who}


def test_an_upsert_repeated_is_one_task(salesforce: SalesforceOffice) -> None:
    """Two hundred Tasks in order; the same call again makes none, and each is found under its key."""
    (who, _address), wanted = person(salesforce), keys(200)
    drafts = [draft(key, who, f"Email: {n}") for n, key in enumerate(wanted)]
    first, again = salesforce.client.upsert_tasks(drafts), salesforce.client.upsert_tasks(drafts)
    ids = [one.id for one in first if isinstance(one, Written) and one.created]
    assert len(ids) == 200
    assert again == [Written(one, created=False) for one in ids]
    assert salesforce.client.tasks_by_key(list(map(ItemKey, wanted))) == dict(zip(wanted, ids, strict=True))
    assert salesforce.client.task_counts([who]) == {who: 200}


def test_a_refused_record_spares_the_others(salesforce: SalesforceOffice) -> None:
    """A subject too long and a person who is not there fail in their places; the rest is written."""
    (who, _address), four = person(salesforce), keys(4)
    bad = "003000000000001AAA"
    drafts = [
        draft(four[0], who, "a"),
        draft(four[1], who, "x" * 256),
        draft(four[2], bad, "c"),
        draft(four[3], who, "d"),
    ]
    results = salesforce.client.upsert_tasks(drafts)
    assert [isinstance(one, Written) for one in results] == [True, False, False, True]
    assert all(isinstance(one, Reject) for one in results[1:3])


def test_what_was_written_is_seen(salesforce: SalesforceOffice) -> None:
    """The probe without a key finds the seller's own new Tasks; a change by id is a change of them."""
    (who, _address), (key,) = person(salesforce), keys(1)
    since = salesforce.clock.now() - timedelta(minutes=10)
    (made,) = salesforce.client.create_tasks([draft(key, who, "once")])
    assert isinstance(made, Written)
    seen = salesforce.client.tasks_of([who], salesforce.client.identity().user_id, since)
    assert [(task.id, task.who_id) for task in seen] == [(made.id, who)]
    change = {"attributes": {"type": "Task"}, "Id": made.id, "Description": "changed"}
    assert salesforce.client.update([change]) == [Written(made.id, created=False)]
    seen = salesforce.client.tasks_of([who], salesforce.client.identity().user_id, since)
    assert [task.description for task in seen] == ["changed"]


def test_a_wrong_app_ends_the_connection(salesforce: SalesforceOffice) -> None:
    """A login that Salesforce does not know is told as such."""
    with pytest.raises(Halt) as caught:
        salesforce.connected(Tokens(salesforce.clock), client_id="nobody").describe_task()
    assert caught.value.reason is Reason.CONNECTION_EXPIRED
