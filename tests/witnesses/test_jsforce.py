"""jsforce, unmodified: reads, writes of one and of many records, composite, bulk jobs, and its logins.

Its bulk query runs the parts of a large result together, so it is given results of one part."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from local.simulators.kernel.clock import write_instant
from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce import planted
from tests.witnesses.salesforce_world import PAGE, TIED, USER, agree, refusals, seeded_world, truth
from tests.witnesses.tools import NODE, RUNNERS, node_with, run

APP_USER = "seller3@example.com"


class Jsforce:
    """The client, pointed at one simulator."""

    def __init__(self, salesforce: SalesforceSimulator, address: str) -> None:
        self.salesforce, self._address = salesforce, address
        salesforce.act("set_app", {"client_id": "demo-client", "run_as": APP_USER})

    def tell(self, story: str) -> dict[str, Any]:
        """Run one of the runner's stories; what it was told."""
        tokens = [self.salesforce.act(act, {"user": USER})[0] for act in ("issue_token", "issue_refresh_token")]
        where = (str(NODE / "node_modules"), self._address)
        done = run(node_with("jsforce"), str(RUNNERS / "run_jsforce.js"), *where, story, *tokens)
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told

    def now(self, kind: str, **values: Any) -> list[str]:
        """The ids of the true records with these values."""
        rows = truth(self.salesforce, kind).values()
        return [row["Id"] for row in rows if all(row[name] == value for name, value in values.items())]


@pytest.fixture
def jsforce() -> Iterator[Jsforce]:
    """The client before a seeded world."""
    node_with("jsforce")
    salesforce = seeded_world()
    with serving(salesforce) as address:
        yield Jsforce(salesforce, address)


@pytest.mark.simulator("salesforce-40")
def test_it_reads_everything(jsforce: Jsforce) -> None:
    """Describes, pages of queries, scans of deleted rows, look-ups by id and sub-queries agree with the truth."""
    told = jsforce.tell("reads")
    leads = truth(jsforce.salesforce, "Lead")
    living = {number: lead for number, lead in leads.items() if not lead["IsDeleted"]}
    assert set(told["fields"]) == next(iter(leads.values())).keys()
    agree(told["leads"]["found"], living)
    assert told["leads"]["total"] == len(living)
    assert told["leads"]["pages"] == -(-len(living) // PAGE)
    agree(told["all"], leads)
    assert len(told["tied"]) == 30 < TIED
    addressed = [row for row in truth(jsforce.salesforce, "Contact").values() if row["Email"] and not row["IsDeleted"]]
    assert told["counted"] == len(addressed)
    agree([told["one"]], {told["one"]["Id"]: leads[told["one"]["Id"]]})
    asked = [lead["Id"] for lead in told["leads"]["found"][:150]]
    assert [(lead["Id"], lead["LastName"]) for lead in told["several"]] == [
        (one, leads[one]["LastName"]) for one in asked
    ]
    for contact in told["children"]:
        tasks = [task["Id"] for task in contact["Tasks"]["records"]]
        assert tasks == jsforce.now("Task", WhoId=contact["Id"])
    assert told["limits"]["Max"] == told["usage"]["limit"]
    assert told["who"] == USER
    assert refusals(jsforce.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_writes(jsforce: Jsforce) -> None:
    """One and many at once: created, changed, upserted by key, deleted; partly refused, rolled back, composed."""
    writes(jsforce)
    assert refusals(jsforce.salesforce) == []


def test_results_out_of_order_are_noticed(jsforce: Jsforce, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Collections answer in another order, what was written is not what jsforce takes it for."""
    planted.results_out_of_order(monkeypatch)
    with pytest.raises(AssertionError):
        writes(jsforce)


def writes(jsforce: Jsforce) -> None:
    """The story of its writes, compared with the truth."""
    told = jsforce.tell("writes")
    assert jsforce.now("Contact", LastName="Jsforce", Title="Chief") == [told["one"]["id"]]
    made = [result["id"] for result in told["created"]]
    assert [jsforce.now("Contact", LastName=f"Many {n}", Title=f"Title {n - 1}") for n in (1, 2, 3)] == [
        [one] for one in made
    ]
    assert [result["created"] for result in (told["first"], *told["many"])] == [True, False, True, True]
    by_key = [
        jsforce.now("Task", Lockstep_Key__c=key, Subject=f"By {key}", WhoId=told["one"]["id"])
        for key in ("k1", "k2", "k3")
    ]
    assert by_key == [[result["id"]] for result in told["many"]]
    assert [result["success"] for result in told["partly"]] == [True, False, True]
    assert told["partly"][1]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    assert jsforce.now("Contact", LastName="Also good") == [told["partly"][2]["id"]]
    assert jsforce.now("Contact", LastName="Never") == []
    gone = [*made[:2], told["partly"][0]["id"]]
    assert set(gone) <= set(jsforce.now("Contact", IsDeleted=True))
    (account,) = jsforce.now("Account", Name="Composed")
    assert len(jsforce.now("Contact", LastName="Composed", AccountId=account)) == 1


@pytest.mark.simulator("salesforce-40")
def test_it_loads_and_reads_in_bulk(jsforce: Jsforce) -> None:
    """Ingest jobs of four operations and a query job: each row's fate, and every row with every field as it is."""
    leads = truth(jsforce.salesforce, "Lead")
    told = jsforce.tell("bulk")
    names = {result["sf__Id"]: result["LastName"] for result in told["inserted"]["successfulResults"]}
    assert sorted(names.values()) == sorted(['One "quoted", and comma', "Two\nlines", "株式会社 three"])
    assert [row["sf__Error"].partition(":")[0] for row in told["inserted"]["failedResults"]] == [
        "REQUIRED_FIELD_MISSING"
    ]
    for number, name in names.items():
        assert jsforce.now("Contact", LastName=name, Title="Changed") == [number]
    created = [{row["sf__Created"] for row in job["successfulResults"]} for job in told["upserted"]]
    assert created == [{"true"}, {"false"}]
    assert len(jsforce.now("Task", Subject="again")) == 2
    gone = {row["sf__Id"] for row in told["deleted"]["successfulResults"]}
    assert len(gone) == 2
    assert gone == {one for one in names if truth(jsforce.salesforce, "Contact")[one]["IsDeleted"]}
    agree(told["leads"], leads, blank=True)
    assert told["aborted"] == "Aborted"
    assert refusals(jsforce.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_asks_what_changed(jsforce: Jsforce) -> None:
    """What changed and what went in the last two hours, by getUpdated and getDeleted."""
    hour = write_instant(jsforce.salesforce.clock.now() - timedelta(hours=1))
    lead = {"type": "Lead", "LastName": "Lately", "Company": "Acme", "SystemModstamp": hour}
    changed, gone = jsforce.salesforce.seed([lead, {**lead, "IsDeleted": True}])
    told = jsforce.tell("changes")
    assert told["updated"]["ids"] == [changed]
    assert [entry["id"] for entry in told["deleted"]["deletedRecords"]] == [gone]
    assert refusals(jsforce.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_understands_refusals(jsforce: Jsforce) -> None:
    """What Salesforce would refuse is refused in the words that it looks for."""
    assert jsforce.tell("refusals") == {
        "gone": "ENTITY_IS_DELETED",
        "missing": "REQUIRED_FIELD_MISSING",
        "field": "INVALID_FIELD",
        "object": "NOT_FOUND",
        "locator": "INVALID_QUERY_LOCATOR",
    }


@pytest.mark.simulator("salesforce-40")
def test_it_logs_in(jsforce: Jsforce) -> None:
    """Client credentials, a password by SOAP, a refresh token; a session that is gone is renewed once."""
    jsforce.salesforce.act("set_password", {"user": "seller1@example.com", "password": "secret<&>"})
    told = jsforce.tell("logins")
    assert told["asApp"] == jsforce.salesforce.org.user(APP_USER)
    assert told["user"] == jsforce.salesforce.org.user(USER)
    assert told["soap"] == jsforce.salesforce.org.user("seller1@example.com")
    assert (told["renewed"], told["found"], told["seen"]) == (1, 1, 1)
    assert refusals(jsforce.salesforce) == ["GET /services/data/v62.0/query: INVALID_SESSION_ID"]
