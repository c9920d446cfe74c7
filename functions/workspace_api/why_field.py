"""Why a field of a logged Task is empty: the first thing that kept its value away, and everything that was looked at.

Promises the order of behaviour.md 10: is it ours, set by this kind, logged at all, is there a value, does the field
exist under its exact name, may the seller write it, and does Salesforce still hold what was written. Pure.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from lockstep.catalogue.reason_texts import Who
from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES, TaskAttribute
from lockstep.domain.item import State
from lockstep.domain.mail import Life, Mail
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailEngagement, EmailSent, SalesEvent
from workspace_api.field_check import Finding, check
from workspace_api.why_around import Around
from workspace_api.why_item import attribute_kind

ATTRIBUTES = {attribute.name: attribute for attribute in TASK_ATTRIBUTES}
ALWAYS = ("Subject", "Status", "Priority", "ActivityDate", "OwnerId", "WhoId", "Description", "Type")
CALLS = ("TaskSubtype", "CallType", "CallDurationInSeconds", "CallDisposition")
TYPES = {"email": "Email", "call": "Call", "reply": "Reply"}


@dataclass(frozen=True, slots=True)
class FieldCheck:
    """One thing that must be so for a field to be filled."""

    code: str
    check: str
    passed: bool
    value: str
    answer: str = ""
    remedy: str = ""
    who: Who = "nobody"


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What an explanation of a field rests on besides the item: the mail, what was reported of it, other sellers."""

    mail: Mail | None
    news: Sequence[SalesEvent]
    seen_by_others: Collection[str]


def explained(around: Around, name: str, facts: FieldFacts, told: str) -> list[FieldCheck]:
    """The checks of one field, up to the first that fails; `told` is the answer about the activity itself."""
    found: list[FieldCheck] = []
    for one in _checks(around, name, facts, told):
        found.append(one)
        if not one.passed:
            break
    return found


def spelled(name: str) -> str:
    """A field as we spell it, where only the case differs."""
    known = {each.lower(): each for each in (*ATTRIBUTES, *ALWAYS, *CALLS)}
    return known.get(name.strip().lower(), name.strip())


def _checks(around: Around, name: str, facts: FieldFacts, told: str) -> Iterator[FieldCheck]:
    yield _ours(name)
    yield _kind(around, name)
    yield _logged(around, told)
    yield _value(around, name, facts)
    yield from _rights(around, name, facts)
    yield _written(around, name)


def _ours(name: str) -> FieldCheck:
    title = "It is a field that Lockstep writes"
    if name in ATTRIBUTES or name in (*ALWAYS, *CALLS):
        return FieldCheck("ours", title, passed=True, value=name)
    near = get_close_matches(name, [*ATTRIBUTES, *ALWAYS, *CALLS], n=1)
    hint = f" The one that is most like it is {near[0]}." if near else ""
    return FieldCheck("ours", title, passed=False, value=name, answer=f"Lockstep writes no field {name}.{hint}")


def _kind(around: Around, name: str) -> FieldCheck:
    kind = attribute_kind(around.item) or "activity"
    setters = ATTRIBUTES[name].set_by if name in ATTRIBUTES else {"call"} if name in CALLS else set(TYPES)
    listed = " and ".join(sorted(setters))
    answer = f"{name} is set by {listed} only, and this is {kind}: it stays empty on this Task."
    title = "It is set by this kind of activity"
    return FieldCheck("kind", title, passed=kind in setters, value=f"set by {listed}; this is {kind}", answer=answer)


def _logged(around: Around, told: str) -> FieldCheck:
    item, title = around.item, "The activity is logged by the API"
    if item.reason is Reason.LOGGED_BY_BCC:
        answer = "The mail was filed by Email to Salesforce (BCC), and such Tasks never carry the fields."
        return FieldCheck("logged", title, passed=False, value="filed by a blind copy", answer=answer)
    answer = f"The activity has no Task, so no field either. {told}"
    value = item.remote_id or str(item.reason or item.state)
    return FieldCheck("logged", title, passed=item.state is State.CONFIRMED, value=value, answer=answer)


def _value(around: Around, name: str, facts: FieldFacts) -> FieldCheck:
    value, missing = _reported(around, name, facts)
    title = "There is a value for it"
    if value in (None, "", False):
        return FieldCheck("value", title, passed=False, value=missing, answer=f"{name} is empty because {missing}.")
    return FieldCheck("value", title, passed=True, value=str(value))


def _reported(around: Around, name: str, facts: FieldFacts) -> tuple[Any, str]:
    attribute = ATTRIBUTES.get(name)
    if attribute is None:
        return _standard(around.event, name), f"the activity was reported without what {name} shows"
    value = attribute.constant or _at(around.event, attribute)
    if attribute.life and not value:
        life = (facts.mail.told if facts.mail else Life()).after(facts.news)
        return getattr(life, attribute.life), f"nothing of the kind was reported of this email ({attribute.life})"
    return value, f"the activity was reported without {'.'.join(attribute.path)}"


def _at(event: SalesEvent, attribute: TaskAttribute) -> Any:
    value: Any = event.data if attribute.path else None
    for step in attribute.path:
        value = getattr(value, step, None)
    return value


def _standard(event: SalesEvent, name: str) -> Any:
    match event, name:
        case CallLogged(), "CallDurationInSeconds":
            return event.data.duration_s
        case CallLogged(), "CallDisposition":
            return event.data.outcome
        case CallLogged(), "Description":
            return event.data.notes
        case EmailEngagement(), "Description":
            return event.data.body_text or event.data.details
    return "always set"


def _rights(around: Around, name: str, facts: FieldFacts) -> Iterator[FieldCheck]:
    """Then: what was withheld when it was written; now: what the field check finds."""
    item, title = around.item, "The field is there, and the seller may write it"
    left = next((entry for entry in item.withheld if entry.split(" ")[0] == name), None)
    finding = _finding(around, name, facts)
    if left and "shortened" in left:
        yield FieldCheck("rights", title, passed=True, value=f"written, {left.partition(' ')[2]}")
        return
    if left:
        when = f"When the Task was written, {name} was left out {left.partition(' ')[2]} for {item.connection}."
        now = finding.text if finding else "It is there and writable now: lockstep fields backfill fills it."
        remedy = finding.remedy if finding else "lockstep fields backfill"
        who: Who = finding.who if finding else "Lockstep admin"
        yield FieldCheck("rights", title, passed=False, value=left, answer=f"{when} {now}", remedy=remedy, who=who)
        return
    spoils = finding and finding.trouble != "too short" and not _holds(around, name)
    value = finding.text if finding else "yes"
    if finding and spoils:
        yield FieldCheck(
            "rights", title, passed=False, value=value, answer=value, remedy=finding.remedy, who=finding.who
        )
    else:
        yield FieldCheck("rights", title, passed=True, value=value)


def _finding(around: Around, name: str, facts: FieldFacts) -> Finding | None:
    schema = around.seller.schema
    if schema is None:
        return None
    kind = attribute_kind(around.item)
    types = (TYPES[kind],) if kind else ()
    return next((one for one in check(schema, facts.seen_by_others, types) if one.field == name), None)


def _holds(around: Around, name: str) -> bool:
    return bool(around.seen.task and around.seen.task.get(name))


def _written(around: Around, name: str) -> FieldCheck:
    seen, title = around.seen, "Salesforce still holds it"
    if seen.task is None or name not in seen.task:
        value = seen.trouble or ("the Task is deleted or not visible" if seen.asked else "Salesforce was not asked")
        return FieldCheck("written", title, passed=True, value=value)
    if seen.task.get("IsDeleted"):
        answer = "The Task was deleted in Salesforce; it is neither made again nor updated."
        return FieldCheck("written", title, passed=False, value="deleted", answer=answer, who="Salesforce admin")
    if seen.task[name] in (None, "", False):
        answer = (
            f"{name} was written and is empty in Salesforce now: somebody, or an automation there, emptied it since. "
            "Lockstep leaves what people change."
        )
        return FieldCheck("written", title, passed=False, value="empty", answer=answer, who="Salesforce admin")
    return FieldCheck("written", title, passed=True, value=str(seen.task[name])[:100])


def is_news(event: SalesEvent) -> bool:
    """Whether an event may tell of an email's life."""
    return not isinstance(event, EmailSent | CallLogged)
