"""The proofs: which acceptance line, fault, invariant, defect or simulator duty each passing test proves.

Tests carry marks; with `--proofs FILE` only marked tests run, and the file says which numbers have a passing test. A
skipped, expected-to-fail or failing test proves nothing. `make acceptance` is this plugin's only caller.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadGroupScheduling

KINDS: Mapping[str, tuple[str, ...]] = {
    "acceptance": tuple(str(n) for n in range(1, 162)),
    "fault": tuple(f"F{n:03}" for n in range(1, 111)),
    "invariant": tuple(f"I{n}" for n in range(1, 37)),
    "defect": tuple(f"M{n}" for n in range(1, 38)),  # from M21 on: our own
    "simulator": (*(f"marketo-{n}" for n in range(1, 41)), *(f"salesforce-{n}" for n in range(1, 43))),
}
PLURALS = {
    "acceptance": "acceptance",
    "fault": "faults",
    "invariant": "invariants",
    "defect": "defects",
    "simulator": "simulators",
}
OPEN_ENDED = {"defect"}  # their catalogue grows, so "of how many" says nothing

Proven = dict[str, dict[str, list[str]]]


class Proofs:
    """What the passing tests of this run prove; alive only under `--proofs`."""

    def __init__(self, path: Path) -> None:
        """Remember where to write; nothing is proven yet."""
        self.path = path
        self.claims: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.passed: set[str] = set()
        self.broken: set[str] = set()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the marked tests and write their claims on them, so that the claims travel with the reports."""
        marked = [item for item in items if claims_of(item)]
        config.hook.pytest_deselected(items=[item for item in items if item not in set(marked)])
        for item in marked:
            item.user_properties.append(("claims", claims_of(item)))
        items[:] = marked

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note who passed; a failure of set-up or clean-up takes the proof back."""
        if report.failed or hasattr(report, "wasxfail"):
            self.broken.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)
            self.claims[report.nodeid] = [
                (str(kind), str(number)) for name, pairs in report.user_properties if name == "claims"
                for kind, number in _pairs(pairs)
            ]  # fmt: skip

    def table(self) -> Proven:
        """Kind -> number -> the ids of the passing tests, in the order of the catalogues."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for node in sorted(self.passed - self.broken):
            for claim in self.claims[node]:
                found[claim].append(node)
        return {
            kind: {number: found[kind, number] for number in numbers if (kind, number) in found}
            for kind, numbers in KINDS.items()
        }

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the file, print the one line, and the table of what has no proof yet."""
        proven = self.table()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(proven, indent=1) + "\n")
        terminalreporter.section("proofs")
        terminalreporter.write_line(summary(proven))
        terminalreporter.write_line("no proof yet:")
        for kind, numbers in KINDS.items():
            missing = [number for number in numbers if number not in proven[kind]]
            terminalreporter.write_line(f"  {PLURALS[kind]:<11}{' '.join(ranges(missing, numbers)) or '-'}")


def summary(proven: Proven) -> str:
    """Say in one line how much of each catalogue is proven."""
    return " · ".join(
        f"{PLURALS[kind]} {len(proven[kind])}" + ("" if kind in OPEN_ENDED else f" of {len(numbers)}")
        for kind, numbers in KINDS.items()
    )


def ranges(missing: Iterable[str], numbers: tuple[str, ...]) -> Iterator[str]:
    """Shorten neighbours of the catalogue: F001 F002 F003 F007 -> F001..F003 F007."""
    run: list[str] = []
    for number in missing:
        neighbours = run and numbers.index(number) == numbers.index(run[-1]) + 1 and _family(number) == _family(run[0])
        if run and not neighbours:
            yield run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}"
            run = []
        run.append(number)
    if run:
        yield run[0] if len(run) == 1 else f"{run[0]}..{run[-1]}"


def _family(number: str) -> str:
    return number.rstrip("0123456789")


def claims_of(item: pytest.Item) -> list[tuple[str, str]]:
    """Every (kind, number) that the marks of one test claim."""
    return sorted({(kind, str(number)) for kind in KINDS for mark in item.iter_markers(kind) for number in mark.args})


def _pairs(value: object) -> Iterator[tuple[object, object]]:
    for pair in value if isinstance(value, list) else []:
        kind, number = pair
        yield kind, number


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--proofs FILE`."""
    parser.addoption("--proofs", type=Path, default=None, metavar="FILE", help="run marked tests only; write FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Switch the plugin on where a file was named."""
    path = config.getoption("--proofs")
    if path is not None:
        config.pluginmanager.register(Proofs(Path(path)), "proofs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that needs the deployed stack is marked so."""
    for item in items:
        if "tests/deployed" in item.path.as_posix():
            item.add_marker(pytest.mark.deployed)


def group_of(nodeid: str) -> str | None:
    """What must stay on one worker: tests of the one stack of this checkout, and those of an embedded AWS.

    Told by the test's id: what xdist 3.8 writes into an id for its groups, pytest 9.2 does not read any more.
    """
    path, _, name = nodeid.partition("::")
    if "tests/deployed" in path:
        return "deployed"
    return "ministack" if "ministack" in name.partition("[")[2] else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under `--dist loadgroup` the groups above; else xdist's own choice."""
    if config.getvalue("dist") != "loadgroup":
        return None
    scheduling = LoadGroupScheduling(config, log)
    alone = scheduling._split_scope
    scheduling._split_scope = lambda nodeid: group_of(nodeid) or alone(nodeid)
    return scheduling
