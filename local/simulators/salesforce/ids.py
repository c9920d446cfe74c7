"""Salesforce record ids: made, checked and brought to their 18-character form.

Input may have 15 or 18 characters and is case-sensitive; what leaves has 18. A wrong checksum is malformed.
"""

import string
from functools import lru_cache

from local.simulators.kernel.population import with_checksum

PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "Lead": "00Q",
    "Opportunity": "006",
    "Task": "00T",
    "Event": "00U",
    "User": "005",
    "Group": "00G",
    "Organization": "00D",
    "OpportunityContactRole": "00K",
    "AccountContactRole": "02Z",
    "TaskStatus": "01J",
    "TaskPriority": "01K",
}
MASTER_RECORD_TYPE = "012000000000000AAA"

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ALNUM = frozenset(string.ascii_letters + string.digits)
_OF_PREFIX = {prefix: name for name, prefix in PREFIXES.items()}


@lru_cache(maxsize=300_000)
def normalise(value: str) -> str | None:
    """The 18-character form of a 15- or 18-character id, or None where the value is no id."""
    if len(value) not in {15, 18} or not _ALNUM.issuperset(value):
        return None
    full = with_checksum(value[:15])
    return full if len(value) == 15 or value == full else None


def object_of(record_id: str) -> str | None:
    """The object that an id's first three characters name."""
    return _OF_PREFIX.get(record_id[:3])


def number(prefix: str, ordinal: int) -> str:
    """The id with this ordinal under this prefix; apart from every id of the seeded people."""
    digits = ""
    for _ in range(9):
        ordinal, rest = divmod(ordinal, 62)
        digits = _DIGITS[rest] + digits
    return with_checksum(f"{prefix}Lk0{digits}")


class IdMint:
    """Hands out new ids in order, one series for each prefix."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def mint(self, prefix: str) -> str:
        """The next id of this prefix."""
        ordinal = self._next.get(prefix, 0) + 1
        self._next[prefix] = ordinal
        return number(prefix, ordinal)
