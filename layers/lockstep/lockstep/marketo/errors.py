"""The one table from Marketo's codes to what happens next, each with the vendor's own sentence.

Promises that a code which is not in the table halts and is never retried by guess, and that 604 and
502 on a write count as unknown although the documents call them not executed (reliability.md 3.6).
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Defer, Halt, QuotaSpent, Scope, SyncError, Throttled, Unavailable, UnknownOutcome
from lockstep.exchange.http import unanswered

TOKEN_WORN = frozenset({"601", "602"})
_AMBIGUOUS_ON_WRITE = frozenset({"502", "604"})
_QUOTA_ZONE = "America/Chicago"


class Row(NamedTuple):
    """One code: its class, reason and scope, the vendor's sentence, and what to do where a person can."""

    kind: type[SyncError]
    reason: Reason
    scope: Scope
    sentence: str
    remedy: str = ""


def _busy(sentence: str) -> Row:
    return Row(Unavailable, Reason.VENDOR_BUSY, "connection", sentence)


def _ours(sentence: str) -> Row:
    return Row(Halt, Reason.UNCLASSIFIED_VENDOR_CODE, "concern", sentence, "This is a fault of Lockstep: report it.")


_ROLE = "Give the API user's role access to people and activities, and check Marketo's list of allowed addresses."
_FIELDS = "Run `lockstep connect marketo` again, so that the fields are read anew."
_TOKEN = Row(Unavailable, Reason.VENDOR_BUSY, "connection", "Access token invalid or expired, right after a renewal")

TABLE: dict[str, Row] = {
    "502": _busy("Bad Gateway"),
    "600": Row(Halt, Reason.PERMISSION_REFUSED, "connection", "Empty access token", _ROLE),
    "601": _TOKEN,
    "602": _TOKEN,
    "603": Row(Halt, Reason.PERMISSION_REFUSED, "connection", "Access denied", _ROLE),
    "604": _busy("Request timed out"),
    "605": _ours("Request method not supported"),
    "606": Row(Throttled, Reason.VENDOR_BUSY, "connection", "Max rate limit exceeded"),
    "607": Row(QuotaSpent, Reason.QUOTA_SPENT, "lane", "Daily API quota reached"),
    "608": _busy("API temporarily unavailable"),
    "609": _ours("Invalid JSON"),
    "610": _ours("Requested resource not found"),
    "611": _busy("System error"),
    "612": _ours("Invalid content type"),
    "613": _ours("Invalid multipart request"),
    "614": _busy("Invalid subscription: the instance cannot be reached"),
    "615": Row(Throttled, Reason.VENDOR_BUSY, "connection", "Concurrent access limit reached"),
    "616": Row(Halt, Reason.API_DISABLED, "connection", "Invalid subscription type"),
    "701": _ours("A required field is blank"),
    "702": _ours("No data found for a required lookup"),
    "703": Row(Halt, Reason.API_DISABLED, "connection", "The feature is not enabled for the subscription"),
    "704": _ours("Invalid date format"),
    "709": _ours("Business rule violation"),
    "713": _busy("Transient error"),
    "718": _ours("Parent folder not found"),
    "719": _busy("Lock wait timeout"),
    "1001": _ours("Invalid value: a field has the wrong type"),
    "1002": _ours("Missing value for a required parameter"),
    "1003": _ours("Invalid value for a parameter"),
    "1006": Row(Halt, Reason.VALIDATION_REFUSED, "connection", "Field not found", _FIELDS),
    "1011": _ours("Lookup field not supported"),
    "1029": Row(QuotaSpent, Reason.QUOTA_SPENT, "lane", "Too many jobs in queue, or the export quota is spent"),
    "1035": Row(Halt, Reason.API_DISABLED, "concern", "Unsupported filter type for the subscription"),
}


def of_code(code: str, message: str, *, write: bool, now: datetime) -> SyncError:
    """What a code of the whole call means; `message` is used only where the code is unknown."""
    row = TABLE.get(code)
    if row is None:
        detail = f"Marketo answered with a code that is not known: {code} {clipped(message)}".rstrip()
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=code)
    detail = f"Marketo: {row.sentence} ({code}). {row.remedy}".rstrip()
    if write and code in _AMBIGUOUS_ON_WRITE:
        return UnknownOutcome(detail)
    if issubclass(row.kind, Defer):
        until = quota_reset(now) if code == "607" else None
        return row.kind(row.reason, detail, scope=row.scope, code=code, until=until)
    return row.kind(row.reason, detail, scope=row.scope, code=code)


def of_status(status: int, *, write: bool) -> SyncError:
    """What an answer means that is not one of Marketo's envelopes."""
    if status == 429:
        return Throttled(Reason.VENDOR_BUSY, "Marketo's gateway: too many requests (HTTP 429)", code="429")
    if status in (413, 414):
        detail = f"Marketo refused the request as too large (HTTP {status}). This is a fault of Lockstep: report it."
        return Halt(Reason.UNCLASSIFIED_VENDOR_CODE, detail, scope="concern", code=str(status))
    return unanswered(
        f"what answered is not Marketo's API (HTTP {status}); if it stays, check the address", write=write
    )


def quota_reset(now: datetime) -> datetime:
    """The next midnight in US Central, when Marketo's day of calls begins anew (I31, F014)."""
    zone = ZoneInfo(_QUOTA_ZONE)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(UTC)


def clipped(text: str, limit: int = 300) -> str:
    """A vendor's text on one line and of bounded length."""
    return " ".join(text.split())[:limit]
