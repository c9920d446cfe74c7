"""Which item becomes which Task, and why the others do not; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from activities_to_salesforce import matching
from activities_to_salesforce.rendering import Activity
from lockstep.domain.item import Item, Outcome, retry, skipped
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailSent, SalesEvent
from lockstep.domain.settings import Settings
from lockstep.domain.task import Match

WAIT_FOR_PERSON = 2  # settle times until the people sync has certainly seen a new person (PPL-23)


@dataclass(frozen=True, slots=True)
class Target:
    """An item that shall be written: to the record `who`, or to one that `search` finds.

    `doubtful`: an earlier write may have arrived.
    """

    item: Item
    activity: Activity
    who: str | None
    search: str | None
    trace: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What a judgement depends on besides the item: settings, time, and the settle time."""

    settings: Settings
    now: datetime
    settle: timedelta


def judge(item: Item, event: SalesEvent, record: PersonRecord | None, moment: Moment) -> Target | Outcome:
    """LS-02, LS-07, LS-15, LS-16: what becomes of one item.

    An item whose earlier write may have arrived is repeated as it was begun: it was judged then,
    under the settings of then (I22).
    """
    if not isinstance(event, EmailSent | CallLogged):
        return skipped(Reason.NOT_ROUTED, f"{event.type} makes no Task of its own")
    if item.in_doubt and item.target:
        return Target(item, event, item.target, None, "repeated as begun", doubtful=True)
    if refusal := _unwanted(event, moment.settings):
        return refusal
    if record is None or record.person is None or not record.active:
        return _no_person(item, record, moment)
    who, trace = matching.by_id(record.person)
    if who:
        return Target(item, event, who, matching.address(record.person, event), trace)
    if isinstance(event, CallLogged):
        note = "calls are logged by Salesforce id only, and the person has none"
        return skipped(Reason.NO_SF_ID_FOR_CALL, note)
    address = matching.address(record.person, event)
    if address is None:
        return skipped(Reason.NO_SF_RECORD, f"{trace}, and no address to search by")
    return Target(item, event, None, address, trace)


def _unwanted(event: Activity, settings: Settings) -> Outcome | None:
    email = isinstance(event, EmailSent)
    if not (settings.log_emails if email else settings.log_calls):
        return skipped(Reason.KIND_OFF, f"{'emails' if email else 'calls'} are not logged")
    if isinstance(event, EmailSent) and event.data.status != "sent":
        return skipped(Reason.NOT_SENT, f"the email's status is {event.data.status}")
    if isinstance(event, CallLogged) and event.data.direction != "outbound":
        return skipped(Reason.NOT_OUTBOUND, f"the call's direction is {event.data.direction}")
    return None


def _no_person(item: Item, record: PersonRecord | None, moment: Moment) -> Outcome:
    wait = moment.settle * WAIT_FOR_PERSON
    if record is None and item.attempts == 0:
        note = "the person is not in the Workspace (yet)"
        return retry(moment.now + wait, Reason.PERSON_UNKNOWN, note)
    why = f": {record.reason}" if record and record.reason else ""
    return skipped(Reason.PERSON_UNKNOWN, f"person {item.person_id} is not in the Workspace{why}")


def resolved(
    target: Target, matches: Mapping[str, list[Match]], owner: str, gone: str | None = None
) -> Target | Outcome:
    """The target with the record that its address leads to."""
    searched = target.search or ""
    match, trace = matching.by_address(searched, matches, owner, gone)
    path = f"{target.trace}; {trace}"
    if match is None:
        return skipped(Reason.SF_RECORD_GONE if gone else Reason.NO_SF_RECORD, path)
    return replace(target, who=match.id, trace=path)
