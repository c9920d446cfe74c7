"""Requests to the interface: JSON in and out, and a sentence for everything that does not go."""

from typing import Any
from urllib.parse import quote

import httpx

from cli.address import Address
from cli.problem import CliProblem

_TIMEOUT = 35.0  # the interface itself gives up after 29 seconds


class Interface:
    """The Workspace's interface at one address; `transport` stands in for the network in tests."""

    def __init__(self, address: Address, transport: httpx.BaseTransport | None = None) -> None:
        self._url = address.url
        headers = {"Authorization": f"Bearer {address.token}"}
        self._http = httpx.Client(headers=headers, timeout=_TIMEOUT, transport=transport, follow_redirects=False)

    def get(self, path: str, **query: Any) -> Any:
        """What stands at a path."""
        return self._ask("GET", path, params=query)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer to a command."""
        return self._ask(method, path, **({} if body is None else {"json": body}))

    def _ask(self, method: str, path: str, **content: Any) -> Any:
        try:
            answer = self._http.request(method, f"{self._url}{path}", **content)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise CliProblem(f"Nothing answers at {self._url}; check the address, or start it.") from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise CliProblem(f"{self._url} is not an address; it must begin with https:// or http://.") from None
        except httpx.TimeoutException:
            raise CliProblem(f"{self._url} did not answer within {_TIMEOUT:.0f} seconds; try again.") from None
        except httpx.HTTPError:
            raise CliProblem(f"The connection to {self._url} broke; try again.") from None
        if not answer.is_success:
            raise CliProblem(_refusal(answer))
        return _json(answer)


def segment(text: str) -> str:
    """A text as one part of a path."""
    return quote(text.strip(), safe="@:.+")


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise CliProblem("The answer is not JSON; is this the address of a Lockstep interface?") from None


def _refusal(answer: httpx.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        body = None
    detail = body.get("detail") if isinstance(body, dict) else None
    if detail:
        return str(detail)
    match answer.status_code:
        case 401:
            return "The token is not accepted: it has run out or is for another Workspace; get a new one."
        case 403:
            return "The token does not allow this."
        case 404:
            return "There is no Lockstep interface at this address; check --url."
        case 429 | 503:
            return "The interface is busy; try again in a minute."
    return f"The interface answered HTTP {answer.status_code}; try again, and look at its log if it stays."
