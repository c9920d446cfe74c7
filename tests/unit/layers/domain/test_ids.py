"""Identities: one record has one key, and two have two."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.ids import item_key, salesforce_id, user_email

SHORT = st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)

KNOWN = {  # the first is the vendor's own example
    "001A0000006Vm9r": "001A0000006Vm9rIAC",
    "00Q000000000001": "00Q000000000001EAA",
    "003abcdefghijkl": "003abcdefghijklAAA",
    "003ABCDEFGHIJKL": "003ABCDEFGHIJKLY55",
}


@pytest.mark.parametrize("short", KNOWN)
def test_the_long_form_of_known_ids(short: str) -> None:
    """The suffix is the one that Salesforce gives."""
    assert salesforce_id(short) == KNOWN[short]


@pytest.mark.fault("F071")
@pytest.mark.invariant("I30")
@given(SHORT)
def test_both_forms_are_one_id(short: str) -> None:
    """15 and 18 characters, padded or not, come to the same key, and doing it again changes nothing."""
    full = salesforce_id(short)
    assert len(full) == 18
    assert salesforce_id(full) == salesforce_id(f"  {short}\n") == full
    assert full[:15] == short


@pytest.mark.fault("F071")
@pytest.mark.invariant("I30")
@given(SHORT, st.integers(0, 14))
def test_ids_that_differ_by_case_are_two(short: str, at: int) -> None:
    """Also in a place where upper and lower case look alike to a careless comparison."""
    other = short[:at] + short[at].swapcase() + short[at + 1 :]
    assert (salesforce_id(other) == salesforce_id(short)) == (other == short)
    if other != short:
        assert salesforce_id(other).casefold() != salesforce_id(short).casefold()


@pytest.mark.fault("F071")
@given(SHORT)
def test_a_long_id_whose_case_was_lost_is_refused(short: str) -> None:
    """A system that lower-cased an id does not make us write to another record."""
    full = salesforce_id(short)
    for spoiled in (full.lower(), full.upper(), full[:15].swapcase() + full[15:]):
        if spoiled != full:
            with pytest.raises(ValueError, match="do not fit"):
                salesforce_id(spoiled)


@pytest.mark.parametrize(
    "text", ["", "00300000000000", "0030000000000001", "00300000000000!", "003000000000é01", "003000000000001AAB"]
)
def test_what_is_no_id_is_refused_with_a_sentence(text: str) -> None:
    """Wrong length, wrong characters, wrong suffix."""
    with pytest.raises(ValueError, match="not a Salesforce id"):
        salesforce_id(text)


def test_a_seller_is_keyed_by_the_address_in_lower_case() -> None:
    """However it is spelled."""
    assert user_email(" Seller1@Example.COM ") == "seller1@example.com"


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_key_of_an_item_depends_on_its_event_and_recipient_alone(event: str, recipient: str) -> None:
    """Always the same 32 letters and digits, and others for another flow, event or recipient."""
    key = item_key("flow", event, recipient)
    assert item_key("flow", event, recipient) == key
    assert len(key) == 32
    assert set(key) <= set(string.ascii_uppercase + "234567")
    assert key not in {item_key("flow", event + "x", recipient), item_key("other", event, recipient)}


def test_the_key_of_an_item_is_the_documented_one() -> None:
    """base32 of the first 160 bits of SHA-256 over flow, event and recipient; stored at the destination for ever."""
    assert item_key("activities_to_salesforce", "evt_1", "1042") == "GKV2PZGWPT2YXR37GWKI6CQPNHJ4KP2A"
