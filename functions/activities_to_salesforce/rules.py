"""Which item becomes which Task, and why the others do not; pure."""

from dataclasses import dataclass, replace

from activities_to_salesforce import matching
from activities_to_salesforce.rendering import Activity
from lockstep.domain.item import Item, Outcome, skipped
from lockstep.domain.moment import Moment, without_person
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent, SalesEvent
from lockstep.domain.wanted import passed_over


@dataclass(frozen=True, slots=True)
class Target:
    """An item that shall be written: to the record `who`, or to one that `search` finds.

    `related` is the account or opportunity that its Task is related to; `fixed`: both were decided before.
    `original` is the email that a reply answers; `doubtful`: an earlier write may have arrived.
    """

    item: Item
    activity: Activity
    who: str | None
    search: str | None
    trace: str
    original: EmailSent | None = None
    related: str | None = None
    fixed: bool = False
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one item's surroundings: its person, and for a reply the email and the item of that."""

    record: PersonRecord | None
    original: EmailSent | None = None
    parent: Item | None = None


def judge(item: Item, event: SalesEvent, known: Known, moment: Moment) -> Target | Outcome:
    """LS-02, LS-07, LS-15, LS-16: what becomes of one item that may become a Task.

    An item whose earlier write may have arrived is repeated as it was begun: it was judged then,
    under the settings of then (I22).
    """
    activity = _activity(event)
    if activity is None:
        return skipped(Reason.NOT_ROUTED, f"{event.type} makes no Task of its own")
    if item.in_doubt and item.target:
        begun = _fixed(item, activity, item.target, "repeated as begun", known)
        return replace(begun, related=item.related, doubtful=True)
    if refusal := passed_over(item, event, moment.settings):
        return refusal
    if item.record:
        one = _fixed(item, activity, item.record, "one of several records", known)
        return replace(one, related=item.related)
    parent = known.parent
    if parent and parent.target and parent.remote_id:
        answered = _fixed(item, activity, parent.target, "the record of the email it answers", known)
        return replace(answered, related=parent.related)
    return _placed(item, activity, known, moment)


def _fixed(item: Item, activity: Activity, who: str, trace: str, known: Known) -> Target:
    return Target(item, activity, who, None, trace, known.original, fixed=True)


def _activity(event: SalesEvent) -> Activity | None:
    if isinstance(event, EmailSent | CallLogged):
        return event
    return event if isinstance(event, EmailEngagement) and event.type == "email.replied" else None


def _placed(item: Item, activity: Activity, known: Known, moment: Moment) -> Target | Outcome:
    """The target with the record that the person names, or an address to search by."""
    record = known.record
    if record is None or record.person is None or not record.active:
        return without_person(item, record, moment)
    who, trace = matching.by_id(record.person)
    address = matching.address(record.person, activity)
    if who:
        return Target(item, activity, who, address, trace, known.original)
    if isinstance(activity, CallLogged):
        note = "calls are logged by Salesforce id only, and the person has none"
        return skipped(Reason.NO_SF_ID_FOR_CALL, note)
    if address is None:
        return skipped(Reason.NO_SF_RECORD, f"{trace}, and no address to search by")
    return Target(item, activity, None, address, trace, known.original)
