"""What a record of Salesforce shows of the newest activity: one slot for each thing that can be newer.

Promises that the newest wins in whatever order news arrive (I12), and that leaving one sales campaign says
nothing about another: the current campaign is the one entered last and not left since.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from lockstep.domain.ids import SalesforceId
from lockstep.domain.sales_activity import CampaignMove, SalesEvent
from lockstep.domain.settings import Rollup
from lockstep.domain.text import one_line

CAMPAIGN: Rollup = "current_sales_campaign"
FEEDS: dict[str, tuple[Rollup, ...]] = {
    "email.sent": ("last_activity_by_sales",),
    "call.logged": ("last_activity_by_sales",),
    "email.opened": ("last_sales_engagement",),
    "email.clicked": ("last_sales_engagement",),
    "email.replied": ("last_sales_engagement", "last_replied"),
    "campaign.added": (CAMPAIGN,),
    "campaign.removed": (CAMPAIGN,),
}  # which activity bears on which field (LS-32)
MOST_SLOTS = 24  # a record remembers the campaigns that moved last; older ones are long over


@dataclass(frozen=True, slots=True)
class News:
    """One activity as it bears on one field; `campaign` and `left` are set for moves in sales campaigns."""

    rollup: Rollup
    at: datetime
    event_id: str
    campaign: str = ""
    left: bool = False

    @property
    def slot(self) -> tuple[Rollup, str]:
        """What it may be newer than."""
        return self.rollup, self.campaign

    @property
    def order(self) -> tuple[datetime, str]:
        """Its place in time; the id settles what happened at one instant."""
        return self.at, self.event_id


def news(event: SalesEvent, named: Container[Rollup], now: datetime) -> Iterator[News]:
    """What an event tells of the fields that are named; an instant that is still to come would be newest for ever."""
    at = min(event.instant, now)
    for rollup in FEEDS.get(event.type, ()):
        if rollup not in named:
            continue
        if rollup != CAMPAIGN:
            yield News(rollup, at, event.id)
        elif isinstance(event, CampaignMove) and event.data.campaign and event.data.campaign.name:
            name = one_line(event.data.campaign.name)[:255]
            yield News(rollup, at, event.id, name, left=event.type == "campaign.removed")


@dataclass(frozen=True, slots=True)
class Standing:
    """One record: the newest known of each slot, and until when somebody else's write may still arrive."""

    record: SalesforceId
    newest: tuple[News, ...] = ()
    held_until: datetime | None = None
    revision: int = 0

    def after(self, news: Iterable[News]) -> "Standing":
        """The standing with these news in it."""
        slots = {one.slot: one for one in self.newest}
        for one in news:
            known = slots.get(one.slot)
            if known is None or one.order > known.order:
                slots[one.slot] = one
        kept = sorted(slots.values(), key=lambda one: one.order)[-MOST_SLOTS:]
        return replace(self, newest=tuple(kept))

    def newer_than(self, one: News) -> News | None:
        """What is known to be newer in the same slot; None where this is the newest."""
        slots = {known.slot: known for known in self.newest}
        known = slots.get(one.slot)
        return known if known and known.order > one.order else None

    def values(self, rollups: Iterable[Rollup]) -> Mapping[Rollup, datetime | str | None]:
        """What these fields have to show: an instant, or the name of the current campaign, if any."""
        return {rollup: self._value(rollup) for rollup in rollups}

    def _value(self, rollup: Rollup) -> datetime | str | None:
        mine = [one for one in self.newest if one.rollup == rollup and not one.left]
        latest = max(mine, key=lambda one: one.order, default=None)
        if rollup == CAMPAIGN:
            return latest.campaign if latest else None
        return latest.at if latest else None
