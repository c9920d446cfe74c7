"""Laws of template.yaml: wiring and folders match, nothing fails silently, and no role may more than it says.

What AWS refuses and the embedded AWS accepts is refused here.
"""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest

from local.cloud.deploy import TIMES
from lockstep.catalogue.metrics import Metric
from tests.laws.repository import ROOT, concerns, files, python_files, text
from tests.template import PATH, default, folders, properties, resources, template, variables

BLOCK = ["Function", "Queue", "DeadLetterQueue", "DeadLetterAlarm", "LogGroup", "Role"]
FUNCTIONS = resources("AWS::Serverless::Function")
QUEUES = resources("AWS::SQS::Queue")
WORK_QUEUES = [name for name in QUEUES if not name.endswith("DeadLetterQueue")]


def events(kind: str) -> dict[str, dict[str, Any]]:
    """Function.Event -> properties of every event of one type."""
    return {
        f"{name}.{event}": entry["Properties"]
        for name, function in FUNCTIONS.items()
        for event, entry in function["Properties"].get("Events", {}).items()
        if entry["Type"] == kind
    }


def statements() -> dict[str, list[dict[str, Any]]]:
    """Every policy statement of ours by the resource that carries it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in resources("AWS::IAM::Role"):
        found[name] = [one for policy in properties(name)["Policies"] for one in policy["PolicyDocument"]["Statement"]]
    for name in resources("AWS::IAM::ManagedPolicy"):
        found[name] = properties(name)["PolicyDocument"]["Statement"]
    return found


def as_list(value: Any) -> list[Any]:
    """One or several, as policies allow."""
    return value if isinstance(value, list) else [value]


def snake(stem: str) -> str:
    """PeopleFromMarketo -> people_from_marketo."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", stem).lower()


def test_folders_and_functions_match_one_to_one() -> None:
    """Each folder under functions/ is one function of the same name, with its handler and physical name."""
    assert sorted(folders()) == concerns()
    for folder, stem in folders().items():
        function = properties(f"{stem}Function")
        assert snake(stem) == folder
        assert function["Handler"] == f"{folder}.app.handler"
        assert function["FunctionName"] == {"Fn::Sub": "${AWS::StackName}-" + folder.replace("_", "-")}


def test_blocks_stand_in_order() -> None:
    """Each concern is one unbroken block under its banner, with the same inner order; alarms over all come last."""
    names = [name for name in resources() if any(name == stem + part for stem in folders().values() for part in BLOCK)]
    wanted = [stem + part for stem in folders().values() for part in BLOCK if stem + part in resources()]
    assert names == wanted
    every = list(resources())
    assert every[every.index(names[0]) : every.index(names[-1]) + 1] == names
    banners = re.findall(r"^  # ── (\w+):", PATH.read_text(), re.MULTILINE)
    assert [banner for banner in banners if banner in folders()] == list(folders())


@pytest.mark.parametrize("name", WORK_QUEUES)
def test_every_queue_has_a_dead_letter_queue(name: str) -> None:
    """A message that fails three times leaves its queue for the dead-letter queue of the same concern."""
    redrive = properties(name)["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{name.removesuffix('Queue')}DeadLetterQueue", "Arn"]}
    assert redrive["maxReceiveCount"] >= 2


@pytest.mark.parametrize("name", sorted(set(QUEUES) - set(WORK_QUEUES)))
def test_every_dead_letter_queue_has_an_alarm(name: str) -> None:
    """One dead letter raises an alarm, and it is kept for the longest time that SQS allows."""
    alarm = properties(name.removesuffix("Queue") + "Alarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]
    assert (alarm["MetricName"], alarm["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert properties(name)["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.fault("F094")
@pytest.mark.parametrize("name", sorted(set(QUEUES) - set(WORK_QUEUES)))
def test_a_dead_letter_that_is_forgotten_rings_again(name: str) -> None:
    """At half of the time that a dead letter is kept a second alarm rings."""
    alarm = properties(name.removesuffix("Queue") + "AgeAlarm")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [name, "QueueName"]}}]
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert alarm["Threshold"] == properties(name)["MessageRetentionPeriod"] / 2
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


def test_every_alarm_speaks() -> None:
    """Each alarm says what happened and what to do, and notifies the topic if there is one."""
    action = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    for name in resources("AWS::CloudWatch::Alarm"):
        assert len(properties(name)["AlarmDescription"]) > 40, name
        assert properties(name)["AlarmActions"] == action, name
        assert properties(name)["TreatMissingData"] in ("notBreaching", "breaching"), name


def test_alarms_on_our_own_metrics_hear_them() -> None:
    """An alarm in our namespace names a metric of the catalogue, under the dimension that the functions write."""
    shared = template()["Globals"]["Function"]["Environment"]["Variables"]
    ours = [properties(name) for name in resources("AWS::CloudWatch::Alarm")]
    ours = [alarm for alarm in ours if alarm["Namespace"] == shared["POWERTOOLS_METRICS_NAMESPACE"]]
    heard = {"BooksOutOfBalance", "FlowsHalted", "InternalFaults", "OldestReadySeconds", "WatermarkAgeSeconds"}
    assert {alarm["MetricName"] for alarm in ours} == heard
    assert {alarm["MetricName"] for alarm in ours} <= set(get_args(Metric))
    for alarm in ours:
        assert alarm["Dimensions"] == [{"Name": "service", "Value": shared["POWERTOOLS_SERVICE_NAME"]}]


def test_visibility_is_six_times_the_timeout() -> None:
    """Every queue hides a message for six worker time-outs, whatever the time-out that is chosen."""
    seconds = {int(timeout): row["Seconds"] for timeout, row in template()["Mappings"]["VisibilityTimeout"].items()}
    assert sorted(seconds) == template()["Parameters"]["WorkerTimeout"]["AllowedValues"]
    assert all(row == 6 * timeout for timeout, row in seconds.items())
    for name in WORK_QUEUES:
        wanted = {"Fn::FindInMap": ["VisibilityTimeout", {"Ref": "WorkerTimeout"}, "Seconds"]}
        assert properties(name)["VisibilityTimeout"] == wanted
        assert "Timeout" not in properties(name.removesuffix("Queue") + "Function")


def test_times_fit_each_other() -> None:
    """A lease outlives its worker twice, in an account and in the demo, whose time-out is one the template allows."""
    assert default("LeaseSeconds") >= 2 * default("WorkerTimeout")
    assert int(TIMES["LeaseSeconds"]) >= 2 * int(TIMES["WorkerTimeout"])
    assert default("SettleSeconds") > default("WorkerTimeout")  # a law of numbers that CloudFormation cannot hold
    assert int(TIMES["SettleSeconds"]) > int(TIMES["WorkerTimeout"])
    assert int(TIMES["WorkerTimeout"]) in template()["Parameters"]["WorkerTimeout"]["AllowedValues"]
    assert template()["Globals"]["Function"]["Timeout"] == {"Ref": "WorkerTimeout"}


def test_every_mapping_reports_item_failures() -> None:
    """Queue and stream mappings take partial answers, so that one bad message does not bring back its whole batch."""
    for name, event in (events("SQS") | events("DynamoDB")).items():
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_queue_mappings_bound_their_own_concurrency() -> None:
    """Queue mappings set a maximum that AWS takes, and nothing reserves concurrency from a fresh account's hundred."""
    for name, event in events("SQS").items():
        assert 2 <= event["ScalingConfig"]["MaximumConcurrency"] <= 1000, name
        assert event["BatchSize"] <= 10, f"{name}: above ten, AWS wants a batching window"
    assert not [name for name in FUNCTIONS if "ReservedConcurrentExecutions" in properties(name)]


def test_the_stream_loses_nothing() -> None:
    """The stream is read from its start, a poisoned batch is halved, and what keeps failing is kept with an alarm."""
    for name, event in events("DynamoDB").items():
        stem = name.split("Function.")[0]
        assert event["StartingPosition"] == "TRIM_HORIZON"
        assert event["BisectBatchOnFunctionError"] is True
        assert 1 <= event["MaximumRetryAttempts"] <= 10_000
        destination = event["DestinationConfig"]["OnFailure"]["Destination"]
        assert destination == {"Fn::GetAtt": [f"{stem}DeadLetterQueue", "Arn"]}


def test_the_relay_sees_only_new_work() -> None:
    """The stream's filter is JSON that lets pass inserted rows of the READY# prefix and nothing else."""
    ((name, event),) = events("DynamoDB").items()
    assert name.startswith("OutboxRelay")
    (entry,) = event["FilterCriteria"]["Filters"]
    keys = {"Keys": {"pk": {"S": [{"prefix": "READY#"}]}}}
    assert json.loads(entry["Pattern"]) == {"eventName": ["INSERT"], "dynamodb": keys}


def test_schedules_are_ones_that_aws_takes() -> None:
    """Each schedule is a minute or slower, in words that agree with the number, under the stack's own name."""
    for name, event in events("ScheduleV2").items():
        match = re.fullmatch(
            r"rate\((?:1 (?:minute|hour|day)|([2-9]|[1-9]\d+) (?:minutes|hours|days))\)", event["ScheduleExpression"]
        )
        assert match, f"{name}: {event['ScheduleExpression']}"
        assert event["Name"]["Fn::Sub"].startswith("${AWS::StackName}-"), (
            f"{name}: two stacks in an account would collide"
        )


def test_every_function_has_its_own_role() -> None:
    """Each function works under a role of its own that only Lambda may take."""
    for stem in folders().values():
        assert properties(f"{stem}Function")["Role"] == {"Fn::GetAtt": [f"{stem}Role", "Arn"]}
        (trust,) = properties(f"{stem}Role")["AssumeRolePolicyDocument"]["Statement"]
        assert (trust["Principal"], trust["Action"]) == ({"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")
        assert properties(f"{stem}Role")["ManagedPolicyArns"] == [{"Ref": "TracingPolicy"}]
        assert "Policies" not in properties(f"{stem}Function")


def test_no_role_holds_a_wildcard() -> None:
    """No action has a star; no resource is a star but X-Ray's, which knows no resources."""
    for name, granted in statements().items():
        for statement in granted:
            assert statement["Effect"] == "Allow"
            assert not [action for action in as_list(statement["Action"]) if "*" in action], name
            if "*" in as_list(statement["Resource"]):
                assert name == "TracingPolicy"


def test_nobody_may_scan() -> None:
    """The table is read by key; a scan in a handler would grow with the customer."""
    granted = [action for found in statements().values() for one in found for action in as_list(one["Action"])]
    assert not [action for action in granted if action.endswith((":Scan", ":PartiQLSelect", ":DeleteTable"))]


def test_only_who_needs_secrets_may_open_them() -> None:
    """KMS is for the flows and the API, under a connection's context; the signing secret is for the intake alone."""
    kms = {name: one for name, found in statements().items() for one in found if "kms:" in json.dumps(one["Action"])}
    assert sorted(kms) == [
        "ActivitiesToSalesforceRole", "PeopleFromMarketoRole", "RollupsToSalesforceRole", "WorkspaceApiRole",
    ]  # fmt: skip
    assert all("kms:EncryptionContext:connection" in json.dumps(one["Condition"]) for one in kms.values())
    holders = [name for name, found in statements().items() if "secretsmanager" in json.dumps(found)]
    assert holders == ["WebhookIntakeRole"]


def test_every_function_is_seen() -> None:
    """Each function writes to a log group of its own that forgets in time, and is traced."""
    assert template()["Globals"]["Function"]["Tracing"] == "Active"
    for folder, stem in folders().items():
        assert properties(f"{stem}Function")["LoggingConfig"] == {"LogGroup": {"Ref": f"{stem}LogGroup"}}
        assert "Tracing" not in properties(f"{stem}Function")
        group = properties(f"{stem}LogGroup")
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
        assert group["LogGroupName"] == {"Fn::Sub": "/aws/lambda/${AWS::StackName}-" + folder.replace("_", "-")}


@pytest.mark.parametrize("folder", folders())
def test_settings_and_variables_match(folder: str) -> None:
    """Each variable that the settings want is in the template, and the template sets none that nobody reads."""
    from lockstep.runtime.settings import Environment

    assert set(variables(folder)) == {field.alias for field in Environment.model_fields.values()}


def test_sample_events_match_a_function() -> None:
    """Each sample in events/ is for a function that exists, by the first word or words of its name."""
    samples = [path for path in files() if path.parts[0] == "events" and path.suffix == ".json"]
    firsts = {path.parts[1].split(".")[0] for path in samples}
    assert not [first for first in firsts if not any(folder.startswith(first) for folder in folders())]


def test_the_table_is_safe() -> None:
    """The table can be restored to any second, is encrypted, and neither a deletion nor a stack update removes it."""
    (name,) = resources("AWS::DynamoDB::Table")
    table = properties(name)
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["DeletionProtectionEnabled"] is True
    assert (resources()[name]["DeletionPolicy"], resources()[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}


def test_the_key_outlives_the_stack() -> None:
    """The key that seals secrets rotates, and deleting the stack does not delete it."""
    (name,) = resources("AWS::KMS::Key")
    assert properties(name)["EnableKeyRotation"] is True
    assert resources()[name]["DeletionPolicy"] == "Retain"
    assert all(properties(queue)["SqsManagedSseEnabled"] is True for queue in QUEUES)


def test_only_the_webhook_is_open() -> None:
    """Every route asks for a token but the webhook's, whose signature is its authorisation."""
    assert properties("Api")["Auth"]["DefaultAuthorizer"] == "Jwt"
    opened = {name: event["Path"] for name, event in events("HttpApi").items() if "Auth" in event}
    assert opened == {"WebhookIntakeFunction.Post": "/events"}


def test_http_functions_answer_before_the_gateway_gives_up() -> None:
    """A function behind the API ends within the 30 seconds that an HTTP API waits."""
    for name in events("HttpApi"):
        assert properties(name.split(".")[0])["Timeout"] < 30, name


def test_every_physical_name_carries_the_stack() -> None:
    """Whatever has a physical name begins with the stack's, so that stages can share an account."""
    keys = ("FunctionName", "QueueName", "LayerName", "LogGroupName", "RoleName", "TableName", "AlarmName")
    for name in resources():
        for key in set(keys) & set(properties(name)):
            assert "${AWS::StackName}" in properties(name)[key]["Fn::Sub"], f"{name}.{key}"


def test_the_template_is_plain() -> None:
    """No anchors, loops or skipped builds: CloudFormation or `sam build` fail on them, late."""
    source = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", "", PATH.read_text())
    assert not re.search(r"(^|\s)[&*]\w|Fn::ForEach|SkipBuild|<<:", source)


def test_scheduled_readers_take_a_lease() -> None:
    """A scheduled flow holds a single-flight lease in the store, since two invocations may overlap (F066)."""
    for name in events("ScheduleV2"):
        folder = snake(name.split("Function.")[0])
        sources = [text(path) for path in python_files(f"functions/{folder}/")]
        if "_from_" in folder and sources:
            assert re.search(r"\bleases?\b", "\n".join(sources)), f"{folder} takes no lease"


def test_samconfig_names_the_stages() -> None:
    """`make deploy STAGE=...` knows dev, staging and prod, and none of them names an address or a secret of anyone."""
    import tomllib

    stages = tomllib.loads((ROOT / Path("samconfig.toml")).read_text())
    assert {"dev", "staging", "prod"} <= set(stages)
    for stage in ("dev", "staging", "prod"):
        wanted = stages[stage]["deploy"]["parameters"]
        assert wanted["stack_name"] == f"lockstep-{stage}"
        assert wanted["capabilities"] == "CAPABILITY_IAM"


def test_the_public_endpoint_is_throttled() -> None:
    """Every route, the unauthenticated one too, takes so many requests a second and no more (S45)."""
    api = template()["Resources"]["Api"]["Properties"]
    limits = api["DefaultRouteSettings"]
    assert 0 < limits["ThrottlingRateLimit"] <= limits["ThrottlingBurstLimit"] <= 1_000
    assert "RouteSettings" not in api
