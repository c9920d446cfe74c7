"""Logins to Salesforce."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.fakes.manual_clock import ManualClock
from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt, Throttled, Unavailable
from lockstep.salesforce.auth import SENTENCES, JwtLogin, RefreshLogin, login_of
from tests.unit.layers.vendors import Scripted, Vendor, html, json, truncated

LOGIN = "https://login.salesforce.com"
INSTANCE = "https://acme.my.salesforce.com"
OWNER = ("00D5w000003fXyZEAU", "0055w00000AbCdEAAV")
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
SECRETS = ("app-secret", "old-token", "new-token", "00D!access", "PRIVATE KEY")


def granted(**members: Any) -> httpx.Response:
    """A token answer."""
    answer = {
        "access_token": "00D!access", "instance_url": INSTANCE, "id": f"{LOGIN}/id/{OWNER[0]}/{OWNER[1]}",
        "token_type": "Bearer", "issued_at": "1", "signature": "x",
    }  # fmt: skip
    return json({name: value for name, value in (answer | members).items() if value is not None})


def refused(error: str, description: str, status: int = 400) -> httpx.Response:
    """A token error."""
    return json({"error": error, "error_description": description}, status)


def refresh(held: str | Callable[[], str] = "old-token") -> RefreshLogin:
    """A login by refresh token."""
    return RefreshLogin("app", "app-secret", held, LOGIN)


def fetch(login: JwtLogin | RefreshLogin, *script: Scripted, previous: str | None = None) -> Any:
    """The token, and the vendor that gave it."""
    vendor = Vendor(*script)
    return login.fetch(vendor.client(), ManualClock(), previous), vendor


def test_jwt_bearer() -> None:
    """The assertion is signed for one user, three minutes long by our clock, and needs no client secret."""
    token, vendor = fetch(JwtLogin("app", PEM, "seller1@example.com", LOGIN + "/"), granted())
    request = vendor.requests[0]
    form = parse_qs(request.content.decode())
    assert str(request.url) == f"{LOGIN}/services/oauth2/token"
    claims = jwt.decode(
        form["assertion"][0], KEY.public_key(), algorithms=["RS256"], audience=LOGIN, options={"verify_exp": False}
    )
    until = ManualClock().now() + timedelta(seconds=180)
    assert claims == {"iss": "app", "sub": "seller1@example.com", "aud": LOGIN, "exp": int(until.timestamp())}
    assert (token.value, token.instance_url, token.owner) == ("00D!access", INSTANCE, OWNER)
    assert token.expires_at is None


@pytest.mark.parametrize("pem", ["", "-----BEGIN PRIVATE KEY-----\nbroken\n-----END PRIVATE KEY-----"])
def test_a_key_that_cannot_be_read(pem: str) -> None:
    """It halts before any call with what to give instead, and without the key."""
    with pytest.raises(Halt, match="whole PEM") as caught:
        fetch(JwtLogin("app", pem, "seller1@example.com", LOGIN))
    assert "broken" not in str(caught.value)


def test_a_rotated_token_comes_back() -> None:
    """`refresh_token` is set where it differs from the one that was used, and only there."""
    assert fetch(refresh(), granted(refresh_token="new-token"))[0].refresh_token == "new-token"
    assert fetch(refresh(), granted(refresh_token="old-token"))[0].refresh_token is None
    assert fetch(refresh(), granted())[0].refresh_token is None


def test_the_newest_refresh_token_is_asked_for_at_the_moment_of_use() -> None:
    """What another worker has stored since the login was made is what is sent (F001 with rotation)."""
    secret = {"client_id": "app", "client_secret": "app-secret", "refresh_token": "old-token"}
    login = login_of(secret, LOGIN, lambda: secret)
    secret["refresh_token"] = "new-token"
    _, vendor = fetch(login, granted())
    assert parse_qs(vendor.requests[0].content.decode())["refresh_token"] == ["new-token"]


def test_logins_of_stored_secrets() -> None:
    """Its members say which of the two it is; a missing one is named."""
    assert isinstance(
        login_of({"client_id": "a", "private_key_pem": PEM, "username": "s@example.com"}, LOGIN), JwtLogin
    )
    assert (
        login_of({"client_id": "app", "client_secret": "app-secret", "refresh_token": "old-token"}, LOGIN) == refresh()
    )
    with pytest.raises(Halt, match="client_secret"):
        login_of({"client_id": "app", "refresh_token": "old-token"}, LOGIN)
    login = login_of({"client_id": "app", "client_secret": "s", "refresh_token": "t"}, LOGIN, dict)
    with pytest.raises(Halt, match="refresh_token"):
        fetch(login, granted())


@pytest.mark.fault("F005")
def test_the_instance_address_survives() -> None:
    """Where none came back the one from before is kept; another pod on Salesforce's domain is taken."""
    assert fetch(refresh(), granted(instance_url=None), previous=INSTANCE)[0].instance_url == INSTANCE
    pod = "https://na99.salesforce.com"
    assert fetch(refresh(), granted(instance_url=pod), previous=INSTANCE)[0].instance_url == pod
    with pytest.raises(Halt, match="instance"):
        fetch(refresh(), granted(instance_url=None))


@pytest.mark.parametrize("where", ["https://evil.example", "http://acme.my.salesforce.com", "https://169.254.169.254"])
@pytest.mark.fault("F005")
def test_an_instance_elsewhere_gets_no_token(where: str) -> None:
    """An instance address off Salesforce's domains halts (S14)."""
    with pytest.raises(Halt, match=r"salesforce\.com"):
        fetch(refresh(), granted(instance_url=where))


def test_the_deployments_own_login_address_is_an_instance() -> None:
    """Where the login address is configured elsewhere, its own origin may be the instance, nothing else."""
    own = "http://127.0.0.1:4000"
    login = RefreshLogin("app", "app-secret", "old-token", own)
    assert fetch(login, granted(instance_url=own))[0].instance_url == own
    with pytest.raises(Halt):
        fetch(login, granted(instance_url="http://127.0.0.1:4001"))


@pytest.mark.parametrize(("error", "description", "words"), [
    ("invalid_grant", "expired access/refresh token", "revoked"),
    ("invalid_grant", "authentication failure - Invalid Password", "connect"),
    ("invalid_grant", "user hasn't approved this consumer", "approved"),
    ("invalid_grant", "audience is invalid", "SalesforceLoginUrl"),
    ("invalid_grant", "Audience validation failed", "SalesforceLoginUrl"),
    ("invalid_grant", "expired authorization code", "clock"),
    ("invalid_grant", "inactive user", "inactive"),
    ("invalid_grant", "inactive organization", "organization"),
    ("invalid_grant", "ip restricted", "network address"),
    ("invalid_grant", "something that is new", "refused"),
    ("invalid_client_id", "client identifier invalid", "client id"),
    ("invalid_client", "invalid client credentials", "client id"),
    ("invalid_app_access", "user is not admin approved to access this app", "not allowed"),
    ("unsupported_grant_type", "grant type not supported", "kind of login"),
])  # fmt: skip
def test_each_refusal_says_what_to_do(error: str, description: str, words: str) -> None:
    """Salesforce's own "no" halts this connection with a sentence for a person."""
    with pytest.raises(Halt, match=words) as caught:
        fetch(refresh(), refused(error, description))
    assert (caught.value.reason, caught.value.scope) == (Reason.CONNECTION_EXPIRED, "connection")
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_too_many_logins_are_a_wait() -> None:
    """`login rate exceeded` never ends a connection."""
    with pytest.raises(Throttled):
        fetch(refresh(), refused("invalid_grant", "login rate exceeded"))


TROUBLE: dict[str, Callable[[], Scripted]] = {
    "500": lambda: html(500), "503": lambda: json([{"errorCode": "SERVER_UNAVAILABLE"}], 503),
    "HTML with 400": lambda: html(400), "429": lambda: html(429), "timeout": lambda: httpx.ReadTimeout("x"),
    "no connection": lambda: httpx.ConnectError("x"), "half": lambda: truncated('{"access_token": "00D!access"}'),
    "no token": lambda: json({"token_type": "Bearer"}),
}  # fmt: skip


@pytest.mark.parametrize("how", TROUBLE)
def test_a_login_in_trouble_ends_nothing(how: str) -> None:
    """Outages, time-outs, HTML and half answers defer, so that the connection stays (F003)."""
    with pytest.raises((Unavailable, Throttled)) as caught:
        fetch(refresh(), TROUBLE[how]())
    assert not any(secret in str(caught.value) for secret in SECRETS)


def test_secrets_do_not_print() -> None:
    """A login that lands in a log shows no secret."""
    shown = repr(refresh()) + repr(JwtLogin("app", PEM, "seller1@example.com", LOGIN))
    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize("words", sorted(SENTENCES))
def test_sentences_are_whole(words: str) -> None:
    """Each known refusal has a text, and is looked for in lower case."""
    assert SENTENCES[words]
    assert words == words.lower()
