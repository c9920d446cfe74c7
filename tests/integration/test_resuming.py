"""What stands still goes on by a person's word: blocked connections, parked vendors, a load nobody is at."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.connection import MARKETO, ConnectionState
from lockstep.domain.item import State
from lockstep.domain.reason import Reason
from tests.selling import FLOW, OWNER, email, in_salesforce, person
from tests.workspace import ADMIN, CONFIRMATION, SELLER, Workspace


@pytest.fixture
def world() -> Workspace:
    """Both vendors connected, one seller connected, emails and calls switched on."""
    here = Workspace()
    here.connect_marketo()
    here.connect_seller(SELLER)
    here.switch_on()
    return here


def resume(world: Workspace, what: str | None = None) -> tuple[str, dict[str, bool]]:
    """The answer, and what goes on of each thing that stood still."""
    answer = world.ask("POST", "/resume", {"what": what} if what else None)
    assert answer.status == 200, answer.body
    return answer.body["answer"], {step["what"]: step["goes_on"] for step in answer.body["steps"]}


def test_a_blocked_seller_goes_on(world: Workspace) -> None:
    """While Salesforce still refuses, the answer says what to do; once it does not, what waited is logged."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    sent = email(who)
    world.report(sent)
    assert world.item(sent).reason is Reason.API_DISABLED
    answer = world.ask("POST", "/resume", {"what": SELLER}).body
    assert (answer["answer"], answer["steps"][0]["goes_on"]) == ("0 of 1 go on. 1 needs you.", False)
    assert f"Run lockstep connect salesforce {SELLER}" in answer["steps"][0]["did"]
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": True})
    assert resume(world) == ("1 of 1 go on.", {SELLER: True})
    world.run_until_quiet()
    assert len(world.tasks()) == 1
    assert world.item(sent).state is State.CONFIRMED
    world.clock.advance(120)
    assert resume(world) == ("Nothing stands still.", {})


def test_a_blocked_marketo_goes_on(world: Workspace) -> None:
    """Blocked by a refused login, Marketo's connection goes on once the credentials are accepted again."""
    world.world.connections.set_state(MARKETO, ConnectionState.BLOCKED, Reason.CONNECTION_EXPIRED, "refused")
    assert resume(world, "marketo") == ("1 of 1 go on.", {MARKETO: True})
    link = world.world.connections.marketo()
    assert link is not None
    assert (link.state, link.reason) == (ConnectionState.CONNECTED, None)
    assert link.fields


@pytest.mark.invariant("I35")
def test_a_parked_vendor_takes_calls_again(world: Workspace) -> None:
    """A wait for quota is lifted by one word, and its sellers' work is logged; a second word finds nothing to lift."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.world.budgets.park("salesforce", world.clock.now() + timedelta(hours=1))
    world.world.events.accept([email(who)])
    world.play_stream()
    world.play_queue(FLOW)
    world.clock.advance(90)
    assert world.tasks() == []
    assert resume(world) == ("2 of 2 go on.", {"salesforce": True, FLOW: True})
    world.run_until_quiet()
    assert len(world.tasks()) == 1
    assert resume(world) == ("Nothing stands still.", {})


def test_a_load_nobody_is_at_goes_on(world: Workspace) -> None:
    """A load whose nudge was lost stands; one word calls a worker, and it ends."""
    world.marketo.seed([{"type": "lead", **OWNER, "sfdcType": "contact"}])
    world.ask("POST", "/people-load", CONFIRMATION)
    world.nudges.messages.clear()
    world.run_until_quiet()
    assert world.ask("GET", "/status").body["load"]["state"] == "requested"
    assert resume(world)[1] == {"load": True}
    world.run_until_quiet()
    assert world.ask("GET", "/status").body["load"]["state"] == "done"
    assert resume(world) == ("Nothing stands still.", {})


def test_only_admins_resume_and_only_what_there_is(world: Workspace) -> None:
    """Sellers are refused; an unknown name is answered with what may be named."""
    assert world.ask("POST", "/resume", {}, user=SELLER).status == 403
    assert "marketo or a seller's address" in world.ask("POST", "/resume", {"what": "all of it"}).detail
    assert world.ask("POST", "/resume", {"what": "nobody@example.com"}).status == 404


@pytest.mark.invariant("I35")
def test_two_starts_at_once_are_one(world: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two admins who saw no load and start one at the same instant start one; the other is shown it."""
    together = threading.Barrier(2)
    read = world.world.cursors.read

    def both_read(flow: str) -> dict[str, Any]:
        found = read(flow)
        if threading.current_thread() is not threading.main_thread() and "load" not in found:
            together.wait(10)
        return found

    monkeypatch.setattr(world.world.cursors, "read", both_read)
    answers: list[tuple[str, Any]] = []

    def start(who: str) -> None:
        answers.append((who, world.ask("POST", "/people-load", CONFIRMATION, user=who, role="admin")))

    people = [threading.Thread(target=start, args=(who,)) for who in (ADMIN, "second@example.com")]
    for one in people:
        one.start()
    for one in people:
        one.join()
    assert sorted(answer.status for _, answer in answers) == [202, 409]
    ((winner, _),) = [pair for pair in answers if pair[1].status == 202]
    ((_, told),) = [pair for pair in answers if pair[1].status == 409]
    assert told.body["load"]["requested_by"] == winner
    assert read(PEOPLE_FROM_MARKETO)["load"]["requested_by"] == winner
    assert len(world.nudges.messages) == 1


def test_status_tells_the_calls_of_salesforce(world: Workspace) -> None:
    """What Salesforce's last answer said of the organization's calls is in the status, noted once a minute."""
    who = person(world, contact=in_salesforce(world, "Contact"))
    world.report(email(who))
    first = world.ask("GET", "/status").body["budgets"][1]
    assert (first["vendor"], first["as_of"] is not None, first["cap_today"]) == ("salesforce", True, 100_000)
    assert 0 < first["calls_today"] <= world.salesforce.org.quota.used
    world.report(email(who))
    assert world.ask("GET", "/status").body["budgets"][1]["calls_today"] == first["calls_today"]
    world.clock.advance(61)
    world.report(email(who))
    assert world.ask("GET", "/status").body["budgets"][1]["calls_today"] > first["calls_today"]
