"""What was begun in the Salesforce organization that the Workspace left: none of its ids is used any more; pure.

Promises (I24, F008) that a write which may have arrived there is not repeated here by itself, that a record or a
Task of there is never named here, and that the person who is asked learns why.
"""

from dataclasses import replace

from lockstep.domain.cause import by_hand
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.item import Item, Outcome, State, needs_you, skipped
from lockstep.domain.reason import Reason

_DOUBT = "it was sent to the former organization, and whether it arrived is seen only there; a retry logs it here"
_FIXED = "it was meant for a record of the former organization"


def left_behind(item: Item, link: SalesforceConnection) -> Outcome | None:
    """What becomes of an item that is tied to the former organization; None where it is free."""
    if link.entered is None:
        return None
    if item.leased_at and item.leased_at < link.entered:
        return needs_you(Reason.OTHER_ORGANIZATION, by_hand(item.connection), _DOUBT)
    if item.record and item.history[0].at < link.entered:
        return skipped(Reason.OTHER_ORGANIZATION, _FIXED)
    return None


def as_seen_from_here(item: Item, link: SalesforceConnection | None) -> Item:
    """An item whose Task is in the former organization has none in this one."""
    claimed = max((step.at for step in item.history if step.state is State.LEASED), default=None)
    if link is None or link.entered is None or claimed is None or claimed >= link.entered:
        return item
    if item.state is not State.CONFIRMED:
        return replace(item, target=None)
    return replace(item, state=State.SKIPPED, reason=Reason.OTHER_ORGANIZATION, remote_id=None, target=None)
