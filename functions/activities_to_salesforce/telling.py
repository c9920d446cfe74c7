"""The story of an email's life: find its Task -> gather what happened -> one update by id -> settle.

Promises that several news of one Task are one update, at most one a minute (ATR-08), that nothing makes a Task
or writes to one that was deleted (LS-16b), and that an update whose answer is lost is told again, which is
harmless: the values are absolute and only go on.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial

from activities_to_salesforce import life
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.life import Happening, Telling
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import Item, skipped
from lockstep.domain.mail import Mail
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Halt, SyncError
from lockstep.runtime.braking import braked
from lockstep.runtime.lane import Moves
from lockstep.salesforce.answers import after_update
from lockstep.salesforce.errors import FieldsRefused, SessionWorn
from lockstep.salesforce.halving import Result, answered
from lockstep.store.mails import Place, place
from lockstep.store.table import Action

CALL = 200  # salesforce-api.md 6: records a Collections call


def tell(desk: Desk, items: Sequence[Item]) -> None:
    """Tell Salesforce what happened to the emails of these items; every one is settled or left on the list."""
    happenings = _happenings(desk, items)
    tasks = desk.parents([one.mail for one in happenings if one.mail])
    ready: defaultdict[Place, list[Happening]] = defaultdict(list)
    moves: Moves = []
    for one in happenings:
        parents = tasks.get(place(one.mail), []) if one.mail else []
        if refusal := life.unready(one, parents, desk.moment):
            moves.append((one.item, refusal))
        elif one.mail:
            ready[place(one.mail)].append(one)
    desk.put_by(moves, {one.item.key: one.mail for one in happenings if one.mail})
    if ready:
        schema, mails = desk.schema(), {place(one.mail): one.mail for one in happenings if one.mail}
        _update(desk, [life.telling(mails[at], _ids(tasks[at]), some, schema) for at, some in ready.items()])


def _happenings(desk: Desk, items: Sequence[Item]) -> list[Happening]:
    events = desk.events.get_many([item.event_id for item in items])
    places = desk.mails.places(items, events)
    mails = desk.mails.of(places.values())
    found = {item.key: mails.get(where) or Mail(*where) for item in items if (where := places.get(item.key))}
    return [Happening(item, events[item.event_id], found.get(item.key)) for item in items]


def _ids(parents: Sequence[Item]) -> tuple[str, ...]:
    """The Tasks of a mail: one, or one for each record that it was logged to."""
    return tuple(parent.remote_id for parent in parents if parent.remote_id)


def _update(desk: Desk, news: Sequence[Telling]) -> None:
    now = desk.clock.now()
    moves: Moves = []
    due: list[Telling] = []
    for what in news:
        if not what.fields:
            moves += [(one.item, life.told(what, one)) for one in what.happenings]
        elif wait := life.held_back(what, now, desk.gathering):
            moves += [(one.item, wait) for one in what.happenings]
        else:
            due.append(what)
    if due and desk.scarce():
        moves += [(one.item, life.later(now)) for what in due for one in what.happenings]
        due = []
    desk.settle(moves)
    while due:
        taken = _fitting(due)
        _call(desk, due[:taken])
        due = due[taken:]


def _fitting(due: Sequence[Telling]) -> int:
    """How many of these fit one call; one at least."""
    size = 0
    for number, what in enumerate(due):
        size += len(what.tasks)
        if size > CALL and number:
            return number
    return len(due)


def _call(desk: Desk, due: Sequence[Telling]) -> None:
    """One call; what refuses fields is told once more without them."""
    refused = _settle(desk, due, _send(desk, due))
    if refused:
        desk.learn(name for _, fields in refused for name in fields)
        left = desk.schema()
        again = [life.telling(what.mail, what.tasks, what.happenings, left) for what, _ in refused]
        _settle(desk, again, _send(desk, [what for what in again if what.fields]), final=True)


def _send(desk: Desk, due: Sequence[Telling]) -> dict[str, Result]:
    """The answer for each Task, by its id."""
    tasks = {task: what.fields for what in due for task in what.tasks}
    if not tasks:
        return {}
    rows = [{"attributes": {"type": "Task"}, "Id": task, **fields} for task, fields in tasks.items()]
    return dict(zip(tasks, answered(rows, partial(_updated, desk)), strict=True))


def _updated(desk: Desk, rows: Sequence[Mapping[str, object]]) -> list[Result]:
    """One call; customer automation that met an ended session gets one more, with a fresh one."""
    results = desk.open().update(rows)
    if any(isinstance(one, SessionWorn) for one in results):
        desk.open().log_in_again()
        results = desk.open().update(rows)
    return results


def _settle(
    desk: Desk, due: Sequence[Telling], answered: Mapping[str, Result], *, final: bool = False
) -> list[tuple[Telling, tuple[str, ...]]]:
    """Write what came of each mail; returns those whose fields were refused, to be told once more."""
    again: list[tuple[Telling, tuple[str, ...]]] = []
    moves: Moves = []
    along: dict[ItemKey, list[Action]] = {}
    halt: Halt | None = None
    for what in due:
        results = [answered[task] for task in what.tasks if task in answered]
        trouble = next((one for one in results if isinstance(one, SyncError) and not _gone(one)), None)
        if isinstance(trouble, FieldsRefused) and not final:
            again.append((what, trouble.fields))
        elif isinstance(trouble, Halt):
            halt = trouble
        elif trouble:
            now, chance = desk.clock.now(), desk.chance
            moves += [(one.item, after_update(one.item, trouble, now, chance)) for one in what.happenings]
        elif results and all(isinstance(one, SyncError) for one in results):
            gone = skipped(Reason.TASK_DELETED, f"the Task {what.tasks[0]} is deleted in Salesforce")
            moves += [(one.item, gone) for one in what.happenings]
        else:
            along[what.happenings[0].item.key] = [desk.mails.telling(what.mail, what.life, desk.clock.now())]
            moves += [(one.item, life.told(what, one)) for one in what.happenings]
    taken = sum(isinstance(one, Written) for one in answered.values())
    desk.settle(braked(desk, moves, accepted=taken), along)
    if halt:
        raise halt
    return again


def _gone(error: SyncError) -> bool:
    return error.reason is Reason.SF_RECORD_GONE
