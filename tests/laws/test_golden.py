"""Law of the golden samples: a row without a sample was never seen, a sample without a row is for nothing."""

from lockstep.salesforce.auth import SENTENCES
from lockstep.salesforce.errors import ON_RECORD, TABLE
from tests.golden_errors import SAMPLES

DOCUMENTED = {
    "API_CURRENTLY_DISABLED",
    "AUTHENTICATION_FAILURE",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
    "CANNOT_UPDATE_CONVERTED_LEAD",
    "ENTITY_IS_LOCKED",
    "EXPIRED_ACCESS",
    "FAILED_WRITE",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "FIELD_FILTER_VALIDATION_EXCEPTION",
    "FIELD_INTEGRITY_EXCEPTION",
    "INACTIVE_ORGANIZATION",
    "INACTIVE_USER",
    "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_GRANT",
    "INVALID_TYPE",
    "QUERY_TIMEOUT",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUIRED_FIELD_MISSING",
    "SERVER_UNAVAILABLE",
    "TXN_SECURITY_NO_ACCESS",
    "UNABLE_TO_LOCK_ROW",
    "UNKNOWN_EXCEPTION",
}


def test_every_documented_code_has_its_row_and_its_samples() -> None:
    """The 26 codes of the vendor's own diagnostics page are in the table (DGN-02), and each has samples."""
    assert len(DOCUMENTED) == 26
    assert TABLE.keys() >= DOCUMENTED
    assert {sample.code for sample in SAMPLES} >= DOCUMENTED


def test_each_row_has_its_samples_and_each_sample_its_row() -> None:
    """A code without a sample was never seen; a sample without a row is about nothing."""
    coded = {sample.code for sample in SAMPLES if sample.kind != "login"}
    known = TABLE.keys() | {code for code in coded if code.startswith("HTTP_")} | {"a_code_nobody_knows"}
    assert coded == known
    alone = {sample.code for sample in SAMPLES if sample.kind == "record"}
    assert ON_RECORD.keys() <= alone
    refused = {str(s.given["body"]).lower() for s in SAMPLES if s.kind == "login"}
    assert all(any(words in body for body in refused) for words in SENTENCES)
