"""What a human does in Salesforce's own pages, and the side door through which tests see and change the truth."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from local.simulators.salesforce import broadcasts, ids, instants, lifecycle, offices
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field
from local.simulators.salesforce.table import Row

Arguments = Mapping[str, Any]
Act = Callable[[Org, Arguments], list[str]]

SYSTEM_FIELDS = frozenset({"type", "Id", "profile", "late_commit_s"})

ACTS: dict[str, Act] = {
    "update": lifecycle.update,
    "delete": lifecycle.delete,
    "undelete": lifecycle.undelete,
    "archive": lifecycle.archive,
    "merge": lifecycle.merge,
    "convert": lifecycle.convert,
    "change_owner": lifecycle.change_owner,
    "unsubscribe": lifecycle.unsubscribe,
    "set_permissions": offices.set_permissions,
    "set_object_permissions": offices.set_object_permissions,
    "set_profile": offices.set_profile,
    "set_visibility": offices.set_visibility,
    "set_api_enabled": offices.set_api_enabled,
    "set_active": offices.set_active,
    "set_password": offices.set_password,
    "set_public_key": offices.set_public_key,
    "set_app": offices.set_app,
    "issue_refresh_token": offices.issue_refresh_token,
    "issue_token": offices.issue_token,
    "revoke_user": offices.revoke_user,
    "approve_user": offices.approve_user,
    "expire_tokens": offices.expire_tokens,
    "remove_field": offices.remove_field,
    "validation_rule": offices.validation_rule,
    "clear_rules": offices.clear_rules,
    "maintenance": offices.maintenance,
    "lock": offices.lock,
    "unlock": offices.unlock,
    "outbound_message": broadcasts.outbound_message,
    "send_outbound": broadcasts.send_outbound,
    "capture_changes": broadcasts.capture_changes,
    "gap": broadcasts.gap,
}


def act(org: Org, name: str, arguments: Arguments) -> list[str]:
    """Do one act; the ids (or the token) it touched."""
    try:
        done = ACTS[name]
    except KeyError:
        raise ValueError(f"there is no act {name}; there are {', '.join(sorted(ACTS))}") from None
    with org.world.committing_late(float(arguments.get("late_commit_s", 0))):
        return done(org, {key: value for key, value in arguments.items() if key != "late_commit_s"})


def seed_record(org: Org, record: Arguments) -> str:
    """Put one record into the truth, without anybody's permission."""
    kind = _kind(org, str(record["type"]))
    values: Row = {}
    for name, value in record.items():
        if name not in SYSTEM_FIELDS:
            field = _field(kind, name)
            values[field.name] = _kept(field, value)
    if record.get("Id"):
        values["Id"] = _id(str(record["Id"]))
    if kind.name == "User":
        values = {"IsActive": True, "Username": values.get("Email"), "TimeZoneSidKey": "GMT", **values}
    author = str(values.get("CreatedById") or _author(org, values))
    with org.world.committing_late(float(record.get("late_commit_s", 0))):
        record_id = str(org.world.insert(kind.name, values, author)["Id"])
    if kind.name == "User":
        org.permissions.assign(record_id, str(record.get("profile", "default")))
    return record_id


def add_fields(org: Org, specs: Sequence[Arguments]) -> None:
    """Define custom fields, or change standard ones, and index what can be a key."""
    org.schema.add_fields([dict(spec) for spec in specs])
    org.world.index_keys()


def records(org: Org, name: str) -> list[Row]:
    """The truth about one object."""
    kind = _kind(org, name)
    return [org.world.full(kind.name, row) for row in org.world.tables[kind.name].rows.values()]


def _kind(org: Org, name: str) -> ObjectType:
    found = org.schema.find(name)
    if found is None:
        raise ValueError(f"there is no object {name}; there are {', '.join(org.schema.objects)}")
    return found


def _field(kind: ObjectType, name: str) -> Field:
    found = kind.lower.get(name.lower())
    if found is None:
        raise ValueError(f"{kind.name} has no field {name}")
    return found


def _kept(field: Field, value: Any) -> Any:
    """A value in the form that records hold it."""
    if not isinstance(value, str):
        return value
    if field.type == "datetime":
        return instants.read(value)
    return _id(value) if field.type == "reference" and value else value


def _id(value: str) -> str:
    known = ids.normalise(value)
    if known is None:
        raise ValueError(f"{value} is no Salesforce id")
    return known


def _author(org: Org, values: Row) -> str:
    owner = values.get("OwnerId")
    if owner is not None and str(owner).startswith("005"):
        return str(owner)
    return org.user("admin@example.com")
