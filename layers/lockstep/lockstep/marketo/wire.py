"""What Marketo's answers look like, as pydantic models: only the members that are read.

Promises that missing `result`, `moreResult`, ids and attributes are no error, since Marketo leaves out
what is empty, and that numbers in text and text in numbers are taken for what they say.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_DIGITS = re.compile(r"\d+")


class _Wire(BaseModel):
    model_config = ConfigDict(defer_build=True, coerce_numbers_to_str=True, populate_by_name=True)


def _listed(value: Any) -> Any:
    return [] if value is None else value


class Fault(_Wire):
    """One entry of `errors`."""

    code: str
    message: str = ""


class Envelope(_Wire):
    """What every answer of the database API is wrapped in."""

    success: bool
    result: Annotated[list[Any], BeforeValidator(_listed)] = []
    errors: Annotated[list[Fault], BeforeValidator(_listed)] = []
    next_page_token: str | None = Field(default=None, alias="nextPageToken")
    more_result: bool = Field(default=False, alias="moreResult")


class RestName(_Wire):
    """How the REST API calls a field."""

    name: str


class DescribedField(_Wire):
    """One field of describe; fields without a REST name cannot be asked for."""

    display_name: str = Field(default="", alias="displayName")
    rest: RestName | None = None


class ChangedField(_Wire):
    """One field that a lead change names."""

    name: str = ""


class Activity(_Wire):
    """One item of the feeds: lead changes, deleted leads, activities."""

    person: int = Field(alias="leadId", gt=0)
    type_id: int = Field(alias="activityTypeId")
    at: str = Field(default="", alias="activityDate")
    fields: list[ChangedField] | None = None
    attributes: Annotated[list[Any], BeforeValidator(_listed)] = []

    def attribute(self, name: str) -> Any:
        """The value of an attribute; None where the activity does not carry it."""
        return next((a.get("value") for a in self.attributes if isinstance(a, dict) and a.get("name") == name), None)


def ids_in(value: Any) -> tuple[int, ...]:
    """Ids out of a number, a list, or a text like `[123, 456]`."""
    found = (int(text) for text in _DIGITS.findall(str(value)))
    return tuple(dict.fromkeys(one for one in found if one > 0))


def instant(text: str) -> datetime | None:
    """A date as Marketo writes it: `Z`, `+0000`, `-08:00`, `Z+0000`, or without a zone, which is UTC."""
    try:
        read = datetime.fromisoformat(text.strip().replace("Z+0000", "Z"))
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
