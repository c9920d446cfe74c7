"""What records in Salesforce became: chains to their end, and never a circle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.ids import SalesforceId, salesforce_id
from lockstep.domain.person import heir, with_heirs

IDS = [salesforce_id(f"00300000000000{letter}") for letter in "aAbBcC"]
LINKS = st.dictionaries(st.sampled_from(IDS), st.sampled_from(IDS), max_size=6)


@pytest.mark.fault("F068")
@pytest.mark.invariant("I30")
def test_a_chain_leads_to_its_end() -> None:
    """A became B and B became C: A is C; ids that differ by case are two."""
    a, big_a, b, _, c, _ = IDS
    heirs = with_heirs({a: b}, {b: c})
    assert [heir(one, heirs) for one in (a, b, c, big_a)] == [c, c, c, big_a]


@pytest.mark.fault("F076")
@pytest.mark.invariant("I30")
@given(LINKS, st.sampled_from(IDS))
def test_every_chain_ends(links: dict[SalesforceId, SalesforceId], start: SalesforceId) -> None:
    """Whatever is stored, a look-up ends, at a record that was named."""
    assert heir(start, links) in {start, *links.values()}


@pytest.mark.fault("F076")
@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda pair: pair[0] != pair[1])))
def test_no_circle_is_ever_kept(story: list[tuple[SalesforceId, SalesforceId]]) -> None:
    """After any story of who became whom, the record seen alive last leads to itself, and every chain has an end."""
    heirs: dict[SalesforceId, SalesforceId] = {}
    for old, new in story:
        heirs = with_heirs(heirs, {old: new})
        assert heir(old, heirs) == heir(new, heirs) == new
    assert all(heir(one, heirs) not in heirs for one in heirs)
