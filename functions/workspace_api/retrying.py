"""Items that a person sends again: found on the lists of what is parked, forecast, and moved once.

Promises that no partition is read that holds nothing parked, that what would only come back stays where it
is, and that of two people who retry the same items at once each item moves for one of them (I35).
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import ValidationError

from lockstep.catalogue.routes import FLOWS
from lockstep.domain.cause import by_hand
from lockstep.domain.ids import ItemKey, UserEmail
from lockstep.domain.item import Item, State, ready
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import EVENTS
from lockstep.runtime.wiring import World
from lockstep.store.events import items_of
from workspace_api.access import Caller
from workspace_api.forecast import Forecast, forecasts
from workspace_api.problems import bad_request, not_found

LOOKS = 500  # items and empty lists that one request looks at: seconds, not half a minute
BATCH = 200  # salesforce-api.md 6: records a Collections call
SEARCHED = 150  # addresses that fit a query
PARKED = frozenset({State.NEEDS_YOU, State.SKIPPED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parked items are meant; `since` and `until` are about when they were parked."""

    flow: str | None = None
    reason: Reason | None = None
    user: UserEmail | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, item: Item) -> bool:
        """Whether an item is meant."""
        at = parked_at(item)
        return (
            item.state in PARKED
            and self.reason in (None, item.reason)
            and (self.since is None or at >= self.since)
            and (self.until is None or at < self.until)
        )


@dataclass(slots=True)
class Retry:
    """What one request found, and what became of it."""

    items: list[Item]
    forecasts: dict[ItemKey, Forecast]
    next: str | None = None
    refused: int = 0

    @property
    def going(self) -> list[Item]:
        """Items that nothing stands in the way of."""
        return [i for i in self.items if i.state in PARKED and self.forecasts[i.key].reason is None]

    @property
    def left(self) -> Counter[str]:
        """The others, by the reason that stands in the way, or by their state."""
        stay = (i for i in self.items if i.state not in PARKED or self.forecasts[i.key].reason)
        return Counter(str(self.forecasts[i.key].reason if i.state in PARKED else i.state) for i in stay)

    @property
    def calls(self) -> int:
        """Calls to Salesforce that the retry will need, if each is answered at once."""
        writes = Counter(item.connection for item in self.going)
        searches = Counter(item.connection for item in self.going if self.forecasts[item.key].searched)
        return sum(-(-n // BATCH) for n in writes.values()) + sum(2 * -(-n // SEARCHED) for n in searches.values())


def parked_at(item: Item) -> datetime:
    """When an item moved last."""
    return item.history[-1].at if item.history else datetime.min.replace(tzinfo=UTC)


def look(here: World, wanted: Wanted, after: str | None) -> Retry:
    """The next parked items that are meant, with their forecasts."""
    items, behind = _listed(here, wanted, after)
    return Retry(items, forecasts(here, items), behind)


def look_at(here: World, caller: Caller, named: str) -> Retry:
    """The items of one event, or the one item with this key; raises Problem where the caller sees none."""
    keys = _keys_of(here, named) or [(flow, ItemKey(named)) for flow in FLOWS]
    found = [item for flow, key in keys if (item := here.ledger.get(flow, key)) and caller.sees(item.connection)]
    if not found:
        raise not_found(
            f"There is no activity and no item {named[:80]}, or it is another seller's, or it does not read any more; "
            "then name its item by key."
        )
    return Retry(found, forecasts(here, found))


def _keys_of(here: World, event_id: str) -> list[tuple[str, ItemKey]]:
    row = here.events.received(event_id)
    try:
        event = EVENTS.validate_python(row["content"]) if row else None
    except ValidationError:
        return []
    return [(item.flow, item.key) for item in items_of(event, here.ledger)] if event else []


def send(here: World, caller: Caller, retry: Retry) -> None:
    """Put what nothing stands in the way of back on its work list."""
    again = replace(ready(f"sent again by {caller.email}"), anew=True)  # whole schedules, where Salesforce stays busy
    retry.refused = len(here.ledger.settle([(item, again) for item in retry.going]))


def _listed(here: World, wanted: Wanted, after: str | None) -> tuple[list[Item], str | None]:
    """Parked items, list by list, and the place to go on from where there may be more."""
    found: list[Item] = []
    looks = 0
    for place, first in _places(here, wanted, after):
        (flow, lane), last = place, first
        while items := here.ledger.waiting_for(by_hand(lane), after=last):
            last = items[-1]
            looks += len(items)
            found += [item for item in items if item.flow == flow and wanted.takes(item)]
            if looks >= LOOKS:
                return found, " ".join((*place, last.flow, last.key))
        looks += 1
        if looks >= LOOKS:
            return found, " ".join(place)
    return found, None


def _places(here: World, wanted: Wanted, after: str | None) -> Iterator[tuple[tuple[str, str], Item | None]]:
    """The lists to look at, and the item to begin behind; only those not done yet."""
    parts = after.split() if after else []
    done, behind = tuple(parts[:2]), parts[2:]
    seen = not done
    for flow in [wanted.flow] if wanted.flow else FLOWS:
        lanes: Sequence[str] = [wanted.user] if wanted.user else here.ledger.lanes(flow)
        for place in ((flow, lane) for lane in lanes):
            if seen:
                yield place, None
            elif place == done:
                seen = True
                if len(behind) == 2:
                    yield place, here.ledger.get(behind[0], behind[1])
    if not seen:
        raise bad_request("There is no such place to go on from: send `after` as it was answered.")
