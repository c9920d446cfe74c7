"""The story: load -> judge -> resolve -> claim -> write -> settle, a page of one seller at a time."""

from collections.abc import Sequence
from functools import partial

from activities_to_salesforce import answers, isolating, rules
from activities_to_salesforce.desk import Desk, Moves
from activities_to_salesforce.probe import settle_doubts
from activities_to_salesforce.rules import Target
from activities_to_salesforce.writing import Writer
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.item import Item, ready
from lockstep.domain.sales_activity import SalesEvent
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import Halt, QuotaSpent

PAGE = 200  # salesforce-api.md 6: records a Collections call


def run(desk: Desk, deadline: Deadline) -> None:
    """Log what waits for the seller until nothing is left or time is short, then nudge again."""
    lease = desk.take()
    if lease is None:
        return
    more = turned_away = False
    try:
        more = _work(desk, deadline)
    finally:
        turned_away = desk.leases.give_back(lease)
    if more or turned_away:
        desk.nudge(desk.lane)


def _work(desk: Desk, deadline: Deadline) -> bool:
    after: Item | None = None
    while page := desk.ledger.ready(ACTIVITIES_TO_SALESFORCE, desk.user, after=after, limit=PAGE):
        if deadline.near:
            return True
        try:
            link, work = desk.link(), [item for item in page if desk.ours(item)]
            isolating.work(desk, work, partial(_log, desk, link), deadline)
            desk.tell_usage()
        except Halt as halt:
            _halt(desk, halt, after)
        except QuotaSpent as spent:
            desk.park(spent)
            raise
        after = page[-1]
    return False


def _log(desk: Desk, link: SalesforceConnection, work: Sequence[Item]) -> None:
    events = desk.events.get_many([item.event_id for item in work])
    targets, moves = _judge(desk, work, events)
    desk.settle(moves)
    targets = _resolve(desk, link, targets)
    targets = settle_doubts(desk, link, targets)
    if targets:
        Writer(desk, link).write(targets)


def _judge(desk: Desk, work: Sequence[Item], events: dict[str, SalesEvent]) -> tuple[list[Target], Moves]:
    people = desk.people.living([item.person_id for item in work])
    moment = desk.moment
    targets: list[Target] = []
    moves: Moves = []
    for item in work:
        judged = rules.judge(item, events[item.event_id], people.get(item.person_id), moment)
        if isinstance(judged, Target):
            targets.append(judged)
        else:
            moves.append((item, judged))
    return targets, moves


def _resolve(desk: Desk, link: SalesforceConnection, targets: list[Target]) -> list[Target]:
    """Targets with a record; the others get their address searched, or their reason."""
    searched = [target for target in targets if target.who is None]
    if not searched:
        return targets
    matches = desk.open().find_by_email([target.search for target in searched if target.search])
    found = [target for target in targets if target.who]
    moves: Moves = []
    for target in searched:
        judged = rules.resolved(target, matches, link.user_id)
        if isinstance(judged, Target):
            found.append(judged)
        else:
            moves.append((target.item, judged))
    desk.settle(moves)
    return found


def _halt(desk: Desk, halt: Halt, after: Item | None) -> None:
    """The connection is missing or broken: its items wait for that cause, nobody else stands in.

    What this page has settled already is no longer on the list. Whoever mends the connection wakes what waits
    for it; what was parked a moment too late for that wakes here.
    """
    if halt.scope != "connection":
        raise halt
    desk.block(halt)
    left = desk.ledger.ready(ACTIVITIES_TO_SALESFORCE, desk.user, after=after, limit=PAGE)
    desk.settle([(item, answers.parked(item, halt)) for item in left if desk.ours(item)])
    if desk.mended():
        for cause in answers.causes(desk.user):
            desk.ledger.wake(cause, lambda _: ready("the connection was made anew"))
