"""The email that something happened to: its items, found as the flow finds them."""

from collections.abc import Mapping, Sequence

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import Item
from lockstep.domain.sales_activity import SalesEvent
from lockstep.runtime.wiring import World


def parents(here: World, items: Sequence[Item], events: Mapping[str, SalesEvent]) -> dict[ItemKey, list[Item]]:
    """For each item about an email, or answering one, the items of that email's Tasks."""
    about = [item for item in items if item.effect == "life" or item.kind == "email.replied"]
    places = here.mails.places([item for item in about if item.event_id in events], events)
    mails = here.mails.of(set(places.values())) if places else {}
    keys = sorted({key for mail in mails.values() for key in mail.keys})
    found = {item.key: item for item in here.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys)} if keys else {}
    return {
        key: [found[one] for one in mails[place].keys if one in found]
        for key, place in places.items()
        if place in mails
    }
