"""Bad luck: the faults that the demo arms on both simulators, each with the words for those who watch."""

from typing import Any

Fault = dict[str, Any]
_WRITES = {"method": "PATCH", "path": "/composite/sobjects"}

SALESFORCE: dict[str, Fault] = {
    "Tasks written, answer lost": {**_WRITES, "fault": "drop_after_commit", "after": 1},
    "a record locked": {**_WRITES, "fault": "record_error", "code": "UNABLE_TO_LOCK_ROW"},
    "503 from Salesforce": {**_WRITES, "fault": "status", "code": 503, "after": 2},
    "access token expired": {**_WRITES, "fault": "expire_token", "after": 3},
}
MARKETO: dict[str, Fault] = {
    "606 from Marketo (too many calls)": {"path": "/activities/leadchanges", "fault": "status", "code": "606"},
}
