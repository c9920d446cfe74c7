"""Starts the Salesforce simulator: `python -m local.simulators.salesforce --port 0 --seed 7 --people 2000`.

The first line on standard output is `{"ready": "http://127.0.0.1:..."}`.
"""

import argparse
import json

from local.simulators.kernel.http import serve
from local.simulators.salesforce.simulator import SalesforceSimulator


def main() -> None:
    """Read the options and serve until interrupted."""
    options = argparse.ArgumentParser(
        prog="python -m local.simulators.salesforce", description="A simulated Salesforce organisation."
    )
    options.add_argument("--port", type=int, default=0, help="0 takes a free one")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--people", type=int, default=0)
    options.add_argument("--client-id", default="demo-client")
    options.add_argument("--client-secret", default="demo-secret")
    options.add_argument("--fields", choices=("all", "no_key", "none"), default="all", help="custom fields of tasks")
    given = options.parse_args()
    simulator = SalesforceSimulator(
        given.seed,
        given.people,
        client_id=given.client_id,
        client_secret=given.client_secret,
        fields=given.fields,
    )
    serve(simulator, given.port, lambda address: print(json.dumps({"ready": address}), flush=True))


if __name__ == "__main__":
    main()
