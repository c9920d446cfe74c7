"""Both simulated vendors by their back doors: what humans do there, what goes wrong, and what really stands there."""

from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from local.actors.marketers import Act
from local.demo.problem import DemoProblem

VENDORS = ("marketo", "salesforce")
Record = dict[str, Any]


class Vendors:
    """The control routes of both simulators."""

    def __init__(self, urls: Mapping[str, str]):
        self._urls = {vendor: urls[vendor] for vendor in VENDORS}
        self._http = httpx.Client(timeout=120, trust_env=False)

    def do(self, act: Act) -> None:
        """One human act; a conversion in Salesforce is followed by Marketo's own sync."""
        person = act.body.get("marketo_id")
        body = {name: value for name, value in act.body.items() if name != "marketo_id"}
        ids = self._act(act.vendor, body)
        if body["act"] == "convert":
            self._act("marketo", {"act": "convert", "lead": person, "contact": ids[1], "account": ids[2]})

    def public_key(self, client_id: str, pem: str) -> None:
        """Register the public half of a key pair with the connected app."""
        self._act("salesforce", {"act": "set_public_key", "client_id": client_id, "pem": pem})

    def refresh_token(self, user: str) -> str:
        """The refresh token that Salesforce hands out after the user's consent."""
        return str(self._act("salesforce", {"act": "issue_refresh_token", "user": user})[0])

    def faults(self, vendor: str, faults: Sequence[Record]) -> None:
        """Arm faults; an empty list takes them away."""
        self._ask("POST", vendor, "faults", {"faults": list(faults)})

    def records(self, vendor: str, kind: str) -> list[Record]:
        """The truth about one type of record, deleted ones flagged."""
        found: list[Record] = self._ask("GET", vendor, f"records?type={kind}")["records"]
        return found

    def calls(self) -> dict[str, int]:
        """Calls that each vendor counted."""
        return {vendor: len(self._ask("GET", vendor, "calls")) for vendor in VENDORS}

    def _act(self, vendor: str, body: Record) -> list[Any]:
        ids: list[Any] = self._ask("POST", vendor, "act", body)["ids"]
        return ids

    def _ask(self, method: str, vendor: str, route: str, body: Record | None = None) -> Any:
        try:
            answer = self._http.request(method, f"{self._urls[vendor]}/__control__/{route}", json=body)
        except httpx.HTTPError as error:
            raise DemoProblem(f"The {vendor} simulator does not answer: {error}") from None
        if not answer.is_success:
            raise DemoProblem(f"The {vendor} simulator refused {route} {body}: {answer.text[:300]}")
        return answer.json()
