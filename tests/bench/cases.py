"""The cases with their sizes: what is done, over which engine; one line of figures for each."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from tests.bench.measured import MeasuredWorld, measured_world, measuring
from tests.bench.mixed import log_mixed, open_storm
from tests.bench.simulators import SIMULATORS
from tests.signed import content

Line = dict[str, Any]
OWNED_FROM = 2_000  # a world of so many people has about 1,100 to whom emails are logged


def first_load(people: int) -> Line:
    """The whole first load: read by id ranges, judged, stored."""
    line: Line = {"bench": "first_load", "people": people}
    with measured_world(people) as world, measuring(world, line, people):
        world.start_load()
        line["stored"] = world.balance(PEOPLE_FROM_MARKETO).logged
    line["records_per_s"] = round(people / line["seconds"])
    line["marketo_calls_per_1000"] = round(1000 * line["marketo_calls"] / people, 2)
    return line


def people_changes(people: int) -> Line:
    """As many people change a name, and the next look at the feeds brings it into the Workspace."""
    line: Line = {"bench": "people_changes", "people": people}
    with measured_world(people) as world:
        world.start_load()
        world.poll(400)
        for lead in world.marketo.records("lead"):
            if not lead.get("isDeleted"):
                world.marketo.act("update", {"id": lead["id"], "fields": {"lastName": "Changed"}})
        with measuring(world, line, people):
            world.poll(400)
            while world.world.cursors.read(PEOPLE_FROM_MARKETO)["changes"].get("until"):
                world.poll(30)  # the pass goes on where the window of calls was used up
        line["changed"] = sum("Changed" in str(row.get("person")) for row in world.table.rows("PERSON#"))
    line["records_per_s"] = round(people / line["seconds"])
    return line


def log_emails(activities: int) -> Line:
    """Signed deliveries of a hundred emails each, then all of them to Salesforce, by one connected seller."""
    line: Line = {"bench": "log_emails", "activities": activities}
    with measured_world(OWNED_FROM) as world:
        world.start_load()
        people, before = _with_record(world), _tasks(world)
        with measuring(world, line, activities):
            first = _log(world, people, range(min(1_000, activities)))
            later = _log(world, people, range(1_000, activities))
        line["tasks"] = _tasks(world) - before
    line["records_per_s"] = round(activities / line["seconds"])
    line["salesforce_calls_first_1000"] = first
    if activities > 1_000:
        line["salesforce_calls_per_1000_later"] = round(1000 * later / (activities - 1_000), 2)
    return line


def webhook_to_task(events: int) -> Line:
    """From the signed request to the Task in Salesforce, one email at a time."""
    line: Line = {"bench": "webhook_to_task", "events": events}
    taken: list[float] = []
    with measured_world(OWNED_FROM) as world:
        world.start_load()
        people = _with_record(world)
        _one(world, _email(0, people))  # the first one opens connections and caches
        before = _tasks(world)
        with measuring(world, line, events):
            for number in range(1, events + 1):
                began = time.perf_counter()
                _one(world, _email(number, people))
                taken.append(time.perf_counter() - began)
        line["tasks"] = _tasks(world) - before
    shares = quantiles(taken, n=100)
    return line | {"p50_ms": round(1000 * shares[49], 1), "p99_ms": round(1000 * shares[98], 1)}


def _one(world: MeasuredWorld, event: dict[str, Any]) -> None:
    _deliver(world, [event])
    world.run_until_quiet()


def _log(world: MeasuredWorld, people: list[int], numbers: range) -> float:
    """Deliver a backlog and let it be logged; the calls to Salesforce that took."""
    before = world.meters()["salesforce_calls"]
    for start in range(numbers.start, numbers.stop, 100):
        _deliver(world, [_email(number, people) for number in range(start, min(start + 100, numbers.stop))])
    world.run_until_quiet()
    return world.meters()["salesforce_calls"] - before


def _tasks(world: MeasuredWorld) -> int:
    return len(world.salesforce.records("Task"))


def _with_record(world: MeasuredWorld) -> list[int]:
    """Marketo ids of people with a Salesforce id who were taken in."""
    leads = world.marketo.records("lead")
    return [lead["id"] for lead in leads if lead.get("leadOwnerEmailAddress") and not lead.get("sfdcIsDeleted")]


def _email(number: int, people: list[int]) -> dict[str, Any]:
    who = people[number % len(people)]
    text = f"Shall we talk about number {number}? " * 10
    return content(
        f"evt_{number:06}",
        "email.sent",
        person=who,
        email_id=f"mail-{number}",
        subject=f"Hello {number}",
        body_text=text,
    )


def _deliver(world: MeasuredWorld, events: list[dict[str, Any]]) -> None:
    answer = world.sender.send(*events)
    if answer.status != 202:
        raise RuntimeError(f"the webhook answered {answer.status}: {answer.body}")


@dataclass(frozen=True)
class Case:
    """What is done, at which sizes it is measured, and at which its counts are held against recorded.json."""

    run: Callable[[int], Line]
    sizes: tuple[int, ...]
    checked: tuple[int, ...] = ()


def rollups(activities: int) -> Line:
    """Emails of one seller to people with a record, told on their leads and contacts; Tasks are switched off."""
    line: Line = {"bench": "rollups", "activities": activities}
    name = "Description"  # a text field that leads and contacts have from the start
    with measured_world(OWNED_FROM) as world:
        world.start_load()
        names = {"last_activity_by_sales": name}
        world.switch_on(log_emails=False, log_calls=False, rollups=("lead", "contact"), rollup_fields=names)
        people = _with_record(world)
        with measuring(world, line, activities):
            calls = _log(world, people, range(activities))
        records = [*world.salesforce.records("Lead"), *world.salesforce.records("Contact")]
        line["shown"] = sum(bool(row.get(name)) for row in records)
    line["salesforce_calls_per_1000"] = round(1000 * calls / activities, 2)
    return line


ALL = (1_000, 10_000, 100_000)
CASES: dict[str, Case] = {
    "first_load": Case(first_load, ALL, checked=ALL),
    "people_changes": Case(people_changes, (1_000, 10_000), checked=ALL),
    "log_emails": Case(log_emails, (1_000, 10_000), checked=ALL),
    "log_mixed": Case(log_mixed, (1_000, 10_000, 100_000), checked=(1_000, 10_000)),
    "open_storm": Case(open_storm, (10_000, 100_000), checked=(1_000, 10_000)),
    "rollups": Case(rollups, (1_000, 10_000), checked=ALL),
    "webhook_to_task": Case(webhook_to_task, (300,)),
    **{name: Case(run, sizes) for name, (run, sizes) in SIMULATORS.items()},
}
