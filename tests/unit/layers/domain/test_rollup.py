"""The newest activity wins, whatever the order in which activities arrive and how they are gathered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.domain.ids import SalesforceId
from lockstep.domain.rollup import CAMPAIGN, MOST_SLOTS, News, Standing
from lockstep.domain.settings import Rollup

RECORD = SalesforceId("003000000000001AAA")
START = datetime(2026, 11, 2, tzinfo=UTC)
TIMES: tuple[Rollup, ...] = ("last_activity_by_sales", "last_sales_engagement", "last_replied")
ALL: tuple[Rollup, ...] = (*TIMES, CAMPAIGN)


@st.composite
def news(draw: st.DrawFn) -> News:
    """One activity out of few instants, so that ties are common."""
    rollup = draw(st.sampled_from(ALL))
    at = START + timedelta(minutes=draw(st.integers(0, 5)))
    moved = rollup == CAMPAIGN
    name = draw(st.sampled_from("ABC")) if moved else ""
    return News(rollup, at, f"evt_{draw(st.integers(0, 99))}", name, left=moved and draw(st.booleans()))


def told(batches: list[list[News]]) -> Standing:
    """The standing after these batches, one after the other."""
    standing = Standing(RECORD)
    for batch in batches:
        standing = standing.after(batch)
    return standing


def unique(some: list[News]) -> list[News]:
    """No two activities under one id."""
    return list({(one.slot, one.order): one for one in some}.values())


@pytest.mark.invariant("I12")
@given(st.lists(news(), max_size=12).map(unique), st.data())
def test_order_and_batches_change_nothing(some: list[News], data: st.DataObject) -> None:
    """Any order in any batches ends where one batch in order of time ends."""
    mixed = data.draw(st.permutations(some))
    cut = data.draw(st.integers(0, len(mixed)))
    in_order = told([[one] for one in sorted(some, key=lambda one: one.order)])
    assert told([mixed[:cut], mixed[cut:]]).values(ALL) == in_order.values(ALL)


@given(st.lists(news(), min_size=1, max_size=12).map(unique))
def test_a_time_is_the_newest_of_its_kind(some: list[News]) -> None:
    """Each time field shows the latest instant that was told for it, and nothing where none was."""
    for name in TIMES:
        latest = max((one.at for one in some if one.rollup == name), default=None)
        assert told([some]).values([name])[name] == latest


@given(st.lists(news(), min_size=1, max_size=12).map(unique))
def test_what_is_superseded_has_a_newer_one(some: list[News]) -> None:
    """Of each slot exactly one activity counts; every other one is told which is newer."""
    standing = told([some])
    counting = [one for one in some if standing.newer_than(one) is None]
    assert len(counting) == len({one.slot for one in some})
    for one in some:
        newer = standing.newer_than(one)
        assert newer is None or (newer in some and newer.order > one.order)


def test_a_left_campaign_gives_way_to_the_one_before() -> None:
    """Of two campaigns the later is shown; once it is left, the earlier one is."""
    first, second = (News(CAMPAIGN, START + timedelta(hours=n), f"evt_{n}", f"C{n}") for n in (1, 2))
    gone = News(CAMPAIGN, START + timedelta(hours=3), "evt_3", "C2", left=True)
    assert told([[first, second]]).values([CAMPAIGN]) == {CAMPAIGN: "C2"}
    assert told([[gone], [first, second]]).values([CAMPAIGN]) == {CAMPAIGN: "C1"}


def test_a_record_remembers_no_more_than_it_needs() -> None:
    """Of a hundred campaigns the last are remembered, and the last entered is shown."""
    many = [News(CAMPAIGN, START + timedelta(hours=n), f"evt_{n}", f"C{n}") for n in range(100)]
    assert len(told([many]).newest) == MOST_SLOTS
    assert told([many]).values([CAMPAIGN]) == {CAMPAIGN: "C99"}
