"""The gaps that local/cloud/gaps.py fills: a test turns red when the engine has closed its gap."""

import json
import string
from collections.abc import Iterator
from typing import Any

import pytest

from tests.deployed.conftest import Deployed

TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
BODY = {
    "openapi": "3.0.1",
    "info": {"title": "probe", "version": "1"},
    "paths": {"/probe": {"get": {"responses": {}}}},
}
PROBE: dict[str, Any] = {
    "Resources": {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Body": BODY}},
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"GenerateSecretString": {"PasswordLength": 64, "ExcludePunctuation": True}},
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        },
        "Key": {"Type": "AWS::KMS::Key", "Properties": {}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", **TRUST},
                "Policies": [
                    {
                        "PolicyName": "own",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [
                                {
                                    "Effect": "Allow",
                                    "Action": "kms:Encrypt",
                                    "Resource": {"Fn::GetAtt": ["Key", "Arn"]},
                                    "Condition": {"StringEquals": {"kms:EncryptionContext:connection": "mine"}},
                                },
                                {
                                    "Effect": "Allow",
                                    "Action": "sqs:SendMessage",
                                    "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
                                },
                            ],
                        },
                    }
                ],
            },
        },
    }
}


@pytest.fixture(scope="module")
def probe(deployed: Deployed) -> Iterator[dict[str, str]]:
    """A small stack that nobody has mended: logical name -> physical id."""
    formation = deployed.client("cloudformation")
    formation.create_stack(StackName="probe", TemplateBody=json.dumps(PROBE), Capabilities=["CAPABILITY_IAM"])
    formation.get_waiter("stack_create_complete").wait(StackName="probe", WaiterConfig={"Delay": 1})
    found = formation.describe_stack_resources(StackName="probe")["StackResources"]
    yield {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}
    formation.delete_stack(StackName="probe")


def test_routes_are_not_made_from_the_body(deployed: Deployed, probe: dict[str, str]) -> None:
    """An HTTP API with an OpenAPI body has no routes; once it has, routes_from_openapi_body is not needed."""
    assert deployed.client("apigatewayv2").get_routes(ApiId=probe["Api"])["Items"] == []


def test_punctuation_is_not_left_out(deployed: Deployed, probe: dict[str, str]) -> None:
    """A generated secret has punctuation although it is excluded; once not, secret_without_punctuation can go."""
    value = deployed.client("secretsmanager").get_secret_value(SecretId=probe["Secret"])["SecretString"]
    assert set(value) & set(string.punctuation)


def test_a_reference_to_a_secret_is_no_arn(probe: dict[str, str]) -> None:
    """Ref of a secret is its name; once it is the ARN, secret_arn_in_policies is not needed."""
    assert not probe["Secret"].startswith("arn:")


def test_table_settings_are_not_applied(deployed: Deployed, probe: dict[str, str]) -> None:
    """Expiry and recovery of a table stay off; once they are on, table_settings is not needed."""
    tables = deployed.client("dynamodb")
    backups = tables.describe_continuous_backups(TableName=probe["Table"])["ContinuousBackupsDescription"]
    expiry = tables.describe_time_to_live(TableName=probe["Table"])["TimeToLiveDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert expiry["TimeToLiveStatus"] == "DISABLED"


def test_key_conditions_are_not_known(deployed: Deployed, probe: dict[str, str]) -> None:
    """A condition on the encryption context never holds; once it does, context_conditions_out_of_policies can go."""
    keys = as_probe(deployed, probe, "kms")
    with pytest.raises(keys.exceptions.ClientError, match="not authorized to perform: kms:Encrypt"):
        keys.encrypt(KeyId=probe["Key"], Plaintext=b"x", EncryptionContext={"connection": "mine"})


def test_batches_want_an_action_of_their_own(deployed: Deployed, probe: dict[str, str]) -> None:
    """Leave to send does not cover a batch; once it does, batch_actions_into_policies can go."""
    queues = as_probe(deployed, probe, "sqs")
    queues.send_message(QueueUrl=probe["Queue"], MessageBody="one")
    with pytest.raises(queues.exceptions.ClientError, match="not authorized to perform: sqs:SendMessageBatch"):
        queues.send_message_batch(QueueUrl=probe["Queue"], Entries=[{"Id": "1", "MessageBody": "one"}])


def as_probe(deployed: Deployed, probe: dict[str, str], service: str) -> Any:
    """A client under the probe's own role."""
    arn = deployed.client("iam").get_role(RoleName=probe["Role"])["Role"]["Arn"]
    taken = deployed.client("sts").assume_role(RoleArn=arn, RoleSessionName="probe")["Credentials"]
    return deployed.as_role(taken, service)
