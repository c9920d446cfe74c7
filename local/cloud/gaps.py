"""What the embedded AWS (ministack 1.5.33) does not do yet and AWS does, filled after each deploy, one function a gap.

Each gap has a test in tests/deployed/test_gaps.py that turns red when the engine has closed it; then the function goes.
"""

import json
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local.cloud.clients import client
from local.cloud.engine import REGION
from local.cloud.state import CloudState

_METHODS = {"x-amazon-apigateway-any-method": "ANY"}


@dataclass
class _Deployed:
    """The processed template with what its references stand for."""

    resources: dict[str, Any]
    values: dict[str, str]

    def ids(self, kind: str) -> list[str]:
        """Physical ids of all resources of this type."""
        return [self.values[name] for name, resource in self.resources.items() if resource["Type"] == kind]

    def resolve(self, node: Any) -> Any:
        """Replace Ref and Fn::Sub, the only functions that SAM writes into an OpenAPI body."""
        match node:
            case {"Ref": name}:
                return self.values[name]
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self.values[found[1]], text)
            case dict():
                return {key: self.resolve(value) for key, value in node.items()}
            case list():
                return [self.resolve(value) for value in node]
        return node


def fill(state: CloudState) -> None:
    """Fill all gaps of the deployed stack."""
    deployed = _read(state)
    for name, resource in deployed.resources.items():
        if resource["Type"] == "AWS::ApiGatewayV2::Api" and "Body" in resource["Properties"]:
            routes_from_openapi_body(state, deployed.values[name], deployed.resolve(resource["Properties"]["Body"]))
    table_settings(state, deployed)
    secret_without_punctuation(state)
    secret_arn_in_policies(state, deployed)
    context_conditions_out_of_policies(state, deployed)
    batch_actions_into_policies(state, deployed)


def routes_from_openapi_body(state: CloudState, api_id: str, body: dict[str, Any]) -> None:
    """AWS makes routes, integrations and authorizers from the OpenAPI `Body` of an HTTP API; the engine ignores it."""
    api = client(state, "apigatewayv2")
    authorizers = {
        name: api.create_authorizer(
            ApiId=api_id,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[scheme["x-amazon-apigateway-authorizer"]["identitySource"]],
            JwtConfiguration=_jwt(scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"]),
        )["AuthorizerId"]
        for name, scheme in body.get("components", {}).get("securitySchemes", {}).items()
    }
    for path, operations in body["paths"].items():
        for method, operation in operations.items():
            wanted = [name for entry in operation.get("security", []) for name in entry if name in authorizers]
            access = {"AuthorizationType": "JWT", "AuthorizerId": authorizers[wanted[0]]} if wanted else {}
            integration = operation["x-amazon-apigateway-integration"]
            target = api.create_integration(
                ApiId=api_id,
                IntegrationType="AWS_PROXY",
                IntegrationUri=integration["uri"],
                PayloadFormatVersion=integration["payloadFormatVersion"],
            )["IntegrationId"]
            key = f"{_METHODS.get(method, method.upper())} {path}"
            api.create_route(ApiId=api_id, RouteKey=key, Target=f"integrations/{target}", **access)


def table_settings(state: CloudState, deployed: _Deployed) -> None:
    """AWS switches on a table's expiry and recovery as the template says; the engine reads over both."""
    tables = client(state, "dynamodb")
    for name, resource in deployed.resources.items():
        wanted = resource["Properties"] if resource["Type"] == "AWS::DynamoDB::Table" else {}
        if expiry := wanted.get("TimeToLiveSpecification"):
            tables.update_time_to_live(TableName=deployed.values[name], TimeToLiveSpecification=expiry)
        if recovery := wanted.get("PointInTimeRecoverySpecification"):
            tables.update_continuous_backups(TableName=deployed.values[name], PointInTimeRecoverySpecification=recovery)


def secret_without_punctuation(state: CloudState) -> None:
    """AWS honours ExcludePunctuation in GenerateSecretString; the engine draws from all characters."""
    secrets = client(state, "secretsmanager")
    name = state.outputs["WebhookSecretArn"]
    before = secrets.get_secret_value(SecretId=name)
    if not set(before["SecretString"]) & set(string.punctuation):
        return
    value = secrets.get_random_password(PasswordLength=32, ExcludePunctuation=True)["RandomPassword"]
    secrets.put_secret_value(SecretId=name, SecretString=value)
    # Nothing was ever signed with the first value, so it must not stay accepted as the previous one.
    secrets.update_secret_version_stage(
        SecretId=name, VersionStage="AWSPREVIOUS", RemoveFromVersionId=before["VersionId"]
    )


def secret_arn_in_policies(state: CloudState, deployed: _Deployed) -> None:
    """On AWS, Ref of a secret is its ARN; the engine gives its name, on which no role policy matches."""
    secrets = client(state, "secretsmanager")
    names = [name for name in deployed.ids("AWS::SecretsManager::Secret") if not name.startswith("arn:")]
    arns = {name: secrets.describe_secret(SecretId=name)["ARN"] for name in names}

    def named(statement: dict[str, Any]) -> dict[str, Any]:
        resource = statement["Resource"]
        return statement if isinstance(resource, list) else {**statement, "Resource": arns.get(resource, resource)}

    _rewrite_policies(state, deployed, named)


def context_conditions_out_of_policies(state: CloudState, deployed: _Deployed) -> None:
    """AWS evaluates kms:EncryptionContext conditions; the engine knows no such key, so they never hold.

    Its KMS still refuses to decrypt under another context.
    """

    def unconditional(statement: dict[str, Any]) -> dict[str, Any]:
        if "kms:EncryptionContext" not in json.dumps(statement.get("Condition", {})):
            return statement
        return {name: value for name, value in statement.items() if name != "Condition"}

    _rewrite_policies(state, deployed, unconditional)


def batch_actions_into_policies(state: CloudState, deployed: _Deployed) -> None:
    """On AWS, sqs:SendMessage also allows SendMessageBatch; the engine asks for an action that AWS does not know."""

    def batched(statement: dict[str, Any]) -> dict[str, Any]:
        if statement["Action"] != "sqs:SendMessage":
            return statement
        return {**statement, "Action": ["sqs:SendMessage", "sqs:SendMessageBatch"]}

    _rewrite_policies(state, deployed, batched)


def _rewrite_policies(
    state: CloudState, deployed: _Deployed, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    roles = client(state, "iam")
    for role in deployed.ids("AWS::IAM::Role"):
        for name in roles.list_role_policies(RoleName=role)["PolicyNames"]:
            document = roles.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            changed = {**document, "Statement": [change(statement) for statement in document["Statement"]]}
            if changed != document:
                roles.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(changed))


def _jwt(configuration: dict[str, Any]) -> dict[str, Any]:
    return {"Issuer": configuration["issuer"], "Audience": configuration["audience"]}


def _read(state: CloudState) -> _Deployed:
    formation = client(state, "cloudformation")
    template = formation.get_template(StackName=state.stack, TemplateStage="Processed")["TemplateBody"]
    stack = formation.describe_stacks(StackName=state.stack)["Stacks"][0]
    resources = formation.describe_stack_resources(StackName=state.stack)["StackResources"]
    values = {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}
    values |= {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    account = str(stack["StackId"]).split(":")[4]
    values |= {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::StackName": state.stack, "AWS::AccountId": account}
    for resource in resources:
        if resource["ResourceType"] == "AWS::Lambda::Function":
            arn = f"arn:aws:lambda:{REGION}:{account}:function:{resource['PhysicalResourceId']}"
            values[f"{resource['LogicalResourceId']}.Arn"] = arn
    return _Deployed((json.loads(template) if isinstance(template, str) else template)["Resources"], values)
