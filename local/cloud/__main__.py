"""`python -m local.cloud up|status|down`: one JSON line on standard output, steps and troubles on standard error."""

import argparse
import json
import sys

from local.cloud import lifecycle
from local.cloud.problem import CloudProblem

STEPS = {
    "start": "embedded AWS, issuer and both simulators are up",
    "build": "sam build",
    "deploy": "sam deploy",
    "gaps": "routes and the rest that the engine leaves out",
}


def main() -> int:
    """Do what the command says; 1 and a sentence when it cannot be done."""
    arguments = _arguments()
    try:
        if arguments.command == "up":
            lifecycle.up(_wishes(arguments), _report)
        if arguments.command == "down":
            print(json.dumps({"stopped": lifecycle.down()}))
            return 0
        print(json.dumps(lifecycle.status()))
    except CloudProblem as problem:
        print(f"local.cloud: {problem}", file=sys.stderr)
        return 1
    return 0


def _report(step: str, seconds: float) -> None:
    print(f"{seconds:6.1f} s  {STEPS[step]}", file=sys.stderr, flush=True)


def _wishes(arguments: argparse.Namespace) -> lifecycle.Wishes:
    return lifecycle.Wishes(arguments.people, arguments.seed, arguments.activities, arguments.port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start, build, deploy")
    up.add_argument("--people", type=int, default=2000, help="people in the simulated world")
    up.add_argument("--seed", type=int, default=7, help="seed of the simulated world")
    up.add_argument("--activities", type=int, help="Marketo activities for each person")
    up.add_argument("--port", type=int, default=0, help="port of the embedded AWS; 0 takes a free one")
    commands.add_parser("status", help="what runs where, as JSON")
    commands.add_parser("down", help="stop all of it")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
