"""The last chapter: the table of flows, what was skipped and why, vendor calls, the verdict, and build/demo.json."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.cloud.paths import BUILD
from local.demo.audit import Books, Finding
from local.demo.screen import Screen

DEMO_JSON = BUILD / "demo.json"
_BOOKS = ("received", "logged", "skipped", "needs_you", "waiting")


@dataclass
class Report:
    """What the demo found; everything in it is written to build/demo.json."""

    people: int
    seed: int
    balanced: bool = False
    seconds: float = 0.0
    flows: dict[str, Any] = field(default_factory=dict)
    vendor_calls: dict[str, int] = field(default_factory=dict)
    console: str | None = None
    api: str | None = None
    idle: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    audit: list[Finding] = field(default_factory=list)
    steps: list[tuple[str, float]] = field(default_factory=list)
    webhook: dict[str, int] = field(default_factory=dict)
    error: str | None = None

    @property
    def passed(self) -> bool:
        """Whether the books balance and every flow that is on did its work."""
        return self.balanced and not self.idle and not self.error

    def close(self, status: Mapping[str, Any], findings: Sequence[Finding]) -> None:
        """Take over how everything stands, and judge it."""
        self.flows = books(status)
        self.reasons = {r["code"]: r["meaning"] for flow in status["flows"] for r in flow["reasons"]}
        self.audit = list(findings)
        off = {flow["flow"] for flow in status["flows"] if flow["state"] == "Off"}
        self.idle = [name for name, flow in self.flows.items() if not flow["logged"] and name not in off]
        waiting = any(flow["waiting"] for flow in self.flows.values())
        self.balanced = bool(status["balanced"]) and not waiting and all(one.holds for one in findings)

    def write(self, path: Path = DEMO_JSON) -> None:
        """Leave the facts for whoever looks later."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")

    def show(self, screen: Screen) -> None:
        """The tables and the verdict."""
        rows: list[list[str | int]] = []
        for name, flow in self.flows.items():
            skipped, parked = sum(flow["skipped"].values()), sum(flow["needs_you"].values())
            rows.append([name, flow["received"], flow["logged"], skipped, parked, flow["waiting"]])
        columns = ["flow", "received", "= logged", "+ skipped", "+ needs you", "+ waiting"]
        screen.table("Books", columns, rows)
        screen.line()
        screen.table("Why not logged", ["flow", "number", "reason", "meaning"], self._reasons())
        screen.line()
        for finding in self.audit:
            (screen.good if finding.holds else screen.bad)(_told(finding))
        calls = ", ".join(f"{vendor} {number:,}" for vendor, number in self.vendor_calls.items())
        screen.line()
        screen.line(f"vendor calls used: {calls}")
        for name in self.idle:
            screen.line(f"{name} did no work", "bold red")
        screen.line(f"books balance: {'yes' if self.balanced else 'NO'}", "bold green" if self.balanced else "bold red")

    def _reasons(self) -> list[list[str | int]]:
        return [
            [name, number, code, self.reasons.get(code, "")]
            for name, flow in self.flows.items()
            for kind in ("skipped", "needs_you")
            for code, number in sorted(flow[kind].items(), key=lambda pair: -pair[1])
        ]


def books(status: Mapping[str, Any]) -> dict[str, Books]:
    """The books of each flow, by its folder."""
    return {flow["flow"]: {name: flow["balance"][name] for name in _BOOKS} for flow in status["flows"]}


def _told(finding: Finding) -> str:
    return finding.claim if finding.holds else f"{finding.claim}: NO, {finding.detail}"
