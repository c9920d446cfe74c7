"""airbyte-source-salesforce, unmodified but for its host: check, discovery, full and incremental reads, REST and bulk.

It passes over what it is refused, so counts are compared.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce import planted
from tests.witnesses.salesforce_world import (
    CREDENTIALS,
    DESCRIPTION,
    START,
    USER,
    agree,
    happen,
    refusals,
    seeded_world,
    truth,
)
from tests.witnesses.tools import RUNNERS, lines_of, python_of, run

ADDRESSED = ("Account", "Contact", "Lead")  # objects with addresses are read by REST unless bulk is forced
Found = dict[str, list[dict[str, Any]]]
State = list[dict[str, Any]]


class Source:
    """The source, pointed at one simulator."""

    def __init__(self, salesforce: SalesforceSimulator, address: str, folder: Path) -> None:
        self.salesforce, self.folder, self.address = salesforce, folder, address
        token = salesforce.act("issue_refresh_token", {"user": USER})[0]
        self.settings: dict[str, Any] = {
            "auth_type": "Client", "refresh_token": token, "start_date": START, "stream_slice_step": "P3650D",
            "streams_criteria": [{"criteria": "exacts", "value": name} for name in (*ADDRESSED, "Task", "TaskStatus")],
        }  # fmt: skip

    def say(self, verb: str, *rest: str) -> list[dict[str, Any]]:
        """Run one of its verbs; its messages."""
        config = self.folder / "config.json"
        config.write_text(json.dumps({**self.settings, **CREDENTIALS}))
        runner = str(RUNNERS / "run_airbyte_salesforce.py")
        python = python_of("airbyte-source-salesforce")
        done = run(python, runner, self.address, verb, "--config", str(config), *rest)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return list(lines_of(done.stdout))

    def check(self) -> str:
        """What its check says."""
        told = [message["connectionStatus"] for message in self.say("check") if "connectionStatus" in message]
        return str(told[-1]["status"])

    def discover(self) -> list[dict[str, Any]]:
        """Its streams."""
        streams: list[dict[str, Any]] = next(
            message["catalog"]["streams"] for message in self.say("discover") if message["type"] == "CATALOG"
        )  # fmt: skip
        return streams

    def read(self, *names: str, state: State | None = None) -> tuple[Found, State]:
        """All records of these streams, and the last state of each."""
        chosen, noted = self.folder / "catalog.json", self.folder / "state.json"
        chosen.write_text(json.dumps({"streams": [_configured(s) for s in self.discover() if s["name"] in names]}))
        noted.write_text(json.dumps(state or []))
        found: Found = defaultdict(list)
        states: dict[str, dict[str, Any]] = {}
        for message in self.say("read", "--catalog", str(chosen), "--state", str(noted)):
            if message["type"] == "RECORD":
                found[message["record"]["stream"]].append(message["record"]["data"])
            if message["type"] == "STATE":
                states[message["state"]["stream"]["stream_descriptor"]["name"]] = message["state"]
        return found, list(states.values())


def _configured(stream: dict[str, Any]) -> dict[str, Any]:
    mode = "incremental" if "incremental" in stream["supported_sync_modes"] else "full_refresh"
    return {"stream": stream, "sync_mode": mode, "destination_sync_mode": "append"}


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Source]:
    """The source before a seeded world."""
    python_of("airbyte-source-salesforce")
    salesforce = seeded_world()
    with serving(salesforce) as address:
        yield Source(salesforce, address, tmp_path)


def test_it_checks_and_discovers(source: Source) -> None:
    """Its check succeeds, and what it was asked for are its streams."""
    assert source.check() == "SUCCEEDED"
    assert {stream["name"] for stream in source.discover()} == {*ADDRESSED, "Task", "TaskStatus", "Describe"}
    assert refusals(source.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_reads_everything(source: Source) -> None:
    """A full read by REST has every record once, with every field as it is; nothing is refused."""
    found, _states = source.read(*ADDRESSED, "TaskStatus")
    for kind in (*ADDRESSED, "TaskStatus"):
        agree(found[kind], truth(source.salesforce, kind))
    assert any(lead["IsDeleted"] for lead in found["Lead"])
    assert refusals(source.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_reads_everything_in_bulk(source: Source) -> None:
    """By query jobs, in parts of thirty rows: every record once, every field as it is, and no job left behind."""
    source.settings["force_use_bulk_api"] = True
    source.salesforce.limits({"bulk_page": 30})
    found, _states = source.read("Contact", "Lead", "Task")
    for kind in ("Contact", "Lead", "Task"):
        agree(found[kind], truth(source.salesforce, kind), blank=True)
    assert DESCRIPTION in {task.get("Description") for task in found["Task"]}
    paths = [call.path for call in source.salesforce.calls]
    assert not any("/query" in path and "/jobs/" not in path for path in paths)
    assert len([call for call in source.salesforce.calls if call.method == "DELETE"]) == 3
    assert refusals(source.salesforce) == []


@pytest.mark.simulator("salesforce-40")
@pytest.mark.parametrize("bulk", [False, True])
def test_it_reads_on_from_its_state(source: Source, bulk: bool) -> None:
    """The second read brings exactly what changed, went and came since."""
    source.settings["force_use_bulk_api"] = bulk
    _first, state = source.read("Lead")
    changed = happen(source.salesforce)
    found, _state = source.read("Lead", state=state)
    assert {lead["Id"] for lead in found["Lead"]} == changed
    assert refusals(source.salesforce) == []


@pytest.mark.parametrize("plant", [planted.bulk_row_missing, planted.bulk_locator_that_skips])
def test_a_planted_fault_is_noticed(source: Source, monkeypatch: pytest.MonkeyPatch, plant: planted.Plant) -> None:
    """Where the simulator's bulk files lie, what the source read is not the truth."""
    source.salesforce.limits({"bulk_page": 30})
    plant(monkeypatch)
    found, _states = source.read("Task")
    with pytest.raises(AssertionError):
        agree(found["Task"], truth(source.salesforce, "Task"), blank=True)
