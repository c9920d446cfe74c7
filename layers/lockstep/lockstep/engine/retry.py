"""When to try again: the step of a schedule with jitter, so that no burst repeats in step (I19)."""

from datetime import datetime, timedelta

from lockstep.catalogue.retry_schedules import JITTER, Schedule
from lockstep.engine.ports import Chance

_GRAIN = 10_000


def jittered(seconds: float, chance: Chance) -> float:
    """The wait, made up to a fifth shorter or longer."""
    return seconds * (1 - JITTER + 2 * JITTER * chance.below(_GRAIN) / (_GRAIN - 1))


def next_attempt(schedule: Schedule, attempts: int, now: datetime, chance: Chance) -> datetime | None:
    """When attempt number `attempts` + 1 may be made; None where the schedule is at its end."""
    if attempts >= len(schedule.steps):
        return None
    return now + timedelta(seconds=jittered(schedule.steps[attempts], chance))
