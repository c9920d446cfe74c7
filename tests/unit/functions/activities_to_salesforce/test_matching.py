"""Which of several records an activity goes to: each rule as a table, and properties that hold for all of them."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities_to_salesforce.matching import MOST_RECORDS, choose, loggable, undecided
from lockstep.domain.ids import SalesforceId, salesforce_id
from lockstep.domain.reason import Reason
from lockstep.domain.settings import DuplicateRule, Settings
from lockstep.domain.task import Match

ME, OTHER = salesforce_id("005000000000001"), salesforce_id("005000000000002")
START = datetime(2026, 1, 1, tzinfo=UTC)
PREFIX = {"Contact": "003", "Lead": "00Q"}


def match(kind: Any, number: int, day: int, owner: SalesforceId = OTHER) -> Match:
    """A record of a kind, created on a day."""
    found = salesforce_id(f"{PREFIX[kind]}{number:012}")
    return Match(found, kind, "a@example.net", owner, START + timedelta(days=day))


OLD, NEW = match("Contact", 1, 1), match("Contact", 2, 2)
MINE, LATEST = match("Lead", 3, 3, ME), match("Lead", 4, 4)
FOUND = (NEW, LATEST, OLD, MINE)
TASKS = {OLD.id: 2, MINE.id: 5, LATEST.id: 5}


def settings(**values: Any) -> Settings:
    """Settings with these choices."""
    return Settings.model_validate(values)


@pytest.mark.acceptance(46)
@pytest.mark.parametrize(
    ("rule", "chosen"),
    [
        ("contact_first_newest", [NEW]),
        ("contact_first_oldest", [OLD]),
        ("most_tasks", [LATEST]),
        ("owner_match_then_newest", [MINE]),
        ("all", [OLD, NEW, MINE, LATEST]),
        ("none", []),
    ],
)
def test_each_rule_picks_what_its_name_says(rule: str, chosen: list[Match]) -> None:
    """Two contacts and two leads, one of them the seller's, two of them with five Tasks."""
    choice = choose(FOUND, settings(duplicate_rule=rule), ME, TASKS)
    assert list(choice.matches) == chosen
    assert choice.reason is (None if chosen else Reason.AMBIGUOUS_MATCH)


@pytest.mark.acceptance(46)
@pytest.mark.parametrize(
    ("rule", "found", "chosen"),
    [
        ("contact_first_newest", (MINE, LATEST), LATEST),
        ("contact_first_oldest", (MINE, LATEST), MINE),
        ("owner_match_then_newest", (OLD, LATEST), LATEST),
        ("most_tasks", (OLD, NEW), OLD),
        ("most_tasks", (NEW, match("Lead", 9, 1)), NEW),
    ],
)
def test_rules_without_what_they_look_for(rule: str, found: tuple[Match, ...], chosen: Match) -> None:
    """No contact, nobody of the seller's own, no Task at all: the age decides."""
    assert choose(found, settings(duplicate_rule=rule), ME, TASKS).matches == (chosen,)


@pytest.mark.acceptance(141)
def test_kinds_that_are_not_logged_to_are_no_match() -> None:
    """With leads only, contacts are passed over; where there is nothing else, that is the reason."""
    leads = settings(log_to=["lead"], duplicate_rule="contact_first_newest")
    assert choose(FOUND, leads, ME, {}).matches == (LATEST,)
    choice = choose((OLD, NEW), leads, ME, {})
    assert (choice.matches, choice.reason) == ((), Reason.OBJECT_NOT_LOGGED)
    assert str(OLD.id) in choice.trace
    assert not loggable(OLD.id, leads)
    assert loggable(MINE.id, leads)


def test_the_candidates_are_named() -> None:
    """Under the rule `none` the trace names whom the address leads to, the oldest first, and how many more."""
    many = tuple(match("Lead", number, number) for number in range(9))
    trace = choose(many, settings(duplicate_rule="none"), ME, {}).trace
    assert [str(one.id) in trace for one in many] == [True] * 5 + [False] * 4
    assert trace.endswith("and 4 more")


def test_nobody_is_no_record() -> None:
    """An address that nobody has is NO_SF_RECORD under every rule."""
    for rule in get_args(DuplicateRule):
        assert choose((), settings(duplicate_rule=rule), ME, {}).reason is Reason.NO_SF_RECORD


RULES = st.sampled_from(get_args(DuplicateRule))
KINDS = st.lists(st.sampled_from(["contact", "lead"]), min_size=1, unique=True)
RECORDS = st.lists(
    st.builds(
        match,
        st.sampled_from(["Contact", "Lead"]),
        st.integers(0, 10**6),
        st.integers(0, 3),
        st.sampled_from([ME, OTHER]),
    ),
    unique_by=lambda one: one.id,
    max_size=30,
)


@pytest.mark.fault("F072")
@given(RECORDS, st.randoms(use_true_random=False), RULES, KINDS, st.dictionaries(st.integers(0, 29), st.integers(0, 3)))
def test_the_order_of_the_answer_decides_nothing(
    found: list[Match], chance: Any, rule: str, kinds: list[str], numbers: dict[int, int]
) -> None:
    """Never the first row: the same records in another order lead to the same choice, which is among them."""
    rules = settings(duplicate_rule=rule, log_to=kinds)
    tasks = {found[place].id: number for place, number in numbers.items() if place < len(found)}
    shuffled = list(found)
    chance.shuffle(shuffled)
    choice = choose(found, rules, ME, tasks)
    assert choice == choose(shuffled, rules, ME, tasks)
    assert set(choice.matches) <= {one for one in found if loggable(one.id, rules)}
    assert bool(choice.matches) != bool(choice.reason)
    assert len(choice.matches) <= (MOST_RECORDS if rule == "all" else 1)


@given(RECORDS, RULES)
def test_tasks_are_counted_only_where_they_decide(found: list[Match], rule: str) -> None:
    """Counting is asked for only by its rule, and only among several."""
    assert undecided(found, settings(duplicate_rule=rule)) == (rule == "most_tasks" and len(found) > 1)
