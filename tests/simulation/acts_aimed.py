"""Blows that are aimed at the places where a worker's order of steps matters, not at the crossing of a number."""

from collections.abc import Callable

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, PEOPLE_FROM_MARKETO, ROLLUPS_TO_SALESFORCE
from tests.simulation.acts import CANARY, SELLERS, act, ask_as_admin, planned
from tests.simulation.boundary import DEPTH
from tests.simulation.stage import Stage

WRITE = {"path": "/composite/sobjects"}
OVERSLEPT = 200  # seconds: longer than any lease, shorter than a worker's life
PLACES = (
    (ACTIVITIES_TO_SALESFORCE, "http before P"),
    (ACTIVITIES_TO_SALESFORCE, "http after P"),
    (ACTIVITIES_TO_SALESFORCE, "table.transact before"),
    (ACTIVITIES_TO_SALESFORCE, "http before POST /services/oauth2"),
    (ROLLUPS_TO_SALESFORCE, "http before P"),
    (ROLLUPS_TO_SALESFORCE, "http after P"),
    (PEOPLE_FROM_MARKETO, "table.transact after"),
    (PEOPLE_FROM_MARKETO, "http after GET"),
)


def beside(stage: Stage, function: str) -> None:
    """Another worker of the same function comes by, and one that needs a seller's token."""
    if len(stage.boundary.workers) >= DEPTH:
        return
    if function == PEOPLE_FROM_MARKETO:
        stage.attempt(function, {})
        return
    stage.another(SELLERS[0])
    stage.nudge_all(function)
    stage.deliver(function)


def overslept(stage: Stage, function: str) -> None:
    """The worker stands still until its lease is over, and another one takes over."""
    stage.clock.advance(OVERSLEPT)
    beside(stage, function)


@act(8)
def struck_at_a_place(stage: Stage, a: int, b: int) -> None:
    """At a certain place a worker dies, meets another one, or oversleeps."""
    function, where = PLACES[a % len(PLACES)]
    blows: tuple[Callable[[], None], ...] = (
        stage.boundary.kill,
        lambda: beside(stage, function),
        lambda: overslept(stage, function),
    )
    stage.boundary.when(function, where, blows[b % 3], skip=b // 3 % 6)


@act(2)
def seller_goes_mid_flight(stage: Stage, a: int, b: int) -> None:
    """A seller disconnects while a write is under way, and its answer is lost."""
    seller = SELLERS[a % 2]
    stage.record.touched_sellers.add(seller)
    away = ask_as_admin("DELETE", f"/connections/salesforce/{seller}")
    planned(stage, [WRITE | {"fault": "drop_after_commit"}])
    stage.boundary.when(ACTIVITIES_TO_SALESFORCE, "http before P", lambda: stage.attempt("workspace_api", away))


@act(2)
def outcome_comes_late(stage: Stage, a: int, b: int) -> None:
    """A record is locked; the worker that hears it oversleeps, and another one has logged it meanwhile."""
    planned(stage, [WRITE | {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": CANARY}])
    logging = ACTIVITIES_TO_SALESFORCE
    stage.boundary.when(logging, "http after P", lambda: overslept(stage, logging))
