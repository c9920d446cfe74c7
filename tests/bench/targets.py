"""What the figures are held against, one line for each target; a benchmark reports and refuses nothing."""

from collections.abc import Sequence
from typing import Any

Line = dict[str, Any]
Judged = tuple[str, str, str, bool]


def judged(lines: Sequence[Line]) -> list[Judged]:
    """Case, figure, target, and whether it is met, for every target that the lines have a figure for."""
    found: list[Judged] = []
    for line in lines:
        name = f"{line['bench']} {line.get('people') or line.get('activities') or line.get('handler') or ''}".strip()
        if (
            "marketo_calls_per_1000" in line and line["people"] >= 100_000
        ):  # smaller worlds pay the twenty empty ranges at their end
            found.append(_most(name, line, "marketo_calls_per_1000", 5))
            found.append(_most(name, line, "peak_mb", 256))
        if "salesforce_calls_per_1000_later" in line:
            found.append(_most(name, line, "salesforce_calls_per_1000_later", 6))
        if line["bench"] == "log_mixed" and line["activities"] >= 100_000:
            found.append(_most(name, line, "salesforce_calls_per_1000", 8))
        if "updates_a_task" in line:
            found.append(_most(name, line, "updates_a_task", 3))
        if line["bench"] == "imports":
            found.append(_most(name, line, "ratio", 1.3))
        if line["bench"].startswith("simulator_"):
            found += _simulators(name, line)
    return found + _growth(lines)


def _simulators(name: str, line: Line) -> list[Judged]:
    """A simulator must not be what a benchmark measures, and a large world is there in seconds."""
    rates = [figure for figure in line if figure.endswith("_per_s")]
    found = [(name, f"{figure} {line[figure]:,}", "at least 5,000", line[figure] >= 5_000) for figure in rates]
    found += [_most(name, line, figure, 15) for figure in line if figure.endswith("_s") and figure not in rates]
    return found + [_most(name, line, figure, 1_536) for figure in line if figure.endswith("_mb") and line[figure]]


def _most(name: str, line: Line, figure: str, target: float) -> Judged:
    value = line[figure]
    return name, f"{figure} {value}", f"at most {target}", value <= target


def _growth(lines: Sequence[Line]) -> list[Judged]:
    """The price of a person in a large load against that in a small one."""
    price = {line["people"]: line["usd_per_million"] for line in lines if line["bench"] == "first_load"}
    if not {1_000, 100_000} <= price.keys():
        return []
    ratio = round(price[100_000] / price[1_000], 3)
    return [("first_load", f"price a person, 100,000 / 1,000: {ratio}", "at most 1.1", ratio <= 1.1)]
