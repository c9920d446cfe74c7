"""Connecting and disconnecting through the interface: what is refused and why, what waits, and what never comes out."""

import json
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from local.simulators.kernel.population import ORG_ID, with_checksum
from lockstep.domain.item import State
from tests.signed import event
from tests.workspace import ADMIN, APP, OTHER, SELLER, Answer, Workspace
from tests.world import SALESFORCE_URL

FLOW = "activities_to_salesforce"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
numbers = iter(range(10_000))


@pytest.fixture
def world() -> Workspace:
    """Nothing connected; emails and calls switched on; the connected app knows our public key."""
    here = Workspace()
    here.ask("PATCH", "/settings", {"log_emails": True, "log_calls": True})
    here.salesforce.act("set_public_key", {"client_id": APP["client_id"], "pem": PUBLIC.decode()})
    return here


def somebody(world: Workspace) -> int:
    """A person with a contact in Salesforce, loaded."""
    contact = world.salesforce.seed([{"type": "Contact", "LastName": "Lovell"}])[0]
    fields = {"sfdcType": "contact", "sfdcContactId": contact, "leadOwnerEmailAddress": "owner6@example.com"}
    (number,) = world.marketo.seed([{"type": "lead", **fields}])
    world.connect_marketo()
    world.start_load()
    return number


def send(world: Workspace, person: int, at: str = "2026-11-02T08:30:00Z", **data: Any) -> str:
    """An email of the seller; its event id."""
    sent = event(f"evt_{next(numbers)}", "email.sent", person=person, occurred_at=at, **data)
    world.report(sent)
    return sent.id


def jwt(**more: str) -> dict[str, str]:
    """A body that connects by signed login."""
    return {"method": "jwt", "client_id": APP["client_id"], "private_key": PRIVATE, **more}


def assert_nothing_is_stored(world: Workspace, name: str) -> None:
    """No part of a connection is in the store."""
    assert world.table.rows(f"CONN#{name}") == []


@pytest.mark.acceptance(25)
def test_a_missing_marketo_field_stops_with_its_name(world: Workspace) -> None:
    """A Marketo without a needed field is refused by that field's name; an optional one is noted and stays empty."""
    world.marketo.act("remove_field", {"name": "title"})
    refused = world.ask("PUT", "/connections/marketo", APP)
    assert refused.status == 422
    assert "Title (title)" in refused.detail
    assert "Field Management" in refused.detail
    assert_nothing_is_stored(world, "marketo")
    there = Workspace()
    there.marketo.act("remove_field", {"name": "sfdcOpptyId"})
    taken = there.ask("PUT", "/connections/marketo", APP)
    assert taken.status == 200
    assert "Salesforce opportunity ID" in taken.body["warnings"][0]


def test_wrong_marketo_credentials_are_told(world: Workspace) -> None:
    """Wrong credentials are refused with where to find the right ones; blanks around right ones do not matter."""
    refused = world.ask("PUT", "/connections/marketo", APP | {"client_secret": "wrong"})
    assert refused.status == 422
    assert "LaunchPoint" in refused.detail
    assert_nothing_is_stored(world, "marketo")
    padded = {"client_id": f" {APP['client_id']}\n", "client_secret": f"\t{APP['client_secret']} "}
    assert world.ask("PUT", "/connections/marketo", padded).status == 200


def test_an_unreachable_vendor_is_told(world: Workspace) -> None:
    """A vendor that cannot be reached is named with what to check, and the request may be repeated later."""
    away = world.transport.hosts
    marketo, salesforce = away.pop("marketo.test"), away.pop("salesforce.test")
    refused = world.ask("PUT", "/connections/marketo", APP)
    assert refused.status == 503
    assert "marketo.test" in refused.detail
    assert int(refused.headers["Retry-After"]) > 0
    refused = world.ask("PUT", f"/connections/salesforce/{SELLER}", jwt())
    assert refused.status == 503
    assert "salesforce.test" in refused.detail
    assert_nothing_is_stored(world, SELLER)
    away |= {"marketo.test": marketo, "salesforce.test": salesforce}
    assert world.ask("PUT", "/connections/marketo", APP).status == 200


def test_a_munchkin_id_is_needed_where_no_address_is_configured(world: Workspace) -> None:
    """Without a configured address the Munchkin id decides, and a wrong one is told how it looks."""
    world.world.environment = world.world.environment.model_copy(update={"marketo_url": ""})
    for munchkin in ({}, {"munchkin_id": "evil.example/"}):
        refused = world.ask("PUT", "/connections/marketo", APP | munchkin)
        assert refused.status == 400
        assert "123-ABC-456" in refused.detail


@pytest.mark.invariant("I24")
def test_people_of_two_marketo_instances_are_never_mixed(world: Workspace) -> None:
    """Once people are stored, another instance is refused."""
    somebody(world)
    world.world.environment = world.world.environment.model_copy(update={"marketo_url": "http://other.test"})
    assert world.ask("PUT", "/connections/marketo", APP).status == 409


@pytest.mark.parametrize("login", ["jwt", "refresh_token"])
def test_a_seller_connects_both_ways(world: Workspace, login: str) -> None:
    """By signed login and by consent the seller's own Salesforce user, organization and time zone are kept."""
    body = jwt() if login == "jwt" else world.refresh_login()
    answer = world.ask("PUT", f"/connections/salesforce/{SELLER}", body, user=SELLER)
    assert answer.status == 200
    user = next(one for one in world.salesforce.records("User") if one["Username"] == SELLER)
    link = world.world.connections.salesforce(SELLER)  # type: ignore[arg-type]
    assert link is not None
    assert (link.user_id, link.time_zone, link.method) == (user["Id"], user["TimeZoneSidKey"], login)
    assert link.instance_url == SALESFORCE_URL
    assert answer.body["state"] == "connected"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (jwt(private_key="no key"), "private key"),
        (jwt(client_id="nobody"), "client id"),
        ({"method": "jwt", "client_id": "x"}, "needs private_key"),
        ({"method": "refresh_token", "client_id": "x", "refresh_token": " "}, "needs refresh_token"),
        ({"method": "refresh_token", **APP, "refresh_token": "worn"}, "access"),
        ({"method": "password", "client_id": "x"}, "method"),
        ({"method": "jwt", "client_id": "x", "password": "y"}, "password"),
    ],
)
def test_a_login_that_does_not_work_is_told_and_not_stored(world: Workspace, body: Any, words: str) -> None:
    """Each wrong login is refused in a sentence that names what is wrong, and nothing is stored."""
    refused = world.ask("PUT", f"/connections/salesforce/{SELLER}", body)
    assert refused.status in (400, 422)
    assert words in refused.detail
    assert_nothing_is_stored(world, SELLER)


def test_a_rotated_refresh_token_is_the_one_that_is_kept(world: Workspace) -> None:
    """Where Salesforce rotates the token at the first login, the new one is stored and goes on working."""
    world.salesforce.act("set_app", {"client_id": APP["client_id"], "rotate": True})
    given = world.refresh_login()
    assert world.ask("PUT", f"/connections/salesforce/{SELLER}", given).status == 200
    kept = json.loads(world.world.connections.secret(SELLER) or "{}")
    assert kept["refresh_token"] != given["refresh_token"]
    assert world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields").status == 200


@pytest.mark.fault("F008")
@pytest.mark.invariant("I24")
def test_another_organization_is_refused(world: Workspace) -> None:
    """The organization of the first connection is the Workspace's: another one is refused, also on reconnecting."""
    assert world.connect(SELLER).status == 200
    before = world.table.rows(f"CONN#{SELLER}")
    world.transport.hosts["salesforce.test"] = Elsewhere(world.transport.hosts["salesforce.test"])
    for user in (SELLER, OTHER):
        refused = world.connect(user)
        assert refused.status == 409
        assert "organization" in refused.detail
    assert_nothing_is_stored(world, OTHER)
    assert world.table.rows(f"CONN#{SELLER}") == before


class Elsewhere(httpx.BaseTransport):
    """The same vendor, answering for another organization."""

    def __init__(self, inner: httpx.BaseTransport):
        self.inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass on, and change whose organization it is."""
        response = self.inner.handle_request(request)
        response.read()
        if not request.url.path.endswith("/token"):
            return response
        grant = response.json()
        theirs = grant["id"].replace(ORG_ID, with_checksum("00D5g0000000099"))
        return httpx.Response(200, json=grant | {"id": theirs})


def test_users_connect_themselves_only(world: Workspace) -> None:
    """A user may connect, refresh and disconnect the own account and nobody else's; an admin everybody's."""
    assert world.ask("PUT", f"/connections/salesforce/{OTHER}", jwt(), user=SELLER).status == 403
    assert world.ask("PUT", f"/connections/salesforce/{OTHER}", jwt(), user=ADMIN).status == 200
    for method, more in (("DELETE", ""), ("POST", "/refresh-fields")):
        assert world.ask(method, f"/connections/salesforce/{OTHER}{more}", user=SELLER).status == 403
        assert world.ask(method, f"/connections/salesforce/{SELLER}{more}", user=SELLER).status in (404, 409)
    assert world.ask("GET", "/connections", user=SELLER).body["salesforce"] == []


def test_what_a_seller_lacks_is_told_at_once(world: Workspace) -> None:
    """A default on Type, a missing key field and fields that are hidden or fixed are named when connecting (LS-25)."""
    spec = {"object": "Task", "name": "Type", "type": "picklist", "picklist": ["Call", "Email"], "default": "Call"}
    world.salesforce.schema([spec])
    world.salesforce.act("remove_field", {"object": "Task", "name": "Lockstep_Key__c"})
    world.salesforce.act("remove_field", {"object": "Task", "name": "MSE_Template__c"})
    for field, read in (("MSE_Campaign__c", False), ("MSE_Details__c", True)):
        world.salesforce.act(
            "set_permissions", {"user": SELLER, "object": "Task", "field": field, "read": read, "edit": False}
        )
    default, key, hidden, fixed = world.connect().body["warnings"]
    assert "default" in default
    assert "Lockstep_Key__c" in key
    assert "MSE_Template__c" in hidden
    assert "MSE_Campaign__c" in hidden
    assert "MSE_Details__c" in fixed


def test_connecting_logs_what_waited_and_reports_what_is_too_old(world: Workspace) -> None:
    """Activities of the last 7 days are logged on connecting, older ones skipped with the same reason (LS-16d)."""
    person = somebody(world)
    world.ask("POST", "/users", {"email": SELLER})
    fresh = send(world, person, at="2026-10-27T09:00:00Z")
    old = send(world, person, at="2026-10-25T09:00:00Z")
    assert world.tasks() == []
    assert {row["state"] for row in world.items(FLOW)} == {State.NEEDS_YOU}
    world.connect()
    world.run_until_quiet()
    assert len(world.tasks()) == 1
    assert world.ask("GET", f"/activities/{fresh}").body["items"][0]["state"] == "CONFIRMED"
    (skipped,) = world.ask("GET", f"/activities/{old}").body["items"]
    assert (skipped["state"], skipped["reason"]["code"]) == ("SKIPPED", "NO_CONNECTION")
    assert world.balance(FLOW).balanced


def test_an_unknown_seller_waits_until_he_is_a_user(world: Workspace) -> None:
    """Activities of an unknown seller need somebody; adding and connecting the seller logs them."""
    person = somebody(world)
    sent = send(world, person)
    (item,) = world.ask("GET", f"/activities/{sent}").body["items"]
    assert (item["state"], item["reason"]["code"]) == ("NEEDS_YOU", "USER_UNKNOWN")
    world.ask("POST", "/users", {"email": SELLER.upper()})
    world.run_until_quiet()
    (item,) = world.ask("GET", f"/activities/{sent}").body["items"]
    assert item["reason"]["code"] == "NO_CONNECTION"
    world.connect()
    world.run_until_quiet()
    assert len(world.tasks()) == 1


@pytest.mark.acceptance(135)
def test_disconnecting_keeps_what_waits_and_reconnecting_sends_it(world: Workspace) -> None:
    """While a seller is disconnected nothing is written and everything kept; after reconnecting it is written once."""
    person = somebody(world)
    world.connect()
    send(world, person)
    assert len(world.tasks()) == 1
    gone = world.ask("DELETE", f"/connections/salesforce/{SELLER}")
    assert gone.body["state"] == "disconnected"
    assert world.world.connections.secret(SELLER) is None
    send(world, person)
    send(world, person)
    world.care(3600)
    assert len(world.tasks()) == 1
    assert world.balance(FLOW).received == 3
    assert world.ask("GET", "/connections").body["salesforce"][0]["state"] == "disconnected"
    world.connect()
    world.run_until_quiet()
    assert len(world.tasks()) == 3
    assert world.balance(FLOW).logged == 3


@pytest.mark.fault("F006")
@pytest.mark.invariant("I16")
def test_a_deactivated_seller_keeps_what_waits(world: Workspace) -> None:
    """Emails of a seller deactivated in Salesforce need somebody; no other connection takes them, and none is lost."""
    person = somebody(world)
    world.connect(SELLER)
    world.connect("seller3@example.com")
    world.salesforce.act("set_active", {"user": SELLER, "active": False})
    world.report(*(event(f"evt_{next(numbers)}", "email.sent", person=person) for _ in range(50)))
    world.care(3600)
    assert world.tasks() == []
    assert {(row["state"], row["reason"]) for row in world.items(FLOW)} == {("NEEDS_YOU", "CONNECTION_EXPIRED")}
    (link,) = world.ask("GET", "/connections", user=SELLER).body["salesforce"]
    assert (link["state"], link["reason"]["code"]) == ("blocked", "CONNECTION_EXPIRED")
    world.salesforce.act("set_active", {"user": SELLER, "active": True})
    assert world.connect(SELLER).status == 200
    world.run_until_quiet()
    assert {task["OwnerId"] for task in world.tasks()} == {world.salesforce.org.user(SELLER)}
    assert len(world.tasks()) == 50


@pytest.mark.acceptance(68)
def test_a_granted_permission_counts_after_a_refresh(world: Workspace) -> None:
    """A field without permission is left out; granted and refreshed, the next write includes it."""
    person = somebody(world)
    allow = {"user": SELLER, "object": "Task", "field": "MSE_Template__c"}
    world.salesforce.act("set_permissions", allow | {"read": False, "edit": False})
    assert "MSE_Template__c" in " ".join(world.connect().body["warnings"])
    template: dict[str, Any] = {"template": {"id": 1, "name": "Intro"}}
    send(world, person, **template)
    world.salesforce.act("set_permissions", allow | {"read": True, "edit": True})
    send(world, person, **template)
    assert [task.get("MSE_Template__c") for task in world.tasks()] == [None, None]
    refreshed = world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields")
    assert "MSE_Template__c" not in " ".join(refreshed.body["warnings"])
    send(world, person, **template)
    assert [task.get("MSE_Template__c") for task in world.tasks()] == [None, None, "Intro"]


@pytest.mark.acceptance(144)
def test_a_seller_without_api_permission_sees_the_code_and_its_cure(world: Workspace) -> None:
    """The seller reads API_CURRENTLY_DISABLED and its cure; nothing is retried; granted and refreshed, it is logged."""
    person = somebody(world)
    world.connect()
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    sent = send(world, person)
    why = world.ask("GET", f"/why/{sent}", user=SELLER).body
    (item,) = why["activity"]["items"]
    assert "API_CURRENTLY_DISABLED" in item["history"][-1]["note"]
    assert item["reason"]["remedy"] in why["answer"]
    calls = len(world.salesforce.calls)
    world.care(86_400)
    assert len(world.salesforce.calls) == calls
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": True})
    refreshed = world.ask("POST", f"/connections/salesforce/{SELLER}/refresh-fields", user=SELLER)
    assert refreshed.body["state"] == "connected"
    world.run_until_quiet()
    assert len(world.tasks()) == 1


def test_a_connection_without_api_permission_is_not_made(world: Workspace) -> None:
    """Connecting a user who may not use the API is refused with Salesforce's code, and nothing is stored."""
    world.salesforce.act("set_api_enabled", {"user": SELLER, "enabled": False})
    refused = world.connect()
    assert refused.status == 422
    assert "API_CURRENTLY_DISABLED" in refused.detail
    assert_nothing_is_stored(world, SELLER)


READS = [
    "/status", "/connections", "/users", "/settings", "/settings/history", "/people-load", f"/why/{SELLER}",
    "/why/marketo", "/people?email=a@example.net", "/activities/demo-client", "/items/marketo/SECRET",
    "/connections/marketo",
]  # fmt: skip


@pytest.mark.acceptance(136, 161)
def test_no_role_reaches_credentials(world: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    """Credentials stand in no answer to any role, in no refusal, in no log, and in no row in the clear."""
    canaries = {"client_secret": "canary-marketo-1", "refresh_token": "canary-salesforce-2"}
    given: list[Answer] = [world.ask("PUT", "/connections/marketo", APP), world.connect()]
    secrets = [APP["client_secret"], world.refresh_login()["refresh_token"], *canaries.values()]
    secrets += [json.loads(world.world.connections.secret(name) or "{}")[part]
                for name, part in (("marketo", "client_secret"), (SELLER, "refresh_token"))]  # fmt: skip
    given.append(world.ask("PUT", "/connections/marketo", APP | {"client_secret": canaries["client_secret"]}))
    wrong: list[Any] = [
        canaries,
        [canaries],
        canaries | {"client_id": 5},
        {"client_secret": [canaries["client_secret"]]},
    ]
    for body in (*wrong, json.dumps(canaries)[:-1], {"method": "jwt", **canaries}):
        for path in ("/connections/marketo", f"/connections/salesforce/{SELLER}", "/settings", "/users"):
            given += [world.ask(method, path, body) for method in ("PUT", "PATCH", "POST")]
    given.append(world.ask("PUT", f"/connections/salesforce/{SELLER}", world.refresh_login() | canaries))
    for role in ("admin", "user"):
        given += [world.ask("GET", path, user=f"{role}@example.com", role=role) for path in READS]
    assert not any(answer.status >= 500 for answer in given)
    said = "".join(json.dumps(answer.body) + str(answer.headers) for answer in given) + "".join(capsys.readouterr())
    kept = json.dumps(world.table.rows(), default=str)
    assert not [secret for secret in secrets if secret in said or secret in kept]
    assert world.world.connections.secret("marketo") is not None
