"""airbyte-source-marketo, unmodified: check, discovery, a full and an incremental read agree with the truth.

It takes a refusal for "no records", so counts are compared.
"""

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
           "activities_visit_webpage")  # fmt: skip
EMPTY = ("segmentations", "emails", "program_tokens")
Found = dict[str, list[dict[str, Any]]]


class Source:
    """The source, pointed at one simulator."""

    def __init__(self, marketo: MarketoSimulator, address: str, folder: Path) -> None:
        self.marketo, self.folder = marketo, folder
        self.settings = {"domain_url": address, "start_date": start_date(), "window_in_days": 30}

    def say(self, verb: str, *rest: str) -> list[dict[str, Any]]:
        """Run one of its verbs; its messages."""
        config = self.folder / "config.json"
        config.write_text(json.dumps({**self.settings, **CREDENTIALS}))
        runner = str(RUNNERS / "run_airbyte_marketo.py")
        done = run(python_of("airbyte-source-marketo"), runner, verb, "--config", str(config), *rest)
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

    def read(self, *names: str, state: list[dict[str, Any]] | None = None) -> tuple[Found, list[dict[str, Any]]]:
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
    python_of("airbyte-source-marketo")
    marketo = recent_world()
    with serving(marketo) as address:
        yield Source(marketo, address, tmp_path)


def test_it_checks_and_discovers(source: Source) -> None:
    """Its check succeeds, and every activity type is a stream of its own."""
    assert source.check() == "SUCCEEDED"
    names = {stream["name"] for stream in source.discover()}
    assert set(STREAMS) <= names
    assert len([name for name in names if name.startswith("activities_")]) == 55
    assert outcomes(source.marketo) == {"ok"}


def test_it_reads_everything(source: Source) -> None:
    """A full read has every person, list, campaign, program and activity once, and no call of it is refused."""
    found, _states = source.read(*STREAMS, *EMPTY)
    assert {lead["id"]: lead["email"] for lead in found["leads"]} == addresses(source.marketo)
    assert len(found["leads"]) == len(addresses(source.marketo))
    for stream, type_id in (("new_lead", 12), ("visit_webpage", 1)):
        keys = [record["marketoGUID"] for record in found[f"activities_{stream}"]]
        assert len(keys) == len(set(keys))
        assert set(keys) == guids(source.marketo, type_id)
    assert len({entry["id"] for entry in found["lists"]}) == len(found["lists"]) == MORE_THAN_A_PAGE
    assert len({entry["id"] for entry in found["campaigns"]}) == len(found["campaigns"]) == MORE_THAN_A_PAGE
    assert (len(found["programs"]), len(found["activity_types"])) == (5, 55)
    assert not any(found[name] for name in EMPTY)
    assert outcomes(source.marketo) == {"ok"}


def test_it_reads_on_from_its_state(source: Source) -> None:
    """The second read brings the people who changed since, at most the last one of before again, and the new visit."""
    first, states = source.read("leads", "activities_visit_webpage")
    changed = happen(source.marketo)
    found, _states = source.read("leads", "activities_visit_webpage", state=states)
    again = {lead["id"] for lead in found["leads"]} - set(changed)
    assert len(again) <= 1 < len(first["leads"])
    assert {lead["id"] for lead in found["leads"]} >= set(changed)
    new = {record["marketoGUID"] for record in found["activities_visit_webpage"]}
    assert guids(source.marketo, 1) - {record["marketoGUID"] for record in first["activities_visit_webpage"]} <= new
    assert len(new) <= 2


@pytest.mark.parametrize(("stream", "path"), [("campaigns", "/campaigns.json"), ("leads", "/enqueue.json")])
def test_a_lost_record_is_noticed(source: Source, stream: str, path: str) -> None:
    """A record dropped at the edge of a page, or at the end of a file, makes its count differ from the truth."""
    source.marketo.faults.load([{"path": path, "fault": "lose_record"}])
    found, _states = source.read(stream)
    expected = {"campaigns": MORE_THAN_A_PAGE, "leads": len(addresses(source.marketo))}[stream]
    assert len(found[stream]) == expected - 1
