"""Fields of logged Tasks filled in later, where they could not be written then (ATR-06): one update by id for each.

Promises that only attribute fields which were left out are touched, that what happened to an email meanwhile is not
taken back, and that a lost answer is repeated, which is harmless: the values are absolute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from activities_to_salesforce.desk import Desk
from activities_to_salesforce.former import as_seen_from_here
from activities_to_salesforce.rendering import Author, Rendering, render
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain import cause
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.item import Item, Outcome, logged, skipped
from lockstep.domain.mail import Life
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, EmailSent, SalesEvent
from lockstep.domain.task import FieldValue, Written
from lockstep.engine.errors import Halt
from lockstep.runtime.braking import braked
from lockstep.runtime.lane import Moves
from lockstep.salesforce.answers import after_update
from lockstep.salesforce.errors import FieldsRefused
from lockstep.salesforce.halving import Result, answered
from lockstep.store.mails import place_of

CALL = 200  # salesforce-api.md 6: records a Collections call
ATTRIBUTES = {attribute.name: attribute for attribute in TASK_ATTRIBUTES}


@dataclass(frozen=True, slots=True)
class Filling:
    """One item with the fields that its Task gets."""

    item: Item
    fields: Mapping[str, FieldValue]


def fill(desk: Desk, link: SalesforceConnection, items: Sequence[Item]) -> None:
    """Fill in what is writable now; every item is settled, or left on the list."""
    if link.entered:
        items = _present(desk, link, items)
    for start in range(0, len(items), CALL):
        _call(desk, _plan(desk, desk.author(link), items[start : start + CALL]))


def _present(desk: Desk, link: SalesforceConnection, items: Sequence[Item]) -> list[Item]:
    """Those whose Task is in the organization of today; a Task of the former one is left alone (I24)."""
    keys = [item.completes for item in items if item.completes]
    logged_items = desk.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys)
    here = {item.key for item in logged_items if as_seen_from_here(item, link).remote_id}
    left = skipped(Reason.OTHER_ORGANIZATION, "its Task is in the former organization")
    desk.settle([(item, left) for item in items if item.completes not in here])
    return [item for item in items if item.completes in here]


def _plan(desk: Desk, author: Author, items: Sequence[Item]) -> list[Filling]:
    events = desk.events.get_many([item.event_id for item in items])
    places = {item.key: at for item in items if (at := place_of(events[item.event_id]))}
    mails = desk.mails.of(set(places.values())) if places else {}
    told = {key: mails[at].told for key, at in places.items() if at in mails}
    planned = [Filling(item, values(item, events[item.event_id], told.get(item.key, Life()), author)) for item in items]
    desk.settle([(one.item, _withheld(one.item)) for one in planned if not one.fields])
    return [one for one in planned if one.fields]


def values(item: Item, event: SalesEvent, told: Life, author: Author) -> dict[str, FieldValue]:
    """What the left-out attribute fields get now: as the activity was reported, and as its email's life went on."""
    if not isinstance(event, EmailSent | CallLogged):
        return {}
    rendered = render(Rendering(event, item.target or ""), author, "").fields
    found: dict[str, FieldValue] = {}
    for name in item.filling:
        attribute, right = ATTRIBUTES.get(name), author.schema.fields.get(name)
        if attribute is None or right is None or not right.updateable:
            continue
        lived = getattr(told, attribute.life) if attribute.life else None
        value = (attribute.becomes or lived) if lived else rendered.get(name)
        if value not in (None, ""):
            found[name] = value
    return found


def _withheld(item: Item) -> Outcome:
    note = f"still not writable: {', '.join(item.filling)}"
    waits = cause.fields(item.connection)
    return replace(skipped(Reason.FIELDS_WITHHELD, note, waits), withheld=item.filling)


def _call(desk: Desk, planned: Sequence[Filling]) -> None:
    rows = [{"attributes": {"type": "Task"}, "Id": one.item.remote_id, **one.fields} for one in planned]
    if not rows:
        return
    results = answered(rows, desk.open().update)
    done = [one for one, result in zip(planned, results, strict=True) if isinstance(result, Written)]
    _strike(desk, done)
    desk.settle(braked(desk, _moves(desk, planned, results), accepted=len(done)))
    halt = next((result for result in results if isinstance(result, Halt)), None)
    if halt:
        raise halt


def _strike(desk: Desk, done: Sequence[Filling]) -> None:
    """First the logged items, then these: whatever ends in between is done once more."""
    keys = [one.item.completes for one in done if one.item.completes]
    found = {item.key: item for item in desk.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys)}
    pairs = [(found[one.item.completes], list(one.fields)) for one in done if one.item.completes in found]
    desk.fillings.strike(pairs)


def _moves(desk: Desk, planned: Sequence[Filling], results: Sequence[Result]) -> Moves:
    moves: Moves = []
    for one, result in zip(planned, results, strict=True):
        if isinstance(result, Written):
            left = tuple(name for name in one.item.filling if name not in one.fields)
            moves.append((one.item, logged(result.id, f"filled in {', '.join(one.fields)}", left)))
        elif isinstance(result, FieldsRefused):
            moves.append((one.item, replace(_withheld(one.item), note=result.detail)))
        elif result.reason is Reason.SF_RECORD_GONE:
            moves.append((one.item, skipped(Reason.TASK_DELETED, f"the Task {one.item.remote_id} is deleted")))
        elif not isinstance(result, Halt):
            moves.append((one.item, after_update(one.item, result, desk.clock.now(), desk.chance)))
    if any(isinstance(result, FieldsRefused) for result in results):
        desk.schema(anew=True)
    return moves
