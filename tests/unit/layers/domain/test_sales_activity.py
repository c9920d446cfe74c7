"""Events as their senders report them: strict about what matters, open for what we do not know, equal by value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lockstep.domain.sales_activity import (
    EVENTS,
    CallLogged,
    CampaignMove,
    EmailEngagement,
    EmailSent,
    ReminderEvent,
    Unsubscribed,
)

BASE = {
    "id": "evt_01J",
    "occurred_at": "2026-11-22T09:30:00Z",
    "user": "seller@example.com",
    "person": {"marketo_id": 1042},
}
KINDS: dict[str, tuple[type, dict[str, Any]]] = {
    "email.sent": (EmailSent, {"subject": "Hi", "from": "a@b.example", "to": ["c@d.example"], "status": "sent"}),
    "email.opened": (EmailEngagement, {"email_id": "m1"}),
    "email.clicked": (EmailEngagement, {"email_id": "m1", "link": "https://x.example"}),
    "email.replied": (EmailEngagement, {"email_id": "m1", "subject": "Re: Hi"}),
    "email.bounced": (EmailEngagement, {"email_id": "m1", "details": "550"}),
    "call.logged": (CallLogged, {"duration_s": 61, "outcome": "Connected", "direction": "outbound"}),
    "campaign.added": (CampaignMove, {"campaign": {"id": 5, "name": "Q4", "day": 2, "step": "2b"}}),
    "campaign.removed": (CampaignMove, {}),
    "reminder.created": (ReminderEvent, {"reminder_id": "r1"}),
    "reminder.updated": (ReminderEvent, {"reminder_id": "r1", "name": "Call back"}),
    "reminder.deleted": (ReminderEvent, {"reminder_id": "r1"}),
    "unsubscribe.created": (Unsubscribed, {"source": "link"}),
}


def event(kind: str, **changes: Any) -> dict[str, Any]:
    """An event of this kind as JSON."""
    return BASE | {"type": kind, "data": KINDS[kind][1]} | changes


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read_and_kept_as_it_came(kind: str) -> None:
    """As its own class; what is stored, read again, is the same event."""
    read = EVENTS.validate_python(event(kind))
    assert type(read) is KINDS[kind][0]
    again = EVENTS.validate_json(json.dumps(read.content()))
    assert again == read
    assert again.fingerprint() == read.fingerprint()


@pytest.mark.parametrize("kind", KINDS)
def test_members_of_data_that_we_do_not_know_are_kept(kind: str) -> None:
    """Whatever they hold, for the flows that will know them; and they are part of the content."""
    more = {"mood": {"score": 0.25, "tags": ["ü", None, 10**30]}}
    read = EVENTS.validate_python(event(kind, data=KINDS[kind][1] | more))
    assert read.content()["data"]["mood"] == more["mood"]
    assert read.fingerprint() != EVENTS.validate_python(event(kind)).fingerprint()


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"id": ""}, "id"),
    ({"id": "a b"}, "id"),
    ({"id": "x" * 129}, "id"),
    ({"occurred_at": "2026-11-22T09:30:00"}, "occurred_at"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"occurred_at": 1763803800}, "occurred_at"),
    ({"occurred_at": "1999-12-31T00:00:00Z"}, "occurred_at"),
    ({"occurred_at": "2100-01-01T00:00:00Z"}, "occurred_at"),
    ({"user": "seller"}, "user"),
    ({"user": "a@" + "b" * 300}, "user"),
    ({"person": {"marketo_id": "1042"}}, "marketo_id"),
    ({"person": {"marketo_id": 0}}, "marketo_id"),
    ({"person": {"marketo_id": 2**53}}, "marketo_id"),
    ({"person": {"marketo_id": 1, "email": "x@y.z"}}, "email"),
    ({"extra": 1}, "extra"),
    ({"data": {"status": "teleported"}}, "status"),
    ({"data": {"to": [1]}}, "to"),
    ({"data": None}, "data"),
]


@pytest.mark.parametrize(("change", "where"), MISTAKES)
def test_a_mistake_is_refused_where_it_is(change: dict[str, Any], where: str) -> None:
    """The error names the member."""
    with pytest.raises(ValidationError) as refused:
        EVENTS.validate_python(event("email.sent") | change)
    assert any(where in map(str, error["loc"]) for error in refused.value.errors())


@pytest.mark.parametrize("kind", ["email.opened", "reminder.created"])
def test_what_belongs_to_something_names_it(kind: str) -> None:
    """An open names its email, a reminder itself."""
    with pytest.raises(ValidationError, match=r"email_id|reminder_id"):
        EVENTS.validate_python(event(kind, data={}))


def test_a_kind_that_does_not_exist_is_refused() -> None:
    """And so is an event without any."""
    with pytest.raises(ValidationError, match=r"email\.teleported"):
        EVENTS.validate_python(event("email.sent", type="email.teleported"))
    with pytest.raises(ValidationError, match="type"):
        EVENTS.validate_python(BASE | {"data": {}})


def test_one_address_is_a_list_of_one() -> None:
    """Senders write `to` either way."""
    one = EVENTS.validate_python(event("email.sent", data={"to": "a@b.example"}))
    many = EVENTS.validate_python(event("email.sent", data={"to": ["a@b.example"]}))
    assert one == many
    assert one.fingerprint() == many.fingerprint()


@given(st.permutations(["subject", "body_text", "status", "url"]), st.booleans(), st.sampled_from([0, 330, -480]))
def test_content_is_compared_by_value(order: list[str], defaults: bool, offset: int) -> None:
    """Order of members, another offset for the same instant, and defaults spelled out change nothing."""
    data = {"subject": "Hi", "body_text": "text", "url": "https://x.example", "status": "sent"}
    spelled = {name: data[name] for name in order if defaults or name != "status"}
    local = {0: "2026-11-22T09:30:00.000Z", 330: "2026-11-22T15:00:00+05:30", -480: "2026-11-22T01:30:00-08:00"}[offset]
    one = EVENTS.validate_python(event("email.sent", data=data))
    other = EVENTS.validate_python(event("email.sent", data=spelled, occurred_at=local))
    assert one.fingerprint() == other.fingerprint()
    assert one.instant == other.instant


CHANGES: list[dict[str, Any]] = [
    {"occurred_at": "2026-11-22T09:30:01Z"},
    {"user": "other@example.com"},
    {"person": {"marketo_id": 1}},
    {"data": {}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_other_content_is_other(change: dict[str, Any]) -> None:
    """A second's difference, another seller, another person, other data."""
    one, other = EVENTS.validate_python(event("email.sent")), EVENTS.validate_python(event("email.sent") | change)
    assert one.fingerprint() != other.fingerprint()
