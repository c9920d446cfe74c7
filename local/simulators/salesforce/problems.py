"""What Salesforce says when it refuses: a problem, its code and literal message, and the two shapes it is told in."""

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class Problem(Exception):
    """One error; `fields` is None where Salesforce leaves the key out (session and query errors)."""

    code: str
    message: str
    fields: list[str] | None = None
    status: int = 400
    detail: dict[str, Any] | None = None

    def single(self) -> dict[str, Any]:
        """The shape of single-record calls: `message`, `errorCode`, `fields`."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = self.fields
        return body | (self.detail or {})

    def item(self) -> dict[str, Any]:
        """The shape inside Collections: `statusCode`, `message`, `fields`."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []} | (self.detail or {})


class Refused(Exception):
    """A record that is refused for one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].message)
        self.problems = list(problems)


def not_found(message: str = "The requested resource does not exist") -> Problem:
    """404 for an unknown path, object or record."""
    return Problem("NOT_FOUND", message, status=404)


def no_external_id(name: str) -> Problem:
    """404 for a key field or id that cannot be used."""
    return not_found(f"Provided external ID field does not exist or is not accessible: {name}")


def entity_is_deleted() -> Problem:
    """404 for a write to a record that is in the recycle bin."""
    return Problem("ENTITY_IS_DELETED", "entity is deleted", [], 404)


def invalid_cross_reference(fields: list[str] | None = None) -> Problem:
    """An id of the right form that names nothing the user can reach."""
    return Problem("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields or [])


def malformed_id(value: str, label: str = "", field: str | None = None) -> Problem:
    """Something that is no id where an id belongs."""
    if not label:
        return Problem("MALFORMED_ID", f"malformed id {value}", [])
    return Problem("MALFORMED_ID", f"{label}: id value of incorrect type: {value}", [field] if field else [])


def no_such_column(name: str, object_name: str) -> Problem:
    """A write that names a field which does not exist or is hidden from the user."""
    return Problem("INVALID_FIELD", f"No such column '{name}' on sobject of type {object_name}")


def not_writable(names: list[str]) -> Problem:
    """A write that names fields which this user may not set: all of them in one message."""
    text = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings of this field and "
        "verify that it is read/write for your profile or permission set."
    )
    return Problem("INVALID_FIELD_FOR_INSERT_UPDATE", text, names)


def in_sobject_data(name: str) -> Problem:
    """The id or key of the address given again in the body."""
    return Problem("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")


def unreadable(message: str) -> Problem:
    """A body that is no JSON, or JSON of the wrong kind."""
    return Problem("JSON_PARSER_ERROR", message)


def wrong_kind(expected: str, value: Any) -> Problem:
    """A JSON value of a kind that the field cannot take."""
    kinds = {bool: "VALUE_TRUE" if value else "VALUE_FALSE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}
    kinds |= {str: "VALUE_STRING", list: "START_ARRAY", dict: "START_OBJECT"}
    shown = str(value) if isinstance(value, (str, int, float)) else ""
    return unreadable(
        f"Cannot deserialize instance of {expected} from {kinds.get(type(value), 'VALUE_NULL')} value {shown} "
        "or request may be missing a required field at [line:1, column:1]"
    )


def unsupported_media(kind: str) -> Problem:
    """415 for a body of a type that the resource does not read."""
    text = f"Content-Type header specified in HTTP request is not supported: {kind or 'none'}"
    return Problem("UNSUPPORTED_MEDIA_TYPE", text, status=415)


def session_expired() -> Problem:
    """401 for an access token that is expired, revoked or unknown."""
    return Problem("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def invalid_header() -> Problem:
    """401 for a scheme of authorization that the API does not know."""
    return Problem("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)


def quota_used() -> Problem:
    """403 once the rolling day's requests are used up."""
    return Problem("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)


def too_many_at_once() -> Problem:
    """403 of the same code that only asks for a short wait."""
    return Problem("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded.", status=403)


def api_disabled() -> Problem:
    """403 for a user whose profile has no API access."""
    return Problem("API_CURRENTLY_DISABLED", "API is disabled for this User", status=403)


def method_not_allowed(method: str, allowed: tuple[str, ...]) -> Problem:
    """405 in the recorded words."""
    text = f"HTTP Method '{method}' not allowed. Allowed are {','.join(allowed)}"
    return Problem("METHOD_NOT_ALLOWED", text, status=405)
