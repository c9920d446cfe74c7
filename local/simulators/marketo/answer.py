"""What a handler of the API gives back: the body's own members and how many records it dealt with.

A file, or a gateway's plain text, is given back whole as `raw` and gets no envelope.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from local.simulators.kernel.http import Response

NO_ASSETS = "No assets found for the given search criteria."


@dataclass(slots=True)
class Answer:
    """A successful answer before its envelope."""

    body: dict[str, Any] = field(default_factory=dict)
    records: int = 0
    asset: bool = False
    raw: Response | None = None

    def enveloped(self, request_id: str) -> dict[str, Any]:
        """The body in its envelope; only the asset API says `errors` and `warnings`."""
        if not self.asset:
            return {"requestId": request_id, **self.body, "success": True}
        warnings = [] if "result" in self.body else [NO_ASSETS]
        return {"success": True, "errors": [], "requestId": request_id, "warnings": warnings, **self.body}


def listed(result: list[dict[str, Any]], **rest: Any) -> Answer:
    """An answer with a result list."""
    return Answer({"result": result, **rest}, len(result))


def assets(result: list[dict[str, Any]]) -> Answer:
    """An answer of the asset API; nothing found is a warning without a result."""
    return Answer({"result": result} if result else {}, len(result), asset=True)
