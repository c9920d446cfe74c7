"""boto3 clients for the embedded AWS, and the two things that tests and the demo ask of it most."""

import json
from typing import Any

import boto3
from botocore.config import Config

from local.cloud.engine import CREDENTIALS, REGION
from local.cloud.state import CloudState

SCHEDULED = {"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": {}}


def client(state: CloudState, service: str) -> Any:
    """A client of this service on the running engine."""
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=state.urls["aws"],
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}, retries={"mode": "standard", "max_attempts": 3}),
    )


def webhook_secret(state: CloudState) -> str:
    """The signing secret of the webhooks, in the form that senders are shown."""
    answer = client(state, "secretsmanager").get_secret_value(SecretId=state.outputs["WebhookSecretArn"])
    return f"whsec_{answer['SecretString']}"


def run_schedule(state: CloudState, folder: str) -> None:
    """Run a scheduled function now, with the event that its schedule sends, and raise what it raised."""
    name = f"{state.stack}-{folder.replace('_', '-')}"
    answer = client(state, "lambda").invoke(FunctionName=name, Payload=json.dumps(SCHEDULED).encode())
    if "FunctionError" in answer:
        raise RuntimeError(f"{folder} failed: {answer['Payload'].read().decode(errors='replace')}")
