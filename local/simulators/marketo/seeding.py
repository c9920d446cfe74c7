"""The shared population as Marketo sees it, and what the seeded people did there."""

from __future__ import annotations

import random
from typing import Any

from local.simulators.kernel.clock import write_instant
from local.simulators.kernel.population import QUEUE_ID, SeedPerson, SeedUser, population, user_by_id
from local.simulators.marketo.activity_types import NEW_LEAD
from local.simulators.marketo.feed import Activity
from local.simulators.marketo.history import furnish, year_of
from local.simulators.marketo.leads import Lead
from local.simulators.marketo.world import World

_FROM_CRM: dict[str, Any] = {"Source Type": "salesforce.com"}
_FROM_WEB: dict[str, Any] = {"Source Type": "Web form fill-out"}


def populate(world: World, seed: int, people: int, activities: int) -> None:
    """Fill an empty world; each person gets so many activities in the year after their creation."""
    owners: dict[str, dict[str, Any]] = {}
    for person in population(seed, people):
        if person.owner_id not in owners:
            owners[person.owner_id] = owner_fields(user_by_id(person.owner_id))
        _enter(world, person, owners[person.owner_id])
    if people:
        furnish(world)
    entries = [_creation(lead) for lead in world.leads]
    if activities:
        dice = random.Random(seed)
        for lead in world.leads:
            entries += year_of(world, lead, dice, activities)
    world.feed.load(entries)


def owner_fields(user: SeedUser | None) -> dict[str, Any]:
    """The sales owner's five fields on a lead; all empty for a queue."""
    return {
        "leadOwnerFirstName": user.first_name if user else None,
        "leadOwnerLastName": user.last_name if user else None,
        "leadOwnerJobTitle": user.title if user else None,
        "leadOwnerPhoneNumber": user.phone or None if user else None,
        "leadOwnerEmailAddress": user.email if user else None,
        "sfdcLeadOwnerId": user.id if user else QUEUE_ID,
    }


def _enter(world: World, person: SeedPerson, owner: dict[str, Any]) -> None:
    created = write_instant(person.created_at)
    values: dict[str, Any] = {
        "createdAt": created,
        "updatedAt": created,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "company": person.company,
        "title": person.title,
        "phone": person.phone,
        "linkedInProfileURL": person.linkedin,
        "leadSource": person.source,
        "sfdcType": person.kind,
        "sfdcLeadId": person.lead_id,
        "sfdcContactId": person.contact_id,
        "sfdcAccountId": person.account_id,
        "sfdcOpptyId": person.opportunity_id,
        "sfdcIsDeleted": person.deleted,
    }
    if person.kind:
        values |= owner
    second = int(person.created_at.timestamp())
    world.leads.add(Lead(person.marketo_id, second, {name: value for name, value in values.items() if value}))


def _creation(lead: Lead) -> Activity:
    cause = _FROM_CRM if "sfdcType" in lead.values else _FROM_WEB
    return Activity(lead.created, 0, NEW_LEAD, lead.id, attributes=cause)
