"""The token endpoint, and what becomes of the tokens."""

import base64
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Transport
from local.simulators.salesforce import SalesforceSimulator
from local.simulators.salesforce.login import JWT_BEARER

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SELLER = "seller1@example.com"
APP = {"client_id": "demo-client", "client_secret": "demo-secret"}


def _public(key: rsa.RSAPrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@pytest.fixture
def org() -> SalesforceSimulator:
    """An organisation whose connected app knows our public key."""
    made = SalesforceSimulator(clock=SimClock(start="2026-11-23T09:30:00Z"))
    made.act("set_public_key", {"client_id": "demo-client", "pem": _public(KEY)})
    return made


def _client(org: SalesforceSimulator) -> httpx.Client:
    return httpx.Client(transport=Transport(org), base_url="http://salesforce.test")


def _ask(org: SalesforceSimulator, **form: str) -> httpx.Response:
    return _client(org).post("/services/oauth2/token", data=form)


def _by_jwt(org: SalesforceSimulator, key: rsa.RSAPrivateKey = KEY, **changes: Any) -> httpx.Response:
    claims = {
        "iss": "demo-client",
        "sub": SELLER,
        "aud": "https://login.salesforce.com",
        "exp": int(org.clock.timestamp()) + 180,
    }
    assertion = jwt.encode(claims | changes, key, algorithm="RS256")
    return _ask(org, grant_type=JWT_BEARER, assertion=assertion)


def _why(answer: httpx.Response) -> tuple[str, str]:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    return body["error"], body["error_description"]


@pytest.mark.simulator("salesforce-1")
def test_a_signed_assertion_gives_the_token_of_its_user(org: SalesforceSimulator) -> None:
    """JWT bearer answers exactly the recorded keys, and the token speaks for the seller named in `sub`."""
    answer = _by_jwt(org)
    body = answer.json()
    assert set(body) == {"access_token", "instance_url", "id", "token_type", "issued_at", "signature", "scope"}
    assert body["issued_at"] == str(int(org.clock.timestamp() * 1000))
    assert body["instance_url"] == "http://salesforce.test"
    assert "no-store" in answer.headers["Cache-Control"]
    me = _client(org).get(body["id"], headers={"Authorization": f"Bearer {body['access_token']}"}).json()
    assert (me["organization_id"], me["user_id"]) == (org.org.world.org_id, org.org.user(SELLER))
    assert me["username"] == SELLER


@pytest.mark.simulator("salesforce-1")
def test_the_expiry_may_be_a_numeric_string(org: SalesforceSimulator) -> None:
    """A client that sends `exp` as text is let in, as Salesforce does."""
    assert _by_jwt(org, exp=str(int(org.clock.timestamp()) + 180)).status_code == 200
    assert len(org.org.sessions.by_token) == 1


@pytest.mark.simulator("salesforce-1")
@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"iss": "somebody"}, "invalid_client_id", "client identifier invalid"),
        ({"aud": "https://example.com"}, "invalid_grant", "audience is invalid"),
        ({"exp": 1}, "invalid_grant", "expired authorization code"),
        ({"exp": int(time.time()) + 10**8}, "invalid_grant", "expired authorization code"),
        ({"sub": "nobody@example.com"}, "invalid_grant", "user hasn't approved this consumer"),
    ],
)
def test_a_wrong_claim_is_refused_in_salesforces_words(
    org: SalesforceSimulator, changes: dict[str, Any], error: str, words: str
) -> None:
    """Issuer, audience, expiry and subject are each checked, and no session opens."""
    assert _why(_by_jwt(org, **changes)) == (error, words)
    assert org.org.sessions.by_token == {}


@pytest.mark.simulator("salesforce-1")
def test_a_foreign_signature_is_refused(org: SalesforceSimulator) -> None:
    """An assertion signed with another key than the registered one opens nothing."""
    assert _why(_by_jwt(org, OTHER_KEY)) == ("invalid_grant", "invalid assertion")
    assert org.org.sessions.by_token == {}


@pytest.mark.simulator("salesforce-1")
def test_users_who_may_not_are_told_why(org: SalesforceSimulator) -> None:
    """Revoked, not approved, inactive: each in its own words, and each undone by the administrator."""
    org.act("revoke_user", {"user": SELLER})
    assert _why(_by_jwt(org)) == ("invalid_grant", "user hasn't approved this consumer")
    org.act("approve_user", {"user": SELLER})
    assert _by_jwt(org).status_code == 200
    org.act("set_active", {"user": SELLER, "active": False})
    assert _why(_by_jwt(org)) == ("invalid_grant", "inactive user")
    assert [login["status"] for login in org.logins] == [400, 200, 400]


@pytest.mark.simulator("salesforce-1")
def test_an_unknown_way_in_is_refused(org: SalesforceSimulator) -> None:
    """A grant that the endpoint does not know, and a missing one."""
    assert _why(_ask(org, grant_type="magic")) == ("unsupported_grant_type", "grant type not supported")
    assert _why(_ask(org, username=SELLER))[0] == "unsupported_grant_type"
    assert org.org.sessions.by_token == {}


@pytest.mark.simulator("salesforce-2")
def test_client_credentials_by_form_and_by_basic(org: SalesforceSimulator) -> None:
    """Id and secret are taken from the form or from HTTP Basic, for the one user the app runs as."""
    assert _why(_ask(org, grant_type="client_credentials", **APP))[1] == "no client credentials user enabled"
    org.act("set_app", {"client_id": "demo-client", "run_as": SELLER})
    basic = "Basic " + base64.b64encode(b"demo-client:demo-secret").decode()
    by_header = _client(org).post(
        "/services/oauth2/token", data={"grant_type": "client_credentials"}, headers={"Authorization": basic}
    )
    for answer in (_ask(org, grant_type="client_credentials", **APP), by_header):
        assert org.org.sessions.user_of(answer.json()["access_token"]) == org.org.user(SELLER)
    wrong = {**APP, "client_secret": "guess"}
    assert _why(_ask(org, grant_type="client_credentials", **wrong)) == ("invalid_client", "invalid client credentials")


@pytest.mark.simulator("salesforce-3")
def test_a_rotated_refresh_token_works_once(org: SalesforceSimulator) -> None:
    """With rotation on, the old refresh token is dead as soon as the new one is out."""
    org.act("set_app", {"client_id": "demo-client", "rotate": True})
    first = org.act("issue_refresh_token", {"user": SELLER})[0]
    body = _ask(org, grant_type="refresh_token", refresh_token=first, **APP).json()
    assert body["refresh_token"] != first
    again = _ask(org, grant_type="refresh_token", refresh_token=first, **APP)
    assert _why(again) == ("invalid_grant", "expired access/refresh token")
    assert _ask(org, grant_type="refresh_token", refresh_token=body["refresh_token"], **APP).status_code == 200


@pytest.mark.simulator("salesforce-3")
def test_without_rotation_a_refresh_token_stays(org: SalesforceSimulator) -> None:
    """A refresh token serves again and again, and no new one comes back, until the user is revoked."""
    token = org.act("issue_refresh_token", {"user": SELLER})[0]
    for _ in range(2):
        assert "refresh_token" not in _ask(org, grant_type="refresh_token", refresh_token=token, **APP).json()
    org.act("revoke_user", {"user": SELLER})
    assert _why(_ask(org, grant_type="refresh_token", refresh_token=token, **APP))[1] == "expired access/refresh token"


@pytest.mark.simulator("salesforce-3")
def test_a_sixth_approval_cuts_the_oldest(org: SalesforceSimulator) -> None:
    """A user has at most five living approvals of one app."""
    tokens = [org.act("issue_refresh_token", {"user": SELLER})[0] for _ in range(6)]
    statuses = [_ask(org, grant_type="refresh_token", refresh_token=one, **APP).status_code for one in tokens]
    assert statuses == [400, 200, 200, 200, 200, 200]


@pytest.mark.simulator("salesforce-4")
@pytest.mark.parametrize("scheme", ["Bearer", "OAuth"])
def test_both_schemes_are_taken_until_the_token_ends(org: SalesforceSimulator, scheme: str) -> None:
    """A token serves under both schemes; expired by time, by command or by fault it gives the recorded 401."""
    recorded = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    path = "/services/data/v62.0/limits"

    def status_after(end_it: Callable[[], object]) -> int:
        token = org.act("issue_token", {"user": SELLER})[0]
        client = _client(org)
        client.headers["Authorization"] = f"{scheme} {token}"
        assert client.get(path).status_code == 200
        end_it()
        ended = client.get(path)
        assert ended.json() == recorded
        return ended.status_code

    for end_it in (
        lambda: org.clock.advance(7_201),
        lambda: org.act("expire_tokens", {"user": SELLER}),
        lambda: org.faults.load([{"path": "/limits", "fault": "expire_token"}]),
        lambda: org.act("revoke_user", {"user": SELLER}),
    ):
        assert status_after(end_it) == 401
    assert _client(org).get(path).json() == recorded
