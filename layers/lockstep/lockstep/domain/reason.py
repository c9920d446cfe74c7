"""The closed list of reasons: the one word for logs, metrics, pages, tests and senders.

Promises that nothing is skipped, parked or retried under any other word; the texts for people
stand in catalogue/reason_texts.py and a law keeps the two complete.
"""

from enum import StrEnum


class Reason(StrEnum):
    """Why an item or a person is not (yet) where its sender expects it (behaviour.md 0.4)."""

    # people
    NOT_IN_SALESFORCE = "NOT_IN_SALESFORCE"
    NO_SALES_OWNER = "NO_SALES_OWNER"
    DELETED_IN_SALESFORCE = "DELETED_IN_SALESFORCE"
    DELETED_IN_MARKETO = "DELETED_IN_MARKETO"
    MERGED_IN_MARKETO = "MERGED_IN_MARKETO"
    CAP_REACHED = "CAP_REACHED"
    MALFORMED_RECORD = "MALFORMED_RECORD"
    # activities
    NO_CONNECTION = "NO_CONNECTION"
    KIND_OFF = "KIND_OFF"
    NO_SF_RECORD = "NO_SF_RECORD"
    NO_SF_ID_FOR_CALL = "NO_SF_ID_FOR_CALL"
    SF_RECORD_GONE = "SF_RECORD_GONE"
    AMBIGUOUS_MATCH = "AMBIGUOUS_MATCH"
    NOT_SENT = "NOT_SENT"
    NOT_OUTBOUND = "NOT_OUTBOUND"
    NOT_ROUTED = "NOT_ROUTED"
    PERSON_UNKNOWN = "PERSON_UNKNOWN"
    USER_UNKNOWN = "USER_UNKNOWN"
    NO_MARKETO_ID = "NO_MARKETO_ID"
    # errors
    CONNECTION_EXPIRED = "CONNECTION_EXPIRED"
    API_DISABLED = "API_DISABLED"
    VALIDATION_REFUSED = "VALIDATION_REFUSED"
    PERMISSION_REFUSED = "PERMISSION_REFUSED"
    RECORD_LOCKED = "RECORD_LOCKED"
    DUPLICATE_REFUSED = "DUPLICATE_REFUSED"
    VENDOR_BUSY = "VENDOR_BUSY"
    QUOTA_SPENT = "QUOTA_SPENT"
    CANNOT_TELL = "CANNOT_TELL"
    UNCLASSIFIED_VENDOR_CODE = "UNCLASSIFIED_VENDOR_CODE"
    INTERNAL_FAULT = "INTERNAL_FAULT"
