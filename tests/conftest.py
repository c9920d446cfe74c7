"""What holds for every test: no way out of this machine, no account of anyone, the same random choices everywhere.

Promises that a test which forgets to inject something fails here and does not reach a vendor or a real account.
"""

import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.proofs"]

ROOT = Path(__file__).parent.parent
LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="eu-central-1",
    AWS_REGION="eu-central-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    POWERTOOLS_TRACE_DISABLED="true",
    POWERTOOLS_SERVICE_NAME="lockstep",
    POWERTOOLS_METRICS_NAMESPACE="Lockstep",
)
os.environ.pop("AWS_PROFILE", None)

settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture
def root() -> Path:
    """The top of this repository."""
    return ROOT


@pytest.fixture(autouse=True)
def stay_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves the machine."""
    only_loopback(monkeypatch)


def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on a connection that leaves the machine is an error."""
    connect = socket.socket.connect

    def checked(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}; vendors are simulated")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", checked)
