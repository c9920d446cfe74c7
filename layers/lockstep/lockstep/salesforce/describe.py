"""What one user may see and write on a Task, and on the other objects that are changed.

Promises that a field which describe does not show is absent, and that our key counts as usable only where
an upsert by it can be neither refused nor doubled: external id, unique, and both writable for this user.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from lockstep.domain.task import KEY_FIELD, FieldRight, ObjectSchema, TaskSchema
from lockstep.exchange.http import unavailable
from lockstep.salesforce.wire import Described, DescribedField


def task_schema(answer: Any, read_at: datetime) -> TaskSchema:
    """A describe of Task as the product reads it (ATR-01, LS-24)."""
    described = _described(answer, "Task")
    kinds = described["Type"].picklist if "Type" in described else []
    key = described.get(KEY_FIELD)
    return TaskSchema(
        fields=_rights(described),
        type_values=frozenset(value.value for value in kinds if value.active),
        type_has_default=any(value.is_default for value in kinds),
        key_usable=key is not None and key.external_id and key.unique and key.createable and key.updateable,
        read_at=read_at,
        required=frozenset(name for name, field in described.items() if _required(field)),
    )


def _required(field: DescribedField) -> bool:
    """Whether an administrator made a field of the organization's own one that nobody may leave empty."""
    own = field.name.endswith("__c") and field.kind != "boolean"
    return own and field.createable and not field.nillable and not field.defaulted


def object_schema(answer: Any, kind: str, read_at: datetime) -> ObjectSchema:
    """A describe of any object: the fields that this user sees on it, and may write."""
    return ObjectSchema(_rights(_described(answer, kind)), read_at)


def _described(answer: Any, kind: str) -> dict[str, DescribedField]:
    try:
        return {field.name: field for field in Described.model_validate(answer).fields}
    except ValidationError:
        raise unavailable(f"Salesforce's description of {kind} is not understood") from None


def _rights(described: Mapping[str, DescribedField]) -> dict[str, FieldRight]:
    return {
        field.name: FieldRight(field.name, field.kind, field.length, field.createable, field.updateable)
        for field in described.values()
    }
