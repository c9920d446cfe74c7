"""How many vendor calls may be made now, for which lane, and until when to wait otherwise.

Pure: a window's state goes in, a grant or a refusal comes out. Promises at most `window_calls`
calls in any `window_seconds` and `running` workers at once, although several functions share one
window (reliability.md 3.5; the vendor's own limits are 100 calls and 10 running, PPL-22).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Lane = Literal["opt_out", "live", "task", "people", "backfill"]
ORDER: tuple[Lane, ...] = ("opt_out", "live", "task", "people", "backfill")

CENTRAL = ZoneInfo("America/Chicago")  # Marketo's day ends at midnight US Central


@dataclass(frozen=True, slots=True)
class Rules:
    """Our caps. A slot frees `hold_seconds` after its reservation: a reserved call starts within
    `start_seconds`, so no 20-second window of arrivals holds more than `window_calls`."""

    window_calls: int = 50
    running: int = 5
    block: int = 5
    hold_seconds: int = 22
    start_seconds: int = 2
    permit_seconds: int = 60
    turn_seconds: int = 3
    day_calls: int = 25_000
    shares: Mapping[Lane, float] = field(
        default_factory=lambda: {"opt_out": 0.02, "live": 0.40, "task": 0.10, "people": 0.28}
    )


@dataclass(frozen=True, slots=True)
class Window:
    """What is reserved: ends of held slots, ends of running permits with their lanes, and the day's use by lane.

    `waiting`: until when a lane that has no permit has a claim to the next one.
    """

    slots: tuple[datetime, ...] = ()
    permits: Mapping[str, datetime] = field(default_factory=dict)
    lanes: Mapping[str, str] = field(default_factory=dict)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    day: str = ""
    used: Mapping[str, int] = field(default_factory=dict)
    parked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """Calls that may start before `start_by`, and the window that remembers them."""

    window: Window
    calls: int
    start_by: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """No call before `until`; `spent` where it is the day's allowance that is gone, `window` where it is to be kept."""

    until: datetime
    spent: bool = False
    window: Window | None = None


def quota_day(now: datetime) -> str:
    """The vendor's day, which starts at midnight US Central, daylight saving included (F014)."""
    return now.astimezone(CENTRAL).date().isoformat()


def next_reset(now: datetime) -> datetime:
    """The instant at which the vendor's next day starts, in UTC."""
    local = now.astimezone(CENTRAL)
    midnight = (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight.astimezone(ZoneInfo("UTC"))


def fresh(window: Window, now: datetime) -> Window:
    """The window without what has ended by now."""
    today = quota_day(now)
    permits = {holder: end for holder, end in window.permits.items() if end > now}
    return Window(
        slots=tuple(end for end in window.slots if end > now),
        permits=permits,
        lanes={holder: lane for holder, lane in window.lanes.items() if holder in permits},
        waiting={lane: end for lane, end in window.waiting.items() if end > now},
        day=today,
        used=window.used if window.day == today else {},
        parked_until=window.parked_until,
    )


def day_room(window: Window, lane: Lane, rules: Rules) -> int:
    """Calls that `lane` may still make today: what others have reserved and not used is not ours."""
    room = rules.day_calls - sum(window.used.values())
    for other, share in rules.shares.items():
        if other != lane:
            room -= max(0, int(rules.day_calls * share) - window.used.get(other, 0))
    own = int(rules.day_calls * rules.shares.get(lane, 0)) - window.used.get(lane, 0)
    return max(own, room)


def reserve(window: Window, now: datetime, holder: str, lane: Lane, rules: Rules) -> Grant | Refusal:
    """A block of calls for one worker, or when to ask again."""
    window = fresh(window, now)
    if window.parked_until and window.parked_until > now:
        return Refusal(window.parked_until)
    if refusal := _no_permit(window, now, holder, lane, rules):
        return refusal
    free = rules.window_calls - len(window.slots)
    if free <= 0:
        return Refusal(min(window.slots))
    room = day_room(window, lane, rules)
    if room <= 0:
        return Refusal(next_reset(now), spent=True)
    calls = min(rules.block, free, room)
    held = now + timedelta(seconds=rules.hold_seconds)
    taken = replace(
        window,
        slots=(*window.slots, *([held] * calls)),
        permits={**window.permits, holder: now + timedelta(seconds=rules.permit_seconds)},
        lanes={**window.lanes, holder: lane},
        waiting={other: end for other, end in window.waiting.items() if other != lane},
        used={**window.used, lane: window.used.get(lane, 0) + calls},
    )
    return Grant(taken, calls, now + timedelta(seconds=rules.start_seconds))


def _no_permit(window: Window, now: datetime, holder: str, lane: Lane, rules: Rules) -> Refusal | None:
    """Every lane that has work runs at least one worker: the second one of a lane makes room for it (I14)."""
    served = [one for name, one in window.lanes.items() if name != holder]
    unserved = [other for other in window.waiting if other != lane and other not in served]
    free = rules.running - len(window.permits)
    if holder in window.permits:
        gives_way = lane in served and free < len(unserved)
        return Refusal(now + timedelta(seconds=rules.turn_seconds)) if gives_way else None
    if lane in served:
        return None if free > len(unserved) else Refusal(_next_permit(window, now, rules))
    if free > sum(1 for other in unserved if _rank(other) < _rank(lane)):
        return None
    # it comes again soon, and those who run more than one worker hear of it meanwhile
    claim = now + timedelta(seconds=rules.turn_seconds * 3)
    return Refusal(
        now + timedelta(seconds=rules.turn_seconds), window=replace(window, waiting={**window.waiting, lane: claim})
    )


def _next_permit(window: Window, now: datetime, rules: Rules) -> datetime:
    return (
        min(window.permits.values())
        if len(window.permits) >= rules.running
        else now + timedelta(seconds=rules.turn_seconds)
    )


def _rank(lane: str) -> int:
    return ORDER.index(lane)


def give_back(window: Window, now: datetime, holder: str, lane: Lane, unused: tuple[datetime, ...]) -> Window:
    """The window after a worker is done: its permit and the calls it never started are free."""
    window = fresh(window, now)
    slots = list(window.slots)
    returned = 0
    for end in unused:
        if end in slots:
            slots.remove(end)
            returned += 1
    used = {**window.used, lane: max(0, window.used.get(lane, 0) - returned)}
    permits = {name: end for name, end in window.permits.items() if name != holder}
    lanes = {name: one for name, one in window.lanes.items() if name != holder}
    return replace(window, slots=tuple(slots), permits=permits, lanes=lanes, used=used)
