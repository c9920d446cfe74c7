"""The seeded organisation: users with their profiles, queues, and the people that both simulators share."""

import random
from datetime import timedelta
from typing import Any

from local.simulators.kernel.population import (
    QUEUES,
    RESTRICTED_PROFILE,
    SeedPerson,
    SeedUser,
    population,
    users,
)
from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.schema.activity import TASK_CHOICES
from local.simulators.salesforce.seeded_work import Work

TIME_ZONE = "America/Los_Angeles"


def populate(org: Org, seed: int, people: int) -> None:
    """Fill a new organisation; the people are the first so many of this seed's world."""
    admin = next(user for user in users() if user.is_admin)
    for user in users():
        _user(org, user, admin.id)
    for queue_id, name in QUEUES.items():
        group = {"Id": queue_id, "Name": name, "DeveloperName": name.replace(" ", "_"), "Type": "Queue"}
        org.world.insert("Group", group, admin.id)
    organisation = {"Id": org.world.org_id, "Name": "Lockstep Demo", "OrganizationType": "Enterprise Edition"}
    org.world.insert("Organization", {**organisation, "InstanceName": "SIM1", "TimeZoneSidKey": TIME_ZONE}, admin.id)
    _picklist_objects(org, admin.id)
    dice, work = random.Random(f"{seed}/salesforce"), Work(org, random.Random(f"{seed}/work"))
    for person in population(seed, people):
        if person.kind:
            _person(org, person, dice)
            work.of(person)


def _user(org: Org, user: SeedUser, admin_id: str) -> None:
    org.world.insert(
        "User",
        {
            "Id": user.id,
            "Username": user.username,
            "Email": user.email,
            "FirstName": user.first_name,
            "LastName": user.last_name,
            "Title": user.title,
            "Phone": user.phone or None,
            "Alias": user.email.partition("@")[0][:8],
            "IsActive": user.is_active,
            "TimeZoneSidKey": TIME_ZONE,
            "LocaleSidKey": "en_US",
            "LanguageLocaleKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "UserType": "Standard",
            "ProfileId": ids.number("00e", 2 if user.is_admin else 1),
        },
        admin_id,
    )
    org.permissions.assign(user.id, _profile(user))


def _profile(user: SeedUser) -> str:
    """Salesforce's own default profile hides the opt-outs and the task's type; sellers see them."""
    if user.is_admin:
        return "admin"
    if user.profile == RESTRICTED_PROFILE:
        return "restricted"
    return "sales" if user.email.startswith("seller") else "default"


def _picklist_objects(org: Org, admin_id: str) -> None:
    for place, label in enumerate(TASK_CHOICES["Status"], start=1):
        values: dict[str, Any] = {"MasterLabel": label, "ApiName": label, "SortOrder": place}
        values |= {"IsDefault": label == "Not Started", "IsClosed": label in org.world.closed_statuses}
        org.world.insert("TaskStatus", values, admin_id)
    for place, label in enumerate(TASK_CHOICES["Priority"], start=1):
        values = {"MasterLabel": label, "ApiName": label, "SortOrder": place}
        values |= {"IsDefault": label == "Normal", "IsHighPriority": label in org.world.high_priorities}
        org.world.insert("TaskPriority", values, admin_id)


def _person(org: Org, person: SeedPerson, dice: random.Random) -> None:
    common = _common(person)
    if person.kind == "contact":
        _account(org, person, dice)
        place = {"MailingCity": person.firm.city, "MailingCountry": person.firm.country}
        contact = {"Id": person.contact_id, "AccountId": person.account_id, **place}
        org.world.insert("Contact", {**common, **contact}, person.owner_id)
    if person.lead_id:
        firm, fate = person.firm, dice.random()
        lead = {"Id": person.lead_id, "Company": firm.name, "Industry": firm.industry, "Status": _status(fate)}
        lead |= {"City": firm.city, "Country": firm.country, "Rating": "Hot" if fate > 0.9 else "Warm"}
        org.world.insert("Lead", {**common, **lead, **_conversion(person)}, person.owner_id)
    if person.merged_crm_id:
        _double(org, person, common)


def _common(person: SeedPerson) -> dict[str, Any]:
    stamp = instants.stamp(person.created_at)
    return {
        "CreatedDate": stamp,
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
        "FirstName": person.first_name or None,
        "LastName": person.last_name,
        "Email": person.email or None,
        "Title": person.title or None,
        "Phone": person.phone or None,
        "LeadSource": person.source or None,
        "OwnerId": person.owner_id,
        "IsDeleted": person.deleted,
        "HasOptedOutOfEmail": person.opted_out or None,
        "DoNotCall": person.do_not_call or None,
    }


def _status(fate: float) -> str:
    return "Open - Not Contacted" if fate < 0.6 else "Working - Contacted" if fate < 0.9 else "Closed - Not Converted"


def _conversion(person: SeedPerson) -> dict[str, Any]:
    """What a lead says that became a contact a month later."""
    if person.kind != "contact":
        return {}
    moment = person.created_at + timedelta(days=30)
    ids_of = {"ConvertedContactId": person.contact_id, "ConvertedAccountId": person.account_id}
    marks = {"IsConverted": True, "Status": "Closed - Converted", "ConvertedDate": moment.date().isoformat()}
    stamp = instants.stamp(moment)
    opportunity = {"ConvertedOpportunityId": person.opportunity_id or None}
    return {**ids_of, **opportunity, **marks, "LastModifiedDate": stamp, "SystemModstamp": stamp}


def _double(org: Org, person: SeedPerson, common: dict[str, Any]) -> None:
    """The record that was merged into this one: deleted, and it names its winner."""
    stamp = instants.stamp(person.created_at + timedelta(days=45))
    gone = {"IsDeleted": True, "MasterRecordId": person.crm_id, "LastModifiedDate": stamp, "SystemModstamp": stamp}
    own = {"AccountId": person.account_id} if person.kind == "contact" else {"Company": person.company}
    name = "Contact" if person.kind == "contact" else "Lead"
    org.world.insert(name, {**common, **own, **gone, "Id": person.merged_crm_id}, person.owner_id)


def _account(org: Org, person: SeedPerson, dice: random.Random) -> None:
    if org.world.find(person.account_id) is not None:
        return
    firm, fate = person.firm, dice.random()
    stamp = instants.stamp(person.created_at)
    values = {
        "CreatedDate": stamp,
        "LastModifiedDate": stamp,
        "SystemModstamp": stamp,
        "Id": person.account_id,
        "Name": firm.name,
        "OwnerId": person.owner_id,
        "Type": "Customer - Direct" if fate < 0.5 else "Prospect",
        "Industry": firm.industry,
        "Website": f"https://www.{firm.domain}",
        "BillingCity": firm.city,
        "BillingCountry": firm.country,
        "NumberOfEmployees": 10 + int(fate * 990),
    }
    org.world.insert("Account", values, person.owner_id)
