"""`python -m tests.bench.check [CASE ...]`: counts of every flow against recorded.json; worse by more than 5 % fails.

Calls and units per 1,000 records only, never times, so that the answer is the same on every machine; everything runs in
this process. `--record` writes what was counted as the figures to hold from now on.
"""

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cli.output import Output
from tests.bench import outside
from tests.bench.cases import CASES
from tests.bench.prices import AS_OF, REGION, USD_PER_MILLION

RECORDED = Path(__file__).parent / "recorded.json"
FIGURES = ("marketo_calls", "salesforce_calls", "write_units", "read_units", "sqs_requests")
ALLOWED = 0.05

Counts = dict[str, float]
Figures = dict[str, dict[str, Counts]]


def counted(name: str, size: int) -> Counts:
    """What one case of one size needs per 1,000 records, and the dollars of a million."""
    with outside.nearby(), contextlib.redirect_stdout(io.StringIO()):
        line = CASES[name].run(size)
    counts = {figure: round(1_000 * line[figure] / size, 2) for figure in FIGURES}
    return counts | {"usd_per_million": line["usd_per_million"]}


def recorded() -> Figures:
    """The figures to hold: case, size, figure."""
    figures: Figures = json.loads(RECORDED.read_text())
    return figures


def worse(name: str, size: int, now: Counts, before: Counts | None) -> Iterator[str]:
    """A sentence for each figure that grew by more than 5 %, or that nobody recorded."""
    if before is None:
        yield f"{name} at {size:,} has no recorded figures; record them with make bench-check RECORD=1"
        return
    for figure in FIGURES:
        if now[figure] > before[figure] * (1 + ALLOWED):
            told = f"{now[figure]:g} per 1,000 records instead of {before[figure]:g}"
            yield f"{name} at {size:,}: {figure} got worse: {told}"


def check(names: Sequence[str], *, record: bool) -> list[str]:
    """Count these cases at all their sizes; sentences of what got worse, none where all is well or recorded."""
    held = recorded() if RECORDED.exists() else {}
    found: Figures = {}
    sentences: list[str] = []
    for name in names:
        for size in CASES[name].checked:
            now = found.setdefault(name, {})[str(size)] = counted(name, size)
            sentences += worse(name, size, now, held.get(name, {}).get(str(size)))
    _table(found)
    if record:
        RECORDED.write_text(json.dumps({**held, **found}, indent=1) + "\n")
        return []
    return sentences


def _table(found: Figures) -> None:
    rows: list[list[Any]] = [
        [name, int(size), *counts.values()] for name, sizes in found.items() for size, counts in sizes.items()
    ]
    out = Output()
    out.table(["case", "records", *FIGURES, "usd_per_million"], rows, "Per 1,000 records")
    prices = ", ".join(f"${price} a million {name}" for name, price in USD_PER_MILLION.items())
    out.line(f"usd_per_million: DynamoDB and SQS for a million records at {prices} ({REGION}, as of {AS_OF})")


def main() -> int:
    """1 where a figure got worse."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.check", description=__doc__)
    parser.add_argument("case", nargs="*", default=[name for name, case in CASES.items() if case.checked])
    parser.add_argument("--record", action="store_true")
    given = parser.parse_args()
    sentences = check(given.case, record=given.record)
    for sentence in sentences:
        print(f"bench-check: {sentence}", file=sys.stderr)
    return min(len(sentences), 1)


if __name__ == "__main__":
    raise SystemExit(main())
