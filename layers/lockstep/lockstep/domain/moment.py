"""What judgements depend on besides their item, and the one that all flows about people share; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lockstep.domain import cause
from lockstep.domain.item import Item, Outcome, retry, skipped
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.settings import Settings

WAIT_FOR_PERSON = 2  # settle times until the people sync has certainly seen a new person (PPL-23)


@dataclass(frozen=True, slots=True)
class Moment:
    """Settings, time, and the settle time."""

    settings: Settings
    now: datetime
    settle: timedelta


def without_person(item: Item, record: PersonRecord | None, moment: Moment) -> Outcome:
    """What becomes of an item whose person is not active in the Workspace: somebody new may be on the way."""
    if record is None and item.attempts == 0:
        wait = moment.settle * WAIT_FOR_PERSON
        return retry(moment.now + wait, Reason.PERSON_UNKNOWN, "the person is not in the Workspace (yet)")
    why = f": {record.reason}" if record and record.reason else ""
    note = f"person {item.person_id} is not in the Workspace{why}"
    return skipped(Reason.PERSON_UNKNOWN, note, cause.person(item.person_id))
