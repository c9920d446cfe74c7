"""Identities: Marketo ids, Salesforce ids, and the idempotency key of one outbound item.

Promises that 15- and 18-character Salesforce ids of one record are one key, that ids which
differ by case are two, and that an item's key never depends on attempts or time.
"""

import base64
import hashlib
from typing import NewType

MarketoId = NewType("MarketoId", int)
SalesforceId = NewType("SalesforceId", str)
UserEmail = NewType("UserEmail", str)
ItemKey = NewType("ItemKey", str)

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def _checksum(base: str) -> str:
    groups = (base[i : i + 5] for i in (0, 5, 10))
    return "".join(_SUFFIX[sum(1 << bit for bit, char in enumerate(group) if "A" <= char <= "Z")] for group in groups)


def salesforce_id(text: str) -> SalesforceId:
    """The 18-character form of a Salesforce id (PPL-15); ValueError says what is wrong with it."""
    text = text.strip()
    if len(text) not in (15, 18) or not (text.isascii() and text.isalnum()):
        raise ValueError(f"{text!r} is not a Salesforce id: 15 or 18 letters and digits are needed")
    full = text[:15] + _checksum(text[:15])
    if len(text) == 18 and text != full:
        raise ValueError(f"{text!r} is not a Salesforce id: its last three characters do not fit")
    return SalesforceId(full)


def user_email(text: str) -> UserEmail:
    """A seller's address as the Workspace keys it: trimmed and lower case."""
    return UserEmail(text.strip().lower())


def item_key(flow: str, event_id: str, recipient: str) -> ItemKey:
    """The key of one effect at one destination: base32 of 160 bits of SHA-256 (32 characters)."""
    digest = hashlib.sha256(f"{flow}|{event_id}|{recipient}".encode()).digest()
    return ItemKey(base64.b32encode(digest[:20]).decode())
