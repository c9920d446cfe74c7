"""A person: the Workspace's copy of one Marketo record, or why there is none.

Promises that identity is the Marketo id alone (PPL-24), that qualification always carries a
reason, and that `unsubscribed` in Marketo is not part of a person (PPL-30).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from lockstep.domain.ids import MarketoId, SalesforceId
from lockstep.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Person:
    """The thirteen fields of PPL-12; text fields may be None."""

    marketo_id: MarketoId
    first_name: str | None = None
    last_name: str | None = None
    salesforce_contact_id: SalesforceId | None = None
    salesforce_lead_id: SalesforceId | None = None
    company: str | None = None
    title: str | None = None
    email: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    source: str | None = None
    salesforce_account_id: SalesforceId | None = None
    salesforce_opportunity_id: SalesforceId | None = None

    @property
    def salesforce_id(self) -> SalesforceId | None:
        """The record to log to: the contact before the lead (LS-07)."""
        return self.salesforce_contact_id or self.salesforce_lead_id

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return " ".join(part for part in (self.first_name, self.last_name) if part)


Heirs = Mapping[SalesforceId, SalesforceId]


def heir(record: SalesforceId, heirs: Heirs) -> SalesforceId:
    """What a record in Salesforce became by conversion and merges, as far as is known; a circle ends (F076)."""
    passed = {record}
    while record in heirs and heirs[record] not in passed:
        record = heirs[record]
        passed.add(record)
    return record


def with_heirs(heirs: Heirs, became: Heirs) -> dict[SalesforceId, SalesforceId]:
    """What is known with this added; who was just seen alive became nobody, so that no circle is kept."""
    joined = {**heirs, **became}
    return {old: new for old, new in joined.items() if old not in set(became.values())}


@dataclass(frozen=True, slots=True)
class MarketoRecord:
    """What Marketo said of one record: the thirteen fields and what decides qualification."""

    person: Person
    salesforce_type: str | None = None
    deleted_in_salesforce: bool = False
    has_owner: bool = False


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """All the Workspace knows of one Marketo id.

    `person` is None where nothing may be stored; `reason` is None where the person is active.
    `as_of` is the vendor's clock at the read that this is based on (PPL-27).
    """

    marketo_id: MarketoId
    as_of: datetime
    received_on: date
    synced_at: datetime
    person: Person | None = None
    reason: Reason | None = None
    merged_into: MarketoId | None = None
    merged_from: tuple[MarketoId, ...] = ()

    @property
    def active(self) -> bool:
        """Whether the person may be sent to, logged and counted (PPL-11)."""
        return self.person is not None and self.reason is None

    def same_as(self, other: "PersonRecord") -> bool:
        """Whether a write of this over `other` would change nothing but times."""
        return replace(self, as_of=other.as_of, synced_at=other.synced_at) == other
