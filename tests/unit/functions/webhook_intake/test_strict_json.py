"""Strict JSON: what is good comes through unchanged, what is not is named with its path."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook_intake.strict_json import DEPTH, Mistake, Path, load, shown

TEXT = st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


def depth(value: Any) -> int:
    """How many lists and objects stand inside each other."""
    inside = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(depth, inside), default=0)


@given(VALUES)
def test_good_documents_come_through_unchanged(value: Any) -> None:
    """Any value of storable texts, exact numbers and at most ten levels is read as any JSON reader reads it."""
    text = json.dumps(value)
    if depth(value) <= DEPTH:
        assert load(text) == json.loads(text)
    else:
        with pytest.raises(Mistake, match="nested deeper"):
            load(text)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, the answer is a document or a Mistake, and never another error."""
    try:
        said = json.dumps(load(text))
    except Mistake as mistake:
        said = shown(mistake.path)
    assert said


@pytest.mark.parametrize(
    ("text", "path", "what"),
    [
        ('{"a": [1, {"b": 2, "b": 3}]}', ("a", 1, "b"), "stands twice"),
        ('{"a": 1, "a": NaN}', ("a",), "stands twice"),
        ('[0, -1e999]', (1,), "too large"),
        (f"[{2**63}]", (0,), "beyond 64 bits"),
        (f"[-{10**30}]", (0,), "beyond 64 bits"),
        ("[Infinity]", (0,), "is Infinity"),
        ('{"a\\u0000": 1}', ("a\x00",), "a name with a character"),
        ("\ufeff{}", (), "is not JSON"),
        ("[1] [2]", (), "is not JSON (line 1, column 5"),
        ('["\t"]', (), "is not JSON"),
    ],
)  # fmt: skip
def test_the_first_mistake_is_named_with_its_path(text: str, path: Path, what: str) -> None:
    """Each way of being wrong has its sentence and the path at which it stands."""
    with pytest.raises(Mistake) as caught:
        load(text)
    assert caught.value.path == path
    assert what in caught.value.what


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
def test_whole_numbers_of_sixty_four_bits_are_exact(number: int) -> None:
    """The largest and smallest numbers of 64 bits are taken as they are."""
    assert load(f"[{number}]") == [number]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ((), "$"),
        (("events", 3, "person", "marketo_id"), "$.events[3].person.marketo_id"),
        (("a b", "c\nd", 'e"f'), '$["a b"]["c\\nd"]["e\\"f"]'),
        (("x" * 1000,), f'$["{"x" * 64}"]'),
        (("\ud800",), '$["\\ud800"]'),
    ],
)
def test_paths_are_shown_as_json_path(path: Path, said: str) -> None:
    """Names that are no identifiers are quoted, long ones are cut, and nothing unprintable gets out."""
    assert shown(path) == said
