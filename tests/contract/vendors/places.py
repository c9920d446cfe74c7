"""Where the product's own clients are tried: a simulator, or a real sandbox whose credentials are in the environment.

Both are an address and credentials; the tests cannot tell them apart. A sandbox is written to: people and tasks are
made there and deleted again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.kernel.http import serving
from local.simulators.marketo import MarketoSimulator
from local.simulators.salesforce import SalesforceSimulator

Found = TypeVar("Found")
MARKETO = ("MARKETO_SANDBOX_URL", "MARKETO_SANDBOX_CLIENT_ID", "MARKETO_SANDBOX_CLIENT_SECRET")
SALESFORCE = ("SALESFORCE_SANDBOX_LOGIN_URL", "SALESFORCE_SANDBOX_CLIENT_ID")
SALESFORCE_LOGINS = (
    ("SALESFORCE_SANDBOX_USERNAME", "SALESFORCE_SANDBOX_PRIVATE_KEY_PEM"),
    ("SALESFORCE_SANDBOX_CLIENT_SECRET", "SALESFORCE_SANDBOX_REFRESH_TOKEN"),
)
SELLER = "seller1@example.com"
SANDBOX_PATIENCE_S = 600.0


@dataclass(frozen=True)
class Place:
    """An address, the secret for it, and how long it may take to show what happened."""

    address: str
    secret: Mapping[str, str]
    patience_s: float = 0.0

    def eventually(self, look: Callable[[], Found], holds: Callable[[Found], bool]) -> Found:
        """What is seen once it holds, or at the end of all patience."""
        until = time.monotonic() + self.patience_s
        seen = look()
        while not holds(seen) and time.monotonic() < until:
            time.sleep(5)
            seen = look()
        return seen


@contextmanager
def simulated_marketo() -> Iterator[Place]:
    """A Marketo simulator on loopback."""
    simulator = MarketoSimulator(people=20)
    with serving(simulator) as address:
        yield Place(address, {"client_id": "demo-client", "client_secret": "demo-secret"})


@contextmanager
def simulated_salesforce() -> Iterator[Place]:
    """A Salesforce simulator on loopback, with a connected app of our own key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kept = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    simulator = SalesforceSimulator(people=20)
    simulator.act("set_public_key", {"client_id": "demo-client", "pem": public.decode()})
    with serving(simulator) as address:
        yield Place(address, {"client_id": "demo-client", "username": SELLER, "private_key_pem": kept.decode()})


@contextmanager
def sandbox_marketo() -> Iterator[Place]:
    """The Marketo instance of the environment; skips where there is none."""
    given = _given(MARKETO)
    yield Place(given.pop("url"), given, SANDBOX_PATIENCE_S)


@contextmanager
def sandbox_salesforce() -> Iterator[Place]:
    """The Salesforce sandbox of the environment, by signed login or by refresh token; skips where there is none."""
    login = next((login for login in SALESFORCE_LOGINS if all(map(os.environ.get, login))), SALESFORCE_LOGINS[0])
    given = _given((*SALESFORCE, *login))
    yield Place(given.pop("login_url"), given, SANDBOX_PATIENCE_S)


def _given(names: tuple[str, ...]) -> dict[str, str]:
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        pytest.skip(f"no sandbox: {', '.join(missing)} not in the environment")
    return {name.partition("_SANDBOX_")[2].lower(): os.environ[name] for name in names}
