"""Ways in which the newest activity is missing on a record; entered in the list of `why_cases.py`."""

from lockstep.domain.reason import Reason
from tests.integration.why_cases import case
from tests.prepared import contact, email, known, person, report, settings
from tests.workspace import SELLER, Workspace

NEWEST = "Last_Activity_by_Sales__c"


def shown_on(world: Workspace, *objects: str) -> None:
    """The last activity is shown on these objects, in a field that is made on contacts."""
    world.salesforce.schema([{"object": "Contact", "name": NEWEST, "type": "datetime"}])
    settings(world, rollups=objects, rollup_fields={"last_activity_by_sales": NEWEST})


@case("newest", Reason.NEWER_ACTIVITY, "evt_1 of 2026-11-02 08:30 UTC is newer")
def an_older_email_is_reported_late(world: Workspace) -> str:
    """Today's email is shown; yesterday's comes in behind it."""
    shown_on(world, "contact")
    who = known(world)
    email(world, who)
    return report(world, "email.sent", who, email_id="m0", subject="Hello", occurred_at="2026-11-01T08:30:00.000+0000")


@case("fields", Reason.FIELDS_WITHHELD, f"Contact.{NEWEST} (read-only)")
def the_newest_activity_may_not_be_edited(world: Workspace) -> str:
    """The Task is logged; the seller may not edit the field on contacts."""
    shown_on(world, "contact")
    rights = {"user": SELLER, "object": "Contact", "field": NEWEST}
    world.salesforce.act("set_permissions", {**rights, "read": True, "edit": False})
    return email(world, known(world))


@case("object", Reason.OBJECT_NOT_LOGGED, "no opportunity that Marketo knows of")
def the_newest_activity_has_no_opportunity(world: Workspace) -> str:
    """It is to be shown on opportunities, and the person has none."""
    shown_on(world, "opportunity")
    return email(world, known(world))


@case("record", Reason.NO_SF_RECORD, "no record is searched by address")
def the_newest_activity_of_somebody_without_an_id(world: Workspace) -> str:
    """Its Task is found by address; the newest activity goes by id alone."""
    shown_on(world, "contact")
    contact(world, Email="grace@customer.example")
    return email(world, person(world, email="grace@customer.example"))


@case("salesforce", Reason.VALIDATION_REFUSED, "Bitte Grund angeben")
def a_rule_refuses_the_contact(world: Workspace) -> str:
    """A rule of Salesforce refuses to save the contact; its Task is logged."""
    shown_on(world, "contact")
    rule = {"object": "Contact", "when": {}, "message": "Bitte Grund angeben", "fields": [NEWEST]}
    who = known(world)
    world.salesforce.act("validation_rule", rule)
    return email(world, who)
