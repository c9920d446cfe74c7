"""Starts the Marketo simulator: `python -m local.simulators.marketo --port 0 --seed 7 --people 2000`.

The first line on standard output is `{"ready": "http://127.0.0.1:..."}`.
"""

from __future__ import annotations

import argparse
import json

from local.simulators.kernel.http import serve
from local.simulators.marketo.simulator import MarketoSimulator


def main() -> None:
    """Read the options and serve until interrupted."""
    options = argparse.ArgumentParser(prog="python -m local.simulators.marketo", description="A simulated Marketo.")
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--people", type=int, default=0)
    options.add_argument("--client-id", default="demo-client")
    options.add_argument("--client-secret", default="demo-secret")
    options.add_argument(
        "--activities", type=int, default=5, help="activities of each seeded person, spread over a year"
    )
    given = options.parse_args()
    simulator = MarketoSimulator(
        given.seed,
        given.people,
        client_id=given.client_id,
        client_secret=given.client_secret,
        activities=given.activities,
    )
    serve(simulator, given.port, lambda address: print(json.dumps({"ready": address}), flush=True))


if __name__ == "__main__":
    main()
