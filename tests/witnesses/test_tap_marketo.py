"""tap-marketo, unmodified: discovery, a full and an incremental read agree with the truth."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.simulators.kernel.http import serving
from local.simulators.marketo import MarketoSimulator
from tests.witnesses.marketo_world import (
    CREDENTIALS,
    MORE_THAN_A_PAGE,
    addresses,
    guids,
    happen,
    outcomes,
    recent_world,
    start_date,
)
from tests.witnesses.tools import RUNNERS, lines_of, python_of, run

STREAMS = ("leads", "activity_types", "lists", "campaigns", "programs", "activities_new_lead",
           "activities_visit_webpage", "activities_send_email")  # fmt: skip
Found = dict[str, list[dict[str, Any]]]


class Tap:
    """The tap, pointed at one simulator."""

    def __init__(self, marketo: MarketoSimulator, address: str, folder: Path) -> None:
        self.marketo, self.folder = marketo, folder
        config = folder / "config.json"
        settings = {"endpoint": "https://123-ABC-456.mktorest.com/rest", "start_date": start_date(),
                    "poll_interval": 0.5, "job_timeout": 60}  # fmt: skip
        config.write_text(json.dumps({**settings, **CREDENTIALS}))
        self._command = (python_of("tap-marketo"), str(RUNNERS / "run_tap_marketo.py"), address.rpartition(":")[2],
                         "--config", str(config))  # fmt: skip

    def discover(self) -> dict[str, Any]:
        """The catalog."""
        done = run(*self._command, "--discover")
        assert done.returncode == 0, done.stderr
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
        if stream["tap_stream_id"] in streams:
            for entry in stream["metadata"]:
                entry["metadata"]["selected"] = entry["metadata"].get("inclusion") != "unsupported"
    return catalog


@pytest.fixture
def tap(tmp_path: Path) -> Iterator[Tap]:
    """The tap before a seeded world whose jobs take a second; faster ones it would order again and again within it."""
    python_of("tap-marketo")
    marketo = recent_world()
    marketo.limits({"bulk_processing_s": 1})
    with serving(marketo) as address:
        yield Tap(marketo, address, tmp_path)


def test_it_discovers_and_reads_everything(tap: Tap) -> None:
    """Every type is a stream; a full read has every person, list, campaign and activity once; nothing is refused."""
    named = {stream["tap_stream_id"] for stream in tap.discover()["streams"]}
    assert set(STREAMS) <= named
    assert len([name for name in named if name.startswith("activities_")]) == 55
    found, _state = tap.read(*STREAMS)
    assert {lead["id"]: lead["email"] for lead in found["leads"]} == addresses(tap.marketo)
    assert len(found["leads"]) == len(addresses(tap.marketo))
    for stream, type_id in (("new_lead", 12), ("visit_webpage", 1), ("send_email", 6)):
        records = found[f"activities_{stream}"]
        assert {record["marketoGUID"] for record in records} == guids(tap.marketo, type_id)
        assert len(records) == len(guids(tap.marketo, type_id))
    assert {record["webpage_url"] for record in found["activities_visit_webpage"]} >= {"/pricing", "/contact"}
    assert len({entry["id"] for entry in found["lists"]}) == len(found["lists"]) == MORE_THAN_A_PAGE
    assert len({entry["id"] for entry in found["campaigns"]}) == len(found["campaigns"]) == MORE_THAN_A_PAGE
    assert (len(found["programs"]), len(found["activity_types"])) == (5, 55)
    assert outcomes(tap.marketo) == {"ok"}


def test_it_reads_on_from_its_state(tap: Tap) -> None:
    """The second read brings nobody but the people who changed since, and the new activity."""
    _first, state = tap.read("leads", "activities_visit_webpage")
    before, changed = guids(tap.marketo, 1), happen(tap.marketo)
    found, _state = tap.read("leads", "activities_visit_webpage", state=state)
    assert {lead["id"] for lead in found["leads"]} == set(changed)  # windows meet in a second, which is read twice
    assert {lead["title"] for lead in found["leads"]} == {"Somebody else"}
    (new,) = guids(tap.marketo, 1) - before
    assert new in {record["marketoGUID"] for record in found["activities_visit_webpage"]} <= before | {new}


def test_it_outlives_a_short_limit(tap: Tap) -> None:
    """A 606 and a failed connection in mid-run cost it time and no record."""
    tap.marketo.faults.load([
        {"path": "/lists.json", "fault": "status", "code": 606},
        {"path": "/campaigns.json", "fault": "drop_before_commit"},
    ])  # fmt: skip
    found, _state = tap.read("lists", "campaigns")
    assert (len(found["lists"]), len(found["campaigns"])) == (MORE_THAN_A_PAGE, MORE_THAN_A_PAGE)


@pytest.mark.parametrize(("stream", "path"), [("lists", "/lists.json"), ("leads", "/enqueue.json")])
def test_a_lost_record_is_noticed(tap: Tap, stream: str, path: str) -> None:
    """A record dropped at the edge of a page, or at the end of a file, makes its count differ from the truth."""
    tap.marketo.faults.load([{"path": path, "fault": "lose_record"}])
    found, _state = tap.read(stream)
    expected = {"lists": MORE_THAN_A_PAGE, "leads": len(addresses(tap.marketo))}[stream]
    assert len(found[stream]) == expected - 1
