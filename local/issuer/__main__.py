"""`python -m local.issuer serve` runs the issuer; `... token EMAIL --role admin` prints a token of the running one."""

import argparse
import errno
import json
import sys
from pathlib import Path

import httpx

from local.issuer.keys import ROLES, Keys
from local.issuer.server import Issuer


def main() -> int:
    """Serve, or mint a token."""
    arguments = _arguments()
    return _serve(arguments) if arguments.command == "serve" else _token(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    try:
        issuer = Issuer(arguments.port, Keys(arguments.keys), arguments.audience)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        print(f"Port {arguments.port} is in use; stop what listens there or give another --port.", file=sys.stderr)
        return 1
    print(json.dumps({"ready": issuer.address}), flush=True)
    issuer.serve_forever()
    return 0


def _token(arguments: argparse.Namespace) -> int:
    address = arguments.issuer or _running_issuer()
    if address is None:
        print("No issuer runs; start it with `python -m local.cloud up` or name one with --issuer.", file=sys.stderr)
        return 1
    wish = {"email": arguments.email, "role": arguments.role, "lifetime_s": arguments.lifetime}
    print(httpx.post(f"{address}/token", json=wish).raise_for_status().json()["access_token"])
    return 0


def _running_issuer() -> str | None:
    from local.cloud.state import load

    state = load()
    return None if state is None else state.urls.get("issuer")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.issuer", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="run the issuer until it is stopped")
    serve.add_argument("--port", type=int, default=0)
    serve.add_argument("--keys", type=Path, default=Path("build/issuer"), help="folder of its key")
    serve.add_argument("--audience", default="lockstep")
    token = commands.add_parser("token", help="print a token")
    token.add_argument("email")
    token.add_argument("--role", choices=ROLES, default="user")
    token.add_argument("--issuer", help="its address; without it the one of `python -m local.cloud up`")
    token.add_argument("--lifetime", type=int, default=3600, help="seconds")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
