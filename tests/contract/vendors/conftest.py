"""The product's clients before each place in turn."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lockstep.marketo.auth import Credentials
from lockstep.marketo.client import Marketo, marketo_address
from lockstep.runtime.adapters import SystemClock
from lockstep.salesforce.auth import login_of
from lockstep.salesforce.client import API_VERSION, Salesforce
from tests.conftest import only_loopback
from tests.contract.vendors import places
from tests.contract.vendors.places import Place
from tests.unit.layers.vendors import Gate, Tokens

PLACES = ("simulator", "sandbox")


@pytest.fixture(params=PLACES)
def where(request: pytest.FixtureRequest) -> str:
    """Simulator or sandbox."""
    return str(request.param)


@pytest.fixture(autouse=True)
def stay_on_this_machine(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tests of a sandbox may leave the machine."""
    if where == "simulator":
        only_loopback(monkeypatch)


class MarketoOffice:
    """Marketo as the product's client sees it."""

    def __init__(self, place: Place, http: httpx.Client) -> None:
        self.place, self.http, self.clock = place, http, SystemClock()
        self.client = self.connected(place.secret["client_secret"])

    def connected(self, secret: str) -> Marketo:
        """A client with this secret."""
        return Marketo(
            self.http, base_url=marketo_address(self.place.address, own=self.place.address),
            credentials=Credentials(self.place.secret["client_id"], secret), tokens=Tokens(self.clock), gate=Gate(),
            clock=self.clock,
        )  # fmt: skip


class SalesforceOffice:
    """Salesforce as the product's client sees it, and what must be deleted there in the end."""

    def __init__(self, place: Place, http: httpx.Client) -> None:
        self.place, self.http, self.clock = place, http, SystemClock()
        self.tokens = Tokens(self.clock)
        self.client = self.connected(self.tokens)
        self.made: list[str] = []

    def connected(self, tokens: Tokens, **changed: str) -> Salesforce:
        """A client, with other parts of the secret where some are given."""
        login = login_of({**self.place.secret, **changed}, self.place.address)
        return Salesforce(self.http, login=login, tokens=tokens, clock=self.clock)

    def clear(self) -> None:
        """Delete what was made, and with it what hangs on it."""
        token = self.tokens.current()
        if token is None or not self.made:
            return
        address = f"{token.instance_url}/services/data/v{API_VERSION}/composite/sobjects"
        asked = {"ids": ",".join(self.made), "allOrNone": "false"}
        answer = self.http.delete(address, params=asked, headers={"Authorization": f"Bearer {token.value}"})
        assert all(result["success"] for result in answer.json()), answer.text


@pytest.fixture
def marketo(where: str) -> Iterator[MarketoOffice]:
    """A Marketo to talk to."""
    place_of = {"simulator": places.simulated_marketo, "sandbox": places.sandbox_marketo}[where]
    with place_of() as place, httpx.Client(timeout=60) as http:
        yield MarketoOffice(place, http)


@pytest.fixture
def salesforce(where: str) -> Iterator[SalesforceOffice]:
    """A Salesforce to talk to."""
    place_of = {"simulator": places.simulated_salesforce, "sandbox": places.sandbox_salesforce}[where]
    with place_of() as place, httpx.Client(timeout=60) as http:
        office = SalesforceOffice(place, http)
        yield office
        office.clear()
