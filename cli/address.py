"""Where the interface is and who asks: options, then the environment, then the local cloud of this checkout."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cli.problem import CliProblem

LOCAL_CLOUD = Path(__file__).parents[1] / "build" / "cloud" / "state.json"
LOCAL_ADMIN = "admin@example.com"


@dataclass(frozen=True, slots=True)
class Address:
    """The interface's URL and the caller's token."""

    url: str
    token: str


def find(url: str | None, token: str | None, environment: Mapping[str, str] = os.environ) -> Address:
    """Address and token; the token of the local cloud is made on the spot, for its admin."""
    url = url or environment.get("LOCKSTEP_URL")
    token = token or environment.get("LOCKSTEP_TOKEN")
    if url and token:
        return Address(url.rstrip("/"), token.strip())
    local = _local_cloud()
    if url and not token:
        raise CliProblem("No token: give --token or set LOCKSTEP_TOKEN.")
    if not local.get("api"):
        raise CliProblem(
            "No Workspace: give --url and --token (or LOCKSTEP_URL and LOCKSTEP_TOKEN), or start the local one with "
            "`make demo`."
        )
    return Address(str(local["api"]).rstrip("/"), token or _local_token(str(local.get("issuer"))))


@dataclass(frozen=True, slots=True)
class LocalAws:
    """The embedded AWS of this checkout: its stack, and what a client of it is made with."""

    stack: str
    client: dict[str, Any]


def local_aws() -> LocalAws | None:
    """The local cloud's AWS, if it is up."""
    from local.cloud.engine import CREDENTIALS, REGION

    state = _state()
    url = state.get("urls", {}).get("aws")
    keys = {name.lower(): value for name, value in CREDENTIALS.items() if name.startswith("AWS_") and "KEY" in name}
    return LocalAws(state["stack"], {"endpoint_url": url, "region_name": REGION} | keys) if url else None


def _local_cloud() -> dict[str, Any]:
    urls: dict[str, Any] = _state().get("urls", {})
    return urls


def _state() -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(LOCAL_CLOUD.read_text())
    except (OSError, ValueError):
        return {}
    return state


def _local_token(issuer: str) -> str:
    try:
        answer = httpx.post(f"{issuer}/token", json={"email": LOCAL_ADMIN, "role": "admin"}, timeout=10)
        return str(answer.raise_for_status().json()["access_token"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError):
        raise CliProblem(
            "The local cloud's issuer does not answer; start the cloud again with `make demo`, or give --token."
        ) from None
