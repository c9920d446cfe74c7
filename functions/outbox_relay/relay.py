"""The story: which lanes have new work, one nudge for each, and which rows must come again.

Promises that every row is either covered by a nudge that its queue took or handed back to the
stream (F096), and that a row seen twice or days late does no harm (F099): a nudge carries no work.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from lockstep.catalogue.routes import FLOWS
from lockstep.domain.message import Nudge
from lockstep.runtime.observability import count, logger
from lockstep.runtime.wiring import World
from lockstep.store.ledger import lane_of


def forward(rows: Sequence[Mapping[str, str]], world: World) -> list[int]:
    """Nudge each lane that has a new row, once; returns the indexes of rows without a nudge."""
    lanes: defaultdict[Nudge, list[int]] = defaultdict(list)
    failed: list[int] = []
    for index, row in enumerate(rows):
        nudge = _nudge(row["pk"])
        (lanes[nudge] if nudge else failed).append(index)
    if failed:
        logger().error("rows of no known flow", extra={"rows": len(failed)})
    refused = world.nudges.send(list(lanes)) if lanes else []
    if refused:
        count("NudgesFailed", len(refused))
        logger().warning("nudges not taken", extra={"flows": sorted({nudge.flow for nudge in refused})})
    return sorted(failed + [index for nudge in refused for index in lanes[nudge]])


def _nudge(pk: str) -> Nudge | None:
    lane = lane_of(pk)
    return Nudge(*lane) if lane and lane[0] in FLOWS else None
