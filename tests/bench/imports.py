"""How long a handler takes to import, against the libraries it stands on: fresh processes, the median of nine.

`seconds` is what a cold start pays before the first event: the handler with what its first event would import. The
libraries are boto3, httpx, pydantic and those parts of Powertools that this handler loads.
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
    """The figures of one handler; own and libraries in turn, so that a busy machine disturbs both alike."""
    whole = [f"{handler}.app", *_ADAPTERS]
    libraries = ["boto3", "httpx", "pydantic", *_fresh([f"{handler}.app"])["parts"]]
    own, theirs, alone = [], [], []
    for _ in range(RUNS):
        own.append(_fresh(whole))
        theirs.append(_fresh(libraries))
        alone.append(_fresh([f"{handler}.app"]))
    seconds, base = _median(own), _median(theirs)
    return {
        "bench": "imports",
        "handler": handler,
        "seconds": round(seconds, 3),
        "libraries_s": round(base, 3),
        "ratio": round(seconds / base, 2),
        "module_s": round(_median(alone), 3),
        "rss_mb": round(median(run["rss_mb"] for run in own), 1),
        "runs": RUNS,
        "python": ".".join(map(str, sys.version_info[:3])),
    }


def _fresh(modules: list[str]) -> dict[str, Any]:
    # without -B the first run of a fresh clone would compile; one throw-away run has done that by then
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


def _median(runs: list[dict[str, Any]]) -> float:
    return float(median(run["seconds"] for run in runs))
