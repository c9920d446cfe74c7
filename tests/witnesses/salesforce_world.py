"""A Salesforce world for foreign clients: the seeded people, tasks made by people, ties, and what is true about them.

Pages are small, so that everything is more than one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from local.simulators.salesforce import SalesforceSimulator

PEOPLE = 350
TIED, TIE = 90, "2025-03-04T05:06:07Z"
PAGE = 40
DESCRIPTION = '"ü", 株式会社\n\nnext line'
USER = "admin@example.com"
START = "2023-12-01T00:00:00Z"
CREDENTIALS = {"client_id": "demo-client", "client_secret": "demo-secret"}
Record = Mapping[str, Any]


def seeded_world() -> SalesforceSimulator:
    """People, companies, deals and tasks; ninety leads that one data load stamped with one second."""
    salesforce = SalesforceSimulator(people=PEOPLE)
    load(salesforce, TIED)
    contacts = [row["Id"] for row in salesforce.records("Contact") if not row["IsDeleted"]]
    salesforce.seed([
        {"type": "Task", "Subject": f'He said "no", then\n{n}', "WhoId": contacts[n], "Description": DESCRIPTION}
        for n in range(PAGE + 10)
    ])  # fmt: skip
    salesforce.limits({"query_page": PAGE, "bulk_queued_s": 0, "bulk_chunk_s": 0})
    return salesforce


def load(salesforce: SalesforceSimulator, count: int) -> set[str]:
    """Leads that one data load stamped with one second, whenever they show up; their ids."""
    stamps = {"CreatedDate": TIE, "LastModifiedDate": TIE, "SystemModstamp": TIE}
    lead = {"type": "Lead", "Company": "Data load", **stamps}
    return set(salesforce.seed([{**lead, "LastName": f"Tied {n}"} for n in range(count)]))


def truth(salesforce: SalesforceSimulator, kind: str) -> dict[str, Record]:
    """Every record of an object by its id, deleted ones too."""
    return {row["Id"]: row for row in salesforce.records(kind)}


def agree(told: Iterable[Record], real: Mapping[str, Record], *, blank: bool = False) -> None:
    """What was told is the truth: every record once, and in each field that was told the same value.

    A client of files cannot tell an empty text from none (`blank`).
    """
    rows = list(told)
    assert len(rows) == len({row["Id"] for row in rows}) == len(real)
    assert rows[0].keys() - {"attributes"} <= next(iter(real.values())).keys()
    for row in rows:
        for name, value in row.items():
            if name != "attributes":
                assert plain(value, blank=blank) == plain(real[row["Id"]][name], blank=blank), (row["Id"], name)


def plain(value: Any, *, blank: bool = False) -> Any:
    """A value without the notation that a client gave it: moments to the second, days, checkboxes, numbers."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return value
    if len(value) > 19 and value[10] == "T" and value[4] == "-":
        return value[:19].removesuffix("T00:00:00")
    return {"true": True, "false": False}.get(value, (value or None) if blank else value)


def refusals(salesforce: SalesforceSimulator) -> list[str]:
    """The calls of the foreign client, logins included, that did not end well."""
    calls = [f"{call.method} {call.path}: {call.outcome}" for call in salesforce.calls if not 200 <= call.status < 300]
    return calls + [f"login: {login}" for login in salesforce.logins if login["status"] != 200]


def happen(salesforce: SalesforceSimulator) -> set[str]:
    """Something new: two leads change, one is deleted, one comes; their ids."""
    living = [lead for lead, row in truth(salesforce, "Lead").items() if not row["IsDeleted"]]
    for lead in living[:2]:
        salesforce.act("update", {"id": lead, "fields": {"Title": "Somebody else"}})
    salesforce.act("delete", {"id": living[2]})
    return {*living[:3], *salesforce.seed([{"type": "Lead", "LastName": "Newcomer", "Company": "Acme"}])}
