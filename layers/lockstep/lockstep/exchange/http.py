"""One HTTP exchange with a vendor: what a missing answer means.

Promises that a call which certainly never left is Unavailable, that a write without a whole answer is
UnknownOutcome, and that no error carries an address's query, a header or a body.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from lockstep.domain.reason import Reason
from lockstep.engine.errors import SyncError, Unavailable, UnknownOutcome

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes whole queries, and they name people

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Line:
    """The line to a vendor, by the name that a person knows."""

    vendor: str

    def send(self, http: httpx.Client, method: str, url: str, *, write: bool, **content: Any) -> httpx.Response:
        """One request and its whole answer; an error says whether the call can have been executed."""
        try:
            return http.request(method, url, follow_redirects=False, **content)
        except _NEVER_SENT:
            host = httpx.URL(url).host
            raise unavailable(f"{self.vendor} cannot be reached at {host}; check the address and the network") from None
        except httpx.TimeoutException:
            raise unanswered(f"{self.vendor} did not answer in time", write=write) from None
        except httpx.RequestError:
            sentence = f"the connection to {self.vendor} broke before its answer was whole"
            raise unanswered(sentence, write=write) from None


MARKETO = Line("Marketo")
SALESFORCE = Line("Salesforce")


def unavailable(sentence: str, code: str = "") -> Unavailable:
    """The vendor did not execute the call: later."""
    return Unavailable(Reason.VENDOR_BUSY, sentence, code=code)


def unanswered(sentence: str, *, write: bool) -> SyncError:
    """There is no answer to trust: on a write nobody knows what became of it."""
    return UnknownOutcome(sentence) if write else unavailable(sentence)


def vendor_time(response: httpx.Response) -> datetime | None:
    """The vendor's clock at this answer, from the Date header."""
    try:
        return parsedate_to_datetime(response.headers["Date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None
