"""What a Salesforce administrator does: permissions, users, connected apps, tokens, fields, rules, locks."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce.org import Org
from local.simulators.salesforce.rules import ValidationRule
from local.simulators.salesforce.schema.catalogue import ACTIVITIES
from local.simulators.salesforce.sessions import App

Arguments = Mapping[str, Any]


def set_permissions(org: Org, arguments: Arguments) -> list[str]:
    """`set_permissions {user, object, field?, read, edit}`: of one field, or of the object where none is named."""
    if arguments.get("field") is None:
        return set_object_permissions(org, arguments)
    user_id = org.user(arguments["user"])
    kind = org.schema.find(arguments["object"])
    if kind is None or arguments["field"] not in kind.fields:
        raise ValueError(f"{arguments['object']} has no field {arguments['field']}")
    edit = bool(arguments.get("edit", False))
    right = (bool(arguments.get("read", edit)) or edit, edit)
    for name in ACTIVITIES if kind.name in ACTIVITIES else (kind.name,):
        org.permissions.allow(user_id, (name, arguments["field"]), right)
    return [user_id]


def set_object_permissions(org: Org, arguments: Arguments) -> list[str]:
    """`set_object_permissions {user, object, read, edit}`."""
    user_id = org.user(arguments["user"])
    kind = org.schema.find(arguments["object"])
    if kind is None:
        raise ValueError(f"there is no object {arguments['object']}")
    right = (bool(arguments.get("read", False)), bool(arguments.get("edit", False)))
    org.permissions.allow(user_id, (kind.name, None), right)
    return [user_id]


def set_profile(org: Org, arguments: Arguments) -> list[str]:
    """`set_profile {user, profile}`: default, sales, restricted or admin."""
    user_id = org.user(arguments["user"])
    org.permissions.assign(user_id, str(arguments["profile"]))
    return [user_id]


def set_visibility(org: Org, arguments: Arguments) -> list[str]:
    """`set_visibility {user, id, visible}`: one record, for one user."""
    user_id = org.user(arguments["user"])
    record_id = org.any_record(arguments)["Id"]
    org.permissions.hide_record(user_id, record_id, hidden=not arguments.get("visible", False))
    return [record_id]


def set_api_enabled(org: Org, arguments: Arguments) -> list[str]:
    """`set_api_enabled {user, enabled}`: the profile's access to the API."""
    user_id = org.user(arguments["user"])
    disabled = org.sessions.api_disabled
    (disabled.discard if arguments.get("enabled", True) else disabled.add)(user_id)
    return [user_id]


def set_active(org: Org, arguments: Arguments) -> list[str]:
    """`set_active {user, active}`: an inactive user's sessions end at once."""
    user_id = org.user(arguments["user"])
    org.world.update(user_id, {"IsActive": bool(arguments.get("active", True))}, user_id)
    return [user_id]


def set_password(org: Org, arguments: Arguments) -> list[str]:
    """`set_password {user, password}`: for logins by username."""
    user_id = org.user(arguments["user"])
    org.sessions.passwords[user_id] = str(arguments["password"])
    return [user_id]


def set_public_key(org: Org, arguments: Arguments) -> list[str]:
    """`set_public_key {client_id, pem}`: the certificate of a connected app."""
    _app(org, arguments).public_key = str(arguments["pem"])
    return []


def set_app(org: Org, arguments: Arguments) -> list[str]:
    """`set_app {client_id, client_secret?, run_as?, rotate?}`: a connected app and its switches."""
    client_id = str(arguments["client_id"])
    app = org.apps.setdefault(client_id, App(client_id, ""))
    app.client_secret = str(arguments.get("client_secret", app.client_secret))
    app.rotate = bool(arguments.get("rotate", app.rotate))
    if "run_as" in arguments:
        app.run_as = org.user(arguments["run_as"]) if arguments["run_as"] else None
    return []


def issue_refresh_token(org: Org, arguments: Arguments) -> list[str]:
    """`issue_refresh_token {user, client_id?}`: as after the user's consent; the token is the one id answered."""
    return [org.sessions.consent(org.user(arguments["user"]), _app(org, arguments).client_id)]


def issue_token(org: Org, arguments: Arguments) -> list[str]:
    """`issue_token {user, client_id?}`: an access token without a login, for tests of the API alone."""
    return [org.sessions.open(org.user(arguments["user"]), _app(org, arguments).client_id)]


def revoke_user(org: Org, arguments: Arguments) -> list[str]:
    """`revoke_user {user}`: all tokens end, and the approval with them."""
    user_id = org.user(arguments["user"])
    org.sessions.revoke_user(user_id)
    return [user_id]


def approve_user(org: Org, arguments: Arguments) -> list[str]:
    """`approve_user {user, approved?}`: the administrator's pre-approval of the connected app for a user."""
    user_id = org.user(arguments["user"])
    unapproved = org.sessions.unapproved
    (unapproved.discard if arguments.get("approved", True) else unapproved.add)(user_id)
    return [user_id]


def expire_tokens(org: Org, arguments: Arguments) -> list[str]:
    """`expire_tokens {user?}`: every access token, or one user's, is out of time."""
    user_id = org.user(arguments["user"]) if arguments.get("user") else None
    org.sessions.expire_all(user_id)
    return [user_id] if user_id else []


def remove_field(org: Org, arguments: Arguments) -> list[str]:
    """`remove_field {object, name}`: a custom field is deleted."""
    org.schema.remove_field(str(arguments["object"]), str(arguments["name"]))
    return []


def validation_rule(org: Org, arguments: Arguments) -> list[str]:
    """`validation_rule {object, when, message, code?, fields?}`: refuses records whose fields have these values."""
    rule = ValidationRule(
        object=str(arguments["object"]),
        when=dict(arguments.get("when", {})),
        message=str(arguments["message"]),
        code=str(arguments.get("code", "FIELD_CUSTOM_VALIDATION_EXCEPTION")),
        fields=tuple(arguments.get("fields", ())),
    )
    org.rules.validation.append(rule)
    return []


def clear_rules(org: Org, _arguments: Arguments) -> list[str]:
    """`clear_rules`: no validation rule is left."""
    org.rules.validation.clear()
    return []


def maintenance(org: Org, arguments: Arguments) -> list[str]:
    """`maintenance {on}`: writes fail, reads work."""
    org.rules.maintenance = bool(arguments.get("on", True))
    return []


def lock(org: Org, arguments: Arguments) -> list[str]:
    """`lock {id}`: somebody else holds this record, and with it the tasks of it."""
    record_id = org.any_record(arguments)["Id"]
    org.world.locked.add(record_id)
    return [record_id]


def unlock(org: Org, arguments: Arguments) -> list[str]:
    """`unlock {id}`."""
    record_id = org.any_record(arguments)["Id"]
    org.world.locked.discard(record_id)
    return [record_id]


def _app(org: Org, arguments: Arguments) -> App:
    client_id = arguments.get("client_id") or next(iter(org.apps))
    app = org.apps.get(str(client_id))
    if app is None:
        raise ValueError(f"there is no connected app {client_id}")
    return app
