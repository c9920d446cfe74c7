"""Connections: one Marketo instance, and one Salesforce user for each seller.

Promises three states and no others (behaviour.md 0.4), and that a connection is never used for
anyone but the user whose name it bears (LS-36).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lockstep.domain.ids import SalesforceId, UserEmail
from lockstep.domain.reason import Reason

MARKETO = "marketo"


class ConnectionState(StrEnum):
    """Where a connection stands; BLOCKED always comes with a reason."""

    CONNECTED = "connected"
    BLOCKED = "blocked"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True)
class MarketoConnection:
    """The one instance: where it is, and how its fields are named (`fields`: ours -> REST name)."""

    base_url: str
    state: ConnectionState
    since: datetime
    fields: dict[str, str] = field(default_factory=dict)
    reason: Reason | None = None
    detail: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SalesforceConnection:
    """One seller's link; `method` is `jwt` or `refresh_token`, `time_zone` an IANA name.

    `entered` is when the seller came to this organization from another one: nothing that was begun before it is
    used there (I24). `drift` says what had changed when the fields were last described, at `drift_at` (F062).
    """

    user: UserEmail
    method: str
    username: str
    org_id: SalesforceId
    user_id: SalesforceId
    instance_url: str
    time_zone: str
    state: ConnectionState
    since: datetime
    reason: Reason | None = None
    detail: str = ""
    warnings: tuple[str, ...] = ()
    entered: datetime | None = None
    drift: tuple[str, ...] = ()
    drift_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """The one Salesforce organization of this Workspace; `settled` once no connection of another one is left (I24)."""

    org_id: SalesforceId
    since: datetime
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a Salesforce token belongs to."""

    org_id: SalesforceId
    user_id: SalesforceId
    username: str
    time_zone: str
