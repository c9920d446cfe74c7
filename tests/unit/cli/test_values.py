"""What people type as a setting becomes what the interface takes."""

from typing import Any

import pytest

from cli.problem import CliProblem
from cli.values import changes

PRESENT = {"on": True, "number": 5, "text": "a", "some": ["a"], "map": {}, "nothing": None}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("on=off", False),
        ("number=50000", 50000),
        ("text=123", "123"),
        ("text={{activity_type}}: x=y", "{{activity_type}}: x=y"),
        ("some=Answered, Left a message", ["Answered", "Left a message"]),
        ('some=[{"name": "No answer", "type": "Missed"}]', [{"name": "No answer", "type": "Missed"}]),
        ("some=", []),
        ("map=last_replied:Last_Replied__c, last_activity_by_sales:A__c",
         {"last_replied": "Last_Replied__c", "last_activity_by_sales": "A__c"}),
        ("nothing=default", None),
        ("nothing=on", True),
        ("nothing=bcc", "bcc"),
        ("unknown=true", True),
    ],
)  # fmt: skip
def test_a_value_is_read_as_its_setting_is(typed: str, value: Any) -> None:
    """Words for switches, commas for lists, pairs for maps, JSON for all of it; texts stay texts."""
    assert changes([typed], PRESENT) == {typed.partition("=")[0]: value}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("on", "not NAME=VALUE"), ("=x", "not NAME=VALUE"), ("some=[a", "must be JSON"), ("map=a", "not KEY:VALUE")],
)
def test_what_cannot_be_read_is_told(typed: str, sentence: str) -> None:
    """One sentence says what form was expected."""
    with pytest.raises(CliProblem, match=sentence):
        changes([typed], PRESENT)
