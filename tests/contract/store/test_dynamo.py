"""DynamoDB's moods: what its errors become, and what is asked again (scripted answers, no backend)."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ParamValidationError
from botocore.stub import Stubber

from lockstep.engine.errors import Unavailable
from lockstep.store.dynamo import DynamoTable
from lockstep.store.table import Change, Delete, Key, Put, Refused

A, B = Key("P", "a"), Key("P", "b")
TWO = [Put(A, {}), Put(B, {})]
ROW_A, ROW_B = ({"pk": {"S": "P"}, "sk": {"S": sk}} for sk in "ab")


@pytest.fixture
def dynamo() -> Iterator[Stubber]:
    """A DynamoDB that answers as scripted and nothing else."""
    with Stubber(boto3.client("dynamodb", region_name="us-east-1")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def table(dynamo: Stubber) -> DynamoTable:
    """The table over it."""
    client: Any = dynamo.client
    return DynamoTable(client, "t")


def cancelled(stub: Stubber, *codes: str, get: bool = False) -> None:
    """Script a cancelled transaction with a reason for each action."""
    reasons = {"CancellationReasons": [{"Code": code} for code in codes]}
    verb = "transact_get_items" if get else "transact_write_items"
    stub.add_client_error(verb, "TransactionCanceledException", modeled_fields=reasons)


@pytest.mark.fault("F097")
def test_a_conflict_is_tried_again(dynamo: Stubber, table: DynamoTable) -> None:
    """Two transactions that met do not both fail: the one that was cancelled repeats at once."""
    cancelled(dynamo, "TransactionConflict", "None")
    cancelled(dynamo, "None", "TransactionConflict")
    dynamo.add_response("transact_write_items", {})
    table.transact(TWO)
    dynamo.assert_no_pending_responses()


@pytest.mark.fault("F097")
def test_a_plain_write_that_met_a_transaction_is_tried_again(dynamo: Stubber, table: DynamoTable) -> None:
    """DynamoDB has another name for the conflict of a write that is alone."""
    dynamo.add_client_error("update_item", "TransactionConflictException")
    dynamo.add_response("update_item", {})
    table.transact([Change(A, add={"n": 1})])
    dynamo.assert_no_pending_responses()


def test_conflicts_without_end_are_left_to_the_queue(dynamo: Stubber, table: DynamoTable) -> None:
    """After a few tries the worker is told to come again later."""
    for _ in range(4):
        cancelled(dynamo, "TransactionConflict", "None")
    with pytest.raises(Unavailable, match="conflicting"):
        table.transact(TWO)


def test_a_condition_weighs_more_than_a_conflict(dynamo: Stubber, table: DynamoTable) -> None:
    """Where one action was refused and another met a transaction, the refusal is the answer."""
    cancelled(dynamo, "TransactionConflict", "ConditionalCheckFailed")
    with pytest.raises(Refused) as refusal:
        table.transact(TWO)
    assert refusal.value.failed == {1}


@pytest.mark.fault("F097")
@pytest.mark.parametrize("code", ["ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_throttled_transaction_waits(dynamo: Stubber, table: DynamoTable, code: str) -> None:
    """It is put off, neither taken for refused nor hammered."""
    cancelled(dynamo, code, "None")
    with pytest.raises(Unavailable, match=code):
        table.transact(TWO)


@pytest.mark.fault("F097")
@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException"])
def test_what_could_not_be_asked_is_never_not_found(dynamo: Stubber, table: DynamoTable, code: str) -> None:
    """A throttled or broken read raises, whatever kind of read it is."""
    for verb, ask in (
        ("get_item", lambda: table.get(A)),
        ("batch_get_item", lambda: table.get_many([A])),
        ("query", lambda: table.query("P")),
        ("transact_get_items", lambda: table.snapshot([A])),
        ("delete_item", lambda: table.transact([Delete(A)])),
    ):
        dynamo.add_client_error(verb, code)
        with pytest.raises(Unavailable, match=code):
            ask()


def test_keys_left_unprocessed_are_asked_for_again(dynamo: Stubber, table: DynamoTable) -> None:
    """Half an answer is not the answer; one that never comes whole is an exception."""
    left = {"t": {"Keys": [ROW_B], "ConsistentRead": True}}
    dynamo.add_response("batch_get_item", {"Responses": {"t": [ROW_A]}, "UnprocessedKeys": left})
    dynamo.add_response("batch_get_item", {"Responses": {"t": [ROW_B]}, "UnprocessedKeys": {}})
    assert set(table.get_many([A, B])) == {A, B}
    for _ in range(4):
        dynamo.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": left})
    with pytest.raises(Unavailable, match="unprocessed"):
        table.get_many([B])


def test_a_snapshot_that_met_a_transaction_is_taken_again(dynamo: Stubber, table: DynamoTable) -> None:
    """The books are read at one instant or not at all."""
    cancelled(dynamo, "TransactionConflict", get=True)
    dynamo.add_response("transact_get_items", {"Responses": [{"Item": ROW_A}]})
    assert table.snapshot([A]) == {A: {"pk": "P", "sk": "a"}}
    for _ in range(4):
        cancelled(dynamo, "TransactionConflict", get=True)
    with pytest.raises(Unavailable, match="snapshots"):
        table.snapshot([A])


def test_our_own_mistakes_are_not_waited_for(dynamo: Stubber, table: DynamoTable) -> None:
    """A malformed request, a missing table and a forbidden call rise, because no repetition mends them."""
    dynamo.add_client_error("put_item", "ValidationException", "too large")
    with pytest.raises(ValueError, match="too large"):
        table.transact([Put(A, {})])
    cancelled(dynamo, "None", "ValidationError")
    with pytest.raises(ValueError, match="malformed"):
        table.transact(TWO)
    for code in ("ResourceNotFoundException", "AccessDeniedException"):
        dynamo.add_client_error("get_item", code)
        with pytest.raises(ClientError):
            table.get(A)


MISSED: list[tuple[Exception, type[Exception]]] = [
    (EndpointConnectionError(endpoint_url="dynamodb"), Unavailable),
    (ParamValidationError(report="unknown parameter"), ParamValidationError),
]


@pytest.mark.parametrize(("error", "becomes"), MISSED, ids=["no connection", "our mistake"])
def test_requests_that_never_left(
    table: DynamoTable, monkeypatch: pytest.MonkeyPatch, error: Exception, becomes: type[Exception]
) -> None:
    """An endpoint that cannot be reached is put off like one that is busy; a request that cannot be made rises."""

    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr(table._client, "get_item", fail)
    with pytest.raises(becomes):
        table.get(A)
