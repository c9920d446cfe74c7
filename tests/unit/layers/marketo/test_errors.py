"""Marketo's codes become what happens next."""

from datetime import UTC, datetime

import pytest

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, QuotaSpent, SyncError, Throttled, Unavailable, UnknownOutcome
from lockstep.marketo import errors

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def read(code: str, message: str = "") -> SyncError:
    """What a code means on a read."""
    return errors.of_code(code, message, write=False, now=NOW)


@pytest.mark.parametrize("code", ["502", "604", "608", "611", "614", "713", "719"])
def test_transient_codes_wait(code: str) -> None:
    """Codes of a vendor in trouble defer the call and charge nobody."""
    assert isinstance(read(code), Unavailable)


def test_three_limits_are_three_things() -> None:
    """606 and 615 are a short wait for everybody, 607 a wait for the vendor's midnight."""
    assert [type(read(code)) for code in ("606", "615", "607")] == [Throttled, Throttled, QuotaSpent]
    spent = read("607")
    assert isinstance(spent, QuotaSpent)
    assert (spent.until, spent.scope) == (datetime(2026, 11, 3, 6, 0, tzinfo=UTC), "lane")


@pytest.mark.parametrize(("code", "reason"), [("603", Reason.PERMISSION_REFUSED), ("1006", Reason.VALIDATION_REFUSED)])
def test_what_a_person_must_mend_stops_the_connection(code: str, reason: Reason) -> None:
    """A missing right or a vanished field halts the connection and says what to do."""
    error = read(code)
    assert isinstance(error, Halt)
    assert (error.scope, error.reason, error.code) == ("connection", reason, code)
    assert error.detail.endswith(".")


@pytest.mark.parametrize("code", ["605", "609", "610", "612", "701", "704", "1002", "1003"])
def test_our_own_mistakes_stop_the_concern(code: str) -> None:
    """A call that Marketo finds malformed is never repeated."""
    error = read(code)
    assert isinstance(error, Halt)
    assert error.scope == "concern"


def test_an_unknown_code_halts_and_is_told_verbatim() -> None:
    """Nobody guesses 'retry' for a code that is new."""
    error = read("1999", "Something\n new")
    assert isinstance(error, Halt)
    assert (error.reason, error.code) == (Reason.UNCLASSIFIED_VENDOR_CODE, "1999")
    assert "1999 Something new" in error.detail


@pytest.mark.parametrize("code", ["502", "604"])
def test_timeouts_on_writes_are_not_believed(code: str) -> None:
    """604 and 502 on a write may have been executed."""
    assert isinstance(errors.of_code(code, "", write=True, now=NOW), UnknownOutcome)


@pytest.mark.parametrize("code", sorted(errors.TABLE))
def test_every_row_speaks(code: str) -> None:
    """Each code of the table names itself and the vendor's sentence."""
    error = read(code)
    assert error.code == code
    assert errors.TABLE[code].sentence in error.detail


@pytest.mark.parametrize(
    ("now", "reset"),
    [
        ("2026-11-01T04:59:59+00:00", "2026-11-01T05:00:00+00:00"),
        ("2026-11-01T05:00:00+00:00", "2026-11-02T06:00:00+00:00"),
        ("2027-03-14T06:00:00+00:00", "2027-03-15T05:00:00+00:00"),
        ("2027-07-01T12:00:00+00:00", "2027-07-02T05:00:00+00:00"),
    ],
)
@pytest.mark.fault("F014")
def test_the_quota_day_follows_us_central(now: str, reset: str) -> None:
    """The reset is right on the days of 25 and of 23 hours too."""
    assert errors.quota_reset(datetime.fromisoformat(now)) == datetime.fromisoformat(reset)


@pytest.mark.parametrize(("status", "write", "kind"), [
    (429, True, Throttled), (413, False, Halt), (500, False, Unavailable), (502, True, UnknownOutcome),
    (302, False, Unavailable), (404, True, UnknownOutcome),
])  # fmt: skip
def test_answers_that_are_no_envelope(status: int, write: bool, kind: type[SyncError]) -> None:
    """A gateway's answer is unknown on a write and 'later' on a read."""
    assert isinstance(errors.of_status(status, write=write), kind)
