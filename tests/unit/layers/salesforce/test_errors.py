"""Salesforce's codes become what happens next."""

from typing import Any

import pytest

from lockstep.domain.reason import Reason
from lockstep.engine.errors import (
    Crowded,
    Halt,
    QuotaSpent,
    Reject,
    SyncError,
    Throttled,
    Unavailable,
    UnknownOutcome,
)  # fmt: skip
from lockstep.salesforce import errors
from lockstep.salesforce.errors import DuplicateKey, FieldsRefused, WrongRecord
from lockstep.salesforce.wire import FAULTS, Fault

REFUSED = (
    "Unable to create/update fields: MSE_Viewed__c, MSE_Details__c. Please check the security settings of this field "
    "and verify that it is read/write for your profile or permission set."
)


def of_record(code: str, message: str = "", fields: tuple[str, ...] = ()) -> SyncError:
    """What one error of one record means."""
    return errors.of_record([Fault(code=code, message=message, fields=list(fields))])


def of_call(status: int, code: str, message: str = "", *, write: bool = False) -> SyncError:
    """What one error of a whole call means."""
    return errors.of_call(status, [Fault(code=code, message=message)], write=write)


@pytest.mark.parametrize(("fault", "fields"), [
    (Fault(code="INVALID_FIELD_FOR_INSERT_UPDATE", message=REFUSED, fields=["MSE_Viewed__c", "MSE_Details__c"]),
     ("MSE_Viewed__c", "MSE_Details__c")),
    (Fault(code="INVALID_FIELD_FOR_INSERT_UPDATE", message=REFUSED), ("MSE_Viewed__c", "MSE_Details__c")),
    (Fault(code="INVALID_FIELD", message="No such column 'Type' on sobject of type Task"), ("Type",)),
])  # fmt: skip
@pytest.mark.fault("F036")
def test_refused_fields_are_named(fault: Fault, fields: tuple[str, ...]) -> None:
    """Names come from `fields`, else from the message (trap 15)."""
    error = errors.of_record([fault])
    assert isinstance(error, FieldsRefused)
    assert error.fields == fields
    assert error.reason == Reason.PERMISSION_REFUSED


def test_refused_fields_are_gathered_from_all_errors() -> None:
    """A record with several errors first loses all refused fields at once."""
    faults = [
        Fault(code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message="No"),
        Fault(code="INVALID_FIELD_FOR_INSERT_UPDATE", fields=["A__c"]),
        Fault(code="INVALID_FIELD", message="No such column 'B__c' on sobject of type Task"),
    ]
    error = errors.of_record(faults)
    assert isinstance(error, FieldsRefused)
    assert error.fields == ("A__c", "B__c")


def test_a_refused_field_without_a_name_is_for_a_person() -> None:
    """Nothing could be left out, so the item is not tried again with the same fields."""
    error = of_record("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable")
    assert type(error) is Reject
    assert error.reason == Reason.PERMISSION_REFUSED


@pytest.mark.fault("F041")
def test_our_key_twice_names_the_record() -> None:
    """A duplicate of our key carries the other record's id in 18 characters."""
    message = "duplicate value found: Lockstep_Key__c duplicates value on record with id: 00T58000003tW4u"
    error = of_record("DUPLICATE_VALUE", message)
    assert isinstance(error, DuplicateKey)
    assert error.record_id == "00T58000003tW4uEAE"


def test_anothers_key_twice_is_a_refusal() -> None:
    """A duplicate in a field that is not ours is not our record."""
    message = "duplicate value found: Other__c duplicates value on record with id: 00T58000003tW4u"
    error = of_record("DUPLICATE_VALUE", message)
    assert type(error) is Reject
    assert error.reason == Reason.DUPLICATE_REFUSED


def test_a_bad_owner_is_not_a_gone_person() -> None:
    """An invalid reference in another field than WhoId does not send the item to look for its person again."""
    error = of_record("INVALID_CROSS_REFERENCE_KEY", "Owner ID: ...", ("OwnerId",))
    assert isinstance(error, FieldsRefused)
    assert (error.reason, error.fields) == (Reason.VALIDATION_REFUSED, ("OwnerId",))
    assert of_record("INVALID_CROSS_REFERENCE_KEY", "x", ("WhoId",)).reason == Reason.SF_RECORD_GONE


@pytest.mark.parametrize(("code", "message"), [
    ("STRING_TOO_LONG", "Subject: data value too large: the whole\ntext of it (max length=255)"),
    ("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Call Type: bad value for restricted picklist field: the whole text"),
    ("INVALID_EMAIL_ADDRESS", "Email: invalid email address: the whole"),
])  # fmt: skip
@pytest.mark.invariant("I27")
def test_values_in_messages_are_not_passed_on(code: str, message: str) -> None:
    """Codes whose message repeats a field's content keep it to themselves."""
    assert "the whole" not in str(of_record(code, message))


@pytest.mark.parametrize(("message", "fields", "wanted"), [
    ("Billing City: data value too large: a (max length=40)", ("City__c",), {"City__c": 40}),
    ("Subject: data value too large: a\n(max length=9)\nb (max length=255)", (), {"Subject": 255}),
    ("too long", ("Subject",), {}),
])  # fmt: skip
def test_a_text_too_long_says_how_long(message: str, fields: tuple[str, ...], wanted: dict[str, int]) -> None:
    """The limit is the last one in the message, since the text itself may contain anything; the API name wins."""
    error = of_record("STRING_TOO_LONG", message, fields)
    assert isinstance(error, FieldsRefused)
    assert error.lengths == wanted


def test_a_field_that_is_the_point_is_never_named_as_one_to_leave_out() -> None:
    """What does not fit the lead or contact itself is looked for once more and not written without anybody."""
    error = of_record("FIELD_INTEGRITY_EXCEPTION", "Name ID: id value of incorrect type: x", ("WhoId",))
    assert isinstance(error, WrongRecord)


@pytest.mark.fault("F042")
def test_candidates_of_a_duplicate_rule_are_named_at_most_ten() -> None:
    """Under both spellings of the key; an answer that is not understood names nobody."""
    found = {"matchResults": [{"matchRecords": [{"record": {"Id": f"00Q{n}"}} for n in range(12)]}]}
    for key in ("duplicateResut", "duplicateResult"):
        (fault,) = FAULTS.validate_python([{"errorCode": "DUPLICATES_DETECTED", key: found}])
        assert errors.of_record([fault]).detail.count("00Q") == 10
    (fault,) = FAULTS.validate_python([{"errorCode": "DUPLICATES_DETECTED", "duplicateResut": {"matchResults": 5}}])
    assert fault.candidates == []


def test_the_administrators_own_words_are_passed_on() -> None:
    """A validation rule's text, in any language and over several lines, is what the seller needs."""
    error = of_record("FIELD_CUSTOM_VALIDATION_EXCEPTION", 'Bitte "Grund"\nangeben')
    assert 'Bitte "Grund" angeben' in error.detail


def test_an_unknown_code_on_a_record() -> None:
    """It rejects that record with code and message as they came (trap 32)."""
    error = of_record("BRAND_NEW", "Something else")
    assert (type(error), error.reason, error.detail) == (
        Reject, Reason.UNCLASSIFIED_VENDOR_CODE, "BRAND_NEW: Something else",
    )  # fmt: skip


def test_a_record_that_failed_without_errors() -> None:
    """`success: false` alone is never success."""
    assert type(errors.of_record([])) is Reject


@pytest.mark.parametrize(("message", "kind"), [
    ("TotalRequests Limit exceeded.", QuotaSpent),
    ("something that is new", QuotaSpent),
    ("ConcurrentPerOrgLongTxn Limit exceeded.", Crowded),
    ("ConcurrentRequests (Concurrent API Requests) Limit exceeded.", Crowded),
])  # fmt: skip
@pytest.mark.parametrize("write", [True, False])
def test_one_code_with_two_meanings(message: str, kind: type[SyncError], write: bool) -> None:
    """The day's quota waits long, too many at once waits shortly; neither was executed."""
    error = of_call(403, "REQUEST_LIMIT_EXCEEDED", message, write=write)
    assert type(error) is kind
    assert error.scope == "connection"


@pytest.mark.parametrize("code", ["API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"])
def test_a_switched_off_api_stops_the_connection(code: str) -> None:
    """No item is blamed."""
    error = of_call(403, code, write=True)
    assert isinstance(error, Halt)
    assert (error.reason, error.scope) == (Reason.API_DISABLED, "connection")


def test_an_unknown_code_on_a_call_stops_the_concern() -> None:
    """And its message is not told on a read, where it may repeat the query with people's addresses."""
    error = of_call(400, "BRAND_NEW", "SELECT Id WHERE Email = 'ann@example.com'")
    assert isinstance(error, Halt)
    assert (error.reason, error.scope) == (Reason.UNCLASSIFIED_VENDOR_CODE, "concern")
    assert "ann@" not in str(error)


def test_a_hidden_field_in_a_query() -> None:
    """It halts the connection, names the field for an administrator, and nothing else of the statement."""
    statement = "\nSELECT Id,Email FROM Lead WHERE Email = 'ann@example.com'\n ^\nERROR at Row:1:Column:8\n"
    message = f"{statement}No such column 'Email' on entity 'Lead'."
    error = of_call(400, "INVALID_FIELD", message)
    assert isinstance(error, Halt)
    assert (error.reason, error.scope) == (Reason.PERMISSION_REFUSED, "connection")
    assert "the fields Email (" in error.detail
    assert "ann@" not in str(error)


def test_a_key_field_that_is_gone_is_a_refused_field() -> None:
    """An upsert by a field that this user cannot see says which."""
    message = "Provided external ID field does not exist or is not accessible: Lockstep_Key__c"
    error = of_call(404, "NOT_FOUND", message, write=True)
    assert isinstance(error, FieldsRefused)
    assert error.fields == ("Lockstep_Key__c",)


@pytest.mark.parametrize(("status", "write", "kind"), [
    (503, False, Unavailable), (503, True, UnknownOutcome), (500, True, UnknownOutcome), (429, True, Throttled),
    (414, False, Halt), (413, True, Reject), (300, True, UnknownOutcome), (404, False, Unavailable),
])  # fmt: skip
def test_statuses_without_an_error_body(status: int, write: bool, kind: type[SyncError]) -> None:
    """A gateway's answer is unknown on a write and 'later' on a read; too large is split by the caller."""
    assert isinstance(errors.of_call(status, [], write=write), kind)


def test_a_server_error_on_a_write_is_unknown_whatever_it_says() -> None:
    """503 SERVER_UNAVAILABLE after a write may have been executed."""
    assert isinstance(of_call(503, "SERVER_UNAVAILABLE", write=True), UnknownOutcome)
    assert isinstance(of_call(503, "SERVER_UNAVAILABLE"), Unavailable)


@pytest.mark.parametrize("code", sorted(errors.TABLE))
def test_every_row_speaks(code: str) -> None:
    """Each code of the table keeps its name in what is told, on a record and on a call, even without a message."""
    for error in (of_record(code), of_call(400, code)):
        assert error.code == code
        assert f"({code})" in error.detail


@pytest.mark.parametrize("entry", [
    {"errorCode": "X", "message": None}, {"statusCode": "X", "fields": None, "message": ""}, {"errorCode": "X"},
    {"statusCode": "X", "message": "m", "fields": ["A"], "extra": 1},
])  # fmt: skip
def test_both_spellings_of_an_error(entry: dict[str, Any]) -> None:
    """Collections say `statusCode`, single calls `errorCode`; members may be missing."""
    assert FAULTS.validate_python([entry])[0].code == "X"
