"""The three backends of the table port: memory, DynamoDB on moto, DynamoDB on the embedded AWS."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.cloud import engine, processes
from local.cloud.paths import ROOT
from lockstep.store.dynamo import DynamoTable

EMBEDDED = pytest.param("ministack", marks=pytest.mark.ministack)
UNHURRIED = ["memory", EMBEDDED]  # for tests of many rows, which moto copies at each transaction
ENGINE = ROOT / ".venv-cloud" / "bin" / "ministack"
_numbers = count()


@contextmanager
def embedded(scratch: Path) -> Iterator[str]:
    """The embedded AWS on a free loopback port, without anything of the local cloud; yields its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "CLOUD", scratch)
        patch.setattr(engine, "ENGINE_LOG", scratch / "engine.log")
        port = processes.free_port()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # it is known by its pid, and stopped by it below
            started = engine.launch(port)
        url = f"http://127.0.0.1:{port}"
        try:
            engine.wait_until_healthy(url, started)
            yield url
        finally:
            processes.stop([started])


def client(url: str) -> Any:
    """A DynamoDB client of the embedded AWS."""
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=engine.REGION,
        aws_access_key_id=engine.CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=engine.CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(proxies={}),
    )


def fresh(dynamodb: Any) -> DynamoTable:
    """A new table with the keys that template.yaml gives it."""
    name = f"contract-{next(_numbers)}"
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": part, "AttributeType": "S"} for part in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return DynamoTable(dynamodb, name)
