"""Salesforce as one seller sees it: identity, fields, people, Tasks.

Promises that everything is done with this one user's token (LS-36), that addresses find live contacts
and unconverted leads only (LS-08), and that "not found" is an empty answer while "could not ask" raises.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import httpx

from lockstep.domain.connection import Identity
from lockstep.domain.ids import ItemKey, SalesforceId, salesforce_id
from lockstep.domain.reason import Reason
from lockstep.domain.task import Match, ObjectSchema, Relation, SeenTask, TaskDraft, TaskSchema, Written
from lockstep.engine.errors import Halt, Reject, SyncError
from lockstep.engine.ports import Clock, TokenKeeper
from lockstep.exchange.http import unavailable
from lockstep.salesforce import query, records, relations
from lockstep.salesforce.auth import Login
from lockstep.salesforce.describe import object_schema, task_schema
from lockstep.salesforce.session import Session
from lockstep.salesforce.wire import instant

API_VERSION = "62.0"
Kind = Literal["Contact", "Lead"]
_PREFIX: dict[Kind, str] = {"Contact": "003", "Lead": "00Q"}
_FIELDS = ("Id", "OwnerId", "CreatedDate")
_LONGEST_ADDRESS = 254


class Salesforce:
    """One connection of one seller."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        login: Login,
        tokens: TokenKeeper,
        clock: Clock,
        api_version: str = API_VERSION,
        instance_url: str | None = None,
    ) -> None:
        self._session = Session(
            http, login=login, tokens=tokens, clock=clock, api_version=api_version, instance_url=instance_url
        )

    @property
    def usage(self) -> tuple[int, int] | None:
        """Calls used and allowed in the organization's rolling day, as the last answer said."""
        return self._session.usage

    def identity(self) -> Identity:
        """Whom this connection speaks for, and the time zone of that user's day."""
        try:
            org, user = (salesforce_id(one) for one in self._session.owner() or ())
            select = query.Select(("Username", "TimeZoneSidKey"), "User", (query.equals("Id", user),))
            row = next(query.rows(self._session, select))
            return Identity(org, user, str(row["Username"]), str(row["TimeZoneSidKey"]))
        except (ValueError, KeyError, StopIteration):
            raise unavailable("Salesforce's answer about the user is not understood") from None

    def log_in_again(self) -> None:
        """A new token, where something met an ended session although our calls pass (DGN-04)."""
        self._session.log_in_again()

    def describe_task(self) -> TaskSchema:
        """What this user may write on a Task (ATR-01)."""
        answer = self._session.read(self._session.version_path("sobjects/Task/describe"))
        return task_schema(answer, self._session.as_of)

    def describe(self, kind: str) -> ObjectSchema:
        """What this user may write on an object; nothing where the user has no access to it at all."""
        try:
            answer = self._session.read(self._session.version_path(f"sobjects/{query.name(kind)}/describe"))
        except Halt as halt:
            if halt.code not in ("NOT_FOUND", "INVALID_TYPE"):
                raise
            return ObjectSchema({}, self._session.as_of)
        return object_schema(answer, kind, self._session.as_of)

    def find_by_email(self, addresses: Sequence[str]) -> dict[str, list[Match]]:
        """Live contacts and unconverted leads by address, for every address that was asked (LS-08)."""
        found: dict[str, list[Match]] = {address.lower(): [] for address in addresses}
        for match in self._matches("Email", [one for one in found if _is_address(one)], ("Contact", "Lead")):
            found.setdefault(match.email.lower(), []).append(match)
        for matches in found.values():
            matches.sort(key=lambda match: (match.created_at, match.id))
        return found

    def find_by_ids(self, ids: Sequence[SalesforceId]) -> dict[SalesforceId, Match]:
        """Those of these contacts and leads that are live, visible and unconverted, without address (LS-33)."""
        found: dict[SalesforceId, Match] = {}
        for kind, prefix in _PREFIX.items():
            wanted = [one for one in ids if one.startswith(prefix)]
            found |= {match.id: match for match in self._matches("Id", wanted, (kind,))}
        return found

    def upsert_tasks(self, drafts: Sequence[TaskDraft]) -> list[Written | SyncError]:
        """Up to 200 Tasks by our key, in one call; a result for each, in order."""
        return records.upsert(self._session, drafts)

    def create_tasks(self, drafts: Sequence[TaskDraft]) -> list[Written | SyncError]:
        """Up to 200 Tasks in an organization without our key field."""
        return records.create(self._session, drafts)

    def update(self, rows: Sequence[Mapping[str, Any]]) -> list[Written | SyncError]:
        """Up to 200 changes by Id, sorted by kind; a result for each, in order."""
        return records.update(self._session, rows)

    def successors(self, ids: Sequence[SalesforceId]) -> dict[SalesforceId, SalesforceId]:
        """Who each of these people became by conversion and merges, or itself; who is gone is absent (LS-11)."""
        return relations.successors(self._session, ids)

    def roles(self, relation: Relation, contacts: Sequence[SalesforceId]) -> dict[SalesforceId, list[SalesforceId]]:
        """What each of these contacts holds a role in (LS-10)."""
        return relations.roles(self._session, relation, contacts)

    def task_counts(self, people: Sequence[SalesforceId]) -> dict[SalesforceId, int]:
        """How many Tasks each of these people has."""
        return relations.task_counts(self._session, people)

    def create_leads(self, rows: Sequence[Mapping[str, str]]) -> list[Written | SyncError]:
        """Up to 200 new leads, in one call; a user without leads is refused them one by one."""
        try:
            return records.create_leads(self._session, rows)
        except Halt as halt:
            if halt.reason is not Reason.PERMISSION_REFUSED:
                raise
            return [Reject(halt.reason, halt.detail, code=halt.code) for _ in rows]

    def tasks_of(self, who_ids: Sequence[str], owner_id: SalesforceId, since: datetime) -> list[SeenTask]:
        """The probe without a key field: this user's Tasks for these people, or for all (reliability.md 3.1)."""
        return list(records.seen(self._session, who_ids, owner_id, since))

    def task(self, task_id: SalesforceId, names: Sequence[str]) -> dict[str, Any] | None:
        """One Task as it stands, deleted or not, with these fields of it; None where this user sees none."""
        return records.one_task(self._session, task_id, names)

    def tasks_by_key(self, keys: Sequence[ItemKey]) -> dict[ItemKey, SalesforceId]:
        """Tasks that are there under these keys; the deleted and archived ones count as written (LS-16b)."""
        return records.keyed(self._session, keys)

    def _matches(self, field: str, values: Sequence[str], kinds: Sequence[Kind]) -> Iterator[Match]:
        hidden: list[SyncError] = []
        for kind in kinds if values else ():
            try:
                yield from self._of_kind(kind, field, values)
            except Halt as halt:
                if halt.code != "INVALID_TYPE":
                    raise
                hidden.append(halt)  # this user has no such object, so nothing in it is visible to them
        if hidden and len(hidden) == len(_PREFIX):
            detail = "Salesforce gives this user neither contacts nor leads; an administrator must grant access"
            raise Halt(Reason.PERMISSION_REFUSED, detail, scope="connection", code="INVALID_TYPE")

    def _of_kind(self, kind: Kind, field: str, values: Sequence[str]) -> Iterator[Match]:
        fields = _FIELDS if field in _FIELDS else (*_FIELDS, field)  # an address that is hidden spoils no look-up by id
        unconverted = (query.equals("IsConverted", False),) if kind == "Lead" else ()

        def select(chunk: Sequence[str]) -> query.Select:
            return query.Select(fields, kind, (query.among(field, chunk), *unconverted))

        for chunk in query.in_chunks(values, select):
            for row in query.rows(self._session, chunk):
                yield _match(row, kind)


def _match(row: dict[str, Any], kind: Kind) -> Match:
    try:
        owner, created = salesforce_id(row["OwnerId"]), instant(row["CreatedDate"])
        return Match(salesforce_id(row["Id"]), kind, row.get("Email") or "", owner, created)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise unavailable("Salesforce's list of people is not understood") from None


def _is_address(text: str) -> bool:
    """Whether a text can stand in a query as an address at all; anything else matches nobody."""
    return len(text) <= _LONGEST_ADDRESS and "@" in text and text.isprintable() and " " not in text
