"""The activity calls: types, paging tokens, activities, lead changes and deleted leads.

Every page carries the token to read on from; `moreResult` alone says whether there is more, for a page may be short or
empty while the log goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any

from local.simulators.kernel.clock import read_instant, write_instant
from local.simulators.kernel.faults import FaultPlan
from local.simulators.marketo.activity_types import CHANGE_DATA_VALUE, DELETE_LEAD, NEW_LEAD, types_with
from local.simulators.marketo.answer import Answer, listed
from local.simulators.marketo.envelope import Refused
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.members import Members
from local.simulators.marketo.tokens import FEED, FEED_AFTER_EMPTY, LEADS, Place, read_token, write_token
from local.simulators.marketo.world import World

MOST_TYPES = 10
MOST_LEADS = 30
LARGE_LIST = 10_000
SPARSE_SIZE = 7
Show = Callable[[Activity], dict[str, Any]]
Wanted = Callable[[Activity], bool]


class ActivityCalls:
    """The lead database's calls about activities."""

    def __init__(self, world: World, faults: FaultPlan) -> None:
        self.world, self._faults = world, faults

    def types(self, _ask: Ask) -> Answer:
        """GET activities/types.json."""
        custom = [entry.listed() for entry in self.world.custom.approved()]
        return listed([*types_with(self.world.switches.type_ids), *custom])

    def token(self, ask: Ask) -> Answer:
        """GET activities/pagingtoken.json."""
        given = ask.given.required("sinceDatetime")[0]
        try:
            second = int(read_instant(given.replace(" ", "+") if "T" in given else given).timestamp())
        except ValueError:
            raise Refused("1001", f"Invalid value for sinceDatetime '{given}'") from None
        return Answer({"nextPageToken": write_token(Place(FEED, second, 0))})

    def activities(self, ask: Ask) -> Answer:
        """GET activities.json."""
        ask.given.required("activityTypeIds")
        types = ask.given.numbers("activityTypeIds")
        if len(types) > MOST_TYPES:
            raise Refused("1003", f"Too many activity types: at most {MOST_TYPES}")
        return self._page(ask, types, self._among(ask), self._shown)

    def changes(self, ask: Ask) -> Answer:
        """GET activities/leadchanges.json: types 13 on the asked fields, and 12."""
        names = set(ask.given.required("fields"))
        for name in names:
            self.world.book.named(name)
        among = self._among(ask)

        def wanted(activity: Activity) -> bool:
            return (activity.change is None or activity.change.name in names) and among(activity)

        return self._page(ask, (NEW_LEAD, CHANGE_DATA_VALUE), wanted, self._shown_change)

    def deleted(self, ask: Ask) -> Answer:
        """GET activities/deletedleads.json."""
        return self._page(ask, (DELETE_LEAD,), self._among(ask), self._shown)

    def _among(self, ask: Ask) -> Wanted:
        asked: AbstractSet[int] = set(ask.given.numbers("leadIds"))
        if len(asked) > MOST_LEADS:
            raise Refused("1003", f"Too many leads: at most {MOST_LEADS}")
        if lists := ask.given.numbers("listId"):
            known = self.world.assets.lists.get(lists[0])
            members = known.members if known else Members()
            if len(members) >= LARGE_LIST:
                raise Refused("1003", "The list is too large")
            asked = asked & members if asked else members
        elif not asked:
            return lambda _activity: True
        resolve = self.world.leads.resolve
        return lambda activity: resolve(activity.lead_id) in asked

    def _page(self, ask: Ask, types: Iterable[int], wanted: Wanted, show: Show) -> Answer:
        place = read_token(ask.given.required("nextPageToken")[0])
        if place.kind == LEADS:
            raise Refused("1003", "Invalid nextPageToken")
        sparse, size = self.world.switches.sparse, ask.batch_size()
        size = min(size, SPARSE_SIZE) if sparse else size
        after = (place.second, place.number)
        page = self.world.feed.read(types, after, size, wanted)
        starve = (sparse and place.kind == FEED) or self._faults.take(ask.request, "empty_page")
        if starve and (page.found or page.more):
            token = write_token(Place(FEED_AFTER_EMPTY, *after))
            rest: dict[str, Any] = {} if sparse == "missing" else {"result": []}
            return Answer({**rest, "nextPageToken": token, "moreResult": True})
        token = write_token(Place(FEED, *page.last))
        if not page.found and sparse == "missing":
            return Answer({"nextPageToken": token, "moreResult": page.more})
        return listed([show(activity) for activity in page.found], nextPageToken=token, moreResult=page.more)

    def _head(self, activity: Activity) -> dict[str, Any]:
        head: dict[str, Any] = {} if self.world.switches.no_ids else {"id": activity.id}
        head |= {
            "marketoGUID": str(activity.id),
            "leadId": self.world.leads.resolve(activity.lead_id),
            "activityDate": write_instant(datetime.fromtimestamp(activity.second, UTC)),
            "activityTypeId": activity.type_id,
        }
        if activity.campaign_id is not None:
            head["campaignId"] = activity.campaign_id
        return head

    def _shown(self, activity: Activity) -> dict[str, Any]:
        shown, told = self._head(activity), dict(activity.attributes)
        if activity.type_id == NEW_LEAD:  # its name stands in bulk files only
            return {**shown, "attributes": _attributes({**told, "Created Date": shown["activityDate"][:10]})}
        if activity.primary_id is not None:
            shown["primaryAttributeValueId"] = activity.primary_id
        if activity.primary is not None:
            shown["primaryAttributeValue"] = activity.primary
        return {**shown, "attributes": _attributes(told)}

    def _shown_change(self, activity: Activity) -> dict[str, Any]:
        told = {name: activity.attributes.get(name) for name in ("Reason", "Source")}
        shown = self._head(activity)
        fields = []
        if change := activity.change:
            field = {"id": change.field_id, "name": change.name, "newValue": change.new or ""}
            fields = [field if change.old is None else {**field, "oldValue": change.old}]
        return {**shown, "fields": fields, "attributes": _attributes({**told, "Lead ID": shown["leadId"]})}


def _attributes(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in told.items() if value is not None and value != ""]
