"""Back-fill: Tasks that were logged before a field could be written get it now (ATR-06); shown first, then asked for.

Promises that only what was left out is filled, in each seller's own name and books, that asking again opens nothing
twice, and that what happened to emails meanwhile is told too.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain import cause
from lockstep.domain.ids import UserEmail
from lockstep.domain.item import Item, ready
from lockstep.domain.task import TaskSchema
from lockstep.runtime.wiring import World
from lockstep.store.fillings import filling, lacking

LOOKS = 1_000  # logged items that one request looks at
BATCH = 200  # salesforce-api.md 6: records a Collections call
OURS = frozenset(attribute.name for attribute in TASK_ATTRIBUTES)


@dataclass(slots=True)
class Found:
    """What one request found: items to open, news to tell, and what stays as it is."""

    open: list[Item] = field(default_factory=list)
    news: list[Item] = field(default_factory=list)
    fields: Counter[str] = field(default_factory=Counter)
    not_writable: Counter[str] = field(default_factory=Counter)
    older: int = 0
    asked_before: int = 0
    next: str | None = None

    @property
    def calls(self) -> int:
        """Calls to Salesforce, if each is answered at once."""
        sellers = Counter(item.connection for item in [*self.open, *self.news])
        return sum(-(-number // BATCH) for number in sellers.values())


def look(here: World, schemas: dict[UserEmail, TaskSchema], days: int, after: str | None) -> Found:
    """Logged Tasks of the last days that lack fields which these sellers may write now."""
    since = here.now() - timedelta(days=days)
    found, looks = Found(), 0
    for user, schema, first in _places(here, schemas, after):
        last = first
        if first is None:
            found.news += _news(here, user, schema, since)
        while items := here.ledger.waiting_for(cause.withheld(user), after=last):
            last = items[-1]
            looks += len(items)
            _sort(here, found, items, schema, since)
            if looks >= LOOKS:
                found.next = f"{user} {last.key}"
                return found
    return found


def start(here: World, found: Found) -> None:
    """Open what was found; the work lists do the rest."""
    found.asked_before += len(here.fillings.open(found.open))
    here.ledger.settle([(item, ready("the field is there, and is filled in")) for item in found.news])


def _places(
    here: World, schemas: dict[UserEmail, TaskSchema], after: str | None
) -> Iterator[tuple[UserEmail, TaskSchema, Item | None]]:
    """The sellers, in order, beginning behind the place that an earlier answer named."""
    done, _, key = (after or "").partition(" ")
    for user, schema in sorted(schemas.items()):
        if user == done:
            yield user, schema, here.ledger.get(ACTIVITIES_TO_SALESFORCE, key)
        elif user > done:
            yield user, schema, None


def _sort(here: World, found: Found, items: Sequence[Item], schema: TaskSchema, since: datetime) -> None:
    wanted: list[Item] = []
    for item in items:
        names = [name for name in lacking(item) if name in OURS]
        free = [name for name in names if _writable(schema, name)]
        found.not_writable.update(name for name in names if name not in free)
        if item.occurred_at < since:
            found.older += 1
        elif free:
            wanted.append(filling(item, free, here.ledger))
    there = {item.key for item in here.ledger.get_many(ACTIVITIES_TO_SALESFORCE, [item.key for item in wanted])}
    found.asked_before += len(there)
    new = [item for item in wanted if item.key not in there]
    found.fields.update(name for item in new for name in item.filling)
    found.open += new


def _news(here: World, user: UserEmail, schema: TaskSchema, since: datetime) -> list[Item]:
    """What happened to emails and could not be shown, where now it can."""
    found: list[Item] = []
    last: Item | None = None
    while items := here.ledger.waiting_for(cause.fields(user), after=last):
        last = items[-1]
        found += [item for item in items if item.occurred_at >= since and _free(item, schema)]
    return found


def _free(item: Item, schema: TaskSchema) -> bool:
    return any(_writable(schema, name) for name in lacking(item))


def _writable(schema: TaskSchema, name: str) -> bool:
    right = schema.fields.get(name)
    return right is not None and right.updateable
