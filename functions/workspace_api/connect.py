"""Logging in with credentials that are not stored yet: only what worked is ever stored.

Promises that a refused login, an unreachable vendor or a missing field leaves the store as it was. The
clients are imported at their first use, since most requests need none.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain.connection import ConnectionState, MarketoConnection, Organization, SalesforceConnection
from lockstep.domain.ids import SalesforceId, UserEmail
from lockstep.domain.reason import Reason
from lockstep.domain.task import KEY_FIELD, TaskSchema
from lockstep.engine.ports import Token
from lockstep.runtime.wiring import World
from workspace_api.problems import bad_request, conflict
from workspace_api.waking import wake_connected, wake_granted

if TYPE_CHECKING:
    from lockstep.marketo.client import MarketoAddress

_ORGANIZATION = (
    "{user} belongs to the Salesforce organization {theirs}, but this Workspace is connected to {ours}. "
    "Sandbox and production, or two organizations, are never mixed: use a Workspace of its own, or let an admin begin "
    "anew there with lockstep connect salesforce {user} --confirm-organization {theirs}. Every seller then connects "
    "again, and what was logged to {ours} is not touched any more."
)
_MOVED = "This Workspace moved to the Salesforce organization {org}. Run lockstep connect salesforce {user}."


class OneLogin:
    """The token of one trial, kept in memory; nothing of it is stored."""

    def __init__(self) -> None:
        self.token: Token | None = None

    def current(self) -> Token | None:
        """The token, once fetched."""
        return self.token

    def renew(self, worn: str | None, fetch: Callable[[], Token]) -> Token:  # noqa: ARG002
        """A new token."""
        self.token = fetch()
        return self.token


def marketo_at(here: World, munchkin_id: str | None) -> "MarketoAddress":
    """The address of the instance: the configured one, or that of the Munchkin id."""
    from lockstep.marketo.client import marketo_address, munchkin_address

    own = here.environment.marketo_url
    if own:
        return marketo_address(own, own=own)
    try:
        return munchkin_address(munchkin_id or "")
    except ValueError as error:
        text = str(error)
        raise bad_request(f"{text[:1].upper()}{text[1:]}.") from None


def marketo(here: World, address: "MarketoAddress", secret: Mapping[str, str]) -> MarketoConnection:
    """Log in, find all fields, and store the connection (PPL-13, CON-05)."""
    from lockstep.marketo.auth import Credentials
    from lockstep.marketo.client import Marketo
    from lockstep.marketo.people import People

    gate = here.marketo_gate("live")
    login = Credentials(**secret)
    client = Marketo(here.http, base_url=address, credentials=login, tokens=OneLogin(), gate=gate, clock=here.clock)
    try:
        found = People(client).fields()
    finally:
        gate.close()
    now = here.clock.now()
    link = MarketoConnection(address, ConnectionState.CONNECTED, now, fields=found.names, warnings=found.warnings)
    here.connections.save(link, json.dumps(dict(secret)))
    return link


def salesforce(
    here: World, user: UserEmail, method: str, secret: Mapping[str, str], confirmed: str | None = None
) -> SalesforceConnection:
    """Log in, see who that is and what he may write, and store the connection (CON-01, LS-03).

    Another organization than the Workspace's is refused unless it is the `confirmed` one (I24).
    """
    from lockstep.salesforce.auth import login_of
    from lockstep.salesforce.client import Salesforce

    trial = OneLogin()
    login = login_of(secret, here.environment.salesforce_login_url)
    client = Salesforce(here.http, login=login, tokens=trial, clock=here.clock)
    identity, schema = client.identity(), client.describe_task()
    _enter(here, user, identity.org_id, confirmed)
    before, token = here.connections.salesforce(user), trial.token
    moved = before is not None and before.org_id != identity.org_id
    link = SalesforceConnection(
        user=user,
        method=method,
        username=identity.username,
        org_id=identity.org_id,
        user_id=identity.user_id,
        instance_url=(token and token.instance_url) or "",
        time_zone=identity.time_zone,
        state=ConnectionState.CONNECTED,
        since=here.clock.now(),
        warnings=warnings_of(schema, here.connections.seen_by_others(user)),
        entered=here.clock.now() if moved else before.entered if before else None,
    )
    rotated = {"refresh_token": token.refresh_token} if token and token.refresh_token else {}
    here.connections.save(link, json.dumps({**secret, **rotated}))
    here.connections.save_schema(user, schema)
    return _kept(here, user)


def tried_again(here: World, link: SalesforceConnection) -> SalesforceConnection:
    """Read anew what a user may write (ATR-02); a connection that was blocked and works again goes on."""
    schema = here.salesforce(link.user).describe_task()
    found = here.connections.save_schema(link.user, schema)
    fresh = replace(_kept(here, link.user), warnings=warnings_of(schema, here.connections.seen_by_others(link.user)))
    if link.state is not ConnectionState.CONNECTED:
        fresh = replace(fresh, state=ConnectionState.CONNECTED, since=here.now(), reason=None, detail="")
    here.connections.save(fresh)
    if fresh.state is not link.state:
        wake_connected(here, link.user)
    elif found.gained:
        wake_granted(here, link.user)
    return fresh


def _kept(here: World, user: UserEmail) -> SalesforceConnection:
    """The connection as it is stored, with what has changed for it."""
    link = here.connections.salesforce(user)
    if link is None:
        raise conflict(f"{user} has no connection any more.")
    return link


def _enter(here: World, user: UserEmail, theirs: SalesforceId, confirmed: str | None) -> None:
    """Pin the organization of the first connection; another one only where an admin has confirmed just that."""
    pinned = here.connections.organization()
    ours = pinned.org_id if pinned else _first_organization(here)
    if ours and theirs not in (ours, confirmed):
        raise conflict(_ORGANIZATION.format(user=user, theirs=theirs, ours=ours))
    if pinned and ours == theirs and pinned.settled:
        return
    mine = Organization(theirs, here.now(), settled=ours is None)
    here.connections.pin(mine)
    if not mine.settled:
        _leave_others(here, mine)
        here.connections.pin(replace(mine, settled=True))


def _leave_others(here: World, organization: Organization) -> None:
    """Nobody's connection to another organization is used any more; its credentials are forgotten."""
    for user in here.connections.users():
        link = here.connections.salesforce(user)
        if link and link.org_id != organization.org_id:
            detail = _MOVED.format(org=organization.org_id, user=user)
            here.connections.set_state(user, ConnectionState.BLOCKED, Reason.OTHER_ORGANIZATION, detail)
            here.connections.forget(user)


def _first_organization(here: World) -> SalesforceId | None:
    """That of whoever was connected before organizations were pinned."""
    links = (here.connections.salesforce(user) for user in here.connections.users())
    return next((link.org_id for link in links if link), None)


def warnings_of(schema: TaskSchema, seen_by_others: Collection[str] = ()) -> tuple[str, ...]:
    """What this user's writes will lack, and who can mend it (ATR-01, LS-25)."""
    found = []
    if schema.type_has_default:
        found.append(
            "The picklist Type of Task has a default value, which Salesforce puts on calls and emails of its own; "
            "a Salesforce admin should remove the default."
        )
    if not schema.key_usable:
        found.append(
            f"Task has no field {KEY_FIELD} that this user may write and that is a unique external id; "
            "Lockstep works without it, with more calls. A Salesforce admin can create it."
        )
    names = [attribute.name for attribute in TASK_ATTRIBUTES]
    missing = [name for name in names if name not in schema.fields]
    fixed = [n for n in names if n in schema.fields and not _writable(schema, n)]
    hidden = [name for name in missing if name in seen_by_others]
    missing = [name for name in missing if name not in hidden]
    if hidden:
        found.append(
            f"Hidden from this user, while others see them: {', '.join(hidden)}. They are left out of the Tasks; "
            "a Salesforce admin grants them under Security Controls > Field Accessibility, object Task."
        )
    if missing:
        found.append(
            f"Not there or hidden from this user: {', '.join(missing)}. They are left out of this user's Tasks."
        )
    if fixed:
        found.append(f"Not editable for this user: {', '.join(fixed)}. They are left out of this user's Tasks.")
    return tuple(found)


def _writable(schema: TaskSchema, name: str) -> bool:
    right = schema.fields[name]
    return right.createable and right.updateable
