"""The Workspace's interface in the simulated world: requests as API Gateway hands them over, and a wire for the CLI."""

import copy
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

from tests.world import SimWorld

ADMIN, SELLER, OTHER = "admin@example.com", "seller1@example.com", "seller2@example.com"
SAMPLE = Path(__file__).parents[1] / "events" / "workspace_api.http.json"
APP = {"client_id": "demo-client", "client_secret": "demo-secret"}
CONFIRMATION = {"confirmation": "start the load of people"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the interface."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def detail(self) -> str:
        """The sentence of a refusal; AssertionError where it is none, or lacks a member."""
        assert self.headers["Content-Type"] == "application/problem+json"
        assert set(self.body) >= {"type", "title", "detail", "status"}
        assert self.body["status"] == self.status
        return str(self.body["detail"])


@cache
def _sample() -> dict[str, Any]:
    sample: dict[str, Any] = json.loads(SAMPLE.read_text())
    return sample


def request(method: str, target: str, body: Any = None, claims: dict[str, str] | None = None) -> dict[str, Any]:
    """An HTTP API event (payload 2.0); no authorizer where there are no claims."""
    event = copy.deepcopy(_sample())
    path, _, query = target.partition("?")
    event |= {"rawPath": unquote(path), "rawQueryString": query}
    event["queryStringParameters"] = dict(parse_qsl(query)) or None
    event["requestContext"]["http"] |= {"method": method, "path": unquote(path)}
    if claims is None:
        del event["requestContext"]["authorizer"]
    else:
        event["requestContext"]["authorizer"]["jwt"]["claims"] = claims
    if body is not None:
        event["body"] = body if isinstance(body, str) else json.dumps(body)
    return event


class Workspace(SimWorld):
    """The simulated world with its interface."""

    def ask(self, method: str, target: str, body: Any = None, *, user: str = ADMIN, role: str | None = None) -> Answer:
        """One request of a user; the admin's role unless it is somebody else."""
        role = role or ("admin" if user == ADMIN else "user")
        return self.answer(request(method, target, body, {"email": user, "lockstep_role": role}))

    def answer(self, event: dict[str, Any]) -> Answer:
        """The answer to an event as it stands."""
        given = self.call("workspace_api", event)
        return Answer(given["statusCode"], json.loads(given["body"]), given["headers"])

    def refresh_login(self, user: str = SELLER) -> dict[str, str]:
        """A body that connects a seller by consent."""
        (token,) = self.salesforce.act("issue_refresh_token", {"user": user})
        return {"method": "refresh_token", "refresh_token": token, **APP}

    def connect(self, user: str = SELLER) -> Answer:
        """Connect a seller through the interface."""
        return self.ask("PUT", f"/connections/salesforce/{user}", self.refresh_login(user))


class Wire(httpx.BaseTransport):
    """The network between the CLI and the interface: API Gateway with its authorizer."""

    def __init__(self, world: Workspace, tokens: dict[str, dict[str, str]]):
        self._world = world
        self._tokens = tokens

    def handle_request(self, request_: httpx.Request) -> httpx.Response:
        """Hand the request over, if its token is one of ours."""
        token = request_.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self._tokens:
            return httpx.Response(401, json={"message": "Unauthorized"})
        target = request_.url.raw_path.decode()
        body = request_.read().decode() or None
        given = self._world.call("workspace_api", request(request_.method, target, body, self._tokens[token]))
        return httpx.Response(given["statusCode"], headers=given["headers"], content=given["body"])
