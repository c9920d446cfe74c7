"""Creating, changing, upserting and deleting one record as one user: the rights, the answer, and nothing of HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.simulators.salesforce import ids
from local.simulators.salesforce.access import Permissions
from local.simulators.salesforce.problems import (
    Problem,
    Refused,
    entity_is_deleted,
    in_sobject_data,
    invalid_cross_reference,
    malformed_id,
    no_external_id,
    not_found,
)
from local.simulators.salesforce.schema.catalogue import ObjectType
from local.simulators.salesforce.schema.field import Field
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.validation import Validator
from local.simulators.salesforce.world import World

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one record: its id, whether it is new, or why not; `many` names several matches of a key."""

    id: str | None = None
    created: bool = False
    problems: list[Problem] = field(default_factory=list)
    many: tuple[str, ...] = ()


class Records:
    """Single-record operations on the organisation."""

    def __init__(self, world: World, permissions: Permissions, validator: Validator) -> None:
        self.world, self.permissions, self.validator = world, permissions, validator

    def create(self, user_id: str, kind: ObjectType, body: Body) -> Written:
        """Store a new record."""
        try:
            if body.get("Id") or body.get("id"):
                text = "cannot specify Id in an insert call"
                raise Refused(Problem("INVALID_FIELD_FOR_INSERT_UPDATE", text, ["Id"]))
            values = self.validator.check(user_id, kind, body, None)
            return Written(self.world.insert(kind.name, values, user_id)["Id"], created=True)
        except Refused as refused:
            return Written(problems=refused.problems)

    def update(self, user_id: str, kind: ObjectType, record_id: str, body: Body) -> Written:
        """Change a record that is there."""
        try:
            row = self.row(user_id, kind, record_id)
            if row.get("IsConverted"):
                raise Refused(Problem("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", []))
            if row.get("IsArchived"):
                raise Refused(Problem("ENTITY_IS_ARCHIVED", "entity is archived", []))
            values = self.validator.check(user_id, kind, body, row)
            self.world.update(row["Id"], values, user_id)
            return Written(row["Id"])
        except Refused as refused:
            return Written(record_id, problems=refused.problems)

    def upsert(self, user_id: str, kind: ObjectType, key: tuple[Field, Any], body: Body) -> Written:
        """Change the record with this key, or store a new one; several matches change nothing."""
        matches = self.matches(user_id, kind, *key)
        if len(matches) > 1:
            return Written(many=tuple(matches))
        if matches:
            return self.update(user_id, kind, matches[0], body)
        return self.create(user_id, kind, {**body, key[0].name: key[1]})

    def delete(self, user_id: str, kind: ObjectType, record_id: str) -> Written:
        """Put a record into the recycle bin."""
        try:
            row = self.row(user_id, kind, record_id)
            if not kind.deletable:
                text = "insufficient access rights on object id"
                raise Refused(Problem("INSUFFICIENT_ACCESS_OR_READONLY", text, [], 403))
            self.validator.rules.check(kind.name, {}, row)
            self.world.delete(row["Id"], user_id)
            return Written(row["Id"])
        except Refused as refused:
            return Written(record_id, problems=refused.problems)

    def row(self, user_id: str, kind: ObjectType, record_id: str) -> Row:
        """The live row with this id, as far as the user can reach it."""
        known = ids.normalise(record_id)
        if known is None or not known.startswith(kind.prefix):
            raise Refused(malformed_id(record_id))
        row = self.world.find(known)
        if row is None or known in self.permissions.hidden_records(user_id):
            problem = invalid_cross_reference()
            problem.status = 404
            raise Refused(problem)
        if row.get("IsDeleted"):
            raise Refused(entity_is_deleted())
        return row

    def readable(self, user_id: str, kind: ObjectType, record_id: str) -> Row | None:
        """The row as this user sees it, or None."""
        known = ids.normalise(record_id)
        if known is None or known in self.permissions.hidden_records(user_id):
            return None
        row = self.world.seen(known) if known.startswith(kind.prefix) else None
        return row if row is not None and not row.get("IsDeleted") else None

    def key_field(self, user_id: str, kind: ObjectType, name: str) -> Field:
        """The field that may serve as a key for this user."""
        found = self.permissions.access(user_id, kind).find(name)
        if found is None or not (found.external_id or found.id_lookup or found.type == "id"):
            raise no_external_id(name)
        return found

    def matches(self, user_id: str, kind: ObjectType, key: Field, value: Any) -> list[str]:
        """Ids of the live records with this key value."""
        if key.type == "id":
            known = ids.normalise(str(value))
            return [known] if known is not None and self.world.find(known) is not None else []
        hidden = self.permissions.hidden_records(user_id)
        found = self.world.tables[kind.name].find(key.name, [value])
        return [one for one in found if one not in hidden and not self.world.is_deleted(one)]

    def kind(self, user_id: str, name: str) -> ObjectType:
        """The object of that name, as far as the user may read it."""
        found = self.world.schema.find(name)
        if found is None or not self.permissions.access(user_id, found).may_read:
            raise not_found()
        if found.name != name:
            self.validator.rules.strictness.object_to(f"The object {found.name} was written {name}")
        return found


def without_id(body: Body, key: str | None = None) -> None:
    """Refuse a body that names its own id, or the key that the address already gives."""
    for name in ("Id", *([key] if key else [])):
        if any(given.lower() == name.lower() for given in body):
            raise in_sobject_data(name)
