"""The adapters of the cloud's services, on moto: nudges, sealed secrets, signing secrets."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE, FLOWS, PEOPLE_FROM_MARKETO
from lockstep.domain.message import Nudge
from lockstep.engine.errors import Halt, Unavailable
from lockstep.runtime.adapters import KmsSealer, SqsNudges, WebhookSecrets


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """An account in memory."""
    with mock_aws():
        yield


class Queues:
    """Both flows' queues on SQS."""

    def __init__(self) -> None:
        self.client = boto3.client("sqs")
        self.urls = {flow: self.client.create_queue(QueueName=flow)["QueueUrl"] for flow in FLOWS}
        self.nudges = SqsNudges(self.client, self.urls)

    def waiting(self, flow: str) -> list[Nudge]:
        """What a worker would be handed."""
        found: list[Nudge] = []
        while batch := self.client.receive_message(QueueUrl=self.urls[flow], MaxNumberOfMessages=10).get("Messages"):
            found += [Nudge.of(json.loads(message["Body"])) for message in batch]
        return found


def sellers(number: int) -> list[Nudge]:
    """One nudge for each of some sellers."""
    return [Nudge(ACTIVITIES_TO_SALESFORCE, f"seller{n}@example.com") for n in range(number)]


def test_each_nudge_arrives_on_its_flows_queue() -> None:
    """More nudges than SQS takes in a request all arrive, each on its flow's queue and in the form of version 1."""
    queues, people = Queues(), Nudge(PEOPLE_FROM_MARKETO, "marketo")
    assert queues.nudges.send([*sellers(23), people]) == []
    assert set(queues.waiting(ACTIVITIES_TO_SALESFORCE)) == set(sellers(23))
    assert queues.waiting(PEOPLE_FROM_MARKETO) == [people]


@pytest.mark.fault("F096")
def test_entries_that_sqs_refuses_with_http_200_are_returned() -> None:
    """Of a request that SQS answers with 200 and two failed entries, exactly those two come back to the caller."""
    queues = Queues()
    failed: list[Any] = [{"Id": str(index), "SenderFault": False, "Code": "InternalError"} for index in (1, 4)]
    with Stubber(queues.client) as stub:
        stub.add_response("send_message_batch", {"Successful": [], "Failed": failed})
        nudges = sellers(6)
        assert queues.nudges.send(nudges) == [nudges[1], nudges[4]]


@pytest.mark.fault("F096")
def test_nudges_that_sqs_never_saw_are_returned() -> None:
    """Where SQS cannot be reached or answers with an error, all nudges of the request come back."""
    queues, nudges = Queues(), sellers(3)
    with Stubber(queues.client) as stub:
        stub.add_client_error("send_message_batch", "ServiceUnavailable", http_status_code=503)
        assert queues.nudges.send(nudges) == nudges
    with pytest.MonkeyPatch.context() as patch:

        def unreachable(**_: Any) -> None:
            raise EndpointConnectionError(endpoint_url="https://sqs.example.com")

        patch.setattr(queues.client, "send_message_batch", unreachable)
        assert queues.nudges.send(nudges) == nudges


@pytest.mark.parametrize(("wanted", "sent"), [(-5, 0), (0, 0), (31, 31), (86_400, 900)])
def test_a_delay_is_what_sqs_can_do(wanted: int, sent: int) -> None:
    """A delay is at most the 15 minutes that SQS knows, and never negative."""
    queues, (nudge,) = Queues(), sellers(1)
    with Stubber(queues.client) as stub:
        entry = {"Id": "0", "MessageBody": json.dumps(nudge.wire()), "DelaySeconds": sent}
        expected = {"QueueUrl": queues.urls[nudge.flow], "Entries": [entry]}
        stub.add_response("send_message_batch", {"Successful": [], "Failed": []}, expected)
        assert queues.nudges.send([nudge], delay_seconds=wanted) == []


def test_a_sealed_secret_opens_under_its_own_connection_only() -> None:
    """What KMS sealed for one connection is refused under another one's name: a Halt says what to do (S11)."""
    client = boto3.client("kms")
    sealer = KmsSealer(client, client.create_key()["KeyMetadata"]["KeyId"])
    sealed = sealer.seal("seller1@example.com", "a refresh token ü")
    assert "refresh" not in sealed
    assert sealer.open("seller1@example.com", sealed) == "a refresh token ü"
    with pytest.raises(Halt, match="connect it again"):
        sealer.open("seller2@example.com", sealed)


def test_kms_that_cannot_be_asked_is_no_broken_connection() -> None:
    """A key service that is down means waiting and not a blocked connection (F100)."""
    client = boto3.client("kms")
    sealer = KmsSealer(client, client.create_key()["KeyMetadata"]["KeyId"])
    sealed = sealer.seal("marketo", "secret")
    with Stubber(client) as stub:
        stub.add_client_error("decrypt", "ThrottlingException", http_status_code=400)
        stub.add_client_error("encrypt", "KMSInternalException", http_status_code=500)
        with pytest.raises(Unavailable):
            sealer.open("marketo", sealed)
        with pytest.raises(Unavailable):
            sealer.seal("marketo", "secret")


def test_a_rotated_secret_and_the_one_before_it_are_accepted() -> None:
    """Before a rotation there is one secret, after it two, after the next the first is gone (S04)."""
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="webhook", SecretString="first")["ARN"]
    secrets = WebhookSecrets(client, arn)
    assert secrets.read() == ("first",)
    client.put_secret_value(SecretId=arn, SecretString="second")
    assert secrets.read() == ("second", "first")
    client.put_secret_value(SecretId=arn, SecretString="third")
    assert secrets.read() == ("third", "second")


def test_secrets_that_are_missing_or_cannot_be_read_are_trouble_of_ours() -> None:
    """Without any secret, or while the service is throttled, nobody is judged (F100)."""
    client = boto3.client("secretsmanager")
    with pytest.raises(Unavailable, match="no signing secret"):
        WebhookSecrets(client, "arn:aws:secretsmanager:eu-central-1:123456789012:secret:none").read()
    with Stubber(client) as stub:
        stub.add_client_error("get_secret_value", "ThrottlingException", http_status_code=400)
        with pytest.raises(Unavailable, match="not reached"):
            WebhookSecrets(client, "arn").read()
