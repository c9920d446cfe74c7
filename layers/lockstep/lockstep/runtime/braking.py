"""The brake on refusals at work: what is refused beyond the limit keeps waiting, and the flow halts.

Promises that nothing is written to the store for it while nothing is refused, and that no more refusals in a row
are filed under "needs you" than the limit, however many workers are refused at once.
"""

from lockstep.domain import cause
from lockstep.domain.brake import Answers, Brake
from lockstep.domain.item import Item, Outcome, State, ready
from lockstep.domain.reason import Reason
from lockstep.runtime.lane import Lane, Moves
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


def braked(lane: Lane, moves: Moves, *, accepted: int) -> Moves:
    """These moves, less the refusals for which the limit leaves no room: those items keep waiting.

    `accepted` is how many records Salesforce took in the same batch.
    """
    refused = [pair for pair in moves if _refused(*pair)]
    if not refused and (not accepted or lane.brake == Brake()):
        return moves
    limit = lane.settings.values.rejection_limit
    sentence = refused[-1][1].note if refused else ""
    counted = lane.world.brakes.count(lane.flow, Answers(len(refused), accepted, sentence), limit)
    before, lane.brake = lane.brake, counted.brake
    if counted.halted:
        count("FlowsHalted")
        logger().error("halted after too many refusals", extra={"flow": lane.flow, "limit": limit})
    elif refused and not before.refused:
        logger().warning("refusals began", extra={"flow": lane.flow, "number": len(refused)})
    back = refused[counted.filed :]
    kept = [(item, ready(KEPT_BACK)) for item, _ in back if item.state is State.LEASED]
    keys = {item.key for item, _ in back}
    return [pair for pair in moves if pair[0].key not in keys] + kept


def _refused(item: Item, outcome: Outcome) -> bool:
    by_us = outcome.cause != cause.connected(item.connection)
    return outcome.state is State.NEEDS_YOU and outcome.reason in REFUSALS and by_us
