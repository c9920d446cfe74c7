"""The books held against the truth: what both vendors' own records say, and not only our counters.

Promises that each finding names its claim in words and says by how much it fails.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.demo.product import Product
from local.demo.selling import Day
from local.demo.vendors import Record, Vendors
from lockstep.catalogue.routes import WANTED
from lockstep.domain.ids import item_key
from lockstep.domain.item import Item, State, recipient
from lockstep.store import codec
from lockstep.store.ledger import item_row

PEOPLE, ACTIVITIES = "people_from_marketo", "activities_to_salesforce"
KEY = "Lockstep_Key__c"
Books = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim, and whether it holds."""

    claim: str
    holds: bool
    detail: str = ""


def fate(lead: Record) -> str:
    """What should have become of a Marketo record, judged from Marketo's own truth."""
    if lead.get("mergedInto"):
        return "MERGED_IN_MARKETO"
    if lead.get("deleted"):
        return "DELETED_IN_MARKETO"
    if str(lead.get("sfdcType") or "").lower() not in ("lead", "contact"):
        return "NOT_IN_SALESFORCE"
    if lead.get("sfdcIsDeleted"):
        return "DELETED_IN_SALESFORCE"
    owned = any(value for name, value in lead.items() if name.startswith("leadOwner"))
    return "logged" if owned else "NO_SALES_OWNER"


def audit_people(leads: Sequence[Record], books: Books) -> list[Finding]:
    """Every Marketo record stands in the books once, under what it is."""
    truth = Counter(map(fate, leads))
    logged = truth.pop("logged", 0)
    skipped: Counter[str] = Counter(books["skipped"])
    return [
        _equal("every Marketo record is in the books once", books["received"], len(leads)),
        _equal("people in the Workspace = those who qualify in Marketo", books["logged"], logged),
        Finding("passed over, reason by reason = Marketo's own records", skipped == truth, f"{skipped} / {truth}"),
    ]


def items_of(product: Product, day: Day) -> dict[str, Item | None]:
    """The ledger's items of everything reported that the flow wants, by their keys."""
    keys = [
        item_key(flow, event["id"], recipient(event["person"]["marketo_id"], effect))
        for event in day.sent.values()
        for flow, effect in WANTED.get(event["type"], ())
        if flow == ACTIVITIES
    ]
    rows = product.table.get_many([item_row(ACTIVITIES, key) for key in keys])
    found = {key: rows.get(item_row(ACTIVITIES, key)) for key in keys}
    return {str(key): codec.read(Item, row) if row else None for key, row in found.items()}


def audit_activities(items: Mapping[str, Item | None], tasks: Sequence[Record], books: Books) -> list[Finding]:
    """Each logged item is one Task under its key or told on one, no Task is anything else, the counters count that."""
    confirmed = {key: item for key, item in items.items() if item and item.state is State.CONFIRMED}
    logged = {key: str(item.remote_id) for key, item in confirmed.items() if item.effect == "task"}
    told = [str(item.remote_id) for item in confirmed.values() if item.effect == "life"]
    untold = set(told) - set(logged.values())
    written = [(str(task[KEY]), str(task["Id"])) for task in tasks if task.get(KEY)]
    doubled = len(written) - len({key for key, _ in written})
    missing = logged.items() - set(written)
    strange = set(written) - logged.items()
    states = Counter(item.state if item else "nowhere" for item in items.values())
    skipped = Counter(str(item.reason) for item in items.values() if item and item.state is State.SKIPPED)
    return [
        _equal("everything reported is in the books once", books["received"], len(items)),
        _equal("items in the ledger = effects of what was reported", len(items) - states["nowhere"], len(items)),
        Finding("each logged item is one Task in Salesforce", not missing, f"{len(missing)} are not"),
        Finding("no Task is doubled", not doubled, f"{doubled} are"),
        Finding("no Task is there that is not logged", not strange, f"{len(strange)} are"),
        _equal(
            "counted as logged = Tasks and what was told on them",
            books["logged"],
            len(written) + len(told),
        ),
        Finding("what happened to an email is told on a Task of ours", not untold, f"{len(untold)} are not"),
        Finding("skipped, reason by reason = the items", Counter(books["skipped"]) == skipped, f"{skipped}"),
    ]


def audit(product: Product, vendors: Vendors, day: Day, flows: Mapping[str, Books]) -> list[Finding]:
    """All findings of both flows."""
    tasks = [task for task in vendors.records("salesforce", "Task") if not task.get("IsDeleted")]
    return [
        *audit_people(vendors.records("marketo", "lead"), flows[PEOPLE]),
        *audit_activities(items_of(product, day), tasks, flows[ACTIVITIES]),
    ]


def _equal(claim: str, counted: int, true: int) -> Finding:
    return Finding(claim, counted == true, f"{counted:,} / {true:,}")
