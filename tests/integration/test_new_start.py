"""A Workspace that moves to another Salesforce organization: by an admin's word, and without an id of the old one."""

from typing import Any

import httpx
import pytest

from local.simulators.kernel.population import ORG_ID, with_checksum
from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import user_email
from lockstep.domain.item import State
from lockstep.domain.sales_activity import SalesEvent
from tests.selling import FLOW, email, in_salesforce, person
from tests.signed import event
from tests.workspace import ADMIN, OTHER, SELLER, Answer, Workspace

THEIRS = with_checksum("00D5g0000000099")
ADDRESS = "ann@example.net"


class Elsewhere(httpx.BaseTransport):
    """A sandbox: a copy with the same ids, which says another organization's id at the login."""

    def __init__(self, inner: httpx.BaseTransport):
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, and change whose organization it is."""
        response = self.inner.handle_request(request)
        response.read()
        if not request.url.path.endswith("/token"):
            return response
        grant = response.json()
        return httpx.Response(200, json=grant | {"id": grant["id"].replace(ORG_ID, THEIRS)})


@pytest.fixture
def world() -> Workspace:
    """Two sellers connected, and one person with a contact."""
    here = Workspace()
    here.connect_marketo()
    for seller in (SELLER, OTHER):
        here.connect(seller)
    here.switch_on(log_replies=True)
    return here


def somebody(world: Workspace) -> int:
    """A person with a contact that has the address."""
    return person(world, ADDRESS, contact=in_salesforce(world, "Contact", Email=ADDRESS))


def mail(who: int, user: str = SELLER) -> SalesEvent:
    """An email to the person."""
    return email(who, user, email_id="em", to=[ADDRESS])


def move(world: Workspace) -> None:
    """The login leads to the sandbox from now on."""
    world.transport.hosts["salesforce.test"] = Elsewhere(world.transport.hosts["salesforce.test"])


def connect(world: Workspace, confirmed: str | None, *, by: str = ADMIN) -> Answer:
    """The seller's login, with an organization confirmed."""
    body = world.refresh_login() | ({"confirm_organization": confirmed} if confirmed else {})
    return world.ask("PUT", f"/connections/salesforce/{SELLER}", body, user=by)


@pytest.mark.fault("F008")
@pytest.mark.invariant("I24")
def test_only_an_admin_s_word_for_just_that_organization_moves_the_workspace(world: Workspace) -> None:
    """Without it, with another id, with nonsense or from a seller it is refused, and every connection stays."""
    move(world)
    before = world.table.rows("CONN#")
    assert connect(world, None).status == 409
    assert THEIRS in connect(world, None).detail
    assert connect(world, ORG_ID).status == 409
    assert connect(world, "production").status == 400
    assert connect(world, THEIRS, by=SELLER).status == 403
    assert world.table.rows("CONN#") == before


@pytest.mark.fault("F008")
@pytest.mark.invariant("I24")
def test_a_new_start_leaves_every_other_connection_behind(world: Workspace) -> None:
    """The others are blocked with the reason, their credentials are gone, and the old organization is refused now."""
    move(world)
    assert connect(world, THEIRS[:15]).status == 200
    other = next(one for one in world.ask("GET", "/connections").body["salesforce"] if one["user"] == OTHER)
    assert (other["state"], other["reason"]["code"]) == ("blocked", "OTHER_ORGANIZATION")
    assert world.world.connections.secret(user_email(OTHER)) is None
    world.ask("POST", "/resume")
    link = world.world.connections.salesforce(user_email(OTHER))
    assert link is not None
    assert link.state is ConnectionState.BLOCKED
    world.transport.hosts["salesforce.test"] = world.transport.hosts["salesforce.test"].inner  # type: ignore[attr-defined]
    assert world.connect(OTHER).status == 409


def happened(what: str, who: int, **data: Any) -> SalesEvent:
    """Something happened to the email."""
    return event(f"evt_{what}", what, person=who, user=SELLER, email_id="em", **data)


@pytest.mark.fault("F008")
@pytest.mark.invariant("I24", "I30")
def test_no_task_of_the_old_organization_is_touched_from_the_new_one(world: Workspace) -> None:
    """What happens to an email that was logged there is skipped with the reason; a reply finds its record anew."""
    who = somebody(world)
    sent = mail(who)
    world.report(sent)
    (task,) = world.tasks()
    move(world)
    world.clock.advance(60)
    connect(world, THEIRS)
    opened, replied = happened("email.opened", who), happened("email.replied", who)
    world.report(opened, replied)
    kept = world.salesforce.records("Task")
    assert [one for one in kept if one["Id"] == task["Id"]] == [task]
    (row,) = [one for one in world.items(FLOW) if one["event_id"] == opened.id]
    assert (row["state"], row["reason"]) == ("SKIPPED", "EMAIL_NOT_LOGGED")
    assert "OTHER_ORGANIZATION" in row["history"][-1]["note"]
    assert world.item(replied).state is State.CONFIRMED
    assert world.item(sent).remote_id == task["Id"]


@pytest.mark.fault("F008")
@pytest.mark.invariant("I24", "I4")
def test_a_doubt_is_not_carried_over(world: Workspace) -> None:
    """A write of which nobody knows whether it arrived there is not repeated here; a person may send it again."""
    who = somebody(world)
    world.salesforce.faults.load([{"fault": "drop_after_commit", "path": "/composite/sobjects"}])
    sent = mail(who)
    world.report(sent)
    assert world.item(sent).state is State.UNKNOWN
    move(world)
    world.clock.advance(60)
    connect(world, THEIRS)
    world.care(3_600)
    item = world.item(sent)
    assert (item.state, item.reason) == (State.NEEDS_YOU, "OTHER_ORGANIZATION")
    assert len(world.tasks()) == 1
    world.ask("POST", "/retries", {"filter": {"id": sent.id}, "dry_run": False})
    world.run_until_quiet()
    assert world.item(sent).state is State.CONFIRMED


@pytest.mark.fault("F008")
def test_what_waited_is_logged_in_the_new_organization(world: Workspace) -> None:
    """Emails of a seller who was left behind wait, and are logged under the new connection, once."""
    who = somebody(world)
    move(world)
    connect(world, THEIRS)
    sent = mail(who, OTHER)
    world.report(sent)
    assert world.item(sent).state is State.NEEDS_YOU
    assert world.connect(OTHER).status == 200
    world.run_until_quiet()
    assert [task["OwnerId"] for task in world.tasks()] == [world.salesforce.org.user(OTHER)]
