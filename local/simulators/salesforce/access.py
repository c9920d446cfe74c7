"""Who may see and edit what: profiles, a user's own exceptions, and record visibility.

Field-level security has three states for a field and a user: editable, read-only, hidden. Fields that are not
permissionable cannot be hidden. What one user may do with one object is compiled once, and kept until schema or
permissions change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from local.simulators.salesforce.schema.catalogue import ObjectType, Schema
from local.simulators.salesforce.schema.field import Field

DEFAULT_HIDDEN = {
    "Lead": ("HasOptedOutOfEmail", "DoNotCall", "HasOptedOutOfFax"),
    "Contact": ("HasOptedOutOfEmail", "DoNotCall", "HasOptedOutOfFax"),
    "Task": ("Type",),
}
RESTRICTED_HIDDEN = {"Task": ("MSE_Template_Details__c", "MSE_Campaign_Details_Link__c")}
RESTRICTED_READ_ONLY = {"Task": ("MSE_Template__c", "MSE_Email_Status__c")}

Right = tuple[bool, bool]
FULL: Right = (True, True)


@dataclass(slots=True)
class Profile:
    """Rights by (object, field), where a field of None is the object itself; what is not named is full."""

    rights: dict[tuple[str, str | None], Right] = field(default_factory=dict)


@dataclass(slots=True)
class Access:
    """What one user sees of one object, compiled for speed."""

    object: ObjectType
    may_read: bool
    may_edit: bool
    visible: dict[str, Field]
    lower: dict[str, Field]
    read_only: frozenset[str]

    def find(self, name: str) -> Field | None:
        """The visible field of that name, whatever its case."""
        return self.visible.get(name) or self.lower.get(name.lower())

    def createable(self, item: Field) -> bool:
        """Whether this user may set the field on a new record."""
        return item.createable and self.may_edit and item.name not in self.read_only

    def updateable(self, item: Field) -> bool:
        """Whether this user may change the field."""
        return item.updateable and self.may_edit and item.name not in self.read_only


def _profile(hidden: Mapping[str, tuple[str, ...]], read_only: Mapping[str, tuple[str, ...]]) -> Profile:
    made = Profile()
    for rights, table in (((False, False), hidden), ((True, False), read_only)):
        for name, fields in table.items():
            made.rights.update({(name, item): rights for item in fields})
    return made


class Permissions:
    """Every user's rights: by profile first, then by the user's own exceptions."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.profiles = {
            "default": _profile(DEFAULT_HIDDEN, {}),
            "sales": Profile(),
            "restricted": _profile(RESTRICTED_HIDDEN, RESTRICTED_READ_ONLY),
            "admin": Profile(),
        }
        self.version = 1
        self._profile_of: dict[str, str] = {}
        self._exceptions: dict[str, Profile] = {}
        self._hidden_records: dict[str, set[str]] = {}
        self._compiled: dict[tuple[str, str], tuple[tuple[int, int], Access]] = {}

    def assign(self, user_id: str, profile: str) -> None:
        """Give a user a profile."""
        if profile not in self.profiles:
            raise ValueError(f"there is no profile {profile}")
        self._profile_of[user_id] = profile
        self.version += 1

    def profile_of(self, user_id: str) -> str:
        """The name of a user's profile."""
        return self._profile_of.get(user_id, "default")

    def allow(self, user_id: str, name: tuple[str, str | None], right: Right) -> None:
        """A user's own exception for one field, or for a whole object where no field is named."""
        self._exceptions.setdefault(user_id, Profile()).rights[name] = right
        self.version += 1

    def hide_record(self, user_id: str, record_id: str, *, hidden: bool) -> None:
        """Hide one record from one user, or show it again."""
        records = self._hidden_records.setdefault(user_id, set())
        (records.add if hidden else records.discard)(record_id)

    def hidden_records(self, user_id: str) -> set[str]:
        """The records this user may not see."""
        return self._hidden_records.get(user_id, set())

    def stamp(self) -> tuple[int, int]:
        """What moves whenever schema or permissions change."""
        return (self._schema.version, self.version)

    def access(self, user_id: str, object_type: ObjectType) -> Access:
        """What this user may do with this object."""
        stamp = self.stamp()
        known = self._compiled.get((user_id, object_type.name))
        if known is not None and known[0] == stamp:
            return known[1]
        made = self._compile(user_id, object_type)
        self._compiled[user_id, object_type.name] = (stamp, made)
        return made

    def _right(self, user_id: str, key: tuple[str, str | None]) -> Right:
        own = self._exceptions.get(user_id)
        if own is not None and key in own.rights:
            return own.rights[key]
        return self.profiles[self.profile_of(user_id)].rights.get(key, FULL)

    def _compile(self, user_id: str, object_type: ObjectType) -> Access:
        may_read, may_edit = self._right(user_id, (object_type.name, None))
        visible: dict[str, Field] = {}
        read_only = set()
        for item in object_type.fields.values():
            read, edit = self._right(user_id, (object_type.name, item.name)) if _securable(item) else FULL
            if read or edit:
                visible[item.name] = item
            if not edit:
                read_only.add(item.name)
        lower = {name.lower(): item for name, item in visible.items()}
        return Access(object_type, may_read, may_edit, visible, lower, frozenset(read_only))


def _securable(item: Field) -> bool:
    return item.permissionable or item.custom
