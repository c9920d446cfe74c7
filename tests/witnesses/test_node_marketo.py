"""node-marketo-rest, unmodified: reads, writes, bulk jobs and lost tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.simulators.kernel.http import serving
from local.simulators.marketo import MarketoSimulator
from tests.witnesses.marketo_world import MORE_THAN_A_PAGE, addresses, outcomes, recent_world
from tests.witnesses.tools import NODE, RUNNERS, node_with, run


class Node:
    """The client, pointed at one simulator."""

    def __init__(self, marketo: MarketoSimulator, address: str) -> None:
        self.marketo, self._address = marketo, address

    def tell(self, story: str) -> dict[str, Any]:
        """Run one of the runner's stories; what it was told."""
        node = node_with("node-marketo-rest")
        done = run(node, str(RUNNERS / "run_node_marketo.js"), str(NODE / "node_modules"), self._address, story)
        assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


@pytest.fixture
def node() -> Iterator[Node]:
    """The client before a seeded world."""
    node_with("node-marketo-rest")
    marketo = recent_world()
    with serving(marketo) as address:
        yield Node(marketo, address)


def agrees(node: Node, told: dict[str, Any]) -> None:
    """What it read is the truth, and the unknown person leaves no trace."""
    people = addresses(node.marketo)
    assert told["fields"] == len(node.marketo.world.book.by_name)
    assert told["types"] == 55
    assert len(set(told["lists"])) == len(told["lists"]) == MORE_THAN_A_PAGE
    assert len(set(told["campaigns"])) == len(told["campaigns"]) == MORE_THAN_A_PAGE
    assert sorted(told["created"]) == sorted(people)
    assert (told["one"][0]["email"], told["several"]) == (people[1003], [1003, 1004])


def test_it_reads_everything(node: Node) -> None:
    """Describe, types, lists, campaigns, the activity log page by page and look-ups agree with the truth."""
    agrees(node, node.tell("reads"))
    assert outcomes(node.marketo) == {"ok"}


def test_it_outlives_lost_tokens(node: Node) -> None:
    """The token dies twice in mid-run; it takes a new one and repeats, and loses nothing."""
    node.marketo.faults.load([
        {"path": "/leads/describe.json", "fault": "expire_token"},
        {"path": "/activities.json", "fault": "expire_token"},
    ])  # fmt: skip
    agrees(node, node.tell("reads"))
    assert outcomes(node.marketo) == {"ok"}
    errors = node.marketo.errors(None)  # type: ignore[arg-type]
    assert [entry["errorCode"] for entry in errors.body["result"][0]["errors"]] == ["602"]


def test_it_writes(node: Node) -> None:
    """It makes a person, puts them on a list, asks, reads the members and takes them off again."""
    told = node.tell("writes")
    number = told["made"][0]["id"]
    assert told["made"][0]["status"] == "created"
    assert node.marketo.world.lead(number).values["firstName"] == "Node"
    assert [told[step][0]["status"] for step in ("added", "asked", "removed")] == ["added", "memberof", "removed"]
    assert number in told["members"]
    assert number not in node.marketo.world.assets.lists[1001].members
    assert outcomes(node.marketo) == {"ok"}


def test_it_extracts_in_bulk(node: Node) -> None:
    """By its /rest/../bulk addresses it makes, starts, watches, reads and cancels jobs."""
    people = len(addresses(node.marketo))
    for told in node.tell("bulk").values():
        assert told == {"status": "Completed", "records": people, "lines": people + 1, "cancelled": "Cancelled"}
    assert outcomes(node.marketo) == {"ok"}


@pytest.mark.parametrize(("fault", "path"), [("lose_record", "/lists.json"), ("wrong_more", "/activities.json")])
def test_a_planted_fault_is_noticed(node: Node, fault: str, path: str) -> None:
    """A record lost at the edge of a page, or moreResult false too early, makes its counts differ from the truth."""
    node.marketo.faults.load([{"path": path, "fault": fault}])
    with pytest.raises(AssertionError):
        agrees(node, node.tell("reads"))
