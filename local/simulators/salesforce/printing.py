"""JSON as Salesforce writes it: compact, or pretty in the manner of Jackson, with arrays on the line of their key."""

import json
from typing import Any


def compact(body: Any) -> bytes:
    """Without any space."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def pretty(body: Any) -> bytes:
    """Objects with a line for each member, arrays inline: `[ { ... }, { ... } ]`."""
    return _pretty(body, "\n").encode()


def _pretty(value: Any, margin: str) -> str:
    if isinstance(value, dict):
        if not value:
            return "{ }"
        inner = margin + "  "
        members = (f"{inner}{json.dumps(key)} : {_pretty(one, inner)}" for key, one in value.items())
        return "{" + ",".join(members) + margin + "}"
    if isinstance(value, (list, tuple)):
        return "[ " + ", ".join(_pretty(one, margin) for one in value) + " ]" if value else "[ ]"
    return json.dumps(value, ensure_ascii=False)
