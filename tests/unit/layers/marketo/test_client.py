"""One request to Marketo: tokens, budget, envelopes, lost answers."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from local.fakes.manual_clock import ManualClock
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, SyncError, Throttled, Unavailable, UnknownOutcome
from lockstep.engine.ports import Token
from lockstep.marketo.auth import Credentials
from lockstep.marketo.client import Marketo, marketo_address, munchkin_address
from tests.unit.layers.vendors import Gate, Scripted, Tokens, Vendor, html, json, truncated

BASE = marketo_address("https://123-abc-456.mktorest.com")
SECRET = "very-secret"
OK = {"requestId": "1#2", "success": True, "result": []}


def failed(code: str, message: str = "") -> httpx.Response:
    """An envelope that says no."""
    return json({"requestId": "1#2", "success": False, "errors": [{"code": code, "message": message}]})


class Desk:
    """A client of a scripted Marketo and all that it is given."""

    def __init__(self, *script: Scripted, token: str | None = "old", gate: Gate | None = None):
        self.vendor = Vendor(*script)
        self.clock = ManualClock()
        self.gate = gate or Gate()
        self.tokens = Tokens(self.clock, Token(token) if token else None)
        self.marketo = Marketo(
            self.vendor.client(), base_url=BASE, credentials=Credentials("id", SECRET), tokens=self.tokens,
            gate=self.gate, clock=self.clock,
        )  # fmt: skip

    def ask(self, **params: str) -> Any:
        """A read."""
        return self.marketo.ask("/rest/v1/leads.json", params)

    def tell(self) -> Any:
        """A write."""
        return self.marketo.tell("/rest/v1/activities/external.json", {"input": []})


def grant(value: str = "new", seconds: int = 3600) -> httpx.Response:
    """An answer of the identity service."""
    return json({"access_token": value, "token_type": "bearer", "expires_in": seconds, "scope": "x@example.com"})


def test_a_read_carries_its_token_in_the_header_only() -> None:
    """The token stands in Authorization and nowhere in the address; the answer brings the vendor's time."""
    desk = Desk(json(OK))
    answer = desk.ask(filterType="id")
    request = desk.vendor.requests[0]
    assert request.headers["Authorization"] == "Bearer old"
    assert str(request.url) == f"{BASE}/rest/v1/leads.json?filterType=id"
    assert answer.as_of == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def test_the_first_token_is_fetched_by_form() -> None:
    """Without a token identity is asked, with the secret in the body, not counted as a call."""
    desk = Desk(grant(seconds=1800), json(OK), token=None)
    desk.ask()
    identity = desk.vendor.requests[0]
    assert (identity.method, identity.url.query) == ("POST", b"")
    assert parse_qs(identity.content.decode())["client_secret"] == [SECRET]
    assert desk.tokens.token == Token("new", desk.clock.now() + timedelta(seconds=1800))
    assert desk.gate.calls == 1


@pytest.mark.parametrize("code", ["601", "602"])
def test_a_worn_token_is_renewed_once(code: str) -> None:
    """601 and 602 cost one identity call and one repeat, with the new token in the header."""
    desk = Desk(failed(code), grant(), json(OK))
    desk.ask()
    assert desk.vendor.requests[2].headers["Authorization"] == "Bearer new"
    assert (desk.tokens.fetched, desk.gate.calls) == (1, 2)


def test_a_token_that_stays_worn_is_not_chased() -> None:
    """After one renewal the call is deferred; there is no loop."""
    desk = Desk(failed("602"), grant(), failed("601"))
    with pytest.raises(Unavailable):
        desk.ask()
    assert len(desk.vendor.requests) == 3


def test_a_renewed_write_is_sent_twice_and_no_more() -> None:
    """A 602 was certainly not executed, so a write may be repeated after it."""
    desk = Desk(failed("602"), grant(), json(OK))
    desk.tell()
    assert [request.method for request in desk.vendor.requests] == ["POST", "POST", "POST"]


def test_wrong_credentials_say_what_to_do() -> None:
    """Marketo's 401 halts the connection with a sentence that helps, without the secret."""
    refusal = json({"error": "invalid_client", "error_description": "Bad client credentials"}, 401)
    desk = Desk(refusal, token=None)
    with pytest.raises(Halt) as caught:
        desk.ask()
    assert (caught.value.reason, caught.value.scope) == (Reason.CONNECTION_EXPIRED, "connection")
    assert "LaunchPoint" in caught.value.detail
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("answer", [
    html(500), html(502), json({}, 429), truncated('{"access_token": "secret-token", "expires_in": 10}'), json({}),
    html(404), httpx.ReadTimeout("x"), httpx.ConnectError("x"),
])  # fmt: skip
def test_an_identity_service_in_trouble_ends_nothing(answer: Scripted) -> None:
    """Anything but Marketo's own 'wrong' defers, so that the connection stays (F003)."""
    with pytest.raises((Unavailable, Throttled)) as caught:
        Desk(answer, token=None).ask()
    assert "secret" not in str(caught.value)


LOST: dict[str, Callable[[], Scripted]] = {
    "read timeout": lambda: httpx.ReadTimeout("x"),
    "write timeout": lambda: httpx.WriteTimeout("x"),
    "broken connection": lambda: httpx.RemoteProtocolError("x"),
    "broken answer": lambda: httpx.ReadError("x"),
    "502": lambda: html(502),
    "503": lambda: html(503),
    "half JSON": lambda: truncated('{"success": true, "result": []}'),
    "HTML with 200": lambda: html(200),
    "broken gzip": lambda: httpx.Response(
        200, stream=httpx.ByteStream(b"not gzip"), headers={"Content-Encoding": "gzip"}
    ),
}


@pytest.mark.parametrize("how", LOST)
@pytest.mark.fault("F044")
def test_a_lost_answer(how: str) -> None:
    """Lost after sending: 'later' on a read, 'nobody knows' on a write, and never sent again here."""
    with pytest.raises(Unavailable):
        Desk(LOST[how]()).ask()
    desk = Desk(LOST[how]())
    with pytest.raises(UnknownOutcome):
        desk.tell()
    assert len(desk.vendor.requests) == 1


@pytest.mark.parametrize("fault", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.PoolTimeout("x")])
def test_what_never_left_was_not_executed(fault: Exception) -> None:
    """Without a connection even a write is certainly not executed; the sentence names the host."""
    with pytest.raises(Unavailable, match=r"123-abc-456\.mktorest\.com"):
        Desk(fault).tell()


@pytest.mark.fault("F043")
def test_http_200_is_not_success() -> None:
    """`success: false` raises by its code, with a code that is a number too; without a code it defers."""
    with pytest.raises(Throttled):
        Desk(failed("606")).ask()
    with pytest.raises(Throttled):
        Desk(json({"success": False, "errors": [{"code": 615, "message": "x"}]})).ask()
    with pytest.raises(Unavailable):
        Desk(json({"success": False})).ask()


def test_an_answer_without_a_date_moves_nothing() -> None:
    """A read that the vendor did not date cannot be ordered, so it does not count."""
    with pytest.raises(Unavailable, match="Date"):
        Desk(httpx.Response(200, json=OK)).ask()


def test_the_gate_is_passed_before_each_call() -> None:
    """A closed gate means no request at all, and its error is passed on as it is."""
    desk = Desk(gate=Gate(Throttled(Reason.VENDOR_BUSY, "budget")))
    with pytest.raises(Throttled, match="budget"):
        desk.ask()
    assert desk.vendor.requests == []


def test_the_gate_is_left_after_a_failure() -> None:
    """A broken call gives its permit back."""
    desk = Desk(httpx.ReadError("x"))
    with pytest.raises(SyncError):
        desk.ask()
    assert desk.gate.running == 0


@pytest.mark.fault("F040")
def test_a_long_question_becomes_a_form() -> None:
    """A read whose address would pass 8 KB is a POST with `_method=GET` in its form, still a read."""
    values = ",".join(str(n) for n in range(10**6, 10**6 + 900))
    desk = Desk(json(OK), httpx.ReadTimeout("x"))
    desk.ask(filterValues=values)
    request = desk.vendor.requests[0]
    form = parse_qs(request.content.decode())
    assert (request.method, request.url.query) == ("POST", b"")
    assert (form["_method"], form["filterValues"]) == (["GET"], [values])
    with pytest.raises(Unavailable):
        desk.ask(filterValues=values)


def test_redirects_are_not_followed() -> None:
    """A 302 to elsewhere gets no second request (S14)."""
    desk = Desk(httpx.Response(302, headers={"Location": "https://evil.example/"}))
    with pytest.raises(Unavailable):
        desk.ask()
    assert len(desk.vendor.requests) == 1


@pytest.mark.parametrize("url", ["http://123-abc-456.mktorest.com", "https://evil.example", "https://mktorest.com"])
def test_a_foreign_address_is_refused_before_any_call(url: str) -> None:
    """A base address off Marketo's domain halts with what it should look like."""
    with pytest.raises(Halt, match="mktorest"):
        marketo_address(url)


def test_the_address_of_a_munchkin_id() -> None:
    """Spaces and case do not matter; anything else is told what an id looks like."""
    assert munchkin_address(" 123-abc-456 ") == BASE
    with pytest.raises(ValueError, match="123-ABC-456"):
        munchkin_address("evil.example/")


def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At the log level INFO neither tokens nor addresses with their questions are written."""
    with caplog.at_level(logging.INFO):
        Desk(failed("602"), grant(), json(OK)).ask(filterValues="ann@example.com")
    assert caplog.text == ""
