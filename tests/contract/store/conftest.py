"""Each test of the store runs on every backend; the embedded AWS only where its environment is made."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.fakes.memory_table import MemoryTable
from lockstep.store.table import Table
from tests.contract.store import backends
from tests.contract.store.shelf import Shelf


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one embedded AWS for all tests of this process."""
    if not backends.ENGINE.exists():
        pytest.skip("the embedded AWS is not installed: make setup")
    with backends.embedded(tmp_path_factory.mktemp("engine")) as url:
        yield url


@pytest.fixture(scope="package")
def moto_client() -> Iterator[Any]:
    """One client on moto for all tests of this folder: entering moto costs more than most of them."""
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture(params=["memory", "moto", backends.EMBEDDED])
def table(request: pytest.FixtureRequest) -> Table:
    """An empty table on one backend."""
    if request.param == "memory":
        return MemoryTable()
    if request.param == "moto":
        return backends.fresh(request.getfixturevalue("moto_client"))
    return backends.fresh(backends.client(request.getfixturevalue("embedded_aws")))


@pytest.fixture
def shelf(table: Table) -> Shelf:
    """Everything that is stored, over one table and one clock."""
    return Shelf(table)
