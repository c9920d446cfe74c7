"""The check after `sam build`: every handler imports and runs from its built folder with the built layers alone.

`python -m local.cloud.built [BUILD_FOLDER]`; boto3 is lent, because the Lambda runtime brings it. A handler has run
when it answers, or when it has come as far as asking AWS, which is not there.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from local.cloud.paths import ROOT, SAM_BUILD, program

RUNTIME_BRINGS = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
LAYERS = ("DependenciesLayer", "LockstepLayer")

# Runs under `python -I -S`: no site packages, no environment's path, no current folder.
_INSIDE = """
import importlib, json, sys
sys.path[:0] = json.loads(sys.argv[1])
handler = importlib.import_module(sys.argv[2]).handler
import botocore.exceptions
class Context:
    aws_request_id = "built"; function_name = "built"; memory_limit_in_mb = 512
    function_version = "$LATEST"; log_group_name = log_stream_name = "built"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:built"
    def get_remaining_time_in_millis(self): return 20000
try:
    handler(json.loads(sys.argv[3]), Context())
except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError):
    pass
except Exception as error:
    if not any(isinstance(one, botocore.exceptions.BotoCoreError) for one in (error.__cause__, error.__context__)):
        raise
"""

_QUEUE = {"Records": [{"messageId": "1", "body": "no nudge", "eventSource": "aws:sqs", "attributes": {}}]}
_SCHEDULE = {"source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}
_STREAM: dict[str, Any] = {"Records": []}


def _http(method: str, path: str) -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json"},
        "requestContext": {"http": {"method": method, "path": path}, "stage": "$default", "requestId": "built"},
        "body": "{}",
        "isBase64Encoded": False,
    }


EVENTS: dict[str, dict[str, Any]] = {
    "people_from_marketo": _QUEUE,
    "activities_to_salesforce": _QUEUE,
    "rollups_to_salesforce": _QUEUE,
    "webhook_intake": _http("POST", "/events"),
    "outbox_relay": _STREAM,
    "ledger_care": _SCHEDULE,
    "workspace_api": _http("GET", "/nothing"),
}


def check(build: Path = SAM_BUILD) -> dict[str, str]:
    """Function folder -> what went wrong, for every handler that does not run as built; empty is good."""
    troubles = {}
    with tempfile.TemporaryDirectory() as lent:
        site = next((program(".venv-cloud", "python").parent.parent / "lib").glob("python*/site-packages"))
        for name in RUNTIME_BRINGS:
            (Path(lent) / name).symlink_to(site / name)
        for folder in sorted(path.parent.name for path in (ROOT / "functions").glob("*/app.py")):
            trouble = _run(folder, build, lent)
            if trouble:
                troubles[folder] = trouble
    return troubles


def _run(folder: str, build: Path, lent: str) -> str | None:
    logical = "".join(word.capitalize() for word in folder.split("_")) + "Function"
    roots = [str(build / logical), *(str(build / layer / "python") for layer in LAYERS), lent]
    missing = [root for root in roots if not Path(root).is_dir()]
    if missing:
        return f"{missing[0]} was not built"
    python = str(program(".venv-cloud", "python"))
    call = [python, "-I", "-S", "-c", _INSIDE, json.dumps(roots), f"{folder}.app", json.dumps(EVENTS[folder])]
    done = subprocess.run(
        call, check=False, cwd=lent, env=_environment(folder), capture_output=True, text=True, timeout=120
    )
    return None if done.returncode == 0 else done.stderr.strip().splitlines()[-1]


def _environment(folder: str) -> dict[str, str]:
    names = re.findall(r"^        ([A-Z_]+): ", (ROOT / "template.yaml").read_text(), re.MULTILINE)
    seconds = {
        "WORKER_TIMEOUT": "60",
        "LEASE_SECONDS": "120",
        "SETTLE_SECONDS": "300",
        "GATHER_SECONDS": "60",
        "LOG_LEVEL": "INFO",
    }
    return {
        **dict.fromkeys(names, "http://127.0.0.1:9/built"),
        **seconds,
        "TABLE_NAME": "built",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "built",
        "AWS_SECRET_ACCESS_KEY": "built",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
        "POWERTOOLS_TRACE_DISABLED": "true",
        "AWS_LAMBDA_FUNCTION_NAME": folder,
        "LANG": "C.UTF-8",
    }


def main() -> int:
    """Check one build folder and say what is wrong with it."""
    build = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else SAM_BUILD
    troubles = check(build)
    for folder, trouble in troubles.items():
        print(f"{folder} does not run as built: {trouble}", file=sys.stderr)
    if not troubles:
        print("every handler runs from its built folder with the built layers only")
    return 1 if troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
