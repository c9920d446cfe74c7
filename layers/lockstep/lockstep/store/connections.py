"""Connections and users: who is linked to what, with secrets sealed under the connection's id.

Promises that no secret or token is stored in the clear (item 136), that one worker refreshes a
token while the others wait or use its result (I15), and that a rotated refresh token is stored
before the access token that came with it is used.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from lockstep.catalogue.task_attributes import WRITTEN
from lockstep.domain.connection import (
    MARKETO,
    ConnectionState,
    MarketoConnection,
    Organization,
    SalesforceConnection,
)
from lockstep.domain.drift import Drift, drift
from lockstep.domain.ids import UserEmail
from lockstep.domain.reason import Reason
from lockstep.domain.rollup_fields import OBJECTS
from lockstep.domain.task import ObjectSchema, TaskSchema
from lockstep.engine.errors import Throttled
from lockstep.engine.ports import Clock, Sealer, Token
from lockstep.store import codec
from lockstep.store.codec import stamp
from lockstep.store.leases import Leases
from lockstep.store.table import (
    Action,
    Change,
    Check,
    Condition,
    Delete,
    Equals,
    Exists,
    Key,
    Missing,
    Put,
    Refused,
    Row,
    Table,
)


def _row(connection: str, part: str) -> Key:
    return Key(f"CONN#{connection}", part)


_ORGANIZATION, _FIELDS = _row("salesforce", "ORGANIZATION"), _row("salesforce", "FIELDS")
WITNESSES = 2  # users remembered for each field: one of them is somebody else
KNOWN_FOR = timedelta(days=2)  # everybody who works is described once a day


class Connections:
    """The Marketo connection, the sellers' Salesforce connections, and the users themselves."""

    def __init__(self, table: Table, clock: Clock, sealer: Sealer):
        self._table = table
        self._clock = clock
        self._sealer = sealer

    def marketo(self) -> MarketoConnection | None:
        """The instance's connection, if one was ever made."""
        row = self._table.get(_row(MARKETO, "LINK"))
        return codec.read(MarketoConnection, row) if row else None

    def salesforce(self, user: UserEmail) -> SalesforceConnection | None:
        """A seller's connection, if one was ever made."""
        row = self._table.get(_row(user, "LINK"))
        return codec.read(SalesforceConnection, row) if row else None

    def save(self, link: MarketoConnection | SalesforceConnection, secret: str | None = None) -> None:
        """Store a connection, and its secret (a JSON text) where a new one was given.

        A new secret puts the tokens of the old one out of use.
        """
        name = link.user if isinstance(link, SalesforceConnection) else MARKETO
        actions: list[Action] = [Put(_row(name, "LINK"), codec.row(link))]
        if secret is not None:
            sealed = self._sealer.seal(name, secret)
            actions += [Put(_row(name, "SECRET"), {"sealed": sealed}), Delete(_row(name, "TOKEN"))]
        if isinstance(link, SalesforceConnection):
            actions.append(_known(link.user))
        self._table.transact(actions)

    def set_state(
        self,
        name: str,
        state: ConnectionState,
        reason: Reason | None = None,
        detail: str = "",
        seen: datetime | None = None,
    ) -> bool:
        """Move a connection to another state; a connection that is not there stays so.

        With `seen`, the `since` of the connection that was used: only where it has not moved or been
        made anew meanwhile. False where nothing moved.
        """
        values = {
            "state": str(state),
            "reason": reason and str(reason),
            "detail": detail[:500],
            "since": stamp(self._clock.now()),
        }
        when: Condition = Equals("since", stamp(seen)) if seen else Exists()
        try:
            self._table.transact([Change(_row(name, "LINK"), set=values, when=(when,))])
        except Refused:
            return False
        return True

    def forget(self, name: str) -> None:
        """Remove secret and tokens of a connection; what it did stays on record."""
        described = ("SCHEMA", *(f"SCHEMA#{kind}" for kind in OBJECTS.values()))
        self._table.transact([Delete(_row(name, part)) for part in ("SECRET", "TOKEN", *described)])

    def secret(self, name: str) -> str | None:
        """The secret of a connection in the clear: only for the client that logs in with it."""
        row = self._table.get(_row(name, "SECRET"))
        return self._sealer.open(name, row["sealed"]) if row else None

    def organization(self) -> Organization | None:
        """The Salesforce organization that this Workspace is pinned to, if anybody was ever connected."""
        row = self._table.get(_ORGANIZATION)
        return codec.read(Organization, row) if row else None

    def pin(self, organization: Organization) -> None:
        """Pin the Workspace to an organization."""
        self._table.transact([Put(_ORGANIZATION, codec.row(organization))])

    def schema(self, user: UserEmail) -> TaskSchema | None:
        """What this user may write on a Task, as last described."""
        row = self._table.get(_row(user, "SCHEMA"))
        return codec.read(TaskSchema, row) if row else None

    def save_schema(self, user: UserEmail, schema: TaskSchema) -> Drift:
        """Keep a describe for this user; what changed since the last one is told, and kept with the connection."""
        before = self.schema(user)
        found = drift(before, schema, WRITTEN, self.seen_by_others(user)) if before else Drift()
        self._table.transact([Put(_row(user, "SCHEMA"), codec.row(schema))])
        self._see(user, schema)
        if found.notes:
            noted = {"drift": list(found.notes), "drift_at": stamp(self._clock.now())}
            with suppress(Refused):
                self._table.transact([Change(_row(user, "LINK"), set=noted, when=(Exists(),))])
        return found

    def seen_by_others(self, user: UserEmail) -> frozenset[str]:
        """Fields that somebody else's describe has shown lately, so that they are there and may only be hidden."""
        seen, long_ago = self._seen(), stamp(self._clock.now() - KNOWN_FOR)
        others = {name: {at for by, at in who.items() if by != user} for name, who in seen.items()}
        return frozenset(name for name, times in others.items() if times and max(times) > long_ago)

    def _seen(self) -> dict[str, dict[str, str]]:
        """By field up to two users who saw it, and when."""
        row = self._table.get(_FIELDS) or {}
        return dict(row.get("seen", {}))

    def _see(self, user: UserEmail, schema: TaskSchema) -> None:
        """Note that this user sees fields; whoever sees one no more takes the own word back."""
        seen = self._seen()
        now, worn = stamp(self._clock.now()), stamp(self._clock.now() - KNOWN_FOR / 2)
        noted: dict[str, dict[str, str]] = {}
        for name in WRITTEN:
            lately = {by: at for by, at in seen.get(name, {}).items() if at >= worn}
            if name not in schema.fields:
                lately.pop(user, None)
            elif len(lately) < WITNESSES:
                lately.setdefault(user, now)
            noted[name] = lately
        if noted != seen:  # of two at once one word is lost, until the next describe
            self._table.transact([Put(_FIELDS, {"seen": noted})])

    def object_schema(self, user: UserEmail, kind: str) -> ObjectSchema | None:
        """What this user may write on another object, as last described."""
        row = self._table.get(_row(user, f"SCHEMA#{kind}"))
        return codec.read(ObjectSchema, row) if row else None

    def save_object_schema(self, user: UserEmail, kind: str, schema: ObjectSchema) -> None:
        """Keep a describe of another object for this user."""
        self._table.transact([Put(_row(user, f"SCHEMA#{kind}"), codec.row(schema))])

    def add_user(self, user: UserEmail) -> None:
        """Make an address known as a user of the Workspace; adding it again changes nothing."""
        self._table.transact([_known(user)])

    def users(self) -> list[UserEmail]:
        """Everybody known, in order of address."""
        return [UserEmail(row["sk"]) for row in self._table.query("USERS", limit=10_000)]

    def is_user(self, user: UserEmail) -> bool:
        """Whether an address was added, connected or signed in."""
        return self._table.get(Key("USERS", user)) is not None


def _known(user: UserEmail) -> Put:
    return Put(Key("USERS", user), {"user": user})


class SharedToken:
    """The access token of one connection, shared by all workers through the store."""

    def __init__(self, table: Table, clock: Clock, sealer: Sealer, name: str):
        self._table = table
        self._clock = clock
        self._sealer = sealer
        self._name = name
        self._leases = Leases(table, clock, seconds=30)

    def current(self) -> Token | None:
        """The stored token, until its end or for as long as it does not say when that is.

        Not renewed early: in a token's last minute Marketo would hand out the same one again.
        """
        row = self._table.get(_row(self._name, "TOKEN"))
        if row is None:
            return None
        expires = codec.instant(row["expires_at"]) if "expires_at" in row else None
        if expires and expires <= self._clock.now():
            return None
        value = self._sealer.open(self._name, row["sealed"])
        return Token(value, expires, row.get("instance_url"))

    def renew(self, worn: str | None, fetch: Callable[[], Token]) -> Token:
        """A token other than `worn`, fetched by one worker only; see the port."""
        known = self.current()
        if known and known.value != worn:
            return known
        lease = self._leases.take(_row(self._name, "REFRESH"))
        if lease is None:
            raise Throttled(Reason.VENDOR_BUSY, f"another worker renews the token of {self._name}")
        try:
            known = self.current()
            return known if known and known.value != worn else self._fetch(fetch)
        finally:
            self._leases.give_back(lease)

    def _fetch(self, fetch: Callable[[], Token]) -> Token:
        secret = self._table.get(_row(self._name, "SECRET"))
        token = fetch()
        before = self._table.get(_row(self._name, "TOKEN")) or {}
        instance = token.instance_url or before.get("instance_url")
        row = {
            "sealed": self._sealer.seal(self._name, token.value),
            "expires_at": token.expires_at and stamp(token.expires_at),
            "instance_url": instance,
        }
        try:
            self._table.transact([Put(_row(self._name, "TOKEN"), row), self._keeping(secret, token)])
        except Refused:
            detail = f"{self._name} was connected anew or disconnected while its token was renewed"
            raise Throttled(Reason.VENDOR_BUSY, detail) from None
        return Token(token.value, token.expires_at, instance)

    def _keeping(self, secret: Row | None, token: Token) -> Action:
        """Store a rotated refresh token, or only see that the secret is the one that was used."""
        key = _row(self._name, "SECRET")
        if secret is None:
            return Check(key, (Missing(),))
        unchanged = (Equals("sealed", secret["sealed"]),)
        if not token.refresh_token:
            return Check(key, unchanged)
        values = json.loads(self._sealer.open(self._name, secret["sealed"]))
        text = json.dumps(values | {"refresh_token": token.refresh_token})
        return Put(key, {"sealed": self._sealer.seal(self._name, text)}, unchanged)
