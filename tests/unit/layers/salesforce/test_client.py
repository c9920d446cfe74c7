"""Salesforce as one seller: sessions, identity, people, Tasks, describe."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from json import loads
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from local.fakes.manual_clock import ManualClock
from lockstep.domain.connection import Identity
from lockstep.domain.ids import ItemKey, SalesforceId
from lockstep.domain.reason import Reason
from lockstep.domain.task import Match, SeenTask, TaskDraft, Written
from lockstep.engine.errors import Halt, QuotaSpent, Reject, Throttled, Unavailable, UnknownOutcome
from lockstep.engine.ports import Clock, Token
from lockstep.salesforce.auth import Granted
from lockstep.salesforce.client import Salesforce
from lockstep.salesforce.errors import FieldsRefused
from tests.unit.layers.vendors import Scripted, Tokens, Vendor, html, json, truncated

INSTANCE = "https://acme.my.salesforce.com"
CONTACT, LEAD = SalesforceId("0035w00003fXyZaAAK"), SalesforceId("00Q58000003tW4uEAE")
USER, ORG = SalesforceId("0055w00000AbCdEAAV"), SalesforceId("00D5w000003fXyZEAU")
TASK = "00T58000003tW4uEAE"
EXPIRED = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


@dataclass
class FixedLogin:
    """A login that gives numbered tokens."""

    login_url: str = "https://login.salesforce.com"
    fetched: int = 0
    previous: str | None = None

    def fetch(self, http: httpx.Client, clock: Clock, previous: str | None = None) -> Granted:
        """The next token."""
        self.fetched += 1
        self.previous = previous
        return Granted(f"token-{self.fetched}", instance_url=previous or INSTANCE, owner=(ORG[:15], USER))


class Desk:
    """A client of a scripted Salesforce and all that it is given."""

    def __init__(self, *script: Scripted, token: Token | None = None, instance_url: str | None = None):
        self.vendor, self.login = Vendor(*script), FixedLogin()
        clock = ManualClock()
        self.tokens = Tokens(clock, token or Token("old", instance_url=INSTANCE))
        self.salesforce = Salesforce(
            self.vendor.client(), login=self.login, tokens=self.tokens, clock=clock, instance_url=instance_url
        )

    def body(self, number: int = 0) -> Any:
        """What was sent."""
        return loads(self.vendor.requests[number].content)

    def soql(self, number: int = 0) -> str:
        """The query that was asked."""
        return unquote(self.vendor.requests[number].url.query.decode().removeprefix("q="))


def found(*rows: dict[str, Any]) -> httpx.Response:
    """A query's answer."""
    return json({"totalSize": len(rows), "done": True, "records": list(rows)})


def person(record: str, email: str | None, created: str = "2026-01-02T03:04:05.000+0000") -> dict[str, Any]:
    """One contact or lead of a query."""
    return {"attributes": {"type": "X"}, "Id": record, "Email": email, "OwnerId": USER, "CreatedDate": created}


def draft(key: str = "K", **fields: Any) -> TaskDraft:
    """A Task to write."""
    return TaskDraft(ItemKey(key), {"WhoId": CONTACT, "Subject": "Hi", **fields})


def saved(**members: Any) -> dict[str, Any]:
    """One result of a Collections call."""
    return {"id": TASK, "success": True, "errors": [], **members}


def test_an_expired_session_is_renewed_once() -> None:
    """A 401 costs one login and one repeat, also of a write, with the new token in the header."""
    desk = Desk(json(EXPIRED, 401), json([saved(created=True)]))
    assert desk.salesforce.upsert_tasks([draft()]) == [Written(SalesforceId(TASK), created=True)]
    assert [r.headers["Authorization"] for r in desk.vendor.requests] == ["Bearer old", "Bearer token-1"]
    assert (desk.login.fetched, desk.login.previous) == (1, INSTANCE)


def test_a_session_that_stays_expired_is_not_chased() -> None:
    """After one renewal the call is deferred, and was certainly not executed."""
    desk = Desk(json(EXPIRED, 401), json(EXPIRED, 401))
    with pytest.raises(Unavailable):
        desk.salesforce.upsert_tasks([draft()])


def test_the_stored_instance_is_used_where_the_token_names_none() -> None:
    """The connection's address serves; with none at all a person must connect."""
    desk = Desk(found(), token=Token("old"), instance_url="https://na1.salesforce.com")
    desk.salesforce.find_by_ids([CONTACT])
    assert desk.vendor.requests[0].url.host == "na1.salesforce.com"
    with pytest.raises(Halt):
        Desk(token=Token("old")).salesforce.find_by_ids([CONTACT])


def test_a_stored_instance_elsewhere_gets_no_token() -> None:
    """A tampered instance address halts before any call (S14)."""
    desk = Desk(token=Token("old", instance_url="https://evil.example"))
    with pytest.raises(Halt):
        desk.salesforce.describe_task()
    assert desk.vendor.requests == []


def test_identity() -> None:
    """Org and user come from the login, name and time zone from the user's own row."""
    desk = Desk(found({"Username": "seller1@example.com", "TimeZoneSidKey": "Europe/Berlin"}))
    assert desk.salesforce.identity() == Identity(ORG, USER, "seller1@example.com", "Europe/Berlin")
    assert desk.soql() == f"SELECT Username,TimeZoneSidKey FROM User WHERE Id = '{USER}'"
    assert desk.login.fetched == 1


def test_an_identity_that_is_not_told() -> None:
    """No row for the own user is trouble, not an answer."""
    with pytest.raises(Unavailable):
        Desk(found()).salesforce.identity()


def test_people_by_address() -> None:
    """Contacts and unconverted leads, any case, every asked address in the answer, the older first."""
    old = "2020-01-02T03:04:05.000+0000"
    desk = Desk(found(person(CONTACT, "ANN@example.com")), found(person(LEAD, "ann@Example.com", old)))
    answer = desk.salesforce.find_by_email(["Ann@example.com", "bob@example.com", "no address", "x'@y\n"])
    assert [(match.kind, match.id) for match in answer["ann@example.com"]] == [("Lead", LEAD), ("Contact", CONTACT)]
    assert answer["bob@example.com"] == answer["no address"] == []
    assert desk.soql(0) == (
        "SELECT Id,OwnerId,CreatedDate,Email FROM Contact WHERE Email IN ('ann@example.com','bob@example.com')"
    )
    assert desk.soql(1).endswith("('ann@example.com','bob@example.com') AND IsConverted = false")


def test_no_address_no_call() -> None:
    """Nothing to ask is not asked."""
    assert Desk().salesforce.find_by_email(["", "nobody"]) == {"": [], "nobody": []}


def test_people_by_id() -> None:
    """Each kind is asked for its own ids; what is not in the answer is gone, hidden or converted (LS-33)."""
    desk = Desk(found(person(CONTACT, None)), found())
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    task = SalesforceId(TASK)
    assert desk.salesforce.find_by_ids([CONTACT, LEAD, task]) == {CONTACT: Match(CONTACT, "Contact", "", USER, created)}
    assert desk.soql(0) == f"SELECT Id,OwnerId,CreatedDate FROM Contact WHERE Id IN ('{CONTACT}')"
    assert desk.soql(1).endswith(f"FROM Lead WHERE Id IN ('{LEAD}') AND IsConverted = false")


NO_LEADS = [{"errorCode": "INVALID_TYPE", "message": "sObject type 'Lead' is not supported."}]


def test_a_user_without_leads_still_finds_contacts() -> None:
    """An object that the user may not see holds nobody for them; without both, a person must act."""
    desk = Desk(found(person(CONTACT, "ann@example.com")), json(NO_LEADS, 400))
    assert len(desk.salesforce.find_by_email(["ann@example.com"])["ann@example.com"]) == 1
    with pytest.raises(Halt) as caught:
        Desk(json(NO_LEADS, 400), json(NO_LEADS, 400)).salesforce.find_by_email(["ann@example.com"])
    assert caught.value.reason == Reason.PERMISSION_REFUSED


@pytest.mark.parametrize("row", [{"Id": "x"}, {}, {"Id": CONTACT, "OwnerId": USER, "CreatedDate": None}])
def test_people_that_are_not_understood(row: dict[str, Any]) -> None:
    """A row without id, owner or date is trouble, not a person."""
    with pytest.raises(Unavailable):
        Desk(found(row)).salesforce.find_by_ids([CONTACT])


def test_an_upsert_is_one_call_by_key() -> None:
    """The key field of each record is its draft's key, each says that it is a Task, none is all-or-none."""
    desk = Desk(json([saved(created=True), saved(created=False)]))
    results = desk.salesforce.upsert_tasks([draft("K1"), draft("K2", Status="Completed")])
    request = desk.vendor.requests[0]
    assert (request.method, request.url.path) == (
        "PATCH", "/services/data/v62.0/composite/sobjects/Task/Lockstep_Key__c",
    )  # fmt: skip
    assert desk.body() == {
        "allOrNone": False,
        "records": [
            {"attributes": {"type": "Task"}, "WhoId": CONTACT, "Subject": "Hi", "Lockstep_Key__c": "K1"},
            {"attributes": {"type": "Task"}, "WhoId": CONTACT, "Subject": "Hi", "Status": "Completed",
             "Lockstep_Key__c": "K2"},
        ],
    }  # fmt: skip
    assert results == [Written(SalesforceId(TASK), created=True), Written(SalesforceId(TASK), created=False)]


def test_a_create_has_no_key() -> None:
    """Without the key field the key is not sent as a field."""
    desk = Desk(json([saved()], 200))
    assert desk.salesforce.create_tasks([draft()]) == [Written(SalesforceId(TASK), created=True)]
    assert desk.vendor.requests[0].url.path == "/services/data/v62.0/composite/sobjects"
    assert "Lockstep_Key__c" not in desk.body()["records"][0]


@pytest.mark.fault("F021")
def test_some_of_many_fail() -> None:
    """Results are in order; each failure is its own error and spares the others."""
    failure = {"success": False, "errors": [{"statusCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": "No"}]}
    refusal = {"statusCode": "INVALID_FIELD_FOR_INSERT_UPDATE", "message": "x", "fields": ["Type"]}
    hidden = {"success": False, "errors": [refusal]}
    desk = Desk(json([saved(created=True), failure, hidden, saved(created=True)]))
    first, second, third, fourth = desk.salesforce.upsert_tasks([draft(str(n)) for n in range(4)])
    assert isinstance(first, Written)
    assert isinstance(second, Reject)
    assert isinstance(third, FieldsRefused)
    assert third.fields == ("Type",)
    assert isinstance(fourth, Written)


NONSENSE: dict[str, Callable[[], Scripted]] = {
    "shorter": lambda: json([saved()]), "longer": lambda: json([saved()] * 3),
    "a null": lambda: json([saved(), None]), "an object": lambda: json({"hasErrors": False}),
    "no id": lambda: json([saved(), saved(id=None)]), "a bad id": lambda: json([saved(), saved(id="x")]),
    "half": lambda: truncated('[{"id": "00T58000003tW4uEAE", "success": true}]'), "html": lambda: html(502),
    "json 503": lambda: json([{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}], 503),
    "timeout": lambda: httpx.ReadTimeout("x"), "reset": lambda: httpx.ReadError("x"),
    "drop": lambda: httpx.RemoteProtocolError("x"), "html 200": lambda: html(200),
}  # fmt: skip


@pytest.mark.parametrize("how", NONSENSE)
@pytest.mark.fault("F022")
def test_a_write_without_a_whole_answer_is_unknown(how: str) -> None:
    """Nothing is guessed for any record of the call, and nothing is sent again here."""
    for write in (Salesforce.upsert_tasks, Salesforce.create_tasks):
        desk = Desk(NONSENSE[how]())
        with pytest.raises(UnknownOutcome):
            write(desk.salesforce, [draft("1"), draft("2")])
        assert len(desk.vendor.requests) == 1


@pytest.mark.parametrize("how", ["half", "html", "json 503", "timeout", "reset", "drop", "html 200"])
@pytest.mark.fault("F044")
def test_a_read_without_a_whole_answer_is_later(how: str) -> None:
    """Reads are deferred."""
    with pytest.raises(Unavailable):
        Desk(NONSENSE[how]()).salesforce.describe_task()


def test_a_write_that_never_left() -> None:
    """Without a connection nothing was executed."""
    with pytest.raises(Unavailable, match=r"acme\.my\.salesforce\.com"):
        Desk(httpx.ConnectError("x")).salesforce.upsert_tasks([draft()])


@pytest.mark.parametrize(("message", "kind"), [
    ("TotalRequests Limit exceeded.", QuotaSpent), ("ConcurrentRequests Limit exceeded.", Throttled),
])  # fmt: skip
def test_limits(message: str, kind: type[Exception]) -> None:
    """Both meanings of the code, on a write."""
    with pytest.raises(kind):
        Desk(json([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": message}], 403)).salesforce.create_tasks(
            [draft()]
        )


def test_writes_have_their_bounds() -> None:
    """None is no call, more than 200 is our mistake."""
    desk = Desk()
    assert desk.salesforce.upsert_tasks([]) == []
    with pytest.raises(ValueError, match="200"):
        desk.salesforce.upsert_tasks([draft(str(n)) for n in range(201)])


def test_the_probe_reads_tasks_of_people_and_owner() -> None:
    """Deleted and archived Tasks count as written; a blank Description is an empty text."""
    since = datetime(2026, 11, 2, 8, tzinfo=UTC)
    row = {"Id": TASK, "WhoId": CONTACT[:15], "Description": None, "CreatedDate": "2026-11-02T08:30:00.000+0000"}
    desk = Desk(found(row))
    moment = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert desk.salesforce.tasks_of([CONTACT, CONTACT], USER, since) == [
        SeenTask(SalesforceId(TASK), CONTACT, "", moment)
    ]
    assert desk.vendor.requests[0].url.path.endswith("/queryAll")
    assert desk.soql() == (
        f"SELECT Id,WhoId,Description,CreatedDate FROM Task WHERE WhoId IN ('{CONTACT}') AND OwnerId = '{USER}' "
        "AND CreatedDate >= 2026-11-02T08:00:00Z"
    )


def field(name: str, **members: Any) -> dict[str, Any]:
    """One field of describe."""
    return {"name": name, "type": "string", "length": 255, "createable": True, "updateable": True, **members}


def test_describe() -> None:
    """Rights are this user's; Type has its active values; our key counts if external, unique and writable."""
    kinds = [{"value": "Email", "active": True}, {"value": "Fax", "active": False, "defaultValue": False}]
    key = field("Lockstep_Key__c", externalId=True, unique=True)
    fields = [
        field("Subject"),
        field("Type", type="picklist", picklistValues=kinds),
        key,
        field("X__c", updateable=False),
    ]
    schema = Desk(json({"name": "Task", "fields": fields})).salesforce.describe_task()
    assert (schema.type_values, schema.type_has_default, schema.key_usable) == (frozenset({"Email"}), False, True)
    assert (schema.fields["Subject"].length, schema.fields["X__c"].updateable) == (255, False)
    assert schema.read_at == datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize("without", ["externalId", "unique", "createable", "updateable"])
def test_a_key_that_is_not_ours_to_use(without: str) -> None:
    """A key that is no external id, not unique or read-only for this user counts as absent."""
    key = field("Lockstep_Key__c", externalId=True, unique=True) | {without: False}
    assert not Desk(json({"fields": [key]})).salesforce.describe_task().key_usable
    assert not Desk(json({"fields": []})).salesforce.describe_task().key_usable


def test_a_default_type_is_seen() -> None:
    """A default on the Type picklist is reported (LS-25)."""
    kinds = [{"value": "Call", "active": True, "defaultValue": True}]
    assert Desk(json({"fields": [field("Type", picklistValues=kinds)]})).salesforce.describe_task().type_has_default


@pytest.mark.parametrize(("header", "usage"), [
    ("api-usage=18/15000", (18, 15000)),
    ("api-bursts=1/2; api-usage=25/5000; per-app-api-usage=17/250(appName=sample-app)", (25, 5000)),
    ("per-app-api-usage=17/250(appName=x)", None),
    ("", None),
])  # fmt: skip
def test_usage_is_read_by_name(header: str, usage: tuple[int, int] | None) -> None:
    """Only the organization's own count is taken."""
    desk = Desk(httpx.Response(200, json={"fields": []}, headers={"Sforce-Limit-Info": header}))
    desk.salesforce.describe_task()
    assert desk.salesforce.usage == usage


@pytest.mark.invariant("I27")
def test_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """At the log level INFO neither people's addresses nor tokens are written."""
    with caplog.at_level(logging.INFO):
        Desk(json(EXPIRED, 401), found(), found()).salesforce.find_by_email(["ann@example.com"])
    assert caplog.text == ""
