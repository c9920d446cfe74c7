"""The documented error codes: the HTTP status that each comes with, and its usual words.

Rows are `CODE|status|words`. Codes of records also come inside Collections and bulk files, and name fields; those of a
call do not. Words that Salesforce was not heard to say are the code's own.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One error code."""

    status: int
    words: str
    of_record: bool


_CALL = """
API_CURRENTLY_DISABLED|403|API is disabled for this User
API_DISABLED_FOR_ORG|403|API is not enabled for this Organization or Partner
BATCH_PROCESSING_HALTED|412|Batch processing halted per request
EXCEEDED_ID_LIMIT|400|record limit reached. cannot submit more than 200 records into this call
EXCEEDED_MAX_SIZE_REQUEST|400|
EXCEEDED_QUOTA|403|
FUNCTIONALITY_NOT_ENABLED|403|
FUNCTIONALITY_TEMPORARILY_UNAVAILABLE|503|
INACTIVE_ORGANIZATION|403|
INACTIVE_USER|403|
INTERNAL_SERVER_ERROR|500|
INVALID_LOGIN|403|Invalid username, password, security token; or user locked out.
INVALID_QUERY_LOCATOR|400|invalid query locator
INVALID_REPLICATION_DATE|400|
INVALID_SESSION_ID|401|Session expired or invalid
INVALID_TYPE|400|
JSON_PARSER_ERROR|400|
LIMIT_EXCEEDED|403|
MALFORMED_QUERY|400|
METHOD_NOT_ALLOWED|405|
NOT_FOUND|404|The requested resource does not exist
OPERATION_TOO_LARGE|400|
ORG_IN_MAINTENANCE|503|
ORG_LOCKED|403|
PROCESSING_HALTED|400|The transaction was rolled back since another operation in the same transaction failed.
QUERY_TIMEOUT|400|Your query request was running too long.
QUERY_TOO_COMPLICATED|400|
REQUEST_LIMIT_EXCEEDED|403|TotalRequests Limit exceeded.
REQUEST_RUNNING_TOO_LONG|400|Your request was running for too long, and has been stopped.
SERVER_UNAVAILABLE|503|server too busy
TOO_MANY_APEX_REQUESTS|503|
TRIAL_EXPIRED|403|
TXN_SECURITY_METERING_ERROR|403|
TXN_SECURITY_NO_ACCESS|403|
UNKNOWN_EXCEPTION|500|An unexpected error occurred. Please include this ErrorId if you contact support: 1-1 (1)
UNSUPPORTED_API_VERSION|410|The requested API version is no longer available
UNSUPPORTED_MEDIA_TYPE|415|
"""

ROLLED_BACK = "Record rolled back because not all records were valid and the request was using AllOrNone header"

_RECORD = f"""
ALL_OR_NONE_OPERATION_ROLLED_BACK|400|{ROLLED_BACK}
CANNOT_EXECUTE_FLOW_TRIGGER|400|
CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY|400|
CANNOT_UPDATE_CONVERTED_LEAD|400|cannot reference converted lead
CUSTOM_APEX_ERROR|400|
DUPLICATES_DETECTED|400|Use one of these records?
DUPLICATE_EXTERNAL_ID|400|
DUPLICATE_VALUE|400|
ENTITY_IS_ARCHIVED|400|entity is archived
ENTITY_IS_DELETED|404|entity is deleted
ENTITY_IS_LOCKED|400|the entity is locked for editing
FIELD_CUSTOM_VALIDATION_EXCEPTION|400|
FIELD_FILTER_VALIDATION_EXCEPTION|400|
FIELD_INTEGRITY_EXCEPTION|400|
FIELD_NOT_UPDATABLE|400|
INACTIVE_OWNER_OR_USER|400|
INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE|400|
INSUFFICIENT_ACCESS|400|
INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY|400|insufficient access rights on cross-reference id
INSUFFICIENT_ACCESS_OR_READONLY|403|insufficient access rights on object id
INVALID_CROSS_REFERENCE_KEY|400|invalid cross reference id
INVALID_EMAIL_ADDRESS|400|
INVALID_FIELD|400|
INVALID_FIELD_FOR_INSERT_UPDATE|400|
INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST|400|
MALFORMED_ID|400|
MISSING_ARGUMENT|400|
NUMBER_OUTSIDE_VALID_RANGE|400|
REQUIRED_FIELD_MISSING|400|
STORAGE_LIMIT_EXCEEDED|403|storage limit exceeded
STRING_TOO_LONG|400|
TEXT_DATA_OUTSIDE_SUPPORTED_CHARSET|400|
UNABLE_TO_LOCK_ROW|400|unable to obtain exclusive access to this record or 1 records
"""

# What the token endpoint says, and under which `error`.
OAUTH = {
    "expired access/refresh token": "invalid_grant",
    "authentication failure": "invalid_grant",
    "authentication failure - Invalid Password": "invalid_grant",
    "user hasn't approved this consumer": "invalid_grant",
    "audience is invalid": "invalid_grant",
    "Audience validation failed": "invalid_grant",
    "expired authorization code": "invalid_grant",
    "inactive user": "invalid_grant",
    "inactive organization": "invalid_grant",
    "ip restricted": "invalid_grant",
    "no client credentials user enabled": "invalid_grant",
    "login rate exceeded": "invalid_grant",
    "client identifier invalid": "invalid_client_id",
    "invalid client credentials": "invalid_client",
    "user is not admin approved to access this app": "invalid_app_access",
    "grant type not supported": "unsupported_grant_type",
}


def _read(rows: str, *, of_record: bool) -> dict[str, Code]:
    split = (row.split("|") for row in rows.strip().splitlines())
    return {name: Code(int(status), words or _own(name), of_record) for name, status, words in split}


def _own(name: str) -> str:
    return name.replace("_", " ").lower()


CODES = _read(_CALL, of_record=False) | _read(_RECORD, of_record=True)


def known(name: str) -> Code:
    """What is known of a code; new ones keep appearing, as errors of records."""
    return CODES.get(name) or Code(400, _own(name), True)
