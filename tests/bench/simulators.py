"""The simulated vendors themselves: how fast they serve pages and take writes, and what their start costs.

Reads and writes are timed at the simulator's door, in this process and without a socket, with limits out of the way;
starts are those of the real commands, until their first line.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from local.cloud.paths import ROOT
from local.simulators.kernel.clock import SimClock
from local.simulators.kernel.http import Request
from local.simulators.marketo import MarketoSimulator
from local.simulators.salesforce import SalesforceSimulator

Line = dict[str, Any]
NOW = "2026-11-20T12:00:00Z"
LEAD_FIELDS = "id,firstName,lastName,email,company,title,phone,sfdcType,sfdcLeadId,sfdcContactId,leadOwnerEmailAddress"
QUERY = "SELECT Id, FirstName, LastName, Email, Title, Phone, OwnerId, Status, SystemModstamp FROM Lead"
DATA = "/services/data/v62.0"
JSON = {"content-type": "application/json"}


def simulator_reads(people: int) -> Line:
    """Everybody by pages of 300 ids, members of a list, activities; Salesforce's leads by pages of 2,000."""
    marketo, salesforce = MarketoDoor(people), SalesforceDoor(people)
    line: Line = {"bench": "simulator_reads", "people": people}
    line["marketo_leads_per_s"] = _rate(marketo.leads(people))
    line["marketo_members_per_s"] = _rate(marketo.members(people))
    line["marketo_activities_per_s"] = _rate(islice(marketo.activities(), 300))
    line["salesforce_leads_per_s"] = _rate(salesforce.leads())
    return _slowest(line)


def simulator_writes(records: int) -> Line:
    """So many leads created and changed by 300, activities added by 300, Tasks created and changed by 200."""
    marketo, salesforce = MarketoDoor(1_000), SalesforceDoor(1_000)
    line: Line = {"bench": "simulator_writes", "records": records}
    line["marketo_created_per_s"] = _rate(marketo.sync(records, "Ada"))
    line["marketo_updated_per_s"] = _rate(marketo.sync(records, "Grace"))
    line["salesforce_created_per_s"] = _rate(salesforce.tasks("POST", records))
    line["salesforce_updated_per_s"] = _rate(salesforce.tasks("PATCH", records))
    return _slowest(line)


def simulator_starts(people: int) -> Line:
    """From the command to its first line, and the most memory it ever held."""
    line: Line = {"bench": "simulator_starts", "people": people}
    for vendor in ("marketo", "salesforce"):
        began = time.perf_counter()
        command = [sys.executable, "-m", f"local.simulators.{vendor}", "--people", str(people)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            process.stdout.readline()
            line[f"{vendor}_s"] = round(time.perf_counter() - began, 2)
            line[f"{vendor}_mb"] = _peak_mb(process.pid)
            process.terminate()
    return line


def _peak_mb(pid: int) -> int | None:
    """The peak of another process, where the system tells it."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    row = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
    return round(int(row.split()[1]) / 1024)


def _slowest(line: Line) -> Line:
    """The line with its slowest rate as the figure of the case."""
    rates = [value for name, value in line.items() if name.endswith("_per_s")]
    return line | {"records_per_s": min(rates), "clock": "stopped"}


def _rate(pages: Iterator[int]) -> int:
    """Records a second over all pages, each of which says how many it had."""
    began = time.perf_counter()
    return round(sum(pages) / (time.perf_counter() - began))


class _Door:
    """One simulator on a stopped clock, and calls of its API."""

    def __init__(self, simulator: Any, token: str):
        self.simulator = simulator
        self._headers = {"authorization": f"Bearer {token}", **JSON}

    def ask(self, method: str, target: str, body: Any = None) -> Any:
        """The JSON of one answer."""
        path, _, query = target.partition("?")
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.simulator.handle(Request(method, path, query, self._headers, sent))
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
        return json.loads(answer.body)


class MarketoDoor(_Door):
    """A Marketo without limits."""

    def __init__(self, people: int):
        simulator = MarketoSimulator(people=people, clock=SimClock(start=NOW), activities=5)
        simulator.limits({"calls_per_20s": 10**9, "calls_per_day": 10**9})
        given = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-secret"
        answer = simulator.handle(Request("GET", "/identity/oauth/token", given))
        super().__init__(simulator, json.loads(answer.body)["access_token"])

    def leads(self, people: int) -> Iterator[int]:
        """Pages of 300 by id."""
        for first in range(1001, 1001 + people, 300):
            ids = ",".join(map(str, range(first, first + 300)))
            yield self._page(f"leads.json?filterType=id&fields={LEAD_FIELDS}&filterValues={ids}")[0]

    def members(self, people: int) -> Iterator[int]:
        """A list of everybody, page by page."""
        (entry,) = self.simulator.seed([{"type": "list", "leads": list(range(1001, 1001 + people))}])
        return self._pages(f"lists/{entry}/leads.json?fields={LEAD_FIELDS}")

    def activities(self) -> Iterator[int]:
        """Ten types at once, from the beginning."""
        token = self.ask("GET", "/rest/v1/activities/pagingtoken.json?sinceDatetime=2024-01-01")["nextPageToken"]
        return self._pages("activities.json?activityTypeIds=1,2,3,6,7,10,11,12,22,24", token)

    def sync(self, records: int, name: str) -> Iterator[int]:
        """Upserts by address."""
        for first in range(0, records, 300):
            given = [{"email": f"new{n}@example.net", "firstName": name} for n in range(first, first + 300)]
            yield len(self.ask("POST", "/rest/v1/leads.json", {"input": given})["result"])

    def _pages(self, target: str, token: str = "") -> Iterator[int]:
        more = True
        while more:
            found, answer = self._page(f"{target}&nextPageToken={token}" if token else target)
            token = answer.get("nextPageToken", "")
            more = answer.get("moreResult", bool(token))
            yield found

    def _page(self, target: str) -> tuple[int, Any]:
        answer = self.ask("GET", f"/rest/v1/{target}")
        return len(answer["result"]), answer


class SalesforceDoor(_Door):
    """A Salesforce without limits."""

    def __init__(self, people: int):
        simulator = SalesforceSimulator(people=people, clock=SimClock(start=NOW))
        simulator.limits({"calls_per_24h": 10**9})
        super().__init__(simulator, simulator.act("issue_token", {"user": "admin@example.com"})[0])

    def leads(self) -> Iterator[int]:
        """All leads, page by page."""
        answer = self.ask("GET", f"{DATA}/query?q={QUERY.replace(' ', '+')}")
        yield len(answer["records"])
        while not answer["done"]:
            answer = self.ask("GET", answer["nextRecordsUrl"])
            yield len(answer["records"])

    def tasks(self, method: str, records: int) -> Iterator[int]:
        """Tasks of one lead, created, or the latest ones changed."""
        lead = self.simulator.records("Lead")[0]["Id"]
        known = [row["Id"] for row in self.simulator.records("Task")][-records:]
        attributes = {"attributes": {"type": "Task"}}
        for first in range(0, records, 200):
            given: list[Any] = [{**attributes, "Subject": f"{method} {first + n}"} for n in range(200)]
            for number, record in enumerate(given):
                record.update({"WhoId": lead} if method == "POST" else {"Id": known[first + number]})
            body = {"allOrNone": False, "records": given}
            yield sum(row["success"] for row in self.ask(method, f"{DATA}/composite/sobjects", body))


SIMULATORS: dict[str, tuple[Callable[[int], Line], tuple[int, ...]]] = {
    "simulator_reads": (simulator_reads, (100_000,)),
    "simulator_writes": (simulator_writes, (30_000,)),
    "simulator_starts": (simulator_starts, (100_000,)),
}
