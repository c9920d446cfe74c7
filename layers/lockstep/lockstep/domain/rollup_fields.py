"""Where the newest activity of a person is shown, and which fields there can show it (LS-31, ATR-01); pure."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from lockstep.domain.ids import SalesforceId
from lockstep.domain.person import Person
from lockstep.domain.rollup import CAMPAIGN
from lockstep.domain.settings import Rollup, RollupObject
from lockstep.domain.task import FieldRight, ObjectSchema

OBJECTS: dict[RollupObject, str] = {
    "contact": "Contact",
    "lead": "Lead",
    "account": "Account",
    "opportunity": "Opportunity",
}
TEXTS = frozenset({"string", "textarea"})
TIMES = TEXTS | {"datetime", "date"}
NAMES = TEXTS | {"picklist", "combobox"}


def places(person: Person, wanted: Container[RollupObject]) -> dict[str, SalesforceId]:
    """A person's records by object: the contact before the lead, and what Marketo says the person belongs to."""
    records: dict[RollupObject, SalesforceId | None] = {
        "contact": person.salesforce_contact_id,
        "lead": None if person.salesforce_contact_id else person.salesforce_lead_id,
        "account": person.salesforce_account_id,
        "opportunity": person.salesforce_opportunity_id,
    }
    return {OBJECTS[name]: sfid for name, sfid in records.items() if sfid and name in wanted}


@dataclass(frozen=True, slots=True)
class Fields:
    """Of one object: the fields that can be written, and in words why the others cannot (ATR-01, ATR-09)."""

    kind: str
    usable: Mapping[Rollup, FieldRight]
    withheld: Mapping[Rollup, str]


def fields_of(kind: str, schema: ObjectSchema, names: Mapping[Rollup, str]) -> Fields:
    """The fields that an admin named, as this seller's describe shows them."""
    usable: dict[Rollup, FieldRight] = {}
    withheld: dict[Rollup, str] = {}
    for rollup, name in names.items():
        right = schema.fields.get(name)
        if refusal := _refusal(rollup, right):
            withheld[rollup] = f"{kind}.{name} ({refusal})"
        elif right:
            usable[rollup] = right
    return Fields(kind, usable, withheld)


def _refusal(rollup: Rollup, right: FieldRight | None) -> str | None:
    if right is None:
        return "hidden or missing"
    if not right.updateable:
        return "read-only"
    if right.kind not in (NAMES if rollup == CAMPAIGN else TIMES):
        return f"a {right.kind} cannot hold a {'name' if rollup == CAMPAIGN else 'time'}"
    return None
