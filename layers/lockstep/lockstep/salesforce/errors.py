"""The one table from Salesforce's codes to what happens next, each with the vendor's own sentence.

Promises that a code which is not in the table rejects one record or halts a whole call and is never
retried by guess, that only the message tells the two meanings of REQUEST_LIMIT_EXCEEDED apart, and that
no message is passed on of which Salesforce is known to put a field's value into it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from lockstep.domain.ids import SalesforceId, salesforce_id
from lockstep.domain.reason import Reason
from lockstep.domain.task import KEY_FIELD
from lockstep.engine.errors import (
    Halt,
    Locked,
    QuotaSpent,
    Reject,
    Scope,
    SyncError,
    Throttled,
    Unavailable,
)
from lockstep.salesforce.exchange import unanswered
from lockstep.salesforce.wire import Fault


class FieldsRefused(Reject):
    """Fields that this user may not write or see; without them the record may be written (ATR-02, F036)."""

    def __init__(self, detail: str, fields: Sequence[str], *, scope: Scope = "item", code: str = ""):
        super().__init__(Reason.PERMISSION_REFUSED, detail, scope=scope, code=code)
        self.fields = tuple(fields)


class DuplicateKey(Reject):
    """Our key is already there: the record was written before (F041); `record_id` where Salesforce names it."""

    def __init__(self, detail: str, record_id: SalesforceId | None, *, code: str = ""):
        super().__init__(Reason.DUPLICATE_REFUSED, detail, scope="item", code=code)
        self.record_id = record_id


class LockedForApproval(Locked):
    """The record waits for an approval: look again once a day (DGN-05)."""

    seconds = 86_400


class Row(NamedTuple):
    """One code: class and reason, the vendor's sentence; `quoted` where its message may be passed on.

    `scope` is that of a whole call; on one record it is "item" unless the class concerns more.
    """

    kind: type[SyncError]
    reason: Reason
    sentence: str
    scope: Scope = "connection"
    quoted: bool = False


def _busy(sentence: str) -> Row:
    return Row(Unavailable, Reason.VENDOR_BUSY, sentence)


def _data(sentence: str, *, quoted: bool = True) -> Row:
    return Row(Reject, Reason.VALIDATION_REFUSED, sentence, "item", quoted)


def _denied(sentence: str) -> Row:
    return Row(Reject, Reason.PERMISSION_REFUSED, sentence, "item", quoted=True)


def _gone(sentence: str) -> Row:
    return Row(Reject, Reason.SF_RECORD_GONE, sentence, "item")


def _ours(sentence: str) -> Row:
    return Row(Halt, Reason.UNCLASSIFIED_VENDOR_CODE, sentence, "concern")


_NO_API = "API is disabled for this user or organization; a Salesforce administrator must allow it"
_MAINTENANCE = "Salesforce is in maintenance and takes no changes"

TABLE: dict[str, Row] = {
    "INVALID_SESSION_ID": _busy("Session expired or invalid, right after a renewal"),
    "REQUEST_LIMIT_EXCEEDED": Row(QuotaSpent, Reason.QUOTA_SPENT, "TotalRequests Limit exceeded"),
    "LIMIT_EXCEEDED": Row(QuotaSpent, Reason.QUOTA_SPENT, "a limit of the organization is exceeded"),
    "EXCEEDED_QUOTA": Row(QuotaSpent, Reason.QUOTA_SPENT, "a quota of the organization is exceeded"),
    "STORAGE_LIMIT_EXCEEDED": Row(QuotaSpent, Reason.QUOTA_SPENT, "storage limit exceeded; an administrator must act"),
    "TOO_MANY_APEX_REQUESTS": Row(Throttled, Reason.VENDOR_BUSY, "too many Apex requests at once"),
    "API_DISABLED_FOR_ORG": Row(Halt, Reason.API_DISABLED, _NO_API),
    "API_CURRENTLY_DISABLED": Row(Halt, Reason.API_DISABLED, _NO_API),
    "FUNCTIONALITY_NOT_ENABLED": Row(Halt, Reason.API_DISABLED, "functionality not enabled for this organization"),
    "INACTIVE_ORGANIZATION": Row(Halt, Reason.CONNECTION_EXPIRED, "the organization is inactive"),
    "TRIAL_EXPIRED": Row(Halt, Reason.CONNECTION_EXPIRED, "the organization's trial has ended"),
    "INACTIVE_USER": Row(Halt, Reason.CONNECTION_EXPIRED, "the user is inactive"),
    "INVALID_LOGIN": Row(Halt, Reason.CONNECTION_EXPIRED, "the login is not valid; connect again"),
    "TXN_SECURITY_NO_ACCESS": Row(Halt, Reason.PERMISSION_REFUSED, "a transaction security policy refuses the call"),
    "UNABLE_TO_LOCK_ROW": Row(Locked, Reason.RECORD_LOCKED, "unable to obtain exclusive access to this record"),
    "ENTITY_IS_LOCKED": Row(LockedForApproval, Reason.RECORD_LOCKED, "the entity is locked for editing (approval)"),
    "SERVER_UNAVAILABLE": _busy("server too busy"),
    "QUERY_TIMEOUT": _busy("your query request was running too long"),
    "REQUEST_RUNNING_TOO_LONG": _busy("your request was running too long"),
    "INTERNAL_SERVER_ERROR": _busy("internal server error"),
    "UNKNOWN_EXCEPTION": _busy("an unexpected error occurred"),
    "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE": _busy("functionality temporarily unavailable"),
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": _busy(_MAINTENANCE),
    "ORG_IN_MAINTENANCE": _busy(_MAINTENANCE),
    "ORG_LOCKED": _busy("the organization is locked"),
    "INVALID_QUERY_LOCATOR": _busy("invalid query locator: the query begins anew"),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": _busy("rolled back because of another record"),
    "PROCESSING_HALTED": _busy("halted because of another record"),
    "REQUIRED_FIELD_MISSING": _data("a required field is missing"),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": _data("a validation rule of your organization refuses the record"),
    "FIELD_FILTER_VALIDATION_EXCEPTION": _data("a lookup filter of your organization refuses the record"),
    "FIELD_INTEGRITY_EXCEPTION": _data("a field does not fit the record that it names"),
    "STRING_TOO_LONG": _data("a text is longer than its field", quoted=False),
    "MAX_TASK_DESCRIPTION_EXCEEEDED": _data("the description is longer than its field", quoted=False),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": _data("a value is not in its restricted picklist", quoted=False),
    "INVALID_EMAIL_ADDRESS": _data("an email address is not valid", quoted=False),
    "NUMBER_OUTSIDE_VALID_RANGE": _data("a number is outside its valid range", quoted=False),
    "TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET": _data("a text has characters that Salesforce does not take", quoted=False),
    "MALFORMED_ID": _data("a Salesforce id is malformed or of the wrong kind", quoted=False),
    "CUSTOM_APEX_ERROR": _data("customer automation refuses the record"),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _data("customer automation (a trigger) refuses the record"),
    "CANNOT_EXECUTE_FLOW_TRIGGER": _data("customer automation (a flow) refuses the record"),
    "ENTITY_IS_ARCHIVED": _data("the record is archived"),
    "FIELD_NOT_UPDATABLE": _denied("a field cannot be changed"),
    "INSUFFICIENT_ACCESS": _denied("insufficient access rights"),
    "INSUFFICIENT_ACCESS_OR_READONLY": _denied("insufficient access rights on object id"),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _denied("insufficient access rights on a related record"),
    "INACTIVE_OWNER_OR_USER": _denied("operation performed with an inactive user"),
    "INVALID_TYPE": Row(Halt, Reason.PERMISSION_REFUSED, "the user has no access to an object that is needed"),
    "NOT_FOUND": Row(Halt, Reason.PERMISSION_REFUSED, "the requested resource does not exist for this user"),
    "ENTITY_IS_DELETED": _gone("entity is deleted"),
    "INVALID_CROSS_REFERENCE_KEY": _gone("invalid cross reference id"),
    "CANNOT_UPDATE_CONVERTED_LEAD": _gone("cannot reference converted lead"),
    "DUPLICATES_DETECTED": Row(Reject, Reason.DUPLICATE_REFUSED, "a duplicate rule refuses the record", "item", True),
    "DUPLICATE_VALUE": Row(Reject, Reason.DUPLICATE_REFUSED, "duplicate value found", "item"),
    "DUPLICATE_EXTERNAL_ID": Row(Reject, Reason.DUPLICATE_REFUSED, "the key stands twice in one call", "item"),
    "EXCEEDED_ID_LIMIT": _ours("record limit reached"),
    "MALFORMED_QUERY": _ours("malformed query"),
    "QUERY_TOO_COMPLICATED": _ours("query too complicated"),
    "JSON_PARSER_ERROR": _ours("the body is not understood"),
    "MISSING_ARGUMENT": _ours("an argument is missing"),
    "METHOD_NOT_ALLOWED": _ours("HTTP method not allowed"),
    "UNSUPPORTED_API_VERSION": _ours("the API version is not served any more"),
    "GONE": _ours("the API version is not served any more"),
}

_FIELD_CODES = frozenset({"INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_FIELD"})
_AUTOMATION = frozenset({"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"})
_PASSING = ("INVALID_SESSION_ID", "CPU time limit", "Too many SOQL", "LimitException", "QUERY_TIMEOUT")
_LISTED = re.compile(r"create/update fields: (\w+(?:\s*,\s*\w+)*)")
_NO_COLUMN = re.compile(r"No such column '([^']{1,80})'")
_NO_KEY = re.compile(r"external ID field does not exist or is not accessible: (\w{1,80})")
_TWIN = re.compile(r"duplicate value found: (\S+) duplicates value on record with id: ?([A-Za-z0-9]{15,18})")
_TOO_LONG = re.compile(r"^([^:]{1,80}): data value too large: .*\(max length=(\d+)\)\s*$", re.DOTALL)


def of_record(faults: Sequence[Fault]) -> SyncError:
    """What the errors of one record mean; refused fields are gathered from all of them (F035, F036)."""
    if not faults:
        return Reject(Reason.UNCLASSIFIED_VENDOR_CODE, "Salesforce refused the record without an error")
    about_fields = [fault for fault in faults if fault.code in _FIELD_CODES]
    if about_fields:
        return _fields_refused(about_fields, "item")
    return _classified(faults[0], whole_call=False, quotable=True)


def of_call(status: int, faults: Sequence[Fault], *, write: bool) -> SyncError:
    """What an error answer to a whole call means; a Reject among these says that nothing was written (F046)."""
    if not faults or status >= 500:
        return of_status(status, write=write)
    fault = faults[0]
    if fault.code in _FIELD_CODES or _NO_KEY.search(fault.message):
        refused = _fields_refused(faults, "connection")
        return refused if write else Halt(refused.reason, refused.detail, scope="connection", code=fault.code)
    return _classified(fault, whole_call=True, quotable=write)


def of_status(status: int, *, write: bool) -> SyncError:
    """What an answer means whose body is not Salesforce's JSON."""
    code = str(status)
    if status in (420, 429):
        return Throttled(Reason.VENDOR_BUSY, f"Salesforce: too many requests (HTTP {code})", code=code)
    if status in (413, 414, 431):
        detail = f"Salesforce refused the request as too large (HTTP {code})"
        if write:
            return Reject(Reason.VALIDATION_REFUSED, detail, code=code)
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=code)
    return unanswered(f"Salesforce's gateway answered HTTP {code}", write=write)


def _classified(fault: Fault, *, whole_call: bool, quotable: bool) -> SyncError:
    row = _special(fault) or TABLE.get(fault.code)
    if isinstance(row, SyncError):
        return row
    if row is None:
        return _unknown(fault, whole_call=whole_call, quotable=quotable)
    said = f": {clipped(fault.message)}" if row.quoted and fault.message else ""
    detail = f"Salesforce: {row.sentence} ({fault.code}){said}"
    scope = row.scope
    if not whole_call and issubclass(row.kind, Unavailable | Locked | Reject):
        scope = "item"
    return row.kind(row.reason, detail, scope=scope, code=fault.code)


def _special(fault: Fault) -> Row | SyncError | None:
    """The codes of which only message or fields tell the meaning."""
    code, message = fault.code, fault.message
    if code == "REQUEST_LIMIT_EXCEEDED" and "Concurrent" in message:
        return Row(Throttled, Reason.VENDOR_BUSY, "too many long requests at once")
    if code in _AUTOMATION and "UNABLE_TO_LOCK_ROW" in message:
        return TABLE["UNABLE_TO_LOCK_ROW"]
    if code in _AUTOMATION and any(sign in message for sign in _PASSING):
        return _busy("customer automation ran into a limit")
    if code == "DUPLICATE_VALUE":
        return _twin(fault)
    if code == "INVALID_CROSS_REFERENCE_KEY" and fault.fields and "WhoId" not in fault.fields:
        return _data(f"{', '.join(fault.fields)} names a record that is not valid for the user", quoted=False)
    if code == "STRING_TOO_LONG" and (found := _TOO_LONG.match(message)):
        return _data(f"{clipped(found[1])} is longer than {found[2]} characters", quoted=False)
    return None


def _twin(fault: Fault) -> SyncError | None:
    found = _TWIN.search(fault.message)
    if found is None or found[1] != KEY_FIELD:
        return None
    try:
        record = salesforce_id(found[2])
    except ValueError:
        record = None
    return DuplicateKey("Salesforce: our key is already there (DUPLICATE_VALUE)", record, code=fault.code)


def _fields_refused(faults: Sequence[Fault], scope: Scope) -> SyncError:
    names: list[str] = []
    for fault in faults:
        listed = _LISTED.search(fault.message)
        single = _NO_COLUMN.search(fault.message) or _NO_KEY.search(fault.message)
        names += fault.fields or (re.split(r"\s*,\s*", listed[1]) if listed else [single[1]] if single else [])
    fields, code = tuple(dict.fromkeys(names)), faults[0].code
    place = "an administrator finds them under Setup > Security > Field Accessibility"
    if not fields:
        detail = f"Salesforce refuses a field and does not say which ({code}); {place}"
        return Reject(Reason.PERMISSION_REFUSED, detail, scope=scope, code=code)
    detail = f"Salesforce does not give this user the fields {', '.join(fields)} ({code}); {place}"
    return FieldsRefused(detail, fields, scope=scope, code=code)


def _unknown(fault: Fault, *, whole_call: bool, quotable: bool) -> SyncError:
    """A code that the table does not have; an error of a query may repeat the query, so it is not quoted."""
    detail = f"{fault.code}: {clipped(fault.message, 1_000)}" if quotable else f"{fault.code}, on a read"
    if whole_call:
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=fault.code)
    return Reject(Reason.UNCLASSIFIED_VENDOR_CODE, detail, code=fault.code)


def clipped(text: str, limit: int = 300) -> str:
    """A vendor's text on one line and of bounded length."""
    return " ".join(text.split())[:limit]
