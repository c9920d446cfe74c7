"""tap-salesforce, unmodified but for its host: discovery, a full and an incremental read agree with the truth."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulators.kernel.http import serving
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce import planted
from tests.witnesses.salesforce_world import (
    CREDENTIALS,
    START,
    TIED,
    USER,
    agree,
    happen,
    load,
    refusals,
    seeded_world,
    truth,
)
from tests.witnesses.tools import RUNNERS, lines_of, python_of, run

STREAMS = ("Account", "Contact", "Lead", "Opportunity", "Task", "User", "TaskStatus")
Found = dict[str, list[dict[str, Any]]]


class Tap:
    """The tap, pointed at one simulator."""

    def __init__(self, salesforce: SalesforceSimulator, address: str, folder: Path) -> None:
        self.salesforce, self.folder = salesforce, folder
        self.config = folder / "config.json"
        token = salesforce.act("issue_refresh_token", {"user": USER})[0]
        settings = {"refresh_token": token, "start_date": START, "api_type": "REST", "select_fields_by_default": True}
        self.config.write_text(json.dumps({**settings, **CREDENTIALS}))
        self._command = (python_of("tap-salesforce"), str(RUNNERS / "run_tap_salesforce.py"), address,
                         "--config", str(self.config))  # fmt: skip

    def by(self, api: str) -> None:
        """From now on it reads by this API: REST or BULK."""
        self.config.write_text(json.dumps({**json.loads(self.config.read_text()), "api_type": api}))

    def discover(self) -> dict[str, Any]:
        """The catalog."""
        done = run(*self._command, "--discover")
        assert done.returncode == 0, done.stderr[-3000:]
        catalog: dict[str, Any] = json.loads(done.stdout)
        return catalog

    def read(self, *streams: str, state: dict[str, Any] | None = None) -> tuple[Found, dict[str, Any]]:
        """All records of these streams, and the last state."""
        chosen, noted = self.folder / "catalog.json", self.folder / "state.json"
        chosen.write_text(json.dumps(_selected(self.discover(), streams)))
        noted.write_text(json.dumps(state or {}))
        done = run(*self._command, "--properties", str(chosen), "--state", str(noted))
        assert done.returncode == 0, done.stderr[-3000:]
        found: Found = defaultdict(list)
        last: dict[str, Any] = {}
        for message in lines_of(done.stdout):
            if message["type"] == "RECORD":
                found[message["stream"]].append(message["record"])
            if message["type"] == "STATE":
                last = message["value"]
        return found, last


def _selected(catalog: dict[str, Any], streams: tuple[str, ...]) -> dict[str, Any]:
    for stream in catalog["streams"]:
        if stream["tap_stream_id"] not in streams:
            continue
        (whole,) = (entry["metadata"] for entry in stream["metadata"] if not entry["breadcrumb"])
        whole["selected"] = True
        if whole.get("valid-replication-keys"):
            whole |= {"replication-method": "INCREMENTAL", "replication-key": whole["valid-replication-keys"][0]}
    return catalog


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    """The tap before a seeded world."""
    python_of("tap-salesforce")
    salesforce = seeded_world()
    with serving(salesforce) as address:
        yield Tap(salesforce, address, tmp_path)


@pytest.mark.simulator("salesforce-40")
def test_it_discovers_and_reads_everything(tap: Tap) -> None:
    """A full read has every record of every object once, with every field as it is; nothing is refused."""
    assert set(STREAMS) <= {stream["tap_stream_id"] for stream in tap.discover()["streams"]}
    found, _state = tap.read(*STREAMS)
    for kind in STREAMS:
        agree(found[kind], truth(tap.salesforce, kind))
    assert any(lead["IsDeleted"] for lead in found["Lead"])
    assert len([lead for lead in found["Lead"] if lead["Company"] == "Data load"]) == TIED
    assert refusals(tap.salesforce) == []


@pytest.mark.simulator("salesforce-40")
def test_it_reads_everything_in_bulk(tap: Tap) -> None:
    """The same by jobs of Bulk API 1.0, with results of several files; an object without rows is none."""
    tap.by("BULK")
    tap.salesforce.limits({"bulk_page": 30})
    found, _state = tap.read("Account", "Contact", "Lead", "Task", "Event")
    for kind in ("Account", "Contact", "Lead", "Task"):
        agree(found[kind], truth(tap.salesforce, kind), blank=True)
    assert found["Event"] == []
    assert refusals(tap.salesforce) == []


def reads_on(tap: Tap) -> None:
    """The second read brings what changed, went and came since, late ones too, and the last second of before again."""
    _first, state = tap.read("Lead")
    changed, late = happen(tap.salesforce), load(tap.salesforce, 3)
    found, _state = tap.read("Lead", state=state)
    tied = {lead["Id"] for lead in found["Lead"] if lead["Company"] == "Data load"}
    assert late <= tied
    assert {lead["Id"] for lead in found["Lead"]} - tied == changed - tied
    assert len(tied) == TIED + len(late)


@pytest.mark.simulator("salesforce-40")
def test_it_reads_on_from_its_state(tap: Tap) -> None:
    """The second read brings what changed, went and came since, late ones too, and the last second of before again."""
    reads_on(tap)
    assert refusals(tap.salesforce) == []


def reads_all(tap: Tap) -> None:
    """A full read of the leads is the truth about them."""
    found, _state = tap.read("Lead")
    agree(found["Lead"], truth(tap.salesforce, "Lead"))


def reads_in_bulk(tap: Tap) -> None:
    """A full read of the leads by bulk jobs is the truth about them."""
    tap.by("BULK")
    found, _state = tap.read("Lead")
    agree(found["Lead"], truth(tap.salesforce, "Lead"), blank=True)


@pytest.mark.parametrize(
    ("plant", "reading"),
    [
        (planted.lost_at_a_page_edge, reads_all),
        (planted.locator_that_skips, reads_all),
        (planted.done_too_early, reads_all),
        (planted.tie_lost, reads_on),
        (planted.bulk_row_missing, reads_in_bulk),
    ],
)
def test_a_planted_fault_is_noticed(
    tap: Tap, monkeypatch: pytest.MonkeyPatch, plant: planted.Plant, reading: Callable[[Tap], None]
) -> None:
    """Where the simulator lies, what the tap read is not the truth."""
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        reading(tap)


@pytest.mark.simulator("salesforce-3")
def test_it_keeps_a_rotated_refresh_token(tap: Tap) -> None:
    """With rotation each login brings a new refresh token, which it writes down and uses the next time."""
    before = json.loads(tap.config.read_text())["refresh_token"]
    tap.salesforce.act("set_app", {"client_id": "demo-client", "rotate": True})
    tap.discover()
    assert json.loads(tap.config.read_text())["refresh_token"] != before
    tap.discover()
    assert refusals(tap.salesforce) == []
