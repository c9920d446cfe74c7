"""The thirteen synced fields and the seven that only decide qualification (behaviour.md 1.3).

REST names are resolved by describe at connect time: by display name first for the owner fields,
whose REST names no document states, else by REST name. The list is fixed (PPL-14).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonField:
    """One field: our name, Marketo's REST name, its display name where that decides, if it may be absent."""

    ours: str
    rest: str
    label: str
    display_name: str | None = None
    optional: bool = False


SYNCED = (
    PersonField("first_name", "firstName", "First name"),
    PersonField("last_name", "lastName", "Last name"),
    PersonField("salesforce_contact_id", "sfdcContactId", "Salesforce contact ID"),
    PersonField("salesforce_lead_id", "sfdcLeadId", "Salesforce lead ID"),
    PersonField("marketo_id", "id", "Marketo ID"),
    PersonField("company", "company", "Company"),
    PersonField("title", "title", "Title"),
    PersonField("email", "email", "Email"),
    PersonField("phone", "phone", "Phone number"),
    PersonField("linkedin_url", "linkedInProfileURL", "LinkedIn URL"),
    PersonField("source", "leadSource", "Source"),
    PersonField("salesforce_account_id", "sfdcAccountId", "Salesforce account ID", optional=True),
    PersonField("salesforce_opportunity_id", "sfdcOpptyId", "Salesforce opportunity ID", optional=True),
)

QUALIFYING = (
    PersonField("salesforce_type", "sfdcType", "SFDC Type"),
    PersonField("deleted_in_salesforce", "sfdcIsDeleted", "SFDC Is Deleted"),
    PersonField(
        "owner_first_name",
        "leadOwnerFirstName",
        "Owner first name",
        "Lead Owner First Name",
        optional=True,
    ),
    PersonField(
        "owner_last_name",
        "leadOwnerLastName",
        "Owner last name",
        "Lead Owner Last Name",
        optional=True,
    ),
    PersonField("owner_title", "leadOwnerJobTitle", "Owner title", "Lead Owner Job Title", optional=True),
    PersonField(
        "owner_phone",
        "leadOwnerPhoneNumber",
        "Owner phone",
        "Lead Owner Phone Number",
        optional=True,
    ),
    PersonField(
        "owner_email",
        "leadOwnerEmailAddress",
        "Owner email",
        "Lead Owner Email Address",
    ),
)

ALL = SYNCED + QUALIFYING
OWNER = tuple(field.ours for field in QUALIFYING if field.ours.startswith("owner_"))
