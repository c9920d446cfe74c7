"""Connections, tokens and settings: sealed, shared by all workers, and never written over by somebody late."""

import json
from datetime import timedelta

import pytest

from lockstep.domain.connection import MARKETO, ConnectionState, MarketoConnection, SalesforceConnection
from lockstep.domain.ids import UserEmail
from lockstep.domain.reason import Reason
from lockstep.domain.settings import Settings
from lockstep.domain.task import FieldRight, ObjectSchema, TaskSchema
from lockstep.engine.errors import Throttled, Unavailable
from lockstep.engine.ports import Token
from lockstep.store.settings import SettingsChanged
from tests.contract.store.shelf import SELLER, Shelf, sfid

USER = UserEmail(SELLER)
SECRET = {"method": "refresh_token", "refresh_token": "5Aep861-first", "client_secret": "hush-hush"}


def link(shelf: Shelf) -> SalesforceConnection:
    """A working connection of the seller."""
    return SalesforceConnection(
        user=USER,
        method="refresh_token",
        username=SELLER,
        org_id=sfid("00D", 1),
        user_id=sfid("005", 1),
        instance_url="https://x.my.salesforce.com",
        time_zone="Europe/Berlin",
        state=ConnectionState.CONNECTED,
        since=shelf.clock.now(),
    )


def connect(shelf: Shelf, **secret: str) -> None:
    """Connect the seller."""
    shelf.connections.save(link(shelf), json.dumps(SECRET | secret))


def fetched(shelf: Shelf, value: str, **more: str) -> Token:
    """What a login answers."""
    return Token(value, shelf.clock.now() + timedelta(hours=1), **more)


def never() -> Token:
    """A login that must not be tried."""
    raise AssertionError("a second worker logged in")


def test_connections_come_back_as_stored(shelf: Shelf) -> None:
    """A seller's, Marketo's, what a seller may write, and who is known as a user."""
    assert not shelf.connections.salesforce(USER)
    assert not shelf.connections.marketo()
    assert not shelf.connections.schema(USER)
    connect(shelf)
    fields = {"email": "email"}
    there = MarketoConnection("https://m", ConnectionState.CONNECTED, shelf.clock.now(), fields, warnings=("w",))
    shelf.connections.save(there)
    right = FieldRight("Subject", "string", 255, createable=True, updateable=True)
    schema = TaskSchema({"Subject": right}, frozenset({"Email", "Call"}), False, True, shelf.clock.now())
    shelf.connections.save_schema(USER, schema)
    shelf.connections.add_user(UserEmail("b@example.com"))
    shelf.connections.add_user(UserEmail("b@example.com"))
    assert shelf.connections.salesforce(USER) == link(shelf)
    assert shelf.connections.marketo() == there
    assert shelf.connections.schema(USER) == schema
    assert shelf.connections.users() == ["b@example.com", SELLER]
    assert shelf.connections.is_user(USER)
    assert not shelf.connections.is_user(UserEmail("c@example.com"))


def test_a_connection_says_where_it_stands_and_why(shelf: Shelf) -> None:
    """Blocked with a reason, connected without; a connection that was never made does not appear by it."""
    connect(shelf)
    shelf.connections.set_state(USER, ConnectionState.BLOCKED, Reason.CONNECTION_EXPIRED, "expired access token")
    blocked = shelf.connections.salesforce(USER)
    assert blocked
    assert (blocked.state, blocked.reason) == (ConnectionState.BLOCKED, Reason.CONNECTION_EXPIRED)
    shelf.connections.set_state(USER, ConnectionState.CONNECTED)
    assert shelf.connections.salesforce(USER) == link(shelf)
    shelf.connections.set_state("nobody@example.com", ConnectionState.BLOCKED, Reason.NO_CONNECTION)
    assert shelf.connections.salesforce(UserEmail("nobody@example.com")) is None


def test_a_late_failure_does_not_block_a_connection_made_anew(shelf: Shelf) -> None:
    """Who found the old one broken moves it only if it still is the one that was used."""
    connect(shelf)
    used = shelf.connections.salesforce(USER)
    assert used
    shelf.clock.advance(5)
    connect(shelf, refresh_token="new")
    assert (
        shelf.connections.set_state(USER, ConnectionState.BLOCKED, Reason.CONNECTION_EXPIRED, seen=used.since) is False
    )
    now = shelf.connections.salesforce(USER)
    assert now
    assert now.state is ConnectionState.CONNECTED
    assert shelf.connections.set_state(USER, ConnectionState.BLOCKED, Reason.CONNECTION_EXPIRED, seen=now.since) is True
    assert not shelf.connections.set_state("nobody@example.com", ConnectionState.CONNECTED)


@pytest.mark.acceptance(136)
def test_no_secret_and_no_token_stands_in_any_row(shelf: Shelf) -> None:
    """Neither what a seller connected with, nor what was fetched, nor what was rotated, can be read in the table."""
    connect(shelf)
    shelf.token(USER).renew(None, lambda: fetched(shelf, "00Daccess", refresh_token="5Aep861-second"))
    parts = ("LINK", "SECRET", "TOKEN", "REFRESH", "SCHEMA")
    stored = json.dumps([shelf.table.query(pk) for pk in (f"CONN#{USER}", "USERS")])
    assert all(part in stored for part in ("LINK", "SECRET", "TOKEN")), parts
    assert not [text for text in ("hush-hush", "5Aep861", "00Daccess") if text in stored]
    assert json.loads(shelf.connections.secret(USER) or "") == SECRET | {"refresh_token": "5Aep861-second"}


def test_what_is_forgotten_is_gone(shelf: Shelf) -> None:
    """Forgotten it is gone, with the tokens it gave and what was read with them."""
    connect(shelf)
    shelf.token(USER).renew(None, lambda: fetched(shelf, "t"))
    shelf.connections.save_object_schema(USER, "Contact", ObjectSchema({}, shelf.clock.now()))
    shelf.connections.forget(USER)
    assert shelf.connections.object_schema(USER, "Contact") is None
    assert shelf.connections.secret(USER) is None
    assert shelf.token(USER).current() is None
    assert shelf.connections.salesforce(USER) == link(shelf)


@pytest.mark.fault("F002")
@pytest.mark.invariant("I15")
def test_of_many_workers_one_renews(shelf: Shelf) -> None:
    """While one logs in the others are turned away for a moment, and then use what it got."""
    connect(shelf)
    turned_away = 0

    def login() -> Token:
        nonlocal turned_away
        for _ in range(19):
            with pytest.raises(Throttled):
                shelf.token(USER).renew(None, never)
            turned_away += 1
        return fetched(shelf, "one")

    assert shelf.token(USER).renew(None, login).value == "one"
    assert turned_away == 19
    assert [shelf.token(USER).renew(None, never).value for _ in range(3)] == ["one"] * 3


def test_a_worn_token_is_renewed_once(shelf: Shelf) -> None:
    """Whoever still holds the old one gets the new one; a token that has run out is none."""
    connect(shelf)
    worn = shelf.token(USER).renew(None, lambda: fetched(shelf, "old", instance_url="https://pod1")).value
    assert shelf.token(USER).renew(worn, lambda: fetched(shelf, "new")).value == "new"
    assert shelf.token(USER).renew(worn, never) == Token("new", shelf.later(3600), "https://pod1")
    shelf.clock.advance(3600)
    assert shelf.token(USER).current() is None


@pytest.mark.fault("F003")
def test_a_failed_login_costs_nothing(shelf: Shelf) -> None:
    """The connection and its secret stay, and the next worker may try at once."""
    connect(shelf)

    def failing() -> Token:
        raise Unavailable(Reason.VENDOR_BUSY, "503")

    with pytest.raises(Unavailable):
        shelf.token(USER).renew(None, failing)
    assert shelf.token(USER).renew(None, lambda: fetched(shelf, "t")).value == "t"
    assert shelf.connections.salesforce(USER) == link(shelf)


def test_a_worker_that_died_while_it_logged_in_blocks_nobody_for_long(shelf: Shelf) -> None:
    """After half a minute another may log in."""
    connect(shelf)

    def killed() -> Token:
        shelf.clock.advance(31)
        assert shelf.token(USER).renew(None, lambda: fetched(shelf, "second")).value == "second"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.token(USER).renew(None, killed)
    assert shelf.token(USER).renew(None, never).value == "second"


def test_a_rotated_refresh_token_is_not_put_over_a_newer_one(shelf: Shelf) -> None:
    """Of two logins that overlap after all, the late one does not bring back a secret that is out of use."""
    connect(shelf)

    def slow() -> Token:
        shelf.clock.advance(31)
        shelf.token(USER).renew(None, lambda: fetched(shelf, "second", refresh_token="r2"))
        return fetched(shelf, "first", refresh_token="r1")

    with pytest.raises(Throttled):
        shelf.token(USER).renew(None, slow)
    assert json.loads(shelf.connections.secret(USER) or "")["refresh_token"] == "r2"
    assert shelf.token(USER).renew(None, never).value == "second"


@pytest.mark.parametrize("meanwhile", ["connected anew", "disconnected"])
def test_a_login_with_an_old_secret_leaves_no_token(shelf: Shelf, meanwhile: str) -> None:
    """A seller who reconnects or disconnects during a login is not served with the token of before."""
    connect(shelf)

    def login() -> Token:
        if meanwhile == "disconnected":
            shelf.connections.forget(USER)
        else:
            connect(shelf, refresh_token="of another org")
        return fetched(shelf, "of the old org", refresh_token="rotated")

    with pytest.raises(Throttled):
        shelf.token(USER).renew(None, login)
    assert shelf.token(USER).current() is None
    secret = shelf.connections.secret(USER)
    assert secret is None or json.loads(secret)["refresh_token"] == "of another org"


def test_a_token_without_a_stored_secret(shelf: Shelf) -> None:
    """Where a connection is tried before it is saved, its token is kept as well."""
    assert shelf.token(MARKETO).renew(None, lambda: Token("t")) == Token("t")
    assert shelf.token(MARKETO).current() == Token("t")


def test_settings_are_versions(shelf: Shelf) -> None:
    """The defaults are version 0; each save is the next one, with who and when; all stay readable."""
    assert shelf.settings.current().version == 0
    shelf.settings.save(Settings(log_emails=True), by="ann@example.com", over=0)
    new = shelf.settings.save(Settings(log_emails=True, log_calls=True), by="bob@example.com", over=1)
    assert shelf.settings.current() == new
    assert (new.version, new.changed_by) == (2, "bob@example.com")
    assert [old.values.log_calls for old in shelf.settings.history()] == [True, False]


@pytest.mark.parametrize("over", [0, 2, 5])
def test_settings_are_changed_only_as_they_were_read(shelf: Shelf, over: int) -> None:
    """Of two admins the second is told; a version that never was is no ground to stand on."""
    shelf.settings.save(Settings(log_emails=True), by="ann@example.com", over=0)
    with pytest.raises(SettingsChanged):
        shelf.settings.save(Settings(), by="bob@example.com", over=over)
    assert shelf.settings.current().values == Settings(log_emails=True)
    assert len(shelf.settings.history()) == 1
