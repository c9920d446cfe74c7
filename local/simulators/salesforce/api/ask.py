"""One authenticated call: who asks, of which organisation, under which version, with which parameters and body."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.simulators.kernel.faults import Fault
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.problems import unreadable, unsupported_media


@dataclass(frozen=True, slots=True)
class Ask:
    """A call as its resource sees it; `parts` are the path's pieces after the version, already decoded."""

    org: Org
    user_id: str
    version: int
    method: str
    parts: tuple[str, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes = b""
    base_url: str = ""
    faults: Callable[..., Sequence[Fault]] = lambda *_kinds: ()

    @property
    def v(self) -> str:
        """The version as addresses carry it."""
        return f"{self.version}.0"

    @property
    def root(self) -> str:
        """The path up to the version."""
        return f"/services/data/v{self.v}"

    def body(self) -> Any:
        """The JSON body."""
        kind = self.headers.get("content-type", "")
        if not kind.startswith("application/json"):
            raise unsupported_media(kind)
        try:
            return json.loads(self.raw)
        except json.JSONDecodeError as error:
            place = f"[line:{error.lineno}, column:{error.colno}]"
            shown = error.doc[error.pos : error.pos + 1]
            what = f"Unexpected character ('{shown}')" if shown else "Unexpected end-of-input"
            raise unreadable(f"{what} at {place}") from None
        except UnicodeDecodeError:
            raise unreadable("Invalid UTF-8 at [line:1, column:1]") from None

    def mapping(self) -> dict[str, Any]:
        """The JSON body, which must be an object."""
        body = self.body()
        if not isinstance(body, dict):
            raise unreadable("The HTTP entity body is required, but this HTTP request has no entity body.")
        return body

    def flag(self, name: str) -> bool:
        """Whether a query parameter is `true`."""
        return self.parameters.get(name, "").lower() == "true"
