"""The brake on refusals at work: what is refused beyond the limit keeps waiting, and the flow halts.

Promises that nothing is written to the store for it while nothing is refused, and that no more is filed under
"needs you" than the limit, however many workers are refused at once.
"""

from activities_to_salesforce.desk import Desk, Moves
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain import cause
from lockstep.domain.brake import Brake, Refusals
from lockstep.domain.item import Item, Outcome, State, ready
from lockstep.domain.reason import Reason
from lockstep.runtime.observability import count, logger

REFUSALS = frozenset(
    {
        Reason.VALIDATION_REFUSED,
        Reason.PERMISSION_REFUSED,
        Reason.DUPLICATE_REFUSED,
        Reason.UNCLASSIFIED_VENDOR_CODE,
    }
)
KEPT_BACK = "refused like many before it, and kept back: the flow is halted"


def braked(desk: Desk, moves: Moves, *, succeeded: bool) -> Moves:
    """These moves, less the refusals for which the limit leaves no room: those items keep waiting."""
    refused = [pair for pair in moves if _refused(*pair)]
    if succeeded:
        if desk.brake.refused:
            desk.brakes.succeeded(ACTIVITIES_TO_SALESFORCE)
            desk.brake = Brake()
        return moves
    if not refused:
        return moves
    limit = desk.settings.values.rejection_limit
    filed = desk.brakes.refused(ACTIVITIES_TO_SALESFORCE, Refusals(len(refused), refused[-1][1].note), limit)
    before, desk.brake = desk.brake, desk.brakes.read(ACTIVITIES_TO_SALESFORCE)
    if desk.brake.halted_at and filed:
        count("FlowsHalted")
        logger().error("halted after too many refusals", extra={"flow": ACTIVITIES_TO_SALESFORCE, "limit": limit})
    elif not before.refused:
        logger().warning("refusals began", extra={"flow": ACTIVITIES_TO_SALESFORCE, "number": len(refused)})
    back = {item.key for item, _ in refused[filed:]}
    kept = [(item, ready(KEPT_BACK)) for item, _ in refused[filed:] if item.state is State.LEASED]
    return [pair for pair in moves if pair[0].key not in back] + kept


def _refused(item: Item, outcome: Outcome) -> bool:
    by_us = outcome.cause != cause.connected(item.connection)
    return outcome.state is State.NEEDS_YOU and outcome.reason in REFUSALS and by_us
