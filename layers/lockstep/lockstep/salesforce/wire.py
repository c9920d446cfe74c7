"""What Salesforce's answers look like, as pydantic models: only the members that are read.

Promises that error entries of single calls (`errorCode`) and of Collections (`statusCode`) are one shape.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    return [] if value is None else value


def _matched(value: Any) -> Any:
    """Ids of the records that a duplicate rule found; of an answer that is not understood, none."""
    try:
        found = [match for result in value["matchResults"] for match in result["matchRecords"]]
        return [str(match["record"]["Id"]) for match in found]
    except (KeyError, TypeError):
        return []


class Fault(_Wire):
    """One error, of a call or of a record; `fields` may be missing or empty, `candidates` are a duplicate rule's."""

    code: str = Field(validation_alias=AliasChoices("errorCode", "statusCode", "code"))
    message: Annotated[str, BeforeValidator(lambda value: value or "")] = ""
    fields: Annotated[list[str], BeforeValidator(_listed)] = []
    candidates: Annotated[list[str], BeforeValidator(_matched)] = Field(
        default=[],
        validation_alias=AliasChoices("duplicateResut", "duplicateResult"),  # the first is how it is spelt
    )


class Saved(_Wire):
    """One result of a Collections call; a failed create has no id."""

    id: str | None = None
    success: bool
    created: bool | None = None
    errors: Annotated[list[Fault], BeforeValidator(_listed)] = []


class Page(_Wire):
    """One page of a query."""

    done: bool
    records: list[dict[str, Any]]
    next_url: str | None = Field(default=None, alias="nextRecordsUrl")


class PicklistValue(_Wire):
    """One value of a picklist."""

    value: str
    active: bool = True
    is_default: bool = Field(default=False, alias="defaultValue")


class DescribedField(_Wire):
    """One field of describe, as this user sees it."""

    name: str
    kind: str = Field(alias="type")
    length: int = 0
    createable: bool = False
    updateable: bool = False
    nillable: bool = True
    defaulted: bool = Field(default=False, alias="defaultedOnCreate")
    external_id: bool = Field(default=False, alias="externalId")
    unique: bool = False
    picklist: Annotated[list[PicklistValue], BeforeValidator(_listed)] = Field(default=[], alias="picklistValues")


class Described(_Wire):
    """An object as this user sees it."""

    fields: list[DescribedField]


class Grant(_Wire):
    """A token answer; there is no `expires_in`."""

    access_token: str
    id: str = ""
    instance_url: str | None = None
    refresh_token: str | None = None


class LoginRefusal(_Wire):
    """A token error."""

    error: str
    error_description: str = ""


FAULTS = TypeAdapter(list[Fault], config=ConfigDict(defer_build=True))
SAVED = TypeAdapter(list[Saved], config=ConfigDict(defer_build=True))


def instant(text: str) -> datetime:
    """`2022-03-17T16:21:26.000+0000` or `...Z`; ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)
