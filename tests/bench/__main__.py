"""`python -m tests.bench [CASE]`: each size of each case in a fresh process; build/bench.jsonl and a table.

A single case replaces only its own lines in the file.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from cli.output import Output
from local.cloud.paths import BUILD, ROOT
from tests.bench.cases import CASES
from tests.bench.imports import HANDLERS, imports
from tests.bench.prices import AS_OF, REGION
from tests.bench.targets import judged

FILE = BUILD / "bench.jsonl"
NAMES = (*CASES, "imports")
HIDDEN = ("bench", "engine", "clock", "runs", "python")
Line = dict[str, Any]


def main() -> int:
    """Run what was asked for; 1 where a case could not be run."""
    arguments = _arguments()
    if arguments.size:
        print(json.dumps(CASES[arguments.case].run(arguments.size)))
        return 0
    out, lines = Output(), []
    try:
        for line in _lines([arguments.case] if arguments.case else list(NAMES)):
            out.line(_told(line))
            lines.append(line)
    except subprocess.CalledProcessError as failed:
        print(f"bench: {' '.join(failed.cmd[2:])} failed:\n{failed.stderr[-2000:]}", file=sys.stderr)
        return 1
    _write(lines)
    _tables(out, lines)
    return 0


def _lines(names: list[str]) -> Iterator[Line]:
    for name in names:
        if name == "imports":
            yield from map(imports, HANDLERS)
            continue
        for size in CASES[name].sizes:
            command = [sys.executable, "-m", "tests.bench", name, "--size", str(size)]
            done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
            yield json.loads(done.stdout.splitlines()[-1])


def _write(lines: list[Line]) -> None:
    measured = {line["bench"] for line in lines}
    before = map(json.loads, FILE.read_text().splitlines()) if FILE.exists() else ()
    kept = [line for line in before if line["bench"] not in measured]
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text("".join(json.dumps(line) + "\n" for line in kept + lines))


def _told(line: Line) -> str:
    return f"{line['bench']}: " + ", ".join(f"{name} {value}" for name, value in line.items() if name not in HIDDEN)


def _tables(out: Output, lines: list[Line]) -> None:
    for name in dict.fromkeys(line["bench"] for line in lines):
        mine = [line for line in lines if line["bench"] == name]
        columns = [column for column in dict.fromkeys(n for line in mine for n in line) if column not in HIDDEN]
        out.table(columns, [[line.get(column) for column in columns] for line in mine], name)
    out.table(["case", "figure", "target", "met"], [list(row) for row in judged(lines)], "Targets")
    out.line()
    out.line(f"in {FILE}; prices of {REGION} as of {AS_OF}; time counted on a manual clock is `clock_s`")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("case", nargs="?", choices=NAMES, help="all where none is named")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
