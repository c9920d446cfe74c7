"""The limiter as values: windows, permits, shares of the day, and the vendor's own midnight."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.engine.budget import (
    CENTRAL,
    Grant,
    Lane,
    Refusal,
    Rules,
    Window,
    day_room,
    give_back,
    next_reset,
    quota_day,
    reserve,
)

NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
LANES: list[Lane] = ["opt_out", "live", "task", "people", "backfill"]


def granted(result: Grant | Refusal) -> Grant:
    """The grant that was expected."""
    assert isinstance(result, Grant)
    return result


def refused(result: Grant | Refusal) -> Refusal:
    """The refusal that was expected."""
    assert isinstance(result, Refusal)
    return result


def filled(rules: Rules, calls: int, now: datetime = NOW) -> Window:
    """A window in which this many calls are reserved, by workers that have left."""
    window = Window()
    while left := calls - len(window.slots):
        small = replace(rules, block=min(rules.block, left))
        window = give_back(granted(reserve(window, now, "w", "people", small)).window, now, "w", "people", ())
    return window


def test_a_worker_gets_a_block_and_must_start_it_soon() -> None:
    """Five calls, to be begun within two seconds, held for twenty-two."""
    grant = granted(reserve(Window(), NOW, "w", "people", Rules()))
    assert (grant.calls, grant.start_by) == (5, NOW + timedelta(seconds=2))
    assert grant.window.slots == (NOW + timedelta(seconds=22),) * 5
    assert grant.window.permits == {"w": NOW + timedelta(seconds=60)}
    assert grant.window.used == {"people": 5}


def test_a_full_window_says_when_it_has_room() -> None:
    """When the oldest reservation ends; the last block is as small as what is left."""
    window = filled(Rules(), 48)
    last = granted(reserve(window, NOW, "w", "people", Rules()))
    assert last.calls == 2
    late = NOW + timedelta(seconds=10)
    assert refused(reserve(last.window, late, "w", "people", Rules())).until == NOW + timedelta(seconds=22)
    assert granted(reserve(last.window, NOW + timedelta(seconds=22), "w", "people", Rules())).calls == 5


def test_a_sixth_worker_waits_for_a_permit() -> None:
    """Until the first of the five must have ended; one of the five may go on."""
    window = Window()
    for number in range(5):
        window = granted(reserve(window, NOW + timedelta(seconds=number), f"w{number}", "people", Rules())).window
    now = NOW + timedelta(seconds=5)
    assert refused(reserve(window, now, "w5", "people", Rules())).until == NOW + timedelta(seconds=60)
    assert granted(reserve(window, now, "w3", "people", Rules())).calls == 5
    assert granted(reserve(window, NOW + timedelta(seconds=60), "w5", "people", Rules())).calls == 5


def test_a_parked_vendor_is_asked_nothing() -> None:
    """By any lane, until the time is over."""
    until = NOW + timedelta(minutes=5)
    window = Window(parked_until=until)
    assert refused(reserve(window, NOW, "w", "opt_out", Rules())) == Refusal(until)
    assert granted(reserve(window, until, "w", "opt_out", Rules())).calls == 5


def test_what_was_not_begun_is_given_back() -> None:
    """Its slots, its part of the day, and the permit; what was begun stays counted."""
    grant = granted(reserve(Window(), NOW, "w", "people", Rules()))
    held = NOW + timedelta(seconds=22)
    left = give_back(grant.window, NOW + timedelta(seconds=1), "w", "people", (held,) * 3)
    assert (len(left.slots), left.used, left.permits) == (2, {"people": 2}, {})
    again = give_back(left, NOW + timedelta(seconds=30), "w", "people", (held,) * 3)
    assert (again.slots, again.used) == ((), {"people": 2})


@given(st.lists(st.tuples(st.sampled_from(LANES), st.integers(0, 5)), max_size=120))
def test_the_day_is_never_overdrawn_and_every_share_is_kept(asked: list[tuple[Lane, int]]) -> None:
    """Whoever asks however often: the cap holds, and a lane that comes last still gets its reserved share (I14)."""
    rules = Rules(day_calls=200, window_calls=10_000)
    window, now = Window(), NOW
    for lane, unused in asked:
        result = reserve(window, now, "w", lane, rules)
        if isinstance(result, Grant):
            back = (now + timedelta(seconds=rules.hold_seconds),) * min(unused, result.calls)
            window = give_back(result.window, now, "w", lane, back)
        else:
            assert result == Refusal(next_reset(now), spent=True)
    for lane, share in rules.shares.items():
        while isinstance(result := reserve(window, now, "w", lane, rules), Grant):
            window = result.window
        assert window.used.get(lane, 0) >= int(rules.day_calls * share)
    assert sum(window.used.values()) <= rules.day_calls


def test_what_nobody_reserved_is_for_all() -> None:
    """The backfill has no share of its own: it takes the rest, and nothing that another lane may still want."""
    rules = Rules(day_calls=1000)
    assert day_room(Window(), "backfill", rules) == 200
    assert day_room(Window(used={"live": 400, "people": 280}), "backfill", rules) == 200
    assert day_room(Window(used={"backfill": 200}), "backfill", rules) == 0
    assert day_room(Window(used={"backfill": 200}), "opt_out", rules) == 20
    assert day_room(Window(used={"live": 500}), "live", rules) == 100


def test_a_new_day_begins_at_the_vendors_midnight() -> None:
    """What was used yesterday is forgotten, not a minute earlier."""
    rules = Rules(day_calls=5, shares={})
    window = replace(granted(reserve(Window(), NOW, "w", "people", rules)).window, permits={}, slots=())
    midnight = datetime(2026, 11, 4, 6, tzinfo=UTC)
    spent = refused(reserve(window, midnight - timedelta(seconds=1), "w", "people", rules))
    assert (spent.until, spent.spent) == (midnight, True)
    assert granted(reserve(window, midnight, "w", "people", rules)).window.used == {"people": 5}


@pytest.mark.fault("F014")
@pytest.mark.parametrize(
    ("day", "hours", "starts"),
    [
        ((2026, 3, 7), 24, 6),
        ((2026, 3, 8), 23, 6),  # clocks go forward
        ((2026, 3, 9), 24, 5),
        ((2026, 10, 31), 24, 5),
        ((2026, 11, 1), 25, 5),  # clocks go back
        ((2026, 11, 2), 24, 6),
    ],
)
def test_days_of_23_and_25_hours(day: tuple[int, int, int], hours: int, starts: int) -> None:
    """On the two daylight-saving days the reset is an hour sooner or later, at the right instant."""
    midnight = datetime(*day, starts, tzinfo=UTC)
    assert next_reset(midnight - timedelta(microseconds=1)) == midnight
    assert next_reset(midnight) == midnight + timedelta(hours=hours)
    for hour in range(hours):
        assert quota_day(midnight + timedelta(hours=hour)) == midnight.date().isoformat()


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)))
def test_the_reset_is_the_first_instant_of_the_next_day(now: datetime) -> None:
    """Whenever it is asked."""
    reset = next_reset(now)
    assert now < reset <= now + timedelta(hours=25)
    assert reset.utcoffset() == timedelta(0)
    assert reset.astimezone(CENTRAL).time().isoformat() == "00:00:00"
    assert quota_day(reset - timedelta(microseconds=1)) == quota_day(now) < quota_day(reset)


def test_a_lane_with_two_workers_makes_room_for_one_without() -> None:
    """The lane that waits comes again soon and has the next permit; who is alone in its lane goes on."""
    window, later = Window(), NOW + timedelta(seconds=1)
    running: list[tuple[str, Lane]] = [
        ("a", "backfill"),
        ("b", "backfill"),
        ("c", "people"),
        ("d", "task"),
        ("e", "live"),
    ]
    for holder, lane in running:
        window = granted(reserve(window, NOW, holder, lane, Rules())).window
    waits = refused(reserve(window, NOW, "f", "opt_out", Rules()))
    assert waits.until == NOW + timedelta(seconds=3)
    assert waits.window is not None
    assert granted(reserve(waits.window, later, "c", "people", Rules())).calls == 5
    refused(reserve(waits.window, later, "a", "backfill", Rules()))
    left = give_back(waits.window, later, "a", "backfill", ())
    assert refused(reserve(left, later, "g", "people", Rules())).until == later + timedelta(seconds=3)
    assert granted(reserve(left, later, "f", "opt_out", Rules())).window.waiting == {}
