"""One item explained: each check of `checks.py`, as it was under the settings of then and as it is now. Pure."""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain.connection import ConnectionState
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailSent
from lockstep.domain.settings import Settings, VersionedSettings
from lockstep.domain.wanted import Demand, demands
from workspace_api import why_newest
from workspace_api.checks import PENDING, Check, Stage, Told, checks
from workspace_api.why_around import Around, kind_of, searched

_SWITCHES = {"email.sent": "log_emails", "call.logged": "log_calls", "email.replied": "log_replies"}
_BEHIND = (Stage.TASK, Stage.FIELDS, Stage.SALESFORCE, Stage.QUOTA, Stage.ATTEMPTS)


def explained(around: Around) -> list[Check]:
    """The checks of one item, in order."""
    judged = dict(_by_settings(around, around.then)) if around.then else {}
    judged |= _as_judged(around)
    now = dict(_by_settings(around, around.now))
    looks = _LOOKS | why_newest.LOOKS if around.item.effect == "rollup" else _LOOKS
    now |= {stage: told for stage, look in looks.items() if (told := look(around))}
    return checks(around.item, stages(around), judged, now)


def stages(around: Around) -> list[Stage]:
    """The checks that this kind of item has."""
    event = around.event
    if around.item.effect == "rollup":
        return why_newest.STAGES
    if around.item.effect == "fields":
        return [Stage.RECEIVED, Stage.USER, Stage.CONNECTION, *_BEHIND]
    own = {
        EmailSent: [Stage.EVENT, Stage.METHOD],
        CallLogged: [Stage.EVENT, Stage.CHOICES],
    }.get(type(event), [])
    first = [Stage.RECEIVED, Stage.KIND, *(own if around.item.effect == "task" else []), Stage.USER, Stage.CONNECTION]
    if around.item.effect == "life":
        return [*first, Stage.EMAIL, *_BEHIND]
    return [*first, Stage.PERSON, Stage.RECORD, Stage.OBJECT, Stage.RULE, *_BEHIND, Stage.READ_BACK]


def _by_settings(around: Around, settings: VersionedSettings) -> Iterator[tuple[Stage, Told]]:
    """What follows from settings and event alone: the same judgement as the flow's."""
    for demand in demands(around.item, around.event, settings.values):
        yield Stage(demand.aspect), _told(around, settings, demand)


def _told(around: Around, settings: VersionedSettings, demand: Demand) -> Told:
    user, note = around.item.connection, demand.note
    switch = "log_emails" if around.item.effect == "life" else _SWITCHES.get(around.item.kind, "log_emails")
    if demand.aspect == "method":
        note = f"{note} ({_since(around, settings, lambda values: values.of(user).email_method)})"
    elif demand.aspect == "kind" and around.item.effect == "rollup":
        note = f"{note} ({_since(around, settings, lambda values: values.rollups)})"
    elif demand.aspect == "kind":
        note = f"{note} ({_since(around, settings, lambda values: getattr(values.of(user), switch))})"
    return Told("fail" if demand.reason else "pass", note, demand.reason)


def _since(around: Around, settings: VersionedSettings, chosen: Callable[[Settings], object]) -> str:
    """Which version made it so, and who; a seller's own choice names the seller."""
    upto = [one for one in around.versions if one.version <= settings.version]
    for newer, older in pairwise([*upto, VersionedSettings()]):
        if chosen(newer.values) != chosen(older.values):
            return f"since settings version {newer.version}, {_moment(newer.changed_at)} by {newer.changed_by}"
    return f"settings version {settings.version}, as by default"


def _moment(text: str | None) -> str:
    return f"{text[:10]} {text[11:16]} UTC" if text else "-"


def _as_judged(around: Around) -> Mapping[Stage, Told]:
    """What the ledger holds of a write that stands."""
    item = around.item
    found = {Stage.RECEIVED: Told("pass", f"reported as {around.event.id}")}
    if item.state is not State.CONFIRMED:
        return found
    note = next((step.note for step in reversed(item.history) if step.state is State.CONFIRMED), "")
    where = f"{item.target or 'the record of its email'}: {note}".rstrip(": ")
    found[Stage.RECORD] = Told("pass", note if item.effect == "rollup" else where)
    found[Stage.READ_BACK] = Told("pass", f"Salesforce answered with {item.remote_id}")
    if item.withheld:
        found[Stage.FIELDS] = Told("fail", ", ".join(item.withheld), Reason.FIELDS_WITHHELD)
    return found


def _user(around: Around) -> Told:
    user = around.seller.user
    if around.seller.known:
        return Told("pass", f"{user} is a user")
    return Told("fail", f"{user} is no user", Reason.USER_UNKNOWN)


def _connection(around: Around) -> Told:
    link = around.seller.link
    if link is None or link.state is ConnectionState.DISCONNECTED:
        since = f"disconnected since {link.since:%Y-%m-%d %H:%M} UTC" if link else "never connected"
        return Told("fail", since, Reason.NO_CONNECTION)
    told = f"{link.state} since {link.since:%Y-%m-%d %H:%M} UTC {link.detail}".strip()
    if link.state is ConnectionState.BLOCKED:
        return Told("fail", told, link.reason or Reason.CONNECTION_EXPIRED)
    return Told("pass", told)


def _person(around: Around) -> Told:
    record = around.record
    if around.person:
        return Told("pass", f"{around.person.name or 'the person'} ({around.person.marketo_id}) is active")
    if record is None:
        return Told("fail", f"nobody with the Marketo id {around.item.person_id} is known", Reason.PERSON_UNKNOWN)
    return Told("fail", f"not active: {record.reason}", record.reason or Reason.PERSON_UNKNOWN)


def _email(around: Around) -> Told:
    if not around.parents:
        return Told("fail", "no email of this id to this person is known", Reason.EMAIL_UNKNOWN)
    tasks = [parent.remote_id for parent in around.parents if parent.remote_id]
    if tasks:
        return Told("pass", f"it is {', '.join(tasks)}")
    first = around.parents[0]
    return Told("fail", f"the email {first.event_id}: {first.reason or first.state}", Reason.EMAIL_NOT_LOGGED)


def _record(around: Around) -> Told | None:
    person = around.person
    if person is None or around.item.state is State.CONFIRMED:
        return None
    own = person.salesforce_id
    if own and (found := _by_id(around, own)):
        return found
    if isinstance(around.event, CallLogged):
        if own:
            return Told(
                "fail", f"{own} is not there any more; calls are never searched by address", Reason.SF_RECORD_GONE
            )
        note = "the person has no Salesforce id; calls stop here and are never searched by address"
        return Told("fail", note, Reason.NO_SF_ID_FOR_CALL)
    return _by_address(around)


def _by_id(around: Around, own: str) -> Told | None:
    """The record whose id the person carries; None where Salesforce says that it is gone."""
    which = "contact" if around.person and around.person.salesforce_contact_id else "lead"
    seen = around.seen
    if not seen.asked:
        return Told("pass", f"{own}, the person's {which} id; {seen.trouble or 'Salesforce was not asked'}")
    if seen.living == own:
        return Told("pass", f"{own}, the person's {which} id, is there")
    if seen.living:
        return Told("pass", f"{own}, the person's {which} id, was merged or converted and lives on as {seen.living}")
    return None


def _by_address(around: Around) -> Told:
    person = around.person
    address = searched(person, around.event) if person else None
    if address is None:
        return Told(
            "fail", "the person has no Salesforce id, and there is no address to search by", Reason.NO_SF_RECORD
        )
    seen = around.seen
    if not seen.asked:
        return Told("not known", f"to be searched by {address}; {seen.trouble or 'Salesforce was not asked'}")
    if seen.matches:
        return Told("pass", f"{len(seen.matches)} with the address {address}: {seen.matches[0].id}")
    if around.now.values.no_match_rule == "create_lead":
        return Told("pass", f"nobody has the address {address}: a lead would be made")
    gone = person is not None and person.salesforce_id is not None
    note = f"no live contact or unconverted lead has the address {address}"
    return Told("fail", note, Reason.SF_RECORD_GONE if gone else Reason.NO_SF_RECORD)


def _object(around: Around) -> Told | None:
    if around.person is None or around.item.state is State.CONFIRMED:
        return None
    matches = around.candidates or around.seen.matches
    found = around.seen.living or around.person.salesforce_id or next((match.id for match in matches), None)
    if found is None:
        return None
    note = f"a {kind_of(found)}; logged to are {', '.join(around.now.values.log_to)}"
    allowed = kind_of(found) in around.now.values.log_to
    return Told("pass" if allowed else "fail", note, None if allowed else Reason.OBJECT_NOT_LOGGED)


def _rule(around: Around) -> Told | None:
    rule, number = around.now.values.duplicate_rule, len(around.candidates)
    if around.item.state is State.CONFIRMED or (number < 2 and around.item.reason is not Reason.AMBIGUOUS_MATCH):
        return None
    if rule == "none" and number > 1:
        return Told("fail", f"{number} records have the address, and duplicate_rule is none", Reason.AMBIGUOUS_MATCH)
    return Told("pass", f"{number} records have the address; duplicate_rule is {rule}")


def _task(around: Around) -> Told | None:
    if around.item.state is not State.CONFIRMED or not around.seen.asked:
        return None
    if around.seen.task is None or around.seen.task.get("IsDeleted"):
        note = f"{around.item.remote_id} is deleted or not visible to the seller; it is not made again"
        return Told("fail", note, Reason.TASK_DELETED)
    return Told("pass", f"{around.item.remote_id} is there")


def _fields(around: Around) -> Told | None:
    schema, kind = around.seller.schema, attribute_kind(around.item)
    if schema is None or kind is None:
        return None
    names = [one.name for one in TASK_ATTRIBUTES if kind in one.set_by]
    missing = [name for name in names if not ((right := schema.fields.get(name)) and right.createable)]
    as_of = f"as of {schema.read_at:%Y-%m-%d %H:%M} UTC"
    if missing:
        return Told("fail", f"missing, hidden or read-only: {', '.join(missing)} ({as_of})", Reason.FIELDS_WITHHELD)
    return Told("pass", f"all {len(names)} of this kind ({as_of})")


def attribute_kind(item: Item) -> str | None:
    """The kind of Task whose fields this item sets; None where it sets none of its own."""
    if item.effect == "life" or item.kind == "email.sent":
        return "email"
    return {"call.logged": "call", "email.replied": "reply"}.get(item.kind)


def _quota(around: Around) -> Told:
    if around.parked_until:
        return Told("fail", f"no calls before {around.parked_until:%Y-%m-%d %H:%M} UTC", Reason.QUOTA_SPENT)
    if around.brake.halted_at:
        since = f"halted since {around.brake.halted_at:%Y-%m-%d %H:%M} UTC after {around.brake.told}"
        return Told("fail", f"{since}, the last: {around.brake.sentence}", Reason.TOO_MANY_REFUSED)
    return Told("pass", "calls are made")


def _attempts(around: Around) -> Told:
    item = around.item
    tried = f"written {item.fence} times, {item.attempts} failed" if item.fence else "not written yet"
    due = item.due_at or item.lease_until
    if item.state in PENDING or due:
        return Told("not known", f"{tried}; next look {due:%Y-%m-%d %H:%M:%S} UTC" if due else f"{tried}; it waits")
    return Told("pass", tried)


_LOOKS: dict[Stage, Callable[[Around], Told | None]] = {
    Stage.RECEIVED: lambda around: Told("pass", f"reported as {around.event.id}"),
    Stage.USER: _user,
    Stage.CONNECTION: _connection,
    Stage.PERSON: _person,
    Stage.EMAIL: _email,
    Stage.RECORD: _record,
    Stage.OBJECT: _object,
    Stage.RULE: _rule,
    Stage.TASK: _task,
    Stage.FIELDS: _fields,
    Stage.QUOTA: _quota,
    Stage.ATTEMPTS: _attempts,
}
