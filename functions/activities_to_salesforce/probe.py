"""Doubts settled before anything is written again: a Task that is there is neither written over nor made anew.

It is looked for by the key field; without one the key stands at the end of the Task's description and is looked
for among the seller's Tasks of the same people (reliability 3.1). What is not seen may still be on its way until
the settle time is over. A Task that somebody edited or deleted meanwhile is left as it is (LS-16b, LS-35).
"""

from dataclasses import replace
from datetime import timedelta

from activities_to_salesforce.answers import completed_by
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.rules import Target
from lockstep.domain.cause import by_hand
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.ids import ItemKey, SalesforceId
from lockstep.domain.item import Outcome, logged, needs_you, unknown
from lockstep.domain.reason import Reason
from lockstep.domain.task import SeenTask
from lockstep.runtime.lane import Moves

SKEW = timedelta(minutes=5)  # between our clock and the vendor's (I31)


def key_line(key: str) -> str:
    """How the key stands in a description."""
    return f"[Lockstep {key}]"


def settle_doubts(desk: Desk, link: SalesforceConnection, targets: list[Target]) -> list[Target]:
    """The targets that may be written now; the others are found to be logged, or wait."""
    doubtful = [target for target in targets if target.doubtful]
    if not doubtful:
        return targets
    free = [target for target in targets if not target.doubtful]
    if not _findable(desk):
        desk.settle([(target.item, _by_eye(desk)) for target in doubtful])
        return free
    there = _by_key(desk, doubtful) if desk.schema().key_usable else _by_description(desk, link, doubtful)
    moves: Moves = []
    for target in doubtful:
        settled_at = (target.item.leased_at or desk.clock.now()) + desk.settle_time
        if seen := there.get(target.item.key):
            found = logged(seen, "found by its key")
            moves.append((target.item, replace(found, cause=completed_by(target.item, target.item.withheld))))
        elif desk.clock.now() < settled_at:
            moves.append((target.item, unknown(settled_at, "not seen in Salesforce yet")))
        else:
            free.append(target)
    desk.settle(moves)
    return free


def _by_key(desk: Desk, doubtful: list[Target]) -> dict[ItemKey, SalesforceId]:
    return desk.open().tasks_by_key([target.item.key for target in doubtful])


def _by_description(desk: Desk, link: SalesforceConnection, doubtful: list[Target]) -> dict[ItemKey, SalesforceId]:
    since = min(target.item.leased_at for target in doubtful if target.item.leased_at) - SKEW
    who = sorted({target.who for target in doubtful if target.who})
    tasks = desk.open().tasks_of(who, link.user_id, since)
    if any(_in(tasks, target) is None for target in doubtful):
        # a lead that was converted or merged has taken its Tasks along to another person
        tasks += desk.open().tasks_of((), link.user_id, since)
    return {target.item.key: seen.id for target in doubtful if (seen := _in(tasks, target))}


def _findable(desk: Desk) -> bool:
    """Whether the key is anywhere to be found: in its field, or in descriptions that the seller sees and writes."""
    right = desk.schema().fields.get("Description")
    return desk.schema().key_usable or (right is not None and right.createable)


def _by_eye(desk: Desk) -> Outcome:
    """Never resolvable by us: somebody looks in Salesforce, and sends it again if it is not there."""
    detail = "Salesforce shows this user neither our key nor the description, so a person must look for the Task"
    return needs_you(Reason.CANNOT_TELL, by_hand(desk.user), detail)


def _in(tasks: list[SeenTask], target: Target) -> SeenTask | None:
    line = key_line(target.item.key)
    return next((task for task in tasks if line in task.description), None)
