"""The shared population as Marketo sees it, what became of them, and what they did there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from local.simulators.kernel.clock import write_instant
from local.simulators.kernel.population import QUEUE_ID, SeedPerson, SeedUser, population, user_by_id
from local.simulators.marketo.activity_types import CHANGE_DATA_VALUE, CONVERT_LEAD, MERGE_LEADS, NEW_LEAD
from local.simulators.marketo.feed import Activity, Change
from local.simulators.marketo.history import furnish, year_of
from local.simulators.marketo.leads import Lead
from local.simulators.marketo.world import World

_FROM_CRM: dict[str, Any] = {"Source Type": "salesforce.com"}
_FROM_WEB: dict[str, Any] = {"Source Type": "Web form fillout"}


DAY = 86_400
OPT_OUT = "Asked a seller to be left alone"


def populate(world: World, seed: int, people: int, activities: int) -> None:
    """Fill an empty world; each person gets so many activities in the year after their creation."""
    owners: dict[str, dict[str, Any]] = {}
    entries: list[Activity] = []
    for person in population(seed, people):
        if person.owner_id not in owners:
            owners[person.owner_id] = owner_fields(user_by_id(person.owner_id), person.owner_id)
        lead = _enter(world, person, owners[person.owner_id])
        entries += [_creation(lead), *_life(world, person, lead)]
    if people:
        furnish(world)
    if activities:
        dice = random.Random(seed)
        for lead in world.leads:
            entries += year_of(world, lead, dice, activities)
    world.feed.load(entries)


def owner_fields(user: SeedUser | None, queue: str = QUEUE_ID) -> dict[str, Any]:
    """The sales owner's five fields on a lead, empty for a queue, and the owner's id."""
    return {
        "leadOwnerFirstName": user.first_name if user else None,
        "leadOwnerLastName": user.last_name if user else None,
        "leadOwnerJobTitle": user.title if user else None,
        "leadOwnerPhoneNumber": user.phone or None if user else None,
        "leadOwnerEmailAddress": user.email if user else None,
        "sfdcLeadOwnerId": user.id if user else queue,
    }


def _enter(world: World, person: SeedPerson, owner: dict[str, Any]) -> Lead:
    created = write_instant(person.created_at)
    values: dict[str, Any] = {
        "createdAt": created,
        "updatedAt": created,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "company": person.company,
        "industry": person.firm.industry,
        "website": f"https://www.{person.firm.domain}",
        "city": person.firm.city,
        "country": person.firm.country,
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
        "doNotCall": person.do_not_call,
    }
    if person.kind:
        values |= owner
    second = int(person.created_at.timestamp())
    lead = Lead(person.marketo_id, second, {name: value for name, value in values.items() if value})
    world.leads.add(lead)
    return lead


def _creation(lead: Lead) -> Activity:
    cause = _FROM_CRM if "sfdcType" in lead.values else _FROM_WEB
    return Activity(lead.created, 0, NEW_LEAD, lead.id, None, lead.full_name, cause)


def _life(world: World, person: SeedPerson, lead: Lead) -> Iterator[Activity]:
    """What became of a person: converted in Salesforce, merged with a double, gone from the mailing lists."""
    told: dict[str, Any]
    if person.contact_id and person.lead_id:
        told = {"Account Name": person.company, "Status": "Closed - Converted"}
        owner = str(lead.values.get("leadOwnerEmailAddress", ""))
        yield Activity(lead.created + 30 * DAY, 0, CONVERT_LEAD, lead.id, None, owner or None, told)
    if person.merged_id:
        told = {"Merge IDs": [person.merged_id], "Merged in Sales": True, "Merge Source": "leaddb"}
        told |= {"Master Updated": False}
        yield Activity(lead.created + 45 * DAY, 0, MERGE_LEADS, lead.id, lead.id, lead.full_name, told)
    if person.opted_out:
        lead.values |= {"unsubscribed": True, "unsubscribedReason": OPT_OUT}
        world.remember_unsubscribed(person.email)
        yield _opt_out(world, lead)


def _opt_out(world: World, lead: Lead) -> Activity:
    field = world.book.by_name["unsubscribed"]
    change = Change(field.id, field.name, "False", "True")
    told = {"New Value": "True", "Old Value": "False", "Reason": OPT_OUT, "Source": "Marketo UI"}
    return Activity(
        lead.created + 60 * DAY, 0, CHANGE_DATA_VALUE, lead.id, field.id, field.display, told, change=change
    )  # fmt: skip
