"""The benchmarks measure what they say: small sizes of each case, held against the simulated vendors' records."""

import pytest

from local.simulators.kernel.population import population
from tests.bench.cases import CASES, first_load, log_emails, webhook_to_task
from tests.bench.check import counted, recorded, worse
from tests.bench.targets import judged

LINE = {"seconds", "marketo_calls", "salesforce_calls", "write_units", "read_units", "sqs_requests",
        "usd_per_million", "peak_mb", "engine", "clock"}  # fmt: skip


def test_a_measured_load_loads() -> None:
    """The measured first load stores everybody who qualifies, and its line has every figure."""
    line = first_load(300)
    owned = [one for one in population(7, 300) if one.crm_id and one.owner_id and not one.queued and not one.deleted]
    assert line["stored"] == len(owned)
    assert line.keys() >= LINE | {"bench", "people", "records_per_s"}
    assert line["marketo_calls"] > 0
    assert line["write_units"] >= line["stored"]


def test_measured_emails_become_tasks() -> None:
    """Each email of the measured backlog is one Task, in calls of up to two hundred."""
    line = log_emails(250)
    assert line["tasks"] == 250
    assert line["salesforce_calls"] == 2
    assert line.keys() >= LINE | {"bench", "activities"}


def test_the_way_of_one_event_is_measured() -> None:
    """From each signed request one Task comes, and the percentiles are in order."""
    line = webhook_to_task(10)
    assert line["tasks"] == 10
    assert 0 < line["p50_ms"] <= line["p99_ms"]


def test_targets_are_judged() -> None:
    """A figure over its target is said to miss it; one without a target is not judged."""
    load = {
        "bench": "first_load",
        "people": 100_000,
        "marketo_calls_per_1000": 5.1,
        "peak_mb": 90,
        "usd_per_million": 3,
    }
    small = {**load, "people": 1_000, "usd_per_million": 2}
    told = {(case, figure.split(" ")[0]): met for case, figure, _, met in judged([small, load])}
    assert told == {
        ("first_load 100000", "marketo_calls_per_1000"): False,
        ("first_load 100000", "peak_mb"): True,
        ("first_load", "price"): False,
    }


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.checked])
def test_no_flow_costs_more_than_recorded(name: str) -> None:
    """A thousand records need no more calls and units than when their figures were recorded, but for 5 %."""
    assert list(worse(name, 1_000, counted(name, 1_000), recorded()[name]["1000"])) == []


def test_what_got_worse_is_named() -> None:
    """A figure that grew by more than 5 % is named with both values; a smaller one, and one within 5 %, are not."""
    before = recorded()["log_emails"]["1000"]
    now = {**before, "write_units": before["write_units"] * 1.06, "read_units": before["read_units"] * 1.04}
    (sentence,) = worse("log_emails", 1_000, {**now, "sqs_requests": 0}, before)
    assert sentence.startswith("log_emails at 1,000: write_units got worse: ")
    assert f"instead of {before['write_units']:g}" in sentence
    assert "make bench-check RECORD=1" in next(worse("log_emails", 2_000, now, None))


def test_every_checked_size_is_recorded() -> None:
    """Figures stand in the repository for each case and size that is checked, and for no other."""
    wanted = {name: {str(size) for size in case.checked} for name, case in CASES.items() if case.checked}
    assert {name: set(sizes) for name, sizes in recorded().items()} == wanted
