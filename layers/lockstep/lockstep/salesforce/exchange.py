"""One HTTP exchange with Salesforce: what a missing answer means.

Promises that a call which certainly never left is Unavailable, that a write without a whole answer is
UnknownOutcome, and that no error carries an address's query, a header or a body.
"""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from lockstep.domain.reason import Reason
from lockstep.engine.errors import SyncError, Unavailable, UnknownOutcome

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes whole queries, and they name people

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def send(http: httpx.Client, method: str, url: str, *, write: bool, **content: Any) -> httpx.Response:
    """One request and its whole answer; an error says whether the call can have been executed."""
    try:
        return http.request(method, url, follow_redirects=False, **content)
    except _NEVER_SENT:
        host = httpx.URL(url).host
        raise unavailable(f"Salesforce cannot be reached at {host}; check the address and the network") from None
    except httpx.TimeoutException:
        raise unanswered("Salesforce did not answer in time", write=write) from None
    except httpx.RequestError:
        raise unanswered("the connection to Salesforce broke before its answer was whole", write=write) from None


def unavailable(sentence: str, code: str = "") -> Unavailable:
    """Salesforce did not execute the call: later."""
    return Unavailable(Reason.VENDOR_BUSY, sentence, code=code)


def unanswered(sentence: str, *, write: bool) -> SyncError:
    """There is no answer to trust: on a write nobody knows what became of it."""
    return UnknownOutcome(sentence) if write else unavailable(sentence)


def vendor_time(response: httpx.Response, otherwise: datetime) -> datetime:
    """The vendor's clock at this answer, from the Date header."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return otherwise
