"""Names in a statement to fields a user may see: one step at a time, each with that user's rights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.simulators.salesforce import ids
from local.simulators.salesforce.access import Access, Permissions
from local.simulators.salesforce.problems import Problem
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field, parse
from local.simulators.salesforce.soql.grammar import Path
from local.simulators.salesforce.soql.parse import complain
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.world import World

Reader = Callable[[Row], Any]

# What Who, What and a polymorphic Owner show of the record they name, whatever its object.
_NAME_FIELDS = tuple(
    parse(f"{name}|string|255|{name}|n|")
    for name in ("Name", "FirstName", "LastName", "Email", "Title", "Phone", "Username", "Alias", "Type")
)
NAME_OBJECT = ObjectType(
    "Name",
    "Name",
    "Names",
    {item.name: item for item in (parse("Id|id|18|Id|d|"), *_NAME_FIELDS, parse("IsActive|boolean|0|Active|d|"))},
)
NAME_OBJECT.refresh()

_SUFFIX = (
    "If you are attempting to use a custom {what}, be sure to append the '{suffix}' after the {named} name. "
    "Please reference your WSDL or the describe call for the appropriate names."
)


@dataclass(frozen=True, slots=True)
class Column:
    """A path that was found: its canonical names, its last field, and how a row's value is read."""

    names: tuple[str, ...]
    field: Field
    read: Reader


class Resolver:
    """Finds objects and fields for one user and one statement."""

    def __init__(self, world: World, permissions: Permissions, user_id: str, text: str) -> None:
        self.world, self.permissions, self.user_id, self.text = world, permissions, user_id, text

    def source(self, name: str, at: int) -> Access:
        """The object of FROM; unknown or forbidden, it is INVALID_TYPE."""
        kind = self.world.schema.find(name)
        if kind is not None:
            access = self.permissions.access(self.user_id, kind)
            if access.may_read:
                return access
        message = f"sObject type '{name}' is not supported. " + _SUFFIX.format(
            what="object", suffix="__c", named="entity"
        )
        raise complain(self.text, at, "INVALID_TYPE", message)

    def column(self, access: Access, path: Path) -> Column:
        """The column that a path names, seen from this object."""
        parts = path.parts
        if len(parts) > 1 and parts[0].lower() == access.object.name.lower():
            parts = parts[1:]
        return self._walk(access, parts, path)

    def _walk(self, access: Access, parts: tuple[str, ...], path: Path) -> Column:
        if len(parts) == 1:
            return self._field(access, parts[0], path)
        link = self._link(access, parts[0], path)
        if link.relationship is None:
            raise self._unknown(access, parts[0], path.at)
        target = self._target(link)
        rest = self._walk(target, parts[1:], path)
        return Column((link.relationship, *rest.names), rest.field, self._follow(link.name, rest.read))

    def _field(self, access: Access, name: str, path: Path) -> Column:
        found = access.find(name)
        if found is None:
            raise self._unknown(access, name, path.at)
        if access.object is NAME_OBJECT and found.name == "Type":
            return Column(("Type",), found, lambda row: ids.object_of(row["Id"]))
        if found.type == "address":
            return Column((found.name,), found, lambda row: self.world.value(row, found))
        key, zero = found.name, found.zero
        return Column((key,), found, lambda row: row.get(key, zero))

    def _link(self, access: Access, name: str, path: Path) -> Field:
        wanted = name.lower()
        for field in access.visible.values():
            if field.relationship is not None and field.relationship.lower() == wanted and field.references:
                return field
        message = f"Didn't understand relationship '{name}' in field path. " + _SUFFIX.format(
            what="relationship", suffix="__r", named="custom relationship"
        )
        raise complain(self.text, path.at, "INVALID_FIELD", message)

    def _target(self, link: Field) -> Access:
        known = [kind for name in link.references if (kind := self.world.schema.find(name)) is not None]
        if len(link.references) == 1 and known:
            return self.permissions.access(self.user_id, known[0])
        return Access(NAME_OBJECT, True, False, NAME_OBJECT.fields, NAME_OBJECT.lower, frozenset())

    def _follow(self, key: str, read: Reader) -> Reader:
        seen, hidden = self.world.seen, self.permissions.hidden_records(self.user_id)

        def value(row: Row) -> Any:
            target_id = row.get(key)
            target = seen(target_id) if target_id is not None and target_id not in hidden else None
            return read(target) if target is not None else None

        return value

    def related(self, access: Access, names: tuple[str, ...]) -> Reader:
        """The row that a chain of relationships leads to."""
        if not names:
            return lambda row: row
        link = self._link(access, names[0], Path(names, 0))
        return self._follow(link.name, self.related(self._target(link), names[1:]))

    def polymorphic(self, access: Access, name: str) -> bool:
        """Whether a relationship's records show themselves as `Name`."""
        return self._target(self._link(access, name, Path((name,), 0))).object is NAME_OBJECT

    def _unknown(self, access: Access, name: str, at: int) -> Problem:
        message = f"No such column '{name}' on entity '{access.object.name}'. "
        return complain(
            self.text, at, "INVALID_FIELD", message + _SUFFIX.format(what="field", suffix="__c", named="custom field")
        )
