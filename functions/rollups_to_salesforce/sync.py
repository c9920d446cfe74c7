"""The story: load -> judge -> leave out what may not be written -> tell the newest -> settle, a lane at a time."""

from collections.abc import Iterator, Sequence
from functools import partial

from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.item import Item
from lockstep.engine.deadline import Deadline
from lockstep.runtime import working
from lockstep.runtime.lane import Moves
from rollups_to_salesforce import rules
from rollups_to_salesforce.desk import Desk
from rollups_to_salesforce.rules import Wish
from rollups_to_salesforce.telling import Teller

GATHERED = 1_000  # items looked at together: many of them bear on the same few records


def run(desk: Desk, deadline: Deadline) -> None:
    """Tell what waits for the seller until nothing is left or time is short, then nudge again."""
    working.run(desk, _batches(desk), partial(_tell, desk), deadline)


def _batches(desk: Desk) -> Iterator[list[Item]]:
    batch: list[Item] = []
    for page in desk.pages():
        batch += page
        if len(batch) >= GATHERED:
            yield batch
            batch = []
    if batch:
        yield batch


def _tell(desk: Desk, link: SalesforceConnection, items: Sequence[Item]) -> None:
    desk.spare()
    wishes, moves = _judge(desk, items)
    kinds = {part.kind for wish in wishes for part in wish.parts}
    fields = {kind: desk.fields(kind) for kind in sorted(kinds)}
    left: list[Wish] = []
    for wish in wishes:
        judged = rules.permitted(wish, fields)
        if isinstance(judged, Wish):
            left.append(judged)
        else:
            moves.append((wish.item, judged))
    desk.settle(moves)
    if left:
        Teller(desk, link.time_zone).tell(left)


def _judge(desk: Desk, items: Sequence[Item]) -> tuple[list[Wish], Moves]:
    events = desk.events.get_many([item.event_id for item in items])
    people = desk.people.living([item.person_id for item in items])
    moment = desk.moment
    wishes: list[Wish] = []
    moves: Moves = []
    for item in items:
        judged = rules.judge(item, events[item.event_id], people.get(item.person_id), moment)
        if isinstance(judged, Wish):
            wishes.append(judged)
        else:
            moves.append((item, judged))
    return wishes, moves
