"""The local issuer gives what any OpenID library takes, and nothing more than it was asked for."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest

from local.issuer.keys import Keys, Person
from local.issuer.server import Issuer


@pytest.fixture
def issuer(tmp_path: Path) -> Iterator[Issuer]:
    """A running issuer with a key of its own."""
    server = Issuer(0, Keys(tmp_path), "lockstep")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def mint(issuer: Issuer, **wish: object) -> httpx.Response:
    """Ask for a token."""
    return httpx.post(f"{issuer.address}/token", json=wish)


def test_a_stranger_can_verify_a_token(issuer: Issuer) -> None:
    """Discovery leads to the key set, and the key set verifies the token with its email and role."""
    discovery = httpx.get(f"{issuer.address}/.well-known/openid-configuration").json()
    token = mint(issuer, email="ada@example.com", role="admin").json()["access_token"]
    key = jwt.PyJWKSet.from_dict(httpx.get(discovery["jwks_uri"]).json())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="lockstep", issuer=discovery["issuer"])
    assert (claims["email"], claims["lockstep_role"]) == ("ada@example.com", "admin")


def test_the_key_stays_the_same(tmp_path: Path) -> None:
    """A restart keeps the key, which only its owner can read, so that tokens stay valid."""
    first, second = Keys(tmp_path), Keys(tmp_path)
    assert first.key_set() == second.key_set()
    assert (tmp_path / "issuer-key.pem").stat().st_mode & 0o077 == 0
    assert "d" not in first.key_set()["keys"][0]


def test_a_token_can_be_born_expired(tmp_path: Path) -> None:
    """A negative lifetime gives an expired token, for tests of who is let in."""
    keys = Keys(tmp_path)
    token = keys.token(Person("ada@example.com"), "http://issuer", "lockstep", lifetime_s=-5)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, jwt.PyJWKSet.from_dict(keys.key_set()).keys[0], algorithms=["RS256"], audience="lockstep")


@pytest.mark.parametrize("wish", [{}, {"email": "nobody"}, {"email": "a@example.com", "role": "king"}])
def test_a_bad_wish_is_refused(issuer: Issuer, wish: dict[str, object]) -> None:
    """Without an address, or with a role that is none of ours, there is no token."""
    answer = mint(issuer, **wish)
    assert answer.status_code == 400
    assert "access_token" not in answer.json()


def test_a_body_that_is_no_object_is_refused(issuer: Issuer) -> None:
    """What is no JSON object is answered with 400 and not with a broken connection."""
    assert httpx.post(f"{issuer.address}/token", content=b"[1").status_code == 400
    assert httpx.post(f"{issuer.address}/elsewhere", json={}).status_code == 404
