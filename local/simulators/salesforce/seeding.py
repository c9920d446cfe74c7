"""The seeded organisation: users with their profiles, a queue, and the people that both simulators share."""

from typing import Any

from local.simulators.kernel.population import (
    QUEUE_ID,
    QUEUE_NAME,
    RESTRICTED_PROFILE,
    SeedPerson,
    SeedUser,
    population,
    users,
)
from local.simulators.salesforce import ids, instants
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.schema.activity import TASK_CHOICES

TIME_ZONE = "America/Los_Angeles"


def populate(org: Org, seed: int, people: int) -> None:
    """Fill a new organisation; the people are the first so many of this seed's world."""
    admin = next(user for user in users() if user.is_admin)
    for user in users():
        _user(org, user, admin.id)
    org.world.insert("Group", {"Id": QUEUE_ID, "Name": QUEUE_NAME, "Type": "Queue"}, admin.id)
    organisation = {"Id": org.world.org_id, "Name": "Lockstep Demo", "OrganizationType": "Enterprise Edition"}
    org.world.insert("Organization", {**organisation, "InstanceName": "SIM1", "TimeZoneSidKey": TIME_ZONE}, admin.id)
    _picklist_objects(org, admin.id)
    for person in population(seed, people):
        _person(org, person)


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


def _person(org: Org, person: SeedPerson) -> None:
    if not person.kind:
        return
    stamp = instants.stamp(person.created_at)
    dates = {"CreatedDate": stamp, "LastModifiedDate": stamp, "SystemModstamp": stamp}
    common: dict[str, Any] = {
        **dates,
        "FirstName": person.first_name or None,
        "LastName": person.last_name,
        "Email": person.email or None,
        "Title": person.title or None,
        "Phone": person.phone or None,
        "LeadSource": person.source or None,
        "OwnerId": person.owner_id,
        "IsDeleted": person.deleted,
    }
    owner = person.owner_id
    if person.kind == "lead":
        lead = {"Id": person.lead_id, "Company": person.company, "Status": "Open - Not Contacted"}
        org.world.insert("Lead", {**common, **lead}, owner)
        return
    _account(org, person, dates)
    org.world.insert("Contact", {**common, "Id": person.contact_id, "AccountId": person.account_id}, owner)
    if person.opportunity_id:
        _opportunity(org, person, dates)


def _account(org: Org, person: SeedPerson, dates: dict[str, Any]) -> None:
    if org.world.find(person.account_id) is None:
        values = {**dates, "Id": person.account_id, "Name": person.company, "OwnerId": person.owner_id}
        org.world.insert("Account", values, person.owner_id)


def _opportunity(org: Org, person: SeedPerson, dates: dict[str, Any]) -> None:
    values = {
        **dates,
        "Id": person.opportunity_id,
        "Name": f"{person.company} renewal",
        "AccountId": person.account_id,
        "ContactId": person.contact_id,
        "StageName": "Prospecting",
        "CloseDate": "2027-03-31",
        "OwnerId": person.owner_id,
    }
    org.world.insert("Opportunity", values, person.owner_id)
