"""What a handler of the API gives back: the body's own members and how many records it dealt with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Answer:
    """A successful answer before its envelope."""

    body: dict[str, Any] = field(default_factory=dict)
    records: int = 0


def listed(result: list[dict[str, Any]], **rest: Any) -> Answer:
    """An answer with a result list."""
    return Answer({"result": result, **rest}, len(result))
