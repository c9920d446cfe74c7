"""Logins to the simulated Salesforce: who it is, who may not, and one login for twenty workers."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import Halt, Unavailable
from lockstep.salesforce.auth import RefreshLogin
from tests.integration.salesforce_org import ADDRESS, APP, OWN, SELLER, USER, Org, draft


@pytest.fixture
def org() -> Iterator[Org]:
    """A seeded organization."""
    made = Org()
    yield made
    made.http.close()


def test_both_logins_say_who_it_is(org: Org) -> None:
    """JWT bearer and refresh token end in the same identity, with the user's own time zone."""
    by_jwt = org.client().identity()
    org.tokens.clear()
    assert org.client(login=org.refresh_login()).identity() == by_jwt
    assert (by_jwt.username, by_jwt.user_id, by_jwt.time_zone) == (SELLER, USER, "America/Los_Angeles")
    assert by_jwt.org_id.startswith("00D")


@pytest.mark.parametrize(("act", "words"), [
    (("revoke_user", {"user": SELLER}), "connect salesforce"),
    (("set_active", {"user": SELLER, "active": False}), "inactive"),
])  # fmt: skip
@pytest.mark.fault("F004")
def test_a_revoked_user_is_told_what_to_do(org: Org, act: tuple[str, dict[str, Any]], words: str) -> None:
    """A refresh token that was taken back, or an inactive user, halts the connection with a sentence."""
    login = org.refresh_login()
    org.simulator.act(*act)
    with pytest.raises(Halt, match=words) as caught:
        org.client(login=login).describe_task()
    assert (caught.value.reason, caught.value.scope) == (Reason.CONNECTION_EXPIRED, "connection")


def test_a_wrong_app_and_an_unapproved_user(org: Org) -> None:
    """Wrong client secret, wrong key and missing approval each have their sentence."""
    login = org.refresh_login()
    wrong = RefreshLogin(APP[0], "wrong", login.refresh_token, OWN)
    with pytest.raises(Halt, match="client id or secret"):
        org.client(login=wrong).describe_task()
    with pytest.raises(Halt, match="approved"):
        org.client("nobody@example.com").describe_task()


@pytest.mark.fault("F009")
def test_a_clock_that_is_wrong_is_named(org: Org) -> None:
    """An assertion that Salesforce finds out of time points at the clock."""
    org.simulator.clock.advance(3_600)
    with pytest.raises(Halt, match="clock"):
        org.client().describe_task()


@pytest.mark.parametrize("fault", ["html", "truncate", "drop_before_commit", "slow"])
@pytest.mark.fault("F003")
def test_a_login_in_trouble_ends_nothing(org: Org, fault: str) -> None:
    """The login is deferred, and works the next time."""
    org.fault(fault, path="/oauth2/token", seconds=60)
    with pytest.raises(Unavailable):
        org.client().describe_task()
    assert org.client().describe_task().fields


@pytest.mark.invariant("I15")
@pytest.mark.fault("F001")
def test_a_session_that_ends_costs_one_login(org: Org) -> None:
    """A token that ends before a write is renewed once and the write happens once."""
    who, client = org.person(), org.client()
    client.describe_task()
    logins = len(org.simulator.logins)
    org.fault("expire_token")
    assert isinstance(client.upsert_tasks([draft(1, who)])[0], Written)
    assert (len(org.simulator.logins), len(org.tasks())) == (logins + 1, 1)


@pytest.mark.invariant("I15")
@pytest.mark.fault("F002")
def test_twenty_workers_share_one_login(org: Org) -> None:
    """Twenty workers of one seller meet the end of the session together: one login."""
    org.client().describe_task()
    logins, together = len(org.simulator.logins), threading.Barrier(20)
    org.simulator.act("expire_tokens", {"user": SELLER})

    def work(_: int) -> int:
        client = org.client()
        together.wait()
        return len(client.find_by_email([ADDRESS]))

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(work, range(20))) == 20
    assert len(org.simulator.logins) == logins + 1


@pytest.mark.invariant("I15")
def test_rotated_refresh_tokens_come_out(org: Org) -> None:
    """With rotation each login gives the next refresh token, and the one before is dead."""
    org.simulator.act("set_app", {"client_id": APP[0], "rotate": True})
    login = org.refresh_login()
    org.client(login=login).describe_task()
    token = org.tokens[SELLER].token
    assert token is not None
    assert token.refresh_token not in (None, login.refresh_token)
    org.simulator.act("expire_tokens", {"user": SELLER})
    with pytest.raises(Halt):
        org.client(login=login).describe_task()
    newest = RefreshLogin(*APP, lambda: str(token.refresh_token), OWN)
    assert org.client(login=newest).describe_task().fields
