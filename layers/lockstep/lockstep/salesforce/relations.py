"""What Salesforce knows around a person: who it became, its roles, how many Tasks it has.

Promises that an object which this user does not see is an empty answer and not a broken connection, and that
a chain of merges and conversions is followed to its end, or to nobody where it runs in a circle (F076).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lockstep.domain.ids import SalesforceId, salesforce_id
from lockstep.domain.task import Relation
from lockstep.engine.errors import Halt
from lockstep.exchange.http import unavailable
from lockstep.salesforce import query
from lockstep.salesforce.session import Session

_PEOPLE = {"003": "Contact", "00Q": "Lead"}
_LINKS = {"Contact": ("MasterRecordId",), "Lead": ("MasterRecordId", "ConvertedContactId")}
_ROLES: dict[Relation, tuple[str, str]] = {
    "account": ("AccountContactRole", "AccountId"),
    "open_opportunity": ("OpportunityContactRole", "OpportunityId"),
}


def successors(session: Session, ids: Sequence[SalesforceId]) -> dict[SalesforceId, SalesforceId]:
    """For each of these people the record that lives on: itself, its winner, its contact; who is gone is absent."""
    asked: dict[SalesforceId, SalesforceId | None] = {}
    wanted = set(ids)
    while wanted:
        asked |= dict.fromkeys(wanted) | dict(_next_links(session, sorted(wanted)))
        wanted = {link for link in asked.values() if link and link not in asked}
    ends = ((start, _end(start, asked)) for start in ids)
    return {start: end for start, end in ends if end}


def _end(start: SalesforceId, links: Mapping[SalesforceId, SalesforceId | None]) -> SalesforceId | None:
    """The record that points to itself, because it lives; None where there is none, or only a circle."""
    passed: set[SalesforceId] = set()
    here: SalesforceId | None = start
    while here and here not in passed:
        if links.get(here) == here:
            return here
        passed.add(here)
        here = links.get(here)
    return None


def _next_links(session: Session, ids: Sequence[SalesforceId]) -> Iterator[tuple[SalesforceId, SalesforceId | None]]:
    for prefix, kind in _PEOPLE.items():
        fields = ("Id", "IsDeleted", *_LINKS[kind])

        def select(some: Sequence[str], kind: str = kind, fields: tuple[str, ...] = fields) -> query.Select:
            return query.Select(fields, kind, (query.among("Id", some),))

        wanted = [one for one in ids if one.startswith(prefix)]
        for chunk in query.in_chunks(wanted, select):
            for row in _visible(session, chunk, deleted_too=True):
                yield _link(row)


def _link(row: dict[str, Any]) -> tuple[SalesforceId, SalesforceId | None]:
    """Where one row leads: a deleted one to its winner, a converted one to its contact, a live one to itself."""
    try:
        own, deleted = salesforce_id(row["Id"]), bool(row["IsDeleted"])
        further = (row.get("MasterRecordId") if deleted else None) or row.get("ConvertedContactId")
        if further:
            return own, salesforce_id(further)
        return own, None if deleted else own
    except (KeyError, TypeError, AttributeError, ValueError):
        raise unavailable("Salesforce's list of people is not understood") from None


def roles(
    session: Session, relation: Relation, contacts: Sequence[SalesforceId]
) -> dict[SalesforceId, list[SalesforceId]]:
    """What these contacts hold a role in, the primary role first, then the oldest (LS-10)."""
    kind, target = _ROLES[relation]
    is_open = (query.equals_there("Opportunity", "IsClosed", False),) if relation == "open_opportunity" else ()

    def select(some: Sequence[str]) -> query.Select:
        fields = ("Id", "ContactId", target, "IsPrimary", "CreatedDate")
        return query.Select(fields, kind, (query.among("ContactId", some), *is_open))

    found = [row for chunk in query.in_chunks(contacts, select) for row in _visible(session, chunk)]
    held: dict[SalesforceId, list[SalesforceId]] = {}
    try:
        for row in sorted(found, key=lambda row: (not row["IsPrimary"], row["CreatedDate"], row["Id"])):
            mine = held.setdefault(salesforce_id(row["ContactId"]), [])
            where = salesforce_id(row[target])
            mine += [] if where in mine else [where]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise unavailable("Salesforce's list of contact roles is not understood") from None
    return held


def task_counts(session: Session, people: Sequence[SalesforceId]) -> dict[SalesforceId, int]:
    """How many Tasks each of these people has; who has none is absent."""

    def select(some: Sequence[str]) -> query.Select:
        return query.Select(("WhoId",), "Task", (query.among("WhoId", some),), counted=True)

    try:
        return {
            salesforce_id(row["WhoId"]): int(row[query.COUNT])
            for chunk in query.in_chunks(people, select)
            for row in query.rows(session, chunk)
        }
    except (KeyError, TypeError, AttributeError, ValueError):
        raise unavailable("Salesforce's count of Tasks is not understood") from None


def _visible(session: Session, select: query.Select, *, deleted_too: bool = False) -> Iterator[dict[str, Any]]:
    try:
        yield from query.rows(session, select, deleted_too=deleted_too)
    except Halt as halt:
        if halt.code != "INVALID_TYPE":  # this user has no such object, so nothing in it is visible to them
            raise
