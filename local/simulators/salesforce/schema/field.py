"""One field of one object: the facts that describe shows and that writing and querying obey.

Facts stand as compact rows, `name|type|length|label|flags|extras`; what follows from the type is not repeated.
Flags: c createable, u updateable, n nillable, p permissionable, d defaulted on create. Extras: `to=` references, `rel=`
relationship, `poly`, `prefilter`, `name`, `lookup` (id look-up), `restricted`, `in=` compound, `extra=` type info,
`default=`, `digits=precision.scale`, `bytes=`, `+a -f` and so on (aggregatable, filterable, groupable, sortable).
"""

from dataclasses import dataclass, field, replace
from typing import Any

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "int": "xsd:int",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "address": "urn:address",
}
_NOT_GROUPABLE = frozenset({"double", "currency", "percent", "datetime", "address", "textarea"})
TEXT_TYPES = frozenset({"string", "textarea", "phone", "email", "url", "picklist", "combobox", "multipicklist"})
NUMBER_TYPES = frozenset({"double", "currency", "percent", "int"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a picklist."""

    value: str
    label: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the organisation defines it, before any user's permissions."""

    name: str
    type: str
    length: int
    label: str
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    permissionable: bool = True
    defaulted: bool = False
    references: tuple[str, ...] = ()
    relationship: str | None = None
    polymorphic: bool = False
    prefilter: bool = False
    is_name: bool = False
    id_lookup: bool = False
    restricted: bool = False
    compound: str | None = None
    extra: str | None = None
    default: str | None = None
    precision: int = 0
    scale: int = 0
    byte_length: int = 0
    aggregatable: bool = True
    filterable: bool = True
    groupable: bool = True
    sortable: bool = True
    custom: bool = False
    external_id: bool = False
    unique: bool = False
    case_sensitive: bool = False
    inline_help: str | None = None
    choices: tuple[Choice, ...] = field(default=())

    @property
    def required(self) -> bool:
        """Whether a create without it is refused."""
        return self.createable and not self.nillable and not self.defaulted and self.type != "boolean"

    @property
    def zero(self) -> Any:
        """What a record shows that never had a value: checkboxes are never null."""
        return False if self.type == "boolean" else None

    def describe(self, *, createable: bool, updateable: bool) -> dict[str, Any]:
        """The field as describe shows it to a user who may create and update it so."""
        return {
            **self._traits(),
            "createable": createable and self.createable,
            "updateable": updateable and self.updateable,
        }

    def _traits(self) -> dict[str, Any]:
        return {
            **dict.fromkeys(_ALWAYS_FALSE, False),
            **dict.fromkeys(_ALWAYS_NULL),
            "aggregatable": self.aggregatable,
            "byteLength": self.byte_length,
            "caseSensitive": self.case_sensitive,
            "compoundFieldName": self.compound,
            "custom": self.custom,
            "defaultValue": False if self.type == "boolean" else self.default,
            "defaultedOnCreate": self.defaulted,
            "digits": 8 if self.type == "int" else 0,
            "externalId": self.external_id,
            "extraTypeInfo": self.extra,
            "filterable": self.filterable,
            "groupable": self.groupable,
            "idLookup": self.id_lookup or self.type == "id",
            "inlineHelpText": self.inline_help,
            "label": self.label,
            "length": self.length,
            "name": self.name,
            "nameField": self.is_name,
            "namePointing": self.polymorphic,
            "nillable": self.nillable,
            "permissionable": self.permissionable,
            "picklistValues": [_choice(choice) for choice in self.choices],
            "polymorphicForeignKey": self.polymorphic,
            "precision": self.precision,
            "queryByDistance": self.type == "address",
            "referenceTo": list(self.references),
            "relationshipName": self.relationship,
            "restrictedPicklist": self.restricted,
            "scale": self.scale,
            "searchPrefilterable": self.prefilter,
            "soapType": _SOAP.get(self.type, "xsd:string"),
            "sortable": self.sortable,
            "type": self.type,
            "unique": self.unique,
        }


_ALWAYS_FALSE = (
    "aiPredictionField",
    "autoNumber",
    "calculated",
    "cascadeDelete",
    "dependentPicklist",
    "deprecatedAndHidden",
    "displayLocationInDecimal",
    "encrypted",
    "formulaTreatNullNumberAsZero",
    "highScaleNumber",
    "htmlFormatted",
    "restrictedDelete",
    "writeRequiresMasterRead",
)
_ALWAYS_NULL = (
    "calculatedFormula",
    "controllerName",
    "defaultValueFormula",
    "filteredLookupInfo",
    "mask",
    "maskType",
    "referenceTargetField",
    "relationshipOrder",
)


def _choice(choice: Choice) -> dict[str, Any]:
    return {
        "active": True,
        "defaultValue": choice.default,
        "label": choice.label,
        "validFor": None,
        "value": choice.value,
    }


def choices(values: tuple[str, ...] | list[str], default: str | None = None) -> tuple[Choice, ...]:
    """Picklist values; `value=Label` where the label differs."""
    made = []
    for entry in values:
        value, _, label = entry.partition("=")
        made.append(Choice(value, label or value, value == default))
    return tuple(made)


def parse(row: str, values: tuple[str, ...] = ()) -> Field:
    """The field that one compact row states."""
    name, kind, length_text, label, flags, extras_text = row.split("|")
    length = int(length_text)
    extras = dict(part.partition("=")[::2] for part in extras_text.split())
    default = extras["default"].replace("_", " ") if "default" in extras else None
    precision, _, scale = extras.get("digits", "0.0").partition(".")
    made = Field(
        name=name,
        type=kind,
        length=length,
        label=label,
        createable="c" in flags,
        updateable="u" in flags,
        nillable="n" in flags,
        permissionable="p" in flags,
        defaulted="d" in flags,
        references=tuple(extras["to"].split(",")) if "to" in extras else (),
        relationship=extras.get("rel"),
        polymorphic="poly" in extras,
        prefilter="prefilter" in extras,
        is_name="name" in extras,
        id_lookup="lookup" in extras,
        restricted="restricted" in extras,
        compound=extras.get("in"),
        extra=extras.get("extra"),
        default=default,
        precision=int(precision),
        scale=int(scale),
        byte_length=int(extras.get("bytes", _bytes(kind, length))),
        choices=choices(values, default),
    )
    able = _abilities(kind, extras)
    return replace(
        made,
        aggregatable=able["aggregatable"],
        filterable=able["filterable"],
        groupable=able["groupable"],
        sortable=able["sortable"],
    )


def _bytes(kind: str, length: int) -> int:
    return 18 if kind in {"id", "reference"} else 3 * length


def _abilities(kind: str, extras: dict[str, str]) -> dict[str, bool]:
    usual = {
        "aggregatable": kind not in {"boolean", "address", "textarea"},
        "filterable": kind != "textarea",
        "groupable": kind not in _NOT_GROUPABLE,
        "sortable": kind not in {"address", "textarea"},
    }
    return {name: (value or f"+{name[0]}" in extras) and f"-{name[0]}" not in extras for name, value in usual.items()}
