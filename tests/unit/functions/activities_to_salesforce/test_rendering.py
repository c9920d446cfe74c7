"""How activities look as Tasks; values in, values out."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities_to_salesforce.rendering import Author, Rendering, description, render, subject
from lockstep.domain.sales_activity import CallLogged, EmailSent
from lockstep.domain.task import FieldRight, TaskSchema
from lockstep.domain.text import cut, units
from tests.signed import event

CAMPAIGN = {"name": "Spring", "day": 3, "step": 2, "url": "https://c/1"}


def email(**data: Any) -> EmailSent:
    """An email as its sender reports it."""
    made = event("evt_1", "email.sent", person=1, **data)
    assert isinstance(made, EmailSent)
    return made


def call(**data: Any) -> CallLogged:
    """A call as its sender reports it."""
    made = event("evt_1", "call.logged", person=1, **data)
    assert isinstance(made, CallLogged)
    return made


def author(*writable: str, length: int = 255, types: frozenset[str] = frozenset()) -> Author:
    """A seller who may write these fields."""
    fields = {name: FieldRight(name, "string", length, createable=True, updateable=True) for name in writable}
    schema = TaskSchema(
        fields, types, type_has_default=False, key_usable=True, read_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    return Author("0055g0000000001AAA", "Asia/Tokyo", schema)


@pytest.mark.acceptance(54)
@pytest.mark.parametrize(
    ("token", "for_email", "for_call"),
    [
        ("activity_type", "Email", "Call"),
        ("activity_subject", "Hello", "Ring Ada"),
        ("sales_campaign_name", "Spring", "Spring"),
        ("sales_campaign_day", "3", "3"),
        ("sales_campaign_step", "2", "2"),
        ("call_outcome", "", "Answered"),
        ("call_reason", "", "Demo"),
    ],
)
def test_every_token_renders(token: str, for_email: str, for_call: str) -> None:
    """Each token of LS-19 shows its value, and nothing where the activity has none."""
    template = f"[{{{{{token}}}}}]"
    mail = email(subject="Hello", campaign=CAMPAIGN)
    ring = call(reminder_name="Ring Ada", campaign=CAMPAIGN, outcome="Answered", reason="Demo")
    assert subject(template, mail) == f"[{for_email}]"
    assert subject(template, ring) == f"[{for_call}]"
    assert subject(template, call()) == ("[Call]" if token == "activity_type" else "[]")


@pytest.mark.acceptance(57)
def test_tokens_are_found_in_any_case() -> None:
    """`{{Activity_Type}}` works as the documentation writes it (LS-21)."""
    assert subject("{{Activity_Type}}: {{ ACTIVITY_SUBJECT }}", email(subject="Hi")) == "Email: Hi"


def test_an_empty_subject_falls_back_to_the_type() -> None:
    """Nothing to say is said as the type of activity (LS-22)."""
    assert subject("{{activity_subject}}", email()) == "Email"


def test_a_token_in_a_value_is_not_rendered_again() -> None:
    """A subject that looks like a template stays text (S17)."""
    assert subject("{{activity_subject}}", email(subject="{{call_reason}} {{7*7}}")) == "{{call_reason}} {{7*7}}"


@pytest.mark.fault("F037")
@pytest.mark.invariant("I29")
@given(st.text(max_size=400), st.integers(1, 300))
def test_cuts_fit_and_split_nothing(text: str, limit: int) -> None:
    """A cut text is a beginning of the text, fits in UTF-16 units, and leaves no half character."""
    short = cut(text, limit)
    assert text.startswith(short)
    assert units(short) <= limit
    assert short == text or not short or not 0xFE00 <= ord(text[len(short)]) <= 0xFE0F


def test_joined_emoji_and_accents_are_cut_whole() -> None:
    """A family emoji or an accented letter at the edge goes altogether."""
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert cut("a" * 5 + family, 9) == "a" * 5
    assert cut("abce\u0301", 4) == "abc"


@given(st.text(max_size=300))
def test_descriptions_take_any_text(text: str) -> None:
    """Whatever the body holds, the description has no NUL, ends with the key, and fits."""
    made = description(email(body_text=text.encode("utf-8", "ignore").decode()), "[Lockstep KEY]")
    assert "\x00" not in made
    assert made.endswith("[Lockstep KEY]")
    assert units(made) <= 32_000


def test_a_long_body_is_cut_before_the_key() -> None:
    """32,000 units hold the text and, in an org without the key field, the key at the end."""
    made = description(email(body_text="x" * 40_000), "[Lockstep KEY]")
    assert units(made) <= 32_000
    assert made.endswith("x\n\n[Lockstep KEY]")


def test_the_date_is_that_of_the_sellers_zone() -> None:
    """Eleven at night UTC is the next day in Tokyo."""
    made = render(Rendering(email(occurred_at="2026-11-02T23:00:00Z"), "003"), author(), "{{activity_subject}}")
    assert made.fields["ActivityDate"] == "2026-11-03"


def test_type_needs_the_exact_picklist_value() -> None:
    """`email` in the picklist is not `Email` (LS-24)."""
    right = author("Type", types=frozenset({"Email"}))
    wrong = author("Type", types=frozenset({"email"}))
    assert render(Rendering(email(), "003"), right, "x").fields["Type"] == "Email"
    assert "Type" not in render(Rendering(email(), "003"), wrong, "x").fields


def test_what_may_not_be_written_is_named() -> None:
    """A hidden field is withheld, a long value shortened, and both are said."""
    made = render(Rendering(email(campaign=CAMPAIGN, url="https://" + "x" * 300), "003"), author("MSE_Details__c"), "x")
    assert "MSE_Campaign__c (hidden or missing)" in made.withheld
    assert "MSE_Details__c (shortened to 255)" in made.withheld
    assert len(str(made.fields["MSE_Details__c"])) == 255


def test_a_subject_or_text_that_was_cut_is_named() -> None:
    """What does not fit Salesforce's own limits is cut, and said; what just fits is not."""
    mail, right = email(subject="x" * 256, body_text="y" * 32_000), author("Description")
    long = render(Rendering(mail, "003"), right, "{{activity_subject}}")
    assert {"Subject (shortened to 255)", "Description (shortened to 32000)"} <= set(long.withheld)
    fits = render(Rendering(email(subject="x" * 255), "003"), right, "{{activity_subject}}")
    assert "shortened" not in " ".join(fits.withheld)
