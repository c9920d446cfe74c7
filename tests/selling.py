"""A seller at work: people, emails and calls of tests that end in Salesforce's own records."""

from typing import Any

import pytest

from lockstep.domain.sales_activity import SalesEvent
from tests.signed import event
from tests.world import SimWorld

FLOW = "activities_to_salesforce"
SELLER = "seller1@example.com"
OWNER = {"leadOwnerEmailAddress": "owner6@example.com"}
numbers = iter(range(10_000))


@pytest.fixture
def world() -> SimWorld:
    """Both vendors connected, one seller connected, emails and calls switched on, no people."""
    sim = SimWorld()
    sim.connect_marketo()
    sim.connect_seller(SELLER)
    sim.switch_on()
    return sim


def in_salesforce(world: SimWorld, kind: str, **fields: Any) -> str:
    """A Lead or Contact made by somebody in Salesforce; its id."""
    number = next(numbers)
    names = {"LastName": f"Person {number}"} | ({"Company": "Acme"} if kind == "Lead" else {})
    return world.salesforce.seed([{"type": kind, **names, **fields}])[0]


def person(
    world: SimWorld,
    email: str = "",
    *,
    contact: str | None = None,
    lead: str | None = None,
) -> int:
    """A person in Marketo, brought into the Workspace."""
    kind = "contact" if contact else "lead"
    ids = {"sfdcContactId": contact, "sfdcLeadId": lead, "sfdcType": kind, "email": email or None}
    number = world.marketo.seed([{"type": "lead", **OWNER, **ids}])[0]
    world.start_load()
    return number


def email(person_id: int, user: str = SELLER, **data: Any) -> SalesEvent:
    """An email sent by a seller."""
    data = {"subject": "Hello", "body_text": "Dear all"} | data
    return event(f"evt_{next(numbers)}", "email.sent", person=person_id, user=user, **data)


def call(person_id: int, user: str = SELLER, **data: Any) -> SalesEvent:
    """A call logged by a seller."""
    return event(f"evt_{next(numbers)}", "call.logged", person=person_id, user=user, **data)
