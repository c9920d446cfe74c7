"""How long a handler takes to import, against the libraries it stands on: fresh processes, the median of nine.

`seconds` and `ratio` are of the handler's module; `cold_s` and `cold_ratio` of all that a cold start imports before
the first event is done, boto3 and the adapters over it included. The libraries are boto3, httpx, pydantic and those
parts of Powertools that this handler loads. The three are measured in turn, so that a busy machine disturbs all alike.
"""

import json
import os
import subprocess
import sys
from statistics import median
from typing import Any

from local.cloud.paths import ROOT

RUNS = 9
HANDLERS = (
    "people_from_marketo",
    "activities_to_salesforce",
    "webhook_intake",
    "outbox_relay",
    "ledger_care",
    "workspace_api",
)
_ADAPTERS = "boto3", "lockstep.runtime.adapters", "lockstep.store.dynamo"  # what runtime/wiring imports at first use
_MEASURE = """
import importlib, json, sys, time
began = time.perf_counter()
for name in sys.argv[1:]:
    importlib.import_module(name)
seconds = time.perf_counter() - began
parts = sorted(name for name in sys.modules if name.startswith("aws_lambda_powertools"))
from tests.bench.memory import peak_mb
print(json.dumps({"seconds": seconds, "rss_mb": peak_mb(), "parts": parts}))
"""


def imports(handler: str) -> dict[str, Any]:
    """The figures of one handler."""
    module = [f"{handler}.app"]
    libraries = ["boto3", "httpx", "pydantic", *_fresh(module)["parts"]]
    sets = {"module": module, "cold": [*module, *_ADAPTERS], "libraries": libraries}
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in sets}
    for _ in range(RUNS):
        for name, modules in sets.items():
            runs[name].append(_fresh(modules))
    seconds, cold, base = (median(run["seconds"] for run in runs[name]) for name in sets)
    return {
        "bench": "imports",
        "handler": handler,
        "seconds": round(seconds, 3),
        "ratio": round(seconds / base, 2),
        "cold_s": round(cold, 3),
        "cold_ratio": round(cold / base, 2),
        "libraries_s": round(base, 3),
        "rss_mb": round(median(run["rss_mb"] for run in runs["cold"]), 1),
        "runs": RUNS,
        "python": ".".join(map(str, sys.version_info[:3])),
    }


def _fresh(modules: list[str]) -> dict[str, Any]:
    # compiled modules are kept, as in a built layer: the throw-away run above has written them
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, *modules],
        check=True,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
