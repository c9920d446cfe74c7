"""The product's Marketo client before a simulator and, with its credentials at hand, a real instance."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pytest

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt
from lockstep.marketo.people import ChangePage, People

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.vendors.conftest import MarketoOffice


def all_ids(feed: Callable[[str], ChangePage], token: str) -> set[int]:
    """Everybody whom a feed names from a token on."""
    found: set[int] = set()
    more = True
    while more:
        page = feed(token)
        found |= set(page.ids)
        token, more = page.token, page.more
    return found


def told(office: MarketoOffice, path: str, **body: Any) -> dict[str, Any]:
    """The one result of a write of one person."""
    (result,) = office.client.tell(path, body).envelope.result
    return dict(result)


def test_the_products_fields_are_there(marketo: MarketoOffice) -> None:
    """Every field that a person is made of has its name in this instance."""
    assert {"email", "first_name", "last_name", "company", "title"} <= People(marketo.client).fields().names.keys()


def test_a_person_comes_changes_and_goes(marketo: MarketoOffice) -> None:
    """Made, read, changed and deleted: look-ups and feeds tell of each step."""
    people, address = People(marketo.client), f"lockstep-{token_hex(6)}@example.com"
    names = people.fields().names
    token = people.paging_token(marketo.clock.now() - timedelta(minutes=5)).token
    new = {"email": address, "lastName": "Łukasz 佐藤", "title": "First"}
    made = told(marketo, "/rest/v1/leads.json", action="createOnly", lookupField="email", input=[new])
    person = made["id"]
    assert made["status"] == "created"
    changes = marketo.place.eventually(
        lambda: all_ids(lambda at: people.changes(at, names), token), lambda ids: person in ids
    )
    assert person in changes
    (read,) = people.by_ids([person], names).records
    assert (read.person.email, read.person.last_name, read.person.title) == (address, "Łukasz 佐藤", "First")
    again = [{"id": person, "title": "Second"}]
    told(marketo, "/rest/v1/leads.json", action="updateOnly", lookupField="id", input=again)
    assert [one.person.title for one in people.by_ids([person], names).records] == ["Second"]
    told(marketo, "/rest/v1/leads/delete.json", input=[{"id": person}])
    gone = marketo.place.eventually(lambda: all_ids(people.deletions, token), lambda ids: person in ids)
    assert person in gone
    assert people.by_ids([person], names).records == ()


def test_merges_can_be_asked_for(marketo: MarketoOffice) -> None:
    """The feed of merges is readable to its present end."""
    people = People(marketo.client)
    page = people.merges(people.paging_token(marketo.clock.now()).token)
    while page.more:
        page = people.merges(page.token)
    assert page.token


def test_a_field_that_is_not_there_is_named(marketo: MarketoOffice) -> None:
    """Asking for an unknown field stops the connection and is no empty answer."""
    people = People(marketo.client)
    with pytest.raises(Halt):
        people.by_ids([1], {**people.fields().names, "odd": "noSuchFieldAnywhere"})


def test_a_wrong_secret_ends_the_connection(marketo: MarketoOffice) -> None:
    """Refused credentials are told as such."""
    with pytest.raises(Halt) as caught:
        People(marketo.connected("wrong")).fields()
    assert caught.value.reason is Reason.CONNECTION_EXPIRED
