"""The strict mode refuses liberties that Salesforce tolerates, and says which ones a client took."""

from collections.abc import Callable

import httpx
import pytest

from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce.conftest import Truth, User, V

Liberty = Callable[[User, str], httpx.Response]


def _skipping(user: User, _lead: str) -> httpx.Response:
    user.simulator.seed([{"type": "Lead", "LastName": f"L{n}", "Company": "A"} for n in range(9)])
    user.simulator.limits({"query_page": 4})
    following = user.get("/query", q="SELECT Id FROM Lead").json()["nextRecordsUrl"]
    return user.http.get(following.rpartition("-")[0] + "-6")


def _trailing(user: User, lead: str) -> httpx.Response:
    headers = {"Content-Type": "application/json"}
    return user.http.patch(f"{V}/sobjects/Lead/{lead}", content=b'{"Title": "x"} x', headers=headers)


LIBERTIES: dict[str, Liberty] = {
    "The offset 6 was not in any nextRecordsUrl": _skipping,
    "The object Lead was written lead": lambda user, lead: user.change("lead", lead, Title="x"),
    "The field Title was written title": lambda user, lead: user.change("Lead", lead, title="x"),
    "The value of NumberOfEmployees was sent as text": lambda user, lead: user.change(
        "Lead", lead, NumberOfEmployees="5"
    ),
    "The value of DoNotCall was sent as text": lambda user, lead: user.change("Lead", lead, DoNotCall="true"),
    "The method was given as a parameter": lambda user, lead: user.http.post(
        f"{V}/sobjects/Lead/{lead}?_HttpMethod=PATCH", json={"Title": "x"}
    ),
    "Something stood behind the JSON body": _trailing,
}


@pytest.mark.simulator("salesforce-42")
@pytest.mark.parametrize("said", LIBERTIES)
def test_a_liberty_is_taken_until_the_mode_is_strict(
    sim: SalesforceSimulator, seller: User, lead: str, truth: Truth, said: str
) -> None:
    """Tolerated by default; strict, it is a 400 of its own code, it is listed, and nothing is written."""
    assert LIBERTIES[said](seller, lead).is_success
    sim.limits({"strict": True})
    before = truth.one("Lead", lead)
    refused = LIBERTIES[said](seller, lead)
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (400, "STRICT_MODE")
    assert refused.json()[0]["message"].startswith(said)
    assert sim.records("Liberty") == [{"liberty": said}]
    assert truth.one("Lead", lead) == before


@pytest.mark.simulator("salesforce-42")
def test_a_strict_organisation_serves_who_behaves(sim: SalesforceSimulator, seller: User, lead: str) -> None:
    """Pages by their addresses, names as described and values of their kind pass; lower-cased ids never do."""
    sim.limits({"strict": True, "query_page": 2})
    seller.upsert(*({"Lockstep_Key__c": f"k{n}", "WhoId": lead, "CallDurationInSeconds": n} for n in range(5)))
    page = seller.get("/query", q="SELECT Id FROM Task").json()
    seen = len(page["records"])
    while not page["done"]:
        page = seller.http.get(page["nextRecordsUrl"]).json()
        seen += len(page["records"])
    assert (seen, sim.records("Liberty")) == (5, [])
    lowered = lead[:15].lower() + lead[15:]
    assert seller.change("Lead", lowered, Title="x").json()[0]["errorCode"] == "MALFORMED_ID"
