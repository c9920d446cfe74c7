"""The organisation's schema as it stands: objects, their fields, and what an administrator adds or takes away.

Custom activity fields are shared by Task and Event. Every change moves `version`, on which cached descriptions hang.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from local.simulators.salesforce.ids import PREFIXES
from local.simulators.salesforce.schema import activity, business, org, people
from local.simulators.salesforce.schema.field import TEXT_TYPES, Choice, Field, choices, parse

ACTIVITIES = ("Task", "Event")


@dataclass(frozen=True, slots=True)
class Child:
    """A child relationship: the object and field that point here, and what deleting the parent does."""

    object: str
    field: str
    relationship: str | None
    cascade: bool = False


@dataclass(slots=True)
class ObjectType:
    """One object: its names, its fields in describe's order, its children and what may be done with it."""

    name: str
    label: str
    plural: str
    fields: dict[str, Field]
    children: tuple[Child, ...] = ()
    writable: bool = True
    deletable: bool = True
    mergeable: bool = False
    scopes: tuple[str, ...] = ("everything",)
    lower: dict[str, Field] = field(default_factory=dict)

    @property
    def prefix(self) -> str:
        """The first three characters of its ids."""
        return PREFIXES[self.name]

    def refresh(self) -> None:
        """Rebuild the look-up by lower-case name after a change of fields."""
        self.lower = {name.lower(): item for name, item in self.fields.items()}


_TASKS = Child("Task", "WhoId", "Tasks", cascade=True)
_EVENTS = Child("Event", "WhoId", "Events", cascade=True)
_AT_OPPORTUNITIES = Child("OpportunityContactRole", "ContactId", "OpportunityContactRoles", cascade=True)
_AT_ACCOUNTS = Child("AccountContactRole", "ContactId", "AccountContactRoles", cascade=True)
_SCOPED = ("everything", "mine", "scopingRule", "team")
_WHAT = (Child("Task", "WhatId", "Tasks", cascade=True), Child("Event", "WhatId", "Events", cascade=True))


def _object(name: str, rows: str, values: Mapping[str, tuple[str, ...]], **traits: Any) -> ObjectType:
    parsed = [parse(row, values.get(row.partition("|")[0], ())) for row in rows.strip().splitlines()]
    label = traits.pop("label", name)
    made = ObjectType(name, label, traits.pop("plural", label + "s"), {item.name: item for item in parsed}, **traits)
    made.refresh()
    return made


def standard_objects() -> dict[str, ObjectType]:
    """The objects of a new organisation, without custom fields, by name."""
    made = sorted([*_people(), *_business(), *_own()], key=lambda item: item.name)
    return {item.name: item for item in made}


def _people() -> list[ObjectType]:
    deals = Child("Opportunity", "ContactId", "Opportunities")
    queued = ("everything", "mine", "queue_owned", "scopingRule", "team", "user_owned")
    return [
        _object(
            "Contact",
            people.CONTACT_FIELDS,
            people.CONTACT_CHOICES,
            mergeable=True,
            scopes=_SCOPED,
            children=(_AT_ACCOUNTS, _EVENTS, deals, _AT_OPPORTUNITIES, _TASKS),
        ),
        _object(
            "Lead",
            people.LEAD_FIELDS,
            people.LEAD_CHOICES,
            mergeable=True,
            scopes=queued,
            children=(_EVENTS, _TASKS),
        ),
    ]


def _business() -> list[ObjectType]:
    contacts = Child("Contact", "AccountId", "Contacts", cascade=True)
    deals = Child("Opportunity", "AccountId", "Opportunities", cascade=True)
    at_account = Child("AccountContactRole", "AccountId", "AccountContactRoles", cascade=True)
    at_opportunity = Child("OpportunityContactRole", "OpportunityId", "OpportunityContactRoles", cascade=True)
    roles = business.ROLE_CHOICES
    return [
        _object(
            "Account",
            business.ACCOUNT_FIELDS,
            business.ACCOUNT_CHOICES,
            mergeable=True,
            scopes=("everything", "mine", "team"),
            children=(at_account, contacts, deals, *_WHAT),
        ),
        _object("AccountContactRole", business.ACCOUNT_ROLE_FIELDS, roles, label="Account Contact Role"),
        _object(
            "Opportunity",
            business.OPPORTUNITY_FIELDS,
            business.OPPORTUNITY_CHOICES,
            plural="Opportunities",
            scopes=_SCOPED,
            children=(at_opportunity, *_WHAT),
        ),
        _object("OpportunityContactRole", business.OPPORTUNITY_ROLE_FIELDS, roles, label="Opportunity Contact Role"),
    ]


def _own() -> list[ObjectType]:
    read_only = {"writable": False, "deletable": False}
    return [
        _object("Event", activity.EVENT_FIELDS, {}),
        _object("Group", org.GROUP_FIELDS, org.GROUP_CHOICES, **read_only),
        _object("Organization", org.ORGANIZATION_FIELDS, org.ORGANIZATION_CHOICES, **read_only),
        _object("Task", activity.TASK_FIELDS, activity.TASK_CHOICES),
        _object("TaskPriority", org.TASK_PRIORITY_FIELDS, {}, plural="Task Priority Value", **read_only),
        _object("TaskStatus", org.TASK_STATUS_FIELDS, {}, plural="Task Status Value", **read_only),
        _object("User", org.USER_FIELDS, org.USER_CHOICES, deletable=False),
    ]


_KINDS = {
    "text": "string",
    "checkbox": "boolean",
    "number": "double",
    "longtextarea": "textarea",
    "long": "textarea",
    "date/time": "datetime",
    "lookup": "reference",
}
_LENGTHS = {"string": 255, "url": 255, "picklist": 255, "email": 80, "phone": 40, "textarea": 32_000}


def custom_field(spec: Mapping[str, Any]) -> Field:
    """A custom field as an administrator would define it in the setup pages."""
    kind = str(spec.get("type", "string"))
    kind = _KINDS.get(kind.lower(), kind.lower())
    length = int(spec.get("length") or _LENGTHS.get(kind, 0))
    name = str(spec["name"])
    external = bool(spec.get("externalId", False))
    unique = bool(spec.get("unique", False))
    row = f"{name}|{kind}|{length}|{spec.get('label', name)}|{'cupd' if kind == 'boolean' else 'cunp'}|"
    made = parse(row, tuple(spec.get("picklist", ())))
    return replace(
        made,
        custom=True,
        nillable=made.nillable and not spec.get("required", False),
        external_id=external,
        unique=unique,
        id_lookup=external,
        case_sensitive=bool(spec.get("caseSensitive", False)),
        restricted=bool(spec.get("restricted", False)),
        extra="plaintextarea" if kind == "textarea" else None,
        precision=18 if kind == "double" else 0,
        references=tuple(spec.get("referenceTo", ())),
    )


def activity_fields(*, key: bool = True) -> list[dict[str, Any]]:
    """The custom activity fields of the seeded world, as specifications."""
    made: list[dict[str, Any]] = [
        {"object": "Task", "name": name, "type": kind, "length": length, "label": label}
        for name, kind, length, label in activity.CUSTOM_FIELDS
    ]
    if key:
        traits = {"externalId": True, "unique": True, "caseSensitive": True}
        spec = {"object": "Task", "name": activity.KEY_FIELD, "type": "string", "length": 64, "label": "Lockstep Key"}
        made.append({**spec, **traits})
    return made


class Schema:
    """All objects of the organisation; names are found whatever their case."""

    def __init__(self, *, custom_fields: bool = True) -> None:
        self.objects = standard_objects()
        self._lower = {name.lower(): item for name, item in self.objects.items()}
        self.version = 1
        if custom_fields:
            self.add_fields(activity_fields())

    def find(self, name: str) -> ObjectType | None:
        """The object of that name, or None."""
        return self.objects.get(name) or self._lower.get(name.lower())

    def add_fields(self, specs: list[dict[str, Any]]) -> None:
        """Add custom fields, or change what a field of that name is (its picklist, its length)."""
        for spec in specs:
            for name in self._targets(str(spec["object"])):
                target = self.objects[name]
                known = target.fields.get(str(spec["name"]))
                target.fields[str(spec["name"])] = changed(known, spec) if known else custom_field(spec)
                target.refresh()
        self.version += 1

    def remove_field(self, object_name: str, field_name: str) -> None:
        """Take a custom field away, as deleting it in the setup pages does."""
        for name in self._targets(object_name):
            self.objects[name].fields.pop(field_name, None)
            self.objects[name].refresh()
        self.version += 1

    def _targets(self, object_name: str) -> tuple[str, ...]:
        found = self.find(object_name)
        if found is None:
            raise ValueError(f"there is no object {object_name} in this organisation")
        return ACTIVITIES if found.name in ACTIVITIES else (found.name,)


def changed(known: Field, spec: Mapping[str, Any]) -> Field:
    """A known field after an administrator's edit of the traits that the specification names."""
    values: tuple[Choice, ...] = known.choices
    if "picklist" in spec:
        values = choices(list(spec["picklist"]), spec.get("default"))
    length = int(spec.get("length") or known.length)
    return replace(
        known,
        choices=values,
        length=length,
        byte_length=3 * length if known.type in TEXT_TYPES else known.byte_length,
        label=str(spec.get("label", known.label)),
        restricted=bool(spec.get("restricted", known.restricted)),
        default=spec.get("default", known.default),
        external_id=bool(spec.get("externalId", known.external_id)),
        unique=bool(spec.get("unique", known.unique)),
        case_sensitive=bool(spec.get("caseSensitive", known.case_sensitive)),
    )
