"""Page: one sales activity, and one item in the ledger."""

from lockstep.runtime.wiring import world
from workspace_api import reading
from workspace_api.access import caller_of
from workspace_api.pages import page
from workspace_api.problems import not_found
from workspace_api.reading import ActivityView
from workspace_api.views import ItemView

router = page()


@router.get("/activities/<event_id>", summary="What was received under an event id, and what became of it")
def read_activity(event_id: str) -> ActivityView:
    """The event as received, and for each flow that wants it the item with state, reason and history."""
    found = reading.activity(world(), caller_of(router.context), event_id)
    if found is None:
        raise not_found(
            f"No activity {event_id} was received, or it is another seller's. Check the id that the sender "
            "was answered with; an event that was refused at the door leaves no trace."
        )
    return found


@router.get("/items/<flow>/<key>", summary="One item of a flow by its key")
def read_item(flow: str, key: str) -> ItemView:
    """One effect wanted at one destination, with its history."""
    found = reading.item(world(), caller_of(router.context), flow, key)
    if found is None:
        raise not_found(f"The flow {flow} has no item {key}, or it is another seller's.")
    return found
