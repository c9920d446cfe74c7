"""Signatures: what the library's own check accepts is accepted here by our clock, and nothing else is."""

import base64
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from lockstep.engine.errors import Unavailable
from webhook_intake.problem import Problem
from webhook_intake.verify import verify

SECRET = base64.b64encode(b"a secret of the unit tests").decode()
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def headers(body: str, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    """Headers as the library makes them."""
    signature = Webhook(secret).sign("d-1", at, body)
    return {"webhook-id": "d-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_that_is_signed_is_accepted(body: str) -> None:
    """A body in any script is verified over its bytes."""
    verify(headers(body), body.encode(), [SECRET], NOW)


def test_the_library_agrees() -> None:
    """What is accepted here by our clock is accepted by the library by the machine's."""
    now = datetime.fromtimestamp(time.time(), UTC)
    signed = headers("{}", now)
    verify(signed, b"{}", [SECRET], now)
    Webhook(SECRET).verify("{}", signed)


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_no_other_body_fits_a_signature(signed: bytes, sent: bytes) -> None:
    """A signature fits the bytes that were signed, and only where they are text."""
    text = signed.decode(errors="replace")
    if sent == text.encode():
        verify(headers(text), sent, [SECRET], NOW)
    else:
        with pytest.raises(Problem):
            verify(headers(text), sent, [SECRET], NOW)


@pytest.mark.parametrize("microseconds", [0, 1, 999_999])
def test_the_edge_of_the_tolerance(microseconds: int) -> None:
    """Up to five minutes and not a microsecond more, by the clock that is handed in (S03)."""
    now = NOW + timedelta(microseconds=microseconds)
    verify(headers("{}", NOW + timedelta(seconds=300)), b"{}", [SECRET], now)
    old = headers("{}", NOW - timedelta(seconds=300))
    if microseconds:
        with pytest.raises(Problem):
            verify(old, b"{}", [SECRET], now)
    else:
        verify(old, b"{}", [SECRET], now)


def test_the_secret_is_taken_with_and_without_its_prefix() -> None:
    """A secret may be stored as senders see it, with `whsec_`."""
    verify(headers("{}"), b"{}", [f"whsec_{SECRET}"], NOW)


@pytest.mark.parametrize("secrets", [[], [""], ["a"], ["whsec_"]])
def test_without_a_usable_secret_nobody_is_judged(secrets: list[str]) -> None:
    """No secret is trouble of ours and not the sender's fault."""
    with pytest.raises(Unavailable):
        verify(headers("{}"), b"{}", secrets, NOW)
