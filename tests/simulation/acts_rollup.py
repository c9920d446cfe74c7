"""What admins and workers do about the fields of the newest activity on leads and contacts."""

from lockstep.catalogue.routes import ROLLUPS_TO_SALESFORCE
from lockstep.domain.message import Nudge
from tests.simulation.acts import SELLERS, act, ask_as_admin
from tests.simulation.stage import Stage

FIELDS = {
    "last_activity_by_sales": "Last_Activity_by_Sales__c",
    "last_sales_engagement": "Last_Sales_Engagement__c",
    "last_replied": "Last_Replied__c",
    "current_sales_campaign": "Current_Sales_Campaign__c",
}
KINDS = ("Lead", "Contact")


def fields_made(stage: Stage) -> None:
    """The fields exist on leads and contacts, made by an admin of Salesforce who comes once."""
    if stage.salesforce.org.schema.objects["Lead"].fields.keys() & FIELDS.values():
        return
    texts = {"Current_Sales_Campaign__c": {"type": "string", "length": 80}}
    times = {"type": "datetime", "length": 0}
    made = [{"object": kind, "name": name, **texts.get(name, times)} for kind in KINDS for name in FIELDS.values()]
    stage.salesforce.schema(made)


def switched(stage: Stage, *objects: str) -> None:
    """An admin names the objects that show the newest activity; none switches it off."""
    stage.attempt("workspace_api", ask_as_admin("PATCH", "/settings", {"rollups": objects, "rollup_fields": FIELDS}))


@act(9)
def rollups_switched(stage: Stage, a: int, b: int) -> None:
    """An admin has the newest activity shown on leads, contacts or both; now and then not any more."""
    fields_made(stage)
    switched(stage, *(("lead", "contact"), ("contact", "lead"), ("lead",), ())[a % 4])


@act(9)
def rollups_play(stage: Stage, a: int, b: int) -> None:
    """A nudge of this flow, as old or doubled ones lie about, reaches its worker."""
    stage.queue.send([Nudge(ROLLUPS_TO_SALESFORCE, seller) for seller in stage.sellers[a % 2 :]])
    stage.deliver(ROLLUPS_TO_SALESFORCE, 1 + a % 10, doubled=b % 5 == 0)


@act(1)
def rollup_field_hidden(stage: Stage, a: int, b: int) -> None:
    """A field of the newest activity is hidden from a seller, made read-only, or granted again."""
    fields_made(stage)
    names = tuple(FIELDS.values())
    seller, edit = SELLERS[b // 3 % 2], b % 3 == 0
    right = {"user": seller, "object": KINDS[a % 2], "field": names[a // 2 % 4], "read": edit or b % 2 == 0}
    stage.salesforce.act("set_permissions", right | {"edit": edit})
