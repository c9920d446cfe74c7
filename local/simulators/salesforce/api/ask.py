"""One authenticated call: who asks, of which organisation, under which version, with which parameters and body."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from local.simulators.kernel.faults import Fault
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.problems import unreadable, unsupported_media, wrong_kind
from local.simulators.salesforce.unreadable import explained

_NO_BODY = "The HTTP entity body is required, but this HTTP request has no entity body."


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
        """The JSON body; what stands behind it is not looked at."""
        if not self.raw.strip():
            raise unreadable(_NO_BODY)
        kind = self.headers.get("content-type", "")
        if not kind.startswith("application/json"):
            raise unsupported_media(kind)
        try:
            text = self.raw.decode("utf-8-sig").strip()
            body, end = json.JSONDecoder().raw_decode(text)
        except json.JSONDecodeError as error:
            raise explained(error) from None
        except UnicodeDecodeError:
            raise unreadable("Invalid UTF-8 at [line:1, column:1]") from None
        if end < len(text):
            self.org.rules.strictness.object_to("Something stood behind the JSON body")
        return body

    def mapping(self) -> dict[str, Any]:
        """The JSON body, which must be an object."""
        body = self.body()
        if not isinstance(body, dict):
            raise wrong_kind("sobject", body)
        return body

    def flag(self, name: str) -> bool:
        """Whether a query parameter is `true`."""
        return self.parameters.get(name, "").lower() == "true"
