"""What an id in a record may point to, and the ways in which it may not."""

from collections.abc import Mapping
from typing import Any

from local.simulators.salesforce import ids
from local.simulators.salesforce.problems import Problem, Refused, entity_is_deleted, invalid_cross_reference
from local.simulators.salesforce.schema.field import Field
from local.simulators.salesforce.table import Row
from local.simulators.salesforce.world import World


def wrong_target(world: World, object_name: str, field: Field, target_id: str) -> Problem | None:
    """Why this reference is refused, or None where it is in order."""
    target = ids.object_of(target_id)
    if target is None or (field.references and target not in field.references):
        if not _known_object(world, field):
            return None
        text = f"{field.label}: id value of incorrect type: {target_id}"
        return Problem("FIELD_INTEGRITY_EXCEPTION", text, [field.name])
    row = world.find(target_id)
    if row is None:
        return invalid_cross_reference([field.name])
    if row.get("IsDeleted"):
        return entity_is_deleted()
    if row.get("IsConverted"):
        return Problem("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    if field.name == "OwnerId" and target == "User" and not row.get("IsActive", True):
        text = f"operation performed with inactive user [{target_id}] as owner of {object_name.lower()}"
        return Problem("INACTIVE_OWNER_OR_USER", text, [])
    return None


def _known_object(world: World, field: Field) -> bool:
    """References to objects that this organisation does not simulate are taken as they are."""
    return any(name in world.tables for name in field.references)


def lead_with_what(values: Mapping[str, Any], before: Row | None) -> list[Problem]:
    """A task of a lead has no related record."""
    merged = {**(before or {}), **values}
    who, what = merged.get("WhoId"), merged.get("WhatId")
    if who is None or what is None or not who.startswith("00Q"):
        return []
    text = "Related To ID: must be empty when the Name is a lead"
    return [Problem("FIELD_INTEGRITY_EXCEPTION", text, ["WhatId"])]


def by_key(world: World, field: Field, named: Mapping[str, Any]) -> str:
    """The id of the related record that a nested object names by one of its keys."""
    target = field.references[0] if field.references else ""
    keys = [(name, value) for name, value in named.items() if name != "attributes"]
    table = world.tables.get(target)
    if table is not None and len(keys) == 1 and table.indexed(keys[0][0]):
        found = [one for one in table.find(keys[0][0], [keys[0][1]]) if not world.is_deleted(one)]
        if len(found) == 1:
            return found[0]
    name, value = keys[0] if keys else ("", "")
    text = f"Foreign key external ID: {value} not found for field {name} in entity {target}"
    raise Refused(Problem("INVALID_FIELD", text, []))
