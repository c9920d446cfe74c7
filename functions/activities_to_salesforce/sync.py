"""The story: load -> judge -> resolve -> claim -> write -> settle, as much of one seller at a time as fills a call."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from activities_to_salesforce import resolving, rules
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.filling import fill
from activities_to_salesforce.former import left_behind
from activities_to_salesforce.probe import settle_doubts
from activities_to_salesforce.rules import Known, Target
from activities_to_salesforce.telling import tell
from activities_to_salesforce.writing import Writer
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import WAITING, Item
from lockstep.domain.sales_activity import EmailSent, SalesEvent
from lockstep.engine.deadline import Deadline
from lockstep.runtime import working
from lockstep.runtime.lane import Moves
from lockstep.store.mails import place, place_of

TASKS = 200  # salesforce-api.md 6: records a Collections call
NEWS = 2_000  # about emails: most of them share a Task with another, or tell nothing new


@dataclass(slots=True)
class Gathered:
    """Items of several pages, until they fill a call."""

    tasks: list[Item] = field(default_factory=list)
    replies: list[Item] = field(default_factory=list)
    news: list[Item] = field(default_factory=list)
    fields: list[Item] = field(default_factory=list)

    def add(self, items: Sequence[Item]) -> None:
        """Take a page."""
        for item in items:
            if item.effect == "life":
                self.news.append(item)
            elif item.effect == "fields":
                self.fields.append(item)
            else:
                (self.replies if item.kind == "email.replied" else self.tasks).append(item)

    def full(self) -> Iterator[list[Item]]:
        """What fills a call; emails first, since replies and all that happened to an email wait for its Task."""
        while len(self.tasks) >= TASKS:
            taken, self.tasks = self.tasks[:TASKS], self.tasks[TASKS:]
            yield taken
        if len(self.news) >= NEWS or max(len(self.replies), len(self.fields)) >= TASKS:
            yield from self.rest()

    def rest(self) -> Iterator[list[Item]]:
        """All that is left."""
        left = (self.tasks, self.replies[:TASKS], self.replies[TASKS:], self.news, self.fields)
        self.tasks, self.replies, self.news, self.fields = [], [], [], []
        yield from filter(None, left)


def run(desk: Desk, deadline: Deadline) -> None:
    """Log what waits for the seller until nothing is left or time is short, then nudge again."""
    working.run(desk, _batches(desk), partial(_work, desk), deadline)


def _batches(desk: Desk) -> Iterator[list[Item]]:
    gathered = Gathered()
    for page in desk.pages():
        gathered.add(page)
        yield from gathered.full()
    yield from gathered.rest()


def _work(desk: Desk, link: SalesforceConnection, batch: Sequence[Item]) -> None:
    works = {"task": partial(_log, desk, link), "life": partial(tell, desk), "fields": partial(fill, desk, link)}
    works[batch[0].effect](batch)


def _log(desk: Desk, link: SalesforceConnection, work: Sequence[Item]) -> None:
    events = desk.events.get_many([item.event_id for item in work])
    targets, moves = _judge(desk, link, work, events)
    desk.settle(moves)
    targets = resolving.resolve(desk, link.user_id, targets)
    targets = settle_doubts(desk, link, targets)
    if targets:
        Writer(desk, link).write(targets)
    _call_up(desk, events)


def _judge(
    desk: Desk, link: SalesforceConnection, work: Sequence[Item], events: dict[str, SalesEvent]
) -> tuple[list[Target], Moves]:
    people = desk.look_up([item.person_id for item in work])
    answered = _answered(desk, work, events)
    moment = desk.moment
    targets: list[Target] = []
    moves: Moves = []
    for item in work:
        original, parent = answered.get(item.key, (None, None))
        known = Known(people.get(item.person_id), original, parent)
        judged = left_behind(item, link) or rules.judge(item, events[item.event_id], known, moment)
        if isinstance(judged, Target):
            targets.append(judged)
        else:
            moves.append((item, judged))
    return targets, moves


def _answered(
    desk: Desk, work: Sequence[Item], events: Mapping[str, SalesEvent]
) -> dict[ItemKey, tuple[EmailSent | None, Item | None]]:
    """For each reply the email that it answers, and the item of that email's Task."""
    replies = [item for item in work if item.kind == "email.replied"]
    if not replies:
        return {}
    where = {item.key: at for item in replies if (at := place_of(events[item.event_id]))}
    mails = desk.mails.of(where.values())
    originals = desk.events.get_many([mail.event_id for mail in mails.values() if mail.event_id])
    parents = desk.parents(mails.values())
    found: dict[ItemKey, tuple[EmailSent | None, Item | None]] = {}
    for key, at in where.items():
        original = originals.get(mails[at].event_id or "") if at in mails else None
        first = next(iter(parents.get(at, [])), None)
        found[key] = (original if isinstance(original, EmailSent) else None, first)
    return found


def _call_up(desk: Desk, events: Mapping[str, SalesEvent]) -> None:
    """What waited for emails of this batch goes on, where they have their outcome."""
    places = [at for event in events.values() if isinstance(event, EmailSent) and (at := place_of(event))]
    awaited = [mail for mail in desk.mails.of(places).values() if mail.awaited] if places else []
    if awaited:
        parents = desk.parents(awaited)
        ended = (m for m in awaited if all(item.state not in WAITING for item in parents[place(m)]))
        desk.call_up(ended)
