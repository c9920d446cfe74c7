"""Conversations that real organisations had with other people's clients: the same answers, up to ids and times."""

import re
from typing import Any

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User, V

MANY = f"{V}/composite/sobjects"
HINT = "be sure to append the '__c' after the {} name. Please reference your WSDL or the describe call for the"
NO_TYPE = (
    "sObject type '{}' is not supported. If you are attempting to use a custom object, "
    f"{HINT.format('entity')} appropriate names."
)
NO_FIELD = (
    "No such column '{}' on entity 'Lead'. If you are attempting to use a custom field, "
    f"{HINT.format('custom field')} appropriate names."
)


def _record(kind: str, **fields: Any) -> dict[str, Any]:
    return {**fields, "attributes": {"type": kind}}


@pytest.mark.simulator("salesforce-15")
@pytest.mark.parametrize(
    ("text", "shown", "place", "said"),
    [
        ("select count() from XYZZY", "select count() from XYZZY", (20, 21), NO_TYPE.format("XYZZY")),
        (
            "SELECT Id,Name,BillingCity,IsDeleted FROM Accout",
            "Name,BillingCity,IsDeleted FROM Accout",
            (32, 43),
            NO_TYPE.format("Accout"),
        ),
        (
            "Select Id, Status, LeadSource, Body from Lead",
            "Select Id, Status, LeadSource, Body from Lead",
            (31, 32),
            NO_FIELD.format("Body"),
        ),
        (
            "select Id, Company,Email,LastName,SF_date__c, ConvertedContactId from Lead where Company = 'x'",
            "select Id, Company,Email,LastName,SF_date__c, ConvertedContactId from",
            (34, 35),
            NO_FIELD.format("SF_date__c"),
        ),
    ],
)
def test_a_wrong_statement_is_shown_around_its_place(
    seller: User, text: str, shown: str, place: tuple[int, int], said: str
) -> None:
    """Thirty characters before and behind the place, words whole, a caret, row and column."""
    caret = " " * place[0] + "^"
    assert seller.refusal(text)["message"] == f"\n{shown}\n{caret}\nERROR at Row:1:Column:{place[1]}\n{said}"


@pytest.mark.simulator("salesforce-9")
def test_pretty_answers_are_printed_like_the_recorded_ones(seller: User, lead: str) -> None:
    """Arrays stand on the line of their key, empty ones have a blank inside."""
    headers = {"X-PrettyPrint": "1"}
    created = seller.http.post(f"{V}/sobjects/Account/", json={"Name": "xyzzy"}, headers=headers)
    assert created.text == f'{{\n  "id" : "{created.json()["id"]}",\n  "success" : true,\n  "errors" : [ ]\n}}'
    found = seller.http.get(f"{V}/query/?q=SELECT+Id+FROM+Lead", headers=headers)
    assert found.text == (
        '{\n  "totalSize" : 1,\n  "done" : true,\n  "records" : [ {\n    "attributes" : {\n      "type" : "Lead",\n'
        f'      "url" : "{V}/sobjects/Lead/{lead}"\n    }},\n    "Id" : "{lead}"\n  }} ]\n}}'
    )
    body = {"compositeRequest": [{"referenceId": "r", "method": "GET", "url": f"{V}/sobjects/Foo"}]}
    inner = seller.http.post(f"{V}/composite", json=body, headers=headers)
    assert '"httpHeaders" : { },\n    "httpStatusCode" : 404,\n    "referenceId" : "r"\n  } ]\n}' in inner.text


@pytest.mark.simulator("salesforce-9")
def test_a_created_record_has_the_recorded_headers(seller: User) -> None:
    """The header names of a recorded 201, no more and no fewer; 204 has neither type nor body."""
    made = seller.create("Lead", LastName="Upton", Company="Eastern Ferry")
    names = "date content-type transfer-encoding connection set-cookie strict-transport-security x-robots-tag"
    rest = "cache-control sforce-limit-info location vary server x-sfdc-request-id"
    assert set(made.headers) - {"content-length"} == set(f"{names} {rest}".split())
    assert [cookie.partition("=")[0] for cookie in made.headers.get_list("set-cookie")] == [
        "BrowserId",
        "CookieConsentPolicy",
        "LSKey-c$CookieConsentPolicy",
    ]
    changed = seller.change("Lead", made.json()["id"], Title="x")
    assert (changed.status_code, changed.content) == (204, b"")
    assert "content-type" not in changed.headers


@pytest.mark.simulator("salesforce-17")
def test_old_versions_warn_of_nothing(seller: User) -> None:
    """Version 41 adds an empty list of warnings to what it creates, version 51 does not."""
    for version, keys in (("41.0", ["id", "success", "errors", "warnings"]), ("51.0", ["id", "success", "errors"])):
        made = seller.http.post(f"/services/data/v{version}/sobjects/Account", json={"Name": "x"})
        assert list(made.json()) == keys


@pytest.mark.simulator("salesforce-20")
def test_an_upsert_by_id_without_ids_creates(seller: User, truth: Truth) -> None:
    """Collections upsert on Id: null is a new record, an id is that record."""
    first = _record("Account", Name="Sitwell-Bluth", AccountNumber="420", Id=None)
    made = seller.http.patch(f"{MANY}/Account/Id", json={"allOrNone": False, "records": [first]}).json()
    account = truth.all("Account")[0]["Id"]
    assert made == [{"id": account, "success": True, "errors": [], "created": True}]
    again = {"records": [_record("Account", Id=account, Name="Bluth")]}
    changed = seller.http.patch(f"{MANY}/Account/Id", json=again).json()
    assert changed == [{"id": account, "success": True, "errors": [], "created": False}]
    assert [row["Name"] for row in truth.all("Account")] == ["Bluth"]


@pytest.mark.simulator("salesforce-20")
def test_numbers_may_come_as_text(seller: User, truth: Truth) -> None:
    """A recorded update sets employees to "10000"; text that is no number, and an empty day, cannot be read."""
    account = seller.created("Account", Name="Account 4")
    record = _record("Account", BillingStreet="Account 4 Street", NumberOfEmployees="10000", Id=account)
    updated = seller.http.patch(MANY, json={"allOrNone": False, "records": [record]}).json()
    assert updated == [{"id": account, "success": True, "errors": []}]
    assert truth.one("Account", account)["NumberOfEmployees"] == 10_000
    for name, value, kind in (("NumberOfEmployees", "many", "int"), ("AnnualRevenue", "", "double")):
        refused = seller.change("Account", account, **{name: value})
        message = f"Cannot deserialize instance of {kind} from VALUE_STRING value {value} or request may be missing"
        assert refused.json()[0]["message"].startswith(message)
    assert seller.change("Contact", seller.created("Contact", LastName="x"), Birthdate="").status_code == 400


@pytest.mark.simulator("salesforce-20")
def test_a_call_that_must_all_succeed(seller: User) -> None:
    """The recorded partial failures of creates and updates, to the last key; and nothing to delete."""
    unnamed, named = _record("Contact", FirstName="Siena"), _record("Contact", LastName="Blevins")
    rolled_back = {
        "statusCode": "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "message": ("Record rolled back because not all records were valid and the request was using AllOrNone header"),
        "fields": [],
    }
    missing = "Required fields are missing: [LastName]"
    required = {"statusCode": "REQUIRED_FIELD_MISSING", "message": missing, "fields": ["LastName"]}
    body = {"allOrNone": True, "records": [unnamed, named]}
    assert seller.http.post(MANY, json=body).json() == [
        {"success": False, "errors": [required]},
        {"success": False, "errors": [rolled_back]},
    ]
    one, two = (seller.created("Contact", LastName=name) for name in ("Dyer", "Blevins"))
    odd = {
        "statusCode": "INVALID_FIELD",
        "message": "No such column 'unknownField_LastName' on sobject of type Contact",
        "fields": [],
    }
    records = [_record("Contact", id=one, LastName="x"), _record("Contact", id=two, unknownField_LastName="y")]
    results = seller.http.patch(MANY, json={"allOrNone": True, "records": records}).json()
    assert [result["errors"] for result in results] == [[rolled_back], [odd]]
    gone = seller.http.delete(MANY, params={"ids": ""})
    expected = [{"message": "At least 1 Id is required.", "errorCode": "REQUIRED_FIELD_MISSING"}]
    assert (gone.status_code, gone.json()) == (400, expected)


@pytest.mark.simulator("salesforce-21")
def test_composites_answer_as_recorded(sim: SalesforceSimulator, seller: User) -> None:
    """A miss of a related key rolls its neighbour back; a conditional list is 304 with a null body and its tag."""
    sim.schema([{"object": "Account", "name": "Ext__c", "type": "string", "externalId": True, "unique": True}])
    url = f"{V}/sobjects/Contact"
    bodies = ({"LastName": "A"}, {"LastName": "B", "Account": {"Ext__c": "0116"}})
    requests = [
        {"method": "POST", "url": url, "referenceId": f"NewPayment{n}", "body": body}
        for n, body in enumerate(bodies, start=1)
    ]
    answer = seller.http.post(f"{V}/composite", json={"allOrNone": True, "compositeRequest": requests}).json()
    halted = "The transaction was rolled back since another operation in the same transaction failed."
    missed = "Foreign key external ID: 0116 not found for field Ext__c in entity Account"
    assert answer == {
        "compositeResponse": [
            {
                "body": [{"errorCode": "PROCESSING_HALTED", "message": halted}],
                "httpHeaders": {},
                "httpStatusCode": 400,
                "referenceId": "NewPayment1",
            },
            {
                "body": [{"message": missed, "errorCode": "INVALID_FIELD", "fields": []}],
                "httpHeaders": {},
                "httpStatusCode": 400,
                "referenceId": "NewPayment2",
            },
        ]
    }
    since = {"If-Modified-Since": "Mon, 23 Nov 2026 09:31:00 GMT"}
    listing = {"method": "GET", "url": f"{V}/sobjects", "referenceId": "all", "httpHeaders": since}
    unchanged = seller.http.post(f"{V}/composite", json={"compositeRequest": [listing]}).json()["compositeResponse"][0]
    assert (unchanged["body"], unchanged["httpStatusCode"]) == (None, 304)
    assert list(unchanged["httpHeaders"]) == ["ETag", "Last-Modified"]
    assert len(unchanged["httpHeaders"]["ETag"]) == 10


@pytest.mark.simulator("salesforce-21")
def test_a_tree_is_stored_whole_or_not(seller: User, truth: Truth) -> None:
    """201 with the id of each reference, children under their parents; 400 with the failed ones alone."""

    def tree(*records: dict[str, Any], kind: str = "Contact") -> httpx.Response:
        return seller.http.post(f"{V}/composite/tree/{kind}", json={"records": list(records)})

    def contact(reference: str, **fields: Any) -> dict[str, Any]:
        return {"attributes": {"type": "Contact", "referenceId": reference}, **fields}

    child = {"records": [contact("ref1", LastName="Dyer")]}
    parent = {"attributes": {"type": "Account", "referenceId": "ref0"}, "Name": "Acme", "Contacts": child}
    made = tree(parent, kind="Account")
    account, person = truth.all("Account")[0]["Id"], truth.all("Contact")[0]
    results = [{"referenceId": "ref0", "id": account}, {"referenceId": "ref1", "id": person["Id"]}]
    assert (made.status_code, made.json()) == (201, {"hasErrors": False, "results": results})
    assert person["AccountId"] == account
    failed = tree(contact("ref0", FirstName="Siena"), contact("ref1", LastName="Blevins"))
    missing = "Required fields are missing: [LastName]"
    error = {"statusCode": "REQUIRED_FIELD_MISSING", "message": missing, "fields": ["LastName"]}
    expected = {"hasErrors": True, "results": [{"referenceId": "ref0", "errors": [error]}]}
    assert (failed.status_code, failed.json()) == (400, expected)
    doubled = tree(contact("ref1", LastName="A"), contact("ref1", LastName="B")).json()
    assert [error["message"] for error in doubled["results"][0]["errors"]] == [
        "Duplicate ReferenceId provided in the request.",
        "Duplicate ReferenceId found: ref1",
    ]
    assert len(truth.all("Contact")) == 1


@pytest.mark.simulator("salesforce-12")
def test_child_queries_and_counts(seller: User, contact: str) -> None:
    """Deals hang on their contact, null where there are none; record counts leave out what is empty."""
    assert seller.query("select FirstName,(select Name from Opportunities) from Contact")[0]["Opportunities"] is None
    deal = {"Name": "Espionage", "StageName": "In Progress", "CloseDate": "2021-10-03", "ContactId": contact}
    seller.created("Opportunity", **deal)
    found = seller.query("select FirstName,(select Name from Opportunities) from Contact")[0]["Opportunities"]
    assert (found["totalSize"], found["records"][0]["Name"]) == (1, "Espionage")
    assert seller.get("/limits/recordCount", sObjects="Account,Lead").json() == {
        "sObjects": [{"count": 1, "name": "Account"}]
    }


@pytest.mark.simulator("salesforce-4")
def test_strange_tokens(seller: User) -> None:
    """Another scheme is INVALID_AUTH_HEADER, no token is an expired one, and the identity page speaks plain text."""
    expired = [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
    bare = httpx.Client(transport=seller.http._transport, base_url="http://salesforce.test")
    for headers in (
        {},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer 00D!broken"},
        {"Authorization": "OAuth x"},
    ):
        answer = bare.get(f"{V}/limits", headers=headers)
        assert (answer.status_code, answer.json()) == (401, expired)
    basic = bare.get(f"{V}/limits", headers={"Authorization": "Basic YTpi"})
    assert (basic.status_code, basic.json()[0]["errorCode"]) == (401, "INVALID_AUTH_HEADER")
    for headers, word in (({}, "Missing_OAuth_Token"), ({"Authorization": "Bearer x"}, "Bad_OAuth_Token")):
        answer = bare.get("/services/oauth2/userinfo", headers=headers)
        assert (answer.status_code, answer.text) == (403, word)


@pytest.mark.simulator("salesforce-1")
def test_logins_by_password(sim: SalesforceSimulator, seller: User) -> None:
    """The recorded grant by username and password, with the security token behind it, and its refusal."""

    def ask(**form: str) -> httpx.Response:
        app = {"client_id": "demo-client", "client_secret": "demo-secret"}
        return seller.http.post("/services/oauth2/token", data={"grant_type": "password", **app, **form})

    known = {"username": "seller1@example.com", "password": "demo-passworddemo-token"}
    token = ask(**known).json()
    assert {"access_token", "instance_url", "id", "token_type", "issued_at", "signature"} <= set(token)
    assert sim.org.sessions.user_of(token["access_token"]) == sim.org.user("seller1@example.com")
    sim.act("set_password", {"user": "seller1@example.com", "password": "new"})
    refused = ask(**known)
    expected = {"error": "invalid_grant", "error_description": "authentication failure"}
    assert (refused.status_code, refused.json()) == (400, expected)


@pytest.mark.simulator("salesforce-40")
def test_the_soap_door(sim: SalesforceSimulator, seller: User) -> None:
    """A login by SOAP answers with session, addresses and user; what goes wrong is a fault with status 500."""

    def ask(version: str, inside: str) -> httpx.Response:
        text = f'<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>{inside}</env:Body>'
        return seller.http.post(f"/services/Soap/u/{version}", content=f"{text}</env:Envelope>".encode())

    sim.act("set_password", {"user": "seller1@example.com", "password": "a&b"})
    login = (
        '<n1:login xmlns:n1="urn:partner.soap.sforce.com"><n1:username>{}</n1:username><n1:password>{}</n1:password>'
    )
    good = ask("59.0", login.format("seller1@example.com", "a&amp;b"))
    told = dict(re.findall(r"<(\w+)>([^<]+)</", good.text))
    assert sim.org.sessions.user_of(told["sessionId"]) == told["userId"] == sim.org.user("seller1@example.com")
    assert told["serverUrl"] == f"http://salesforce.test/services/Soap/u/59.0/{sim.org.world.org_id[:15]}"
    assert (told["organizationId"], told["userName"]) == (sim.org.world.org_id, "seller1@example.com")
    for answer, code in (
        (ask("59.0", login.format("seller1@example.com", "guess")), "INVALID_LOGIN"),
        (ask("30.0", "<login/>"), "UNSUPPORTED_API_VERSION"),
        (ask("59.0", "<query/>"), "INVALID_OPERATION"),
    ):
        assert (answer.status_code, answer.headers["content-type"]) == (500, "text/xml;charset=UTF-8")
        assert f"<faultcode>sf:{code}</faultcode>" in answer.text


@pytest.mark.simulator("salesforce-39")
def test_heads_have_no_bodies(seller: User, lead: str) -> None:
    """HEAD answers like GET, without a body; a slash at the end of an address changes nothing."""
    answer = seller.http.head(f"{V}/sobjects/Lead/{lead}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert seller.http.get(f"{V}/sobjects/Lead/{lead}/").json()["Id"] == lead
    assert seller.http.post(f"{V}/sobjects/Lead/", json={"LastName": "x", "Company": "y"}).status_code == 201
