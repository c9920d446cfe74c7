"""The benchmarks of the simulators measure what they say, at small sizes."""

from tests.bench.simulators import MarketoDoor, SalesforceDoor, simulator_reads, simulator_starts, simulator_writes
from tests.bench.targets import judged


def test_every_record_is_read_once() -> None:
    """The timed pages hold everybody, by ids and as members, each activity of the ten types, and all live leads."""
    marketo, salesforce = MarketoDoor(700), SalesforceDoor(700)
    assert sum(marketo.leads(700)) == 700
    assert sum(marketo.members(700)) == 700
    kinds = {1, 2, 3, 6, 7, 10, 11, 12, 22, 24}
    log = marketo.simulator.records("activity")
    assert sum(marketo.activities()) == sum(activity["activityTypeId"] in kinds for activity in log)
    live = [row for row in salesforce.simulator.records("Lead") if not row["IsDeleted"]]
    assert sum(salesforce.leads()) == len(live)


def test_every_write_is_done() -> None:
    """The timed writes make and change so many leads and Tasks."""
    marketo, salesforce = MarketoDoor(0), SalesforceDoor(100)
    before = len(salesforce.simulator.records("Task"))
    assert [sum(marketo.sync(600, name)) for name in ("Ada", "Grace")] == [600, 600]
    assert {lead["firstName"] for lead in marketo.simulator.records("lead")} == {"Grace"}
    assert [sum(salesforce.tasks(method, 400)) for method in ("POST", "PATCH")] == [400, 400]
    tasks = salesforce.simulator.records("Task")
    assert len(tasks) == before + 400
    assert sum(task["Subject"].startswith("PATCH") for task in tasks) == 400


def test_the_lines_are_judged() -> None:
    """Every rate, start and peak has its target, which a slow or large one misses."""
    lines = [simulator_reads(300), simulator_writes(600), simulator_starts(10)]
    assert len(judged(lines)) == 5 + 5 + 4
    slow = {"bench": "simulator_reads", "people": 300, "marketo_leads_per_s": 4_999}
    large = {"bench": "simulator_starts", "people": 300, "marketo_s": 15.1, "marketo_mb": 1_600}
    assert [met for *_, met in judged([slow, large])] == [False, False, False]
