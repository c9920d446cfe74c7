"""The invariants as functions over a stage: those that hold at every step, and those that hold when all is quiet.

Promises that each audit reads the truth (the store's rows, the vendors' own records, the log) and never asks the code
that it judges, except where the answer of that code is what is judged (I18).
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from local.simulators.kernel.population import users
from lockstep.catalogue.reason_texts import mendable
from lockstep.catalogue.retry_schedules import TRANSIENT
from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO, WANTED
from lockstep.domain.ids import item_key
from lockstep.domain.item import recipient
from lockstep.domain.reason import Reason
from lockstep.store.table import Key, Row
from tests.simulation.acts import CANARY
from tests.simulation.boundary import LIFE
from tests.simulation.stage import SECONDS_A_CALL, Stage
from tests.workspace import ADMIN, request

Audit = Callable[[Stage], None]
STEP: dict[str, list[Audit]] = {}
QUIET: dict[str, list[Audit]] = {}
KNOWN_ERRORS = {"Unavailable", "Throttled", "QuotaSpent", "OutOfTime"}
USERS = {user.email: user.id for user in users()}
KEY = "Lockstep_Key__c"
ON_LIST, DUE = {"READY", "LEASED", "UNKNOWN"}, {"RETRY_AT", "UNKNOWN"}
SEARCH_SECONDS = 4 * SECONDS_A_CALL
BURST = 3  # items that would be tried again at the very same instant


def always(*names: str) -> Callable[[Audit], Audit]:
    """Enter an audit of every step."""
    return _enter(STEP, names)


def when_quiet(*names: str) -> Callable[[Audit], Audit]:
    """Enter an audit of the end."""
    return _enter(QUIET, names)


def _enter(table: dict[str, list[Audit]], names: Iterable[str]) -> Callable[[Audit], Audit]:
    def enter(audit: Audit) -> Audit:
        for name in names:
            table.setdefault(name, []).append(audit)
        return audit

    return enter


def rows_of(stage: Stage, prefix: str) -> list[tuple[Key, Row]]:
    """Rows by the beginning of their partition, not copied."""
    return [(key, row) for key, row in stage.inner._rows.items() if key.pk.startswith(prefix)]


def items(stage: Stage) -> list[Row]:
    """Every item of every flow."""
    return [row for _, row in rows_of(stage, "ITEM#")]


def task_key(task: dict[str, Any]) -> str | None:
    """Our key on a Task: in its field, else at the end of its description."""
    if task.get(KEY):
        return str(task[KEY])
    _, found, rest = (task.get("Description") or "").rpartition("[Lockstep ")
    return rest.rstrip("]") if found else None


def tasks_by_key(stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """Live Tasks of ours in Salesforce's own records."""
    found: dict[str, list[dict[str, Any]]] = {}
    for task in stage.salesforce.records("Task"):
        key = task_key(task)
        if key and not task["IsDeleted"]:
            found.setdefault(key, []).append(task)
    return found


def event_of(stage: Stage, item: Row) -> dict[str, Any]:
    """The event of an item, as it was sent."""
    return stage.record.sent[item["event_id"]]


# --- always -----------------------------------------------------------------------------------------------------------


def recount(stage: Stage) -> dict[tuple[str, str], Counter[str]]:
    """The books counted anew from the rows: by flow and day, by column."""
    books: dict[tuple[str, str], Counter[str]] = {}
    for item in items(stage):
        state = item["state"]
        name = f"{state}.{item['reason']}" if state in ("SKIPPED", "NEEDS_YOU") else state
        books.setdefault((item["flow"], item["received_on"]), Counter()).update(("RECEIVED", name))
    for key, row in rows_of(stage, "PERSON#"):
        if key.sk == "PROFILE":
            name = f"SKIPPED.{row['reason']}" if "reason" in row else "CONFIRMED"
            book = books.setdefault((PEOPLE_FROM_MARKETO, row["received_on"]), Counter())
            book.update(("RECEIVED", name))
    return books


@always("I1", "I28")
def books_are_the_rows(stage: Stage) -> None:
    """Every counter equals the count of the rows, every row is counted once."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    for key, row in rows_of(stage, "COUNT#"):
        _, flow, day = key.pk.split("#")
        columns = {name: number for name, number in row.items() if name not in ("pk", "sk")}
        if day != "STORED":
            counted.setdefault((flow, day), Counter()).update(columns)
    wanted = recount(stage)
    kept = {book: {n: c for n, c in columns.items() if c} for book, columns in counted.items()}
    assert {b: c for b, c in kept.items() if c} == {book: dict(columns) for book, columns in wanted.items()}


@always("I1", "I28")
def received_is_kept(stage: Stage) -> None:
    """Whatever was acknowledged is stored with an item for each flow that wants it."""
    known = stage.inner._rows
    for event_id in stage.record.acknowledged:
        event = stage.record.sent[event_id]
        assert Key(f"EVENT#{event_id}", "EVENT") in known
        for flow, effect in WANTED.get(event["type"], ()):
            key = item_key(flow, event_id, recipient(event["person"]["marketo_id"], effect))
            assert Key(f"ITEM#{flow}#{key}", "ITEM") in known


@always("I1", "I28")
def lists_hold_their_items(stage: Stage) -> None:
    """An item that waits stands on exactly the list on which it will be found again."""
    wanted: set[tuple[str, str, str]] = set()
    for item in items(stage):
        state, due = item["state"], item.get("due_at")
        if state in ON_LIST and due is None:
            wanted.add(("READY", f"{item['flow']}#{item['connection']}", item["key"]))
        if state in DUE and due is not None:
            wanted.add(("DUE", item["flow"], item["key"]))
        causes = {item["cause"]} if "cause" in item else set()
        if state in ("NEEDS_YOU", "SKIPPED") and mendable(Reason(item["reason"])):
            causes.add(f"hand:{item['connection']}")
        wanted |= {("WAIT", cause, item["key"]) for cause in causes}
    found = [
        (*_list_of(key), row["key"]) for kind in ("READY", "DUE", "WAIT") for key, row in rows_of(stage, f"{kind}#")
    ]
    assert sorted(found) == sorted(wanted)


def _list_of(key: Key) -> tuple[str, str]:
    """A list's kind, and whose it is; lists of what is due are cut into shards."""
    kind, _, name = key.pk.partition("#")
    return kind, name.rpartition("#")[0] if kind == "DUE" else name


@always("I3")
def success_has_its_record(stage: Stage) -> None:
    """A confirmed item names a Task that Salesforce holds (or held) under the item's key."""
    tasks = stage.salesforce.org.world.tables["Task"].rows
    for item in items(stage):
        if item["state"] == "CONFIRMED" and item["effect"] == "task":
            task = tasks.get(item.get("remote_id", ""))
            assert task is not None, f"{item['event_id']} is confirmed with {item.get('remote_id')}"
            assert task_key(task) == item["key"]


@always("I5", "I31")
def watermark_only_goes_on(stage: Stage) -> None:
    """The watermark never goes back by itself, and never beyond now less the lag."""
    row = stage.inner._rows.get(Key(f"CURSOR#{PEOPLE_FROM_MARKETO}", "CURSOR"), {})
    mark = row.get("changes", {}).get("watermark", "")
    if row.get("load", {}).get("state") == "running":
        stage.record.watermark = mark  # a pass over all ids begins its own
    assert mark >= stage.record.watermark or row["load"]["state"] == "done"
    stage.record.watermark = mark
    if mark:
        lag = timedelta(seconds=stage.world.environment.settle_seconds)
        assert datetime.fromisoformat(mark) <= max(stage.clock.now(), stage.marketo.clock.now()) - lag


@always("I14", "I15", "I25")
def nothing_was_violated(stage: Stage) -> None:
    """The network and the door saw nothing forbidden."""
    assert not stage.record.violations


@always("I13")
def no_fault_of_our_own(stage: Stage) -> None:
    """No item was set aside for a bug, and no message failed for anything but what the engine knows."""
    assert not [item["event_id"] for item in items(stage) if item.get("reason") == "INTERNAL_FAULT"]
    failed = [line for line in stage.log.getvalue().splitlines() if '"a message failed"' in line]
    assert {json.loads(line)["error"] for line in failed} <= KNOWN_ERRORS | (
        {"ValueError"} if stage.record.poisoned else set()
    )


@always("I19")
def attempts_stay_in_schedule(stage: Stage) -> None:
    """No item is tried more often than its schedule has steps; quota waits cost no attempt; each waits its own time."""
    together: Counter[str] = Counter()
    for item in items(stage):
        attempts, retried = item.get("attempts", 0), [step for step in item["history"] if step["state"] == "RETRY_AT"]
        assert attempts <= min(len(retried), len(TRANSIENT.steps))
        if attempts and item["state"] == "RETRY_AT" and item["reason"] in ("VENDOR_BUSY", "RECORD_LOCKED"):
            together[item["due_at"]] += 1
            at, step = datetime.fromisoformat(retried[-1]["at"]), TRANSIENT.steps[attempts - 1]
            # the wait is reckoned from the answer, and the row says when it was written: in between a worker may be
            # held, and searches by address for those of the same call whose record is gone
            held = sum(seconds for end, seconds in stage.boundary.held if at - LIFE <= end <= at) + SEARCH_SECONDS
            waits = (datetime.fromisoformat(item["due_at"]) - at).total_seconds()
            assert 0.8 * step - held <= waits <= 1.2 * step
    assert max(together.values(), default=0) < BURST


@always("I27")
def logs_keep_secrets(stage: Stage) -> None:
    """No secret, token or word of a person is in anything that was logged."""
    logged = stage.log.getvalue()
    sessions = stage.salesforce.org.sessions
    forbidden = [CANARY, CANARY.upper(), "demo-secret", *sessions.by_token, *sessions.refresh]
    assert not [word for word in forbidden if word in logged]


# --- when quiet -------------------------------------------------------------------------------------------------------


@when_quiet("I1", "I4")
def everything_ended(stage: Stage) -> None:
    """Nothing waits any more, and everything that was ever sent was taken."""
    assert [(row["event_id"], row["state"], row.get("reason")) for row in stage.waiting()] == []
    assert set(stage.record.sent) == stage.record.acknowledged


@when_quiet("I2")
def one_effect(stage: Stage) -> None:
    """Salesforce holds at most one live Task for each key, and none of ours without one."""
    found = tasks_by_key(stage)
    doubled = {key: [task["Id"] for task in tasks] for key, tasks in found.items() if len(tasks) > 1}
    assert not doubled
    ours = [task for task in stage.salesforce.records("Task") if CANARY in (task["Subject"] or "")]
    assert all(task_key(task) for task in ours)


@when_quiet("I4")
def what_was_written_is_confirmed(stage: Stage) -> None:
    """Every live Task of ours belongs to an item that is confirmed with its id."""
    ends = {item["key"]: item for item in items(stage)}
    for key, tasks in tasks_by_key(stage).items():
        item = ends[key]
        assert (item["state"], item.get("remote_id")) == ("CONFIRMED", tasks[0]["Id"]), item["event_id"]


@when_quiet("I4", "I13")
def calm_items_are_logged(stage: Stage) -> None:
    """An activity whose person, seller and settings nobody touched, and whose person qualifies, is a Task."""
    if stage.record.settings_changed or stage.record.objecting:
        return
    untouched = stage.record
    judged = [each for each in items(stage) if each["kind"] in ("email.sent", "call.logged")]
    for item in (each for each in judged if each["effect"] == "task"):
        person, seller = item["person_id"], item["connection"]
        known = stage.inner._rows.get(Key(f"PERSON#{person}", "PROFILE"), {})
        if person in untouched.touched_people or seller in untouched.touched_sellers or "reason" in known:
            continue
        ids = {f"salesforce_{kind}_id" for kind in ("lead", "contact")} & known["person"].keys()
        wanted = ("CONFIRMED", None) if ids or item["kind"] == "email.sent" else ("SKIPPED", "NO_SF_ID_FOR_CALL")
        assert (item["state"], item.get("reason")) == wanted, (item["event_id"], item["history"][-1])


@when_quiet("I5")
def people_are_the_truth(stage: Stage) -> None:
    """Every lead of Marketo is stored as it is, or passed over; who is gone or merged is known to be."""
    known = {int(row["marketo_id"]): row for key, row in rows_of(stage, "PERSON#") if key.sk == "PROFILE"}
    for lead in stage.marketo.world.leads:
        row, truth = known.get(lead.id), lead.values
        if lead.deleted:
            assert row is None or "reason" in row, f"{lead.id} is gone and still active"
            continue
        assert row is not None, f"{lead.id} was never read"
        wanted = "sfdcType" in truth and bool(truth.get("leadOwnerEmailAddress"))
        assert ("reason" not in row) == wanted, f"{lead.id}: {row.get('reason')}"
        if wanted:
            assert (row["person"].get("last_name"), row["person"].get("email")) == (
                truth.get("lastName"), truth.get("email"),
            )  # fmt: skip


@when_quiet("I30")
def people_are_found_by_their_ids(stage: Stage) -> None:
    """Look-ups by address and Salesforce id are those of the profiles, and losers point to who lives."""
    wanted: set[Key] = set()
    for key, row in rows_of(stage, "PERSON#"):
        person = row.get("person", {}) if key.sk == "PROFILE" else {}
        ids = [person.get(f"salesforce_{kind}_id") for kind in ("contact", "lead")]
        wanted |= {Key(f"SFID#{one[:15]}", str(row["marketo_id"])) for one in ids if one}
        if person.get("email"):
            wanted.add(Key(f"EMAIL#{person['email'].strip().lower()}", str(row["marketo_id"])))
        if key.sk == "PROFILE" and "merged_into" in row:
            assert stage.marketo.world.leads.by_id[int(row["marketo_id"])].deleted
    found = {key for prefix in ("SFID#", "EMAIL#") for key, _ in rows_of(stage, prefix)}
    assert found == wanted


@when_quiet("I16")
def authors_are_the_sellers(stage: Stage) -> None:
    """Every Task was made by its seller's own connection and is owned by that seller."""
    sellers = {item["key"]: USERS[item["connection"]] for item in items(stage)}
    for key, tasks in tasks_by_key(stage).items():
        assert {(task["OwnerId"], task["CreatedById"]) for task in tasks} == {(sellers[key], sellers[key])}


@when_quiet("I17")
def least_is_written(stage: Stage) -> None:
    """No Task was written with a field that its author's describe does not let pass, nor with one without a value."""
    for seller, fields in stage.record.writes:
        if fields["attributes"]["type"] != "Task":
            continue
        seen = stage.record.rights[seller] | {KEY, "attributes"}
        assert fields.keys() <= seen, fields.keys() - seen
        assert not [n for n, value in fields.items() if value in (None, "") and n != "MSE_Current_Campaign_Step__c"]


@when_quiet("I18")
def everything_is_explained(stage: Stage) -> None:
    """The interface finds every event that was received, and each item not logged has its reason and version."""
    for event_id in stage.record.acknowledged:
        asked = request("GET", f"/activities/{event_id}", None, {"email": ADMIN, "lockstep_role": "admin"})
        answer = stage.call("workspace_api", asked)
        assert answer["statusCode"] == 200
        assert '"answer":""' not in answer["body"].replace(": ", ":")
    for item in items(stage):
        assert item["state"] == "CONFIRMED" or "reason" in item
        assert "settings_version" in item, item["event_id"]


@when_quiet("I31")
def days_are_the_sellers(stage: Stage) -> None:
    """A Task stands on the day of the activity in its seller's time zone."""
    ends = {item["key"]: item for item in items(stage)}
    for key, tasks in tasks_by_key(stage).items():
        item = ends[key]
        link = stage.world.connections.salesforce(item["connection"])
        assert link is not None
        zone = ZoneInfo(link.time_zone)
        day = datetime.fromisoformat(event_of(stage, item)["occurred_at"]).astimezone(zone).date()
        assert {str(task["ActivityDate"])[:10] for task in tasks} == {day.isoformat()}


@when_quiet("I15")
def connections_stand(stage: Stage) -> None:
    """After all faults are gone, every connection is there and works."""
    for seller in stage.sellers:
        link = stage.world.connections.salesforce(seller)  # type: ignore[arg-type]
        assert link is not None
        assert link.instance_url
        assert stage.world.connections.secret(seller)


def audit_step(stage: Stage, names: Iterable[str] | None = None) -> None:
    """All audits of a step, or those of some invariants."""
    _run(STEP, stage, names)


def complaints(stage: Stage) -> list[str]:
    """What every audit says of a stage on which all is quiet; nothing where all invariants hold."""
    try:
        audit_quiet(stage)
    except Broken as broken:
        return [str(broken)]
    return []


def audit_quiet(stage: Stage, names: Iterable[str] | None = None) -> None:
    """All audits, or those of some invariants."""
    _run(STEP, stage, names)
    _run(QUIET, stage, names)


def _run(table: dict[str, list[Audit]], stage: Stage, names: Iterable[str] | None) -> None:
    wanted = table if names is None else [name for name in names if name in table]
    for audit in dict.fromkeys(audit for name in wanted for audit in table[name]):
        try:
            audit(stage)
        except AssertionError as broken:
            raise Broken(audit.__name__, str(broken)) from None


class Broken(AssertionError):
    """An invariant does not hold; `audit` names the function that saw it."""

    def __init__(self, audit: str, detail: str):
        super().__init__(f"{audit}: {detail}")
        self.audit = audit
