"""What a vendor may do to a call: the faults of its simulator that the random machine draws from."""

from typing import Any

SALESFORCE_FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "drop_after_commit"},
    {"fault": "drop_before_commit"},
    {"fault": "html"},
    {"fault": "html", "after_commit": True},
    {"fault": "truncate"},
    {"fault": "status", "code": 503},
    {"fault": "status", "code": 500, "after_commit": True},
    {"fault": "late_commit", "seconds": 90},
    {"fault": "late_visible", "seconds": 90},
    {"fault": "slow", "seconds": 60},
    {"fault": "concurrent"},
    {"fault": "quota"},
    {"fault": "content_type"},
    {"fault": "expire_token"},
    {"fault": "record_error", "code": "UNABLE_TO_LOCK_ROW", "match": "kanarienvogel"},
)
MARKETO_FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "drop_before_commit"},
    {"fault": "html"},
    {"fault": "truncate"},
    {"fault": "expire_token"},
    {"fault": "empty_page"},
    {"fault": "slow", "seconds": 60},
    *({"fault": "status", "code": code} for code in (602, 604, 606, 607, 608, 611, 615, 713)),
)
LOST: tuple[tuple[dict[str, Any], ...], ...] = (
    (),
    ({"fault": "drop_after_commit"},),
    ({"fault": "late_visible", "seconds": 90}, {"fault": "drop_after_commit"}),
    ({"fault": "late_commit", "seconds": 90},),
)
