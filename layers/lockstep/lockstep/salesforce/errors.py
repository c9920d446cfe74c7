"""The one table from Salesforce's codes to what happens next, each with the vendor's own sentence.

Promises that a code which is not in the table rejects one record or halts a whole call and is never
retried by guess, that only the message tells the two meanings of REQUEST_LIMIT_EXCEEDED apart, and that
no message is passed on of which Salesforce is known to put a field's value into it. Each row has its golden
sample in tests/golden/errors.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lockstep.domain.ids import SalesforceId
from lockstep.domain.reason import Reason
from lockstep.engine.errors import (
    Crowded,
    Halt,
    Locked,
    QuotaSpent,
    Reject,
    Scope,
    SyncError,
    Throttled,
    Unavailable,
)
from lockstep.exchange.http import unanswered, unavailable
from lockstep.salesforce import messages
from lockstep.salesforce.messages import clipped
from lockstep.salesforce.wire import Fault


class FieldsRefused(Reject):
    """Fields that the record cannot have as they are; without them it may be written (ATR-02, F036).

    `lengths` says for which of them it is enough to be shorter. PERMISSION_REFUSED means that the user may not
    write them at all, so that what describe said is worn; else only their values in this record are at fault.
    """

    def __init__(self, reason: Reason, detail: str, fields: Sequence[str], *, scope: Scope = "item", code: str = ""):
        super().__init__(reason, detail, scope=scope, code=code)
        self.fields = tuple(fields)
        self.lengths: Mapping[str, int] = {}


class DuplicateKey(Reject):
    """Our key is already there: the record was written before (F041); `record_id` where Salesforce names it."""

    def __init__(self, detail: str, record_id: SalesforceId | None, *, code: str = ""):
        super().__init__(Reason.DUPLICATE_REFUSED, detail, scope="item", code=code)
        self.record_id = record_id


class WrongRecord(Reject):
    """The lead or contact that the record names is gone, converted or none: look for it once more."""


class TooLarge(Reject):
    """The call is too large as a whole: halves of it may pass."""


class SessionWorn(Halt):
    """Customer automation met an ended session, which is ours: log in anew and repeat once (DGN-04)."""


class StorageFull(QuotaSpent):
    """The organization has no room for new records; an administrator must make some."""


class Unexplained(Unavailable):
    """Salesforce failed without saying why: a few tries, then a person."""


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
    return Row(WrongRecord, Reason.SF_RECORD_GONE, sentence, "item")


def _broken(sentence: str) -> Row:
    return Row(Halt, Reason.CONNECTION_EXPIRED, sentence)


def _spent(sentence: str) -> Row:
    return Row(QuotaSpent, Reason.QUOTA_SPENT, sentence)


def _ours(sentence: str) -> Row:
    return Row(Halt, Reason.UNCLASSIFIED_VENDOR_CODE, sentence, "concern")


_LOCKED = "unable to obtain exclusive access to this record"
_NO_API = "API is disabled for this user or organization; a Salesforce administrator must allow it"
_MAINTENANCE = "Salesforce is in maintenance and takes no changes"
_TOO_LARGE = Row(TooLarge, Reason.VALIDATION_REFUSED, "the request is too large", "item")
_UNEXPLAINED = Row(Unexplained, Reason.VENDOR_BUSY, "an unexpected error occurred")
_POLICY = "a transaction security policy of the organization refuses it"

TABLE: dict[str, Row] = {
    # who we are
    "INVALID_SESSION_ID": _busy("Session expired or invalid, right after a renewal"),
    "AUTHENTICATION_FAILURE": _broken("Salesforce does not accept this login; connect again"),
    "EXPIRED_ACCESS": _broken("the access was revoked or has run out; connect again"),
    "INVALID_GRANT": _broken("the login is refused, maybe from this network address; an administrator must act"),
    "INVALID_LOGIN": _broken("the login is not valid; connect again"),
    "INACTIVE_USER": _broken("the user is inactive"),
    "INACTIVE_ORGANIZATION": _broken("the organization is inactive"),
    "TRIAL_EXPIRED": _broken("the organization's trial has ended"),
    "API_DISABLED_FOR_ORG": Row(Halt, Reason.API_DISABLED, _NO_API),
    "API_CURRENTLY_DISABLED": Row(Halt, Reason.API_DISABLED, _NO_API),
    "FUNCTIONALITY_NOT_ENABLED": Row(Halt, Reason.API_DISABLED, "functionality not enabled for this organization"),
    "TXN_SECURITY_NO_ACCESS": Row(Halt, Reason.PERMISSION_REFUSED, _POLICY),
    "TXN_SECURITY_METERING_ERROR": Row(Halt, Reason.PERMISSION_REFUSED, _POLICY),
    # not now
    "REQUEST_LIMIT_EXCEEDED": _spent("TotalRequests Limit exceeded"),
    "LIMIT_EXCEEDED": _spent("a limit of the organization is exceeded"),
    "EXCEEDED_QUOTA": _spent("a quota of the organization is exceeded"),
    "STORAGE_LIMIT_EXCEEDED": Row(StorageFull, Reason.STORAGE_FULL, "storage limit exceeded"),
    "TOO_MANY_APEX_REQUESTS": Row(Throttled, Reason.VENDOR_BUSY, "too many Apex requests at once"),
    "UNABLE_TO_LOCK_ROW": Row(Locked, Reason.RECORD_LOCKED, _LOCKED),
    "ENTITY_IS_LOCKED": Row(LockedForApproval, Reason.RECORD_LOCKED, "the entity is locked for editing (approval)"),
    "FAILED_WRITE": _busy("the write failed"),
    "SERVER_UNAVAILABLE": _busy("server too busy"),
    "QUERY_TIMEOUT": _busy("your query request was running too long"),
    "REQUEST_RUNNING_TOO_LONG": _busy("your request was running too long"),
    "INTERNAL_SERVER_ERROR": _UNEXPLAINED,
    "UNKNOWN_EXCEPTION": _UNEXPLAINED,
    "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE": _busy("functionality temporarily unavailable"),
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE": _busy(_MAINTENANCE),
    "ORG_IN_MAINTENANCE": _busy(_MAINTENANCE),
    "ORG_LOCKED": _busy("the organization is locked"),
    "INVALID_QUERY_LOCATOR": _busy("invalid query locator: the query begins anew"),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": _busy("rolled back because of another record"),
    "PROCESSING_HALTED": _busy("halted because of another record"),
    "BATCH_PROCESSING_HALTED": _busy("halted because of another record"),
    # one record's contents
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
    "CUSTOM_APEX_ERROR": _data("customer automation refuses the record"),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": _data("customer automation (a trigger) refuses the record"),
    "CANNOT_EXECUTE_FLOW_TRIGGER": _data("customer automation (a flow) refuses the record"),
    "ENTITY_IS_ARCHIVED": _data("the record is archived"),
    # rights
    "INVALID_FIELD_FOR_INSERT_UPDATE": _denied("unable to create/update fields"),
    "INVALID_FIELD": _denied("no such column for this user"),
    "FIELD_NOT_UPDATABLE": _denied("a field cannot be changed"),
    "INSUFFICIENT_ACCESS": _denied("insufficient access rights"),
    "INSUFFICIENT_ACCESS_OR_READONLY": _denied("insufficient access rights on object id"),
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": _denied("insufficient access rights on a related record"),
    "INACTIVE_OWNER_OR_USER": _denied("operation performed with an inactive user"),
    "INVALID_TYPE": Row(Halt, Reason.PERMISSION_REFUSED, "the user has no access to an object that is needed"),
    "NOT_FOUND": Row(Halt, Reason.PERMISSION_REFUSED, "the requested resource does not exist for this user"),
    # the record that is named
    "ENTITY_IS_DELETED": _gone("entity is deleted"),
    "INVALID_CROSS_REFERENCE_KEY": _gone("invalid cross reference id"),
    "CANNOT_UPDATE_CONVERTED_LEAD": _gone("cannot reference converted lead"),
    "MALFORMED_ID": Row(WrongRecord, Reason.VALIDATION_REFUSED, "a Salesforce id is malformed", "item"),
    "DUPLICATES_DETECTED": Row(Reject, Reason.DUPLICATE_REFUSED, "a duplicate rule refuses the record", "item", True),
    "DUPLICATE_VALUE": Row(Reject, Reason.DUPLICATE_REFUSED, "duplicate value found", "item"),
    "DUPLICATE_EXTERNAL_ID": Row(DuplicateKey, Reason.DUPLICATE_REFUSED, "several records have our key", "item"),
    # the call as we made it
    "EXCEEDED_ID_LIMIT": _TOO_LARGE,
    "EXCEEDED_MAX_SIZE_REQUEST": _TOO_LARGE,
    "OPERATION_TOO_LARGE": _TOO_LARGE,
    "MALFORMED_QUERY": _ours("malformed query"),
    "QUERY_TOO_COMPLICATED": _ours("query too complicated"),
    "INVALID_REPLICATION_DATE": _ours("the range of time is not served"),
    "JSON_PARSER_ERROR": _ours("the body is not understood"),
    "MISSING_ARGUMENT": _ours("an argument is missing"),
    "METHOD_NOT_ALLOWED": _ours("HTTP method not allowed"),
    "UNSUPPORTED_MEDIA_TYPE": _ours("the kind of content is not taken"),
    "UNSUPPORTED_API_VERSION": _ours("the API version is not served any more"),
    "GONE": _ours("the API version is not served any more"),
}
# What some codes mean on one record, where a whole call would be halted.
ON_RECORD: dict[str, Row] = {
    "NOT_FOUND": _gone("the record does not exist for this user"),
    "INVALID_TYPE": _denied("the user has no access to this kind of record"),
    "TXN_SECURITY_NO_ACCESS": _denied(_POLICY),
    "TXN_SECURITY_METERING_ERROR": _denied(_POLICY),
}

_RIGHTS = frozenset({"INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_FIELD", "FIELD_NOT_UPDATABLE"})
_VALUES = frozenset({"STRING_TOO_LONG", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"})
_REFERENCES = frozenset({"FIELD_INTEGRITY_EXCEPTION", "INVALID_CROSS_REFERENCE_KEY"})
_FIXED = {"MAX_TASK_DESCRIPTION_EXCEEEDED": ("Description",), "INACTIVE_OWNER_OR_USER": ("OwnerId",)}
_AUTOMATION = frozenset({"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "CANNOT_EXECUTE_FLOW_TRIGGER"})
_PASSING = ("CPU time limit", "Too many SOQL", "LimitException", "QUERY_TIMEOUT")
_PLACE = "an administrator finds them under Setup > Security Controls > Field Accessibility, object {kind}"


def of_record(faults: Sequence[Fault], kind: str = "Task") -> SyncError:
    """What the errors of one record mean; refused fields are gathered from all of them (F035, F036)."""
    if not faults:
        return Reject(Reason.UNCLASSIFIED_VENDOR_CODE, "Salesforce refused the record without an error")
    about = [fault for fault in faults if _spoiled(fault) or (fault.code in _RIGHTS and not messages.timed_out(fault))]
    return _fields(about, "item", kind) if about else _classified(faults[0], whole_call=False, quotable=True)


def of_call(status: int, faults: Sequence[Fault], *, write: bool) -> SyncError:
    """What an error answer to a whole call means; a Reject among these says that nothing was written (F046)."""
    if not faults or status >= 500:
        return of_status(status, write=write, code=faults[0].code if faults else "")
    fault = faults[0]
    if messages.lacks_key(fault) or (fault.code in _RIGHTS and not messages.timed_out(fault)):
        refused = _fields(faults, "connection", "Task")
        return refused if write else Halt(refused.reason, refused.detail, scope="connection", code=fault.code)
    error = _classified(fault, whole_call=True, quotable=write)
    if isinstance(error, TooLarge) and not write:
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, error.detail, scope="concern", code=fault.code)
    return error


def of_status(status: int, *, write: bool, code: str = "") -> SyncError:
    """What an answer means by its status, where its body is not Salesforce's JSON or cannot be trusted."""
    number = str(status)
    if status in (420, 429):
        return Throttled(Reason.VENDOR_BUSY, f"Salesforce: too many requests (HTTP {number})", code=number)
    if status == 406:
        return unavailable("Salesforce did not take the request (HTTP 406)", number)
    if status in (413, 414, 431):
        detail = f"Salesforce refused the request as too large (HTTP {number})"
        if write:
            return TooLarge(Reason.VALIDATION_REFUSED, detail, code=number)
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=number)
    said = f"{code}, HTTP {number}" if code else f"HTTP {number}"
    return unanswered(f"Salesforce's gateway answered {said}", write=write)


def _classified(fault: Fault, *, whole_call: bool, quotable: bool) -> SyncError:
    row = _special(fault) or (None if whole_call else ON_RECORD.get(fault.code)) or TABLE.get(fault.code)
    if row is None:
        return _unknown(fault, whole_call=whole_call, quotable=quotable)
    said = f": {clipped(fault.message)}" if row.quoted and fault.message else ""
    detail = f"Salesforce: {row.sentence} ({fault.code}){said}"
    if row.kind is DuplicateKey:
        return DuplicateKey(detail, messages.twin_id(fault), code=fault.code)
    scope = row.scope
    if not whole_call and issubclass(row.kind, Unavailable | Locked | Reject):
        scope = "item"
    return row.kind(row.reason, detail, scope=scope, code=fault.code)


def _special(fault: Fault) -> Row | None:
    """The codes of which only message or fields tell the meaning."""
    code, message = fault.code, fault.message
    if code == "REQUEST_LIMIT_EXCEEDED" and "Concurrent" in message:
        return Row(Crowded, Reason.VENDOR_BUSY, "too many long requests at once")
    if code in _AUTOMATION:
        return _wrapped(message)
    if code == "DUPLICATE_VALUE" and messages.our_twin(fault):
        return Row(DuplicateKey, Reason.DUPLICATE_REFUSED, "our key is already there", "item")
    if code == "DUPLICATES_DETECTED" and fault.candidates:
        named = ", ".join(fault.candidates[:10])
        return TABLE[code]._replace(sentence=f"a duplicate rule refuses the record and names {named}")
    if code == "FIELD_INTEGRITY_EXCEPTION" and "WhoId" in messages.fields_of(fault):
        return Row(WrongRecord, Reason.VALIDATION_REFUSED, TABLE[code].sentence, "item", quoted=True)
    if code in _RIGHTS and messages.timed_out(fault):
        return _busy("a read timed out")
    return None


def _wrapped(message: str) -> Row | None:
    """What a trigger or a flow ran into, where that passes."""
    if "INVALID_SESSION_ID" in message:
        return Row(SessionWorn, Reason.CONNECTION_EXPIRED, "customer automation met an ended session; connect again")
    if "UNABLE_TO_LOCK_ROW" in message:
        return TABLE["UNABLE_TO_LOCK_ROW"]
    return _busy("customer automation ran into a limit") if any(sign in message for sign in _PASSING) else None


def _spoiled(fault: Fault) -> tuple[str, ...]:
    """The fields of which this record's values are at fault, so that it may be written without them."""
    if fault.code in _FIXED:
        return _FIXED[fault.code]
    if fault.code in _VALUES:
        label = messages.longest(fault)
        return tuple(fault.fields or ([label[0]] if label else []))
    named = tuple(messages.fields_of(fault)) if fault.code in _REFERENCES else ()
    return () if "WhoId" in named else named


def _fields(faults: Sequence[Fault], scope: Scope, kind: str) -> SyncError:
    code, rights = faults[0].code, any(fault.code in _RIGHTS or messages.lacks_key(fault) for fault in faults)
    found = [_spoiled(fault) or messages.fields_of(fault) for fault in faults]
    names = tuple(dict.fromkeys(name for some in found for name in some))
    place = _PLACE.format(kind=kind)
    if not names:
        detail = f"Salesforce refuses a field and does not say which ({code}); {place}"
        return Reject(Reason.PERMISSION_REFUSED, detail, scope=scope, code=code)
    if rights:
        detail = f"Salesforce does not give this user the fields {', '.join(names)} ({code}); {place}"
        return FieldsRefused(Reason.PERMISSION_REFUSED, detail, names, scope=scope, code=code)
    lengths = {_spoiled(f)[0]: label[1] for f in faults if _spoiled(f) and (label := messages.longest(f))}
    listed = ", ".join(f"{n} (at most {lengths[n]} characters)" if n in lengths else n for n in names)
    detail = f"Salesforce: {TABLE[code].sentence} ({code}): {listed}"
    refused = FieldsRefused(Reason.VALIDATION_REFUSED, detail, names, scope=scope, code=code)
    refused.lengths = lengths
    return refused


def _unknown(fault: Fault, *, whole_call: bool, quotable: bool) -> SyncError:
    """A code that the table does not have; an error of a query may repeat the query, so it is not quoted."""
    detail = f"{fault.code}: {clipped(fault.message, 1_000)}" if quotable else f"{fault.code}, on a read"
    if whole_call:
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=fault.code)
    return Reject(Reason.UNCLASSIFIED_VENDOR_CODE, detail, code=fault.code)
