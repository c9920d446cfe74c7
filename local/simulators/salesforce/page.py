"""Salesforce's page: records with what hangs on them, what people and administrators do, and what can go wrong."""

from collections.abc import Iterable, Sequence
from typing import Any

from local.simulators.kernel.page import act, argument, choice, description, listing, matching, related
from local.simulators.salesforce.ids import PREFIXES, normalise
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.table import Row

TYPES = (
    listing("Lead", "Leads", "Id", "Name", "Email", "Company", "Status", "OwnerId"),
    listing("Contact", "Contacts", "Id", "Name", "Email", "Title", "AccountId", "OwnerId"),
    listing("Account", "Accounts", "Id", "Name", "Industry", "BillingCity", "BillingCountry", "Type"),
    listing("Opportunity", "Opportunities", "Id", "Name", "StageName", "Amount", "CloseDate"),
    listing("Task", "Tasks", "Id", "Subject", "Status", "Priority", "ActivityDate", "WhoId"),
    listing("User", "Users", "Id", "Name", "Username", "IsActive"),
)
FAULTS = (
    "drop_before_commit", "drop_after_commit", "late_commit", "slow", "html", "truncate", "status", "expire_token",
    "concurrent", "quota", "content_type", "late_visible", "record_error",
)  # fmt: skip
PROFILES = ("default", "sales", "restricted", "admin")
_COLUMNS: dict[str, Sequence[str]] = {entry["name"]: entry["columns"] for entry in TYPES}
_BESIDE = ("Id", "Name", "Subject", "Role", "Status", "StageName", "ActivityDate", "ContactId", "IsPrimary")
_PEOPLE = ("Lead", "Contact")
_RECORDS = (*_PEOPLE, "Account", "Opportunity", "Task")


def page(org: Org) -> dict[str, Any]:
    """What the page has to know of Salesforce."""
    told = description("Salesforce", "Setup", TYPES, (*_record_acts(org), *_office_acts(org)), FAULTS)
    return told | {"links": {PREFIXES[name]: name for name in _COLUMNS}}


def _users(org: Org) -> list[str]:
    return [str(row["Username"]) for row in org.world.tables["User"].rows.values()]


def _record_acts(org: Org) -> tuple[dict[str, Any], ...]:
    users = _users(org)
    return (
        act("unsubscribe", "Opt out of e-mail", on=_PEOPLE),
        act("change_owner", "Change the owner", choice("owner", ["", *users], "Owner (none: the queue)", empty=None),
            on=_RECORDS),
        act("merge", "Merge others into this one", argument("losers", "Ids of one or two others", "ids", required=True),
            on=(*_PEOPLE, "Account"), subject="winner"),
        act("convert", "Convert", argument("contact", "Contact", hint="a new one if empty"),
            argument("account", "Account", hint="a new one if empty"), on=("Lead",), subject="lead"),
        act("set_visibility", "Show or hide it", choice("user", users, "To whom"), argument("visible", kind="flag"),
            on=_RECORDS),
        act("archive", "Archive", on=("Task",)),
        act("lock", "Lock, as if somebody were writing it", on=_RECORDS),
        act("unlock", "Unlock", on=_RECORDS),
        act("delete", "Delete", on=_RECORDS, bad=True),
        act("undelete", "Bring back", on=_RECORDS, gone=True),
    )  # fmt: skip


def _office_acts(org: Org) -> tuple[dict[str, Any], ...]:
    user = choice("user", _users(org), "User")
    kind = choice("object", org.schema.objects, "Object")
    read, edit = argument("read", "may read", "flag"), argument("edit", "may edit", "flag")
    return (
        act("set_permissions", "Give or take a permission", user, kind,
            argument("field", "Field", hint="none: the object"), read, edit),
        act("set_profile", "Change a profile", user, choice("profile", PROFILES, "Profile")),
        act("set_active", "Switch a user on or off", user, argument("active", kind="flag", value=True)),
        act("set_api_enabled", "Access to the API", user, argument("enabled", kind="flag", value=True)),
        act("revoke_user", "Revoke the connected app for a user", user, bad=True),
        act("approve_user", "Approve the connected app", user, argument("approved", kind="flag", value=True)),
        act("expire_tokens", "Let access tokens expire", choice("user", ["", *_users(org)], "User (none: all)")),
        act("remove_field", "Delete a custom field", kind, argument("name", "Field", required=True), bad=True),
        act("maintenance", "Maintenance: reads only", argument("on", kind="flag", value=True)),
    )  # fmt: skip


def settings(org: Org) -> dict[str, Any]:
    """Quotas and switches as they stand."""
    quota, jobs = org.quota, org.jobs
    return {
        "calls_per_24h": quota.calls_per_24h,
        "query_page": quota.page_limit,
        "replicated_ids": quota.replicated_ids,
        "session_seconds": org.sessions.life_seconds,
        "bulk_queued_s": jobs.queued_s,
        "bulk_chunk_s": jobs.chunk_s,
        "bulk_chunk_rows": jobs.chunk_rows,
        "bulk_page": jobs.page_rows,
    }


def find(org: Org, kind: str, asked: str) -> dict[str, Any]:
    """Records of an object, the newest first."""
    return matching(reversed(org.world.tables[kind].rows.values()), asked, _COLUMNS[kind])


def look(org: Org, kind: str, record_id: str) -> dict[str, Any]:
    """One record with its children."""
    row = org.world.tables[kind].rows.get(normalise(record_id) or "")
    if row is None:
        raise ValueError(f"there is no {kind} {record_id}")
    fields = org.schema.objects[kind].fields.values()
    return {
        "id": row["Id"],
        "title": str(row.get("Name") or row.get("Subject") or row["Id"]),
        "badges": list(_badges(row)),
        "deleted": bool(row.get("IsDeleted")),
        "record": org.world.full(kind, row),
        "related": list(_children(org, kind, row)),
        "editable": [field.name for field in fields if field.updateable],
    }


def _children(org: Org, kind: str, row: Row) -> Iterable[Any]:
    for child in org.schema.objects[kind].children:
        table = org.world.tables[child.object]
        rows = [table.rows[one] for one in reversed(table.find(child.field, [row["Id"]]))]
        known = [name for name in _BESIDE if name in org.schema.objects[child.object].fields]
        if rows:
            link = child.object if child.object in _COLUMNS else ""
            yield related(child.relationship or child.object, rows, known, link)


def _badges(row: Row) -> Iterable[dict[str, Any]]:
    if row.get("MasterRecordId"):
        yield {"text": f"merged into {row['MasterRecordId']}", "bad": True}
    elif row.get("IsDeleted"):
        yield {"text": "deleted", "bad": True}
    if row.get("ConvertedContactId"):
        yield {"text": f"converted into {row['ConvertedContactId']}"}
    for name, word in (("HasOptedOutOfEmail", "opted out"), ("IsClosed", "closed"), ("IsArchived", "archived")):
        if row.get(name):
            yield {"text": word}
