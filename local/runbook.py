"""`python -m local.runbook` writes docs/runbook.md: what to do when an alarm rings or an item has a reason.

Promises a page made from the template's alarms, the catalogue's reasons and its metrics, so that it cannot tell
otherwise. Only where to look first and who mends an alarm is written here; a law wants a row for every alarm.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from lockstep.catalogue.metrics import Metric
from lockstep.catalogue.reason_texts import REASON_TEXTS, Who

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "runbook.md"
METRICS = ROOT / "layers" / "lockstep" / "lockstep" / "catalogue" / "metrics.py"

HEAD = """# Runbook

Made by `make docs` from the alarms of [template.yaml](../template.yaml) and from the tables of reasons and metrics in
[the catalogue](../layers/lockstep/lockstep/catalogue). Do not edit it: change those, or `local/runbook.py`.

Start with `lockstep status`: the headline, the books, the reasons with their numbers, the connections, the budgets.
For one activity, person or seller: `lockstep why <id>`. The words are in the [glossary](glossary.md).
"""


@dataclass(frozen=True)
class Look:
    """Where to look first when an alarm rings, and who mends it."""

    first: str
    mender: str


_CODE = "whoever develops the code"
_STACK = "whoever runs the stack"
_OLD = (
    "`lockstep dead-letters --stack <stack>`: what each is about, its cause, and how long it is still kept. "
    "Its first alarm rang a week ago: [redrive](how-to/redrive-dead-letters.md)."
)
LOOKS = {
    "PeopleFromMarketoDeadLetterAlarm": Look(
        "The log group `<stack>-people-from-marketo`, entries *a message failed*: kind and place of the "
        "error. People are not lost: the schedule reads on every "
        "5 minutes. Then [redrive](how-to/redrive-dead-letters.md).",
        _CODE,
    ),
    "ActivitiesToSalesforceDeadLetterAlarm": Look(
        "The log group `<stack>-activities-to-salesforce`, entries *a message failed*: kind and place of the "
        "error. No activity is lost: the items stand on their "
        "work lists. Then [redrive](how-to/redrive-dead-letters.md).",
        _CODE,
    ),
    "RollupsToSalesforceDeadLetterAlarm": Look(
        "The log group `<stack>-rollups-to-salesforce`, entries *a message failed*: kind and place of the "
        "error. Tasks are logged all the same; the newest activities are told later. "
        "Then [redrive](how-to/redrive-dead-letters.md).",
        _CODE,
    ),
    "OutboxRelayDeadLetterAlarm": Look(
        "The log group `<stack>-outbox-relay`: which flow, or what SQS answered. These messages cannot be redriven and "
        "need not be; [purge them](how-to/redrive-dead-letters.md#the-relays-queue) when the cause is mended.",
        _STACK,
    ),
    "InternalFaultsAlarm": Look(
        "The log group of the flow (`<stack>-activities-to-salesforce` or `<stack>-rollups-to-salesforce`), entries "
        "*an item failed*: the kind of error and the item. "
        "Everything else goes on. When the mended code is deployed: `lockstep retry --reason INTERNAL_FAULT`.",
        _CODE,
    ),
    "FlowHaltedAlarm": Look(
        "`lockstep status`: the flow is *Blocked*, with the last refusal in Salesforce's words. Nothing is lost: what "
        "was refused beyond the setting `rejection_limit` waits. When the rule, the field or the right is mended: "
        "`lockstep resume`, then `lockstep retry` for what was filed under *needs you* before the halt.",
        "a Salesforce admin",
    ),
    "PeopleFromMarketoDeadLetterAgeAlarm": Look(_OLD, _CODE),
    "ActivitiesToSalesforceDeadLetterAgeAlarm": Look(_OLD, _CODE),
    "RollupsToSalesforceDeadLetterAgeAlarm": Look(_OLD, _CODE),
    "OutboxRelayDeadLetterAgeAlarm": Look(_OLD, _STACK),
    "ApiErrorsAlarm": Look(
        "The log groups `<stack>-webhook-intake` and `<stack>-workspace-api`; then the health of DynamoDB, KMS and "
        "Secrets Manager in the region.",
        _STACK,
    ),
    "PeopleFromMarketoAgeAlarm": Look(
        "Throttles and errors of the function `<stack>-people-from-marketo`; the account's Lambda concurrency.", _STACK
    ),
    "ActivitiesToSalesforceAgeAlarm": Look(
        "Throttles and errors of the function `<stack>-activities-to-salesforce`; the account's Lambda concurrency.",
        _STACK,
    ),
    "RollupsToSalesforceAgeAlarm": Look(
        "Throttles and errors of the function `<stack>-rollups-to-salesforce`; the account's Lambda concurrency.",
        _STACK,
    ),
    "LedgerCareSilentAlarm": Look(
        "The schedule `<stack>-ledger-care` in EventBridge Scheduler: is it enabled, may its role start the function? "
        "After a first deploy the alarm rests within minutes.",
        _STACK,
    ),
    "BooksOutOfBalanceAlarm": Look(
        "The entry *the books do not balance* in the log group `<stack>-ledger-care`. Keep the table as it is: its "
        "point-in-time recovery shows when the difference came.",
        _CODE,
    ),
    "OldestReadyAlarm": Look(
        "`lockstep status`: *Waiting for quota* passes by itself, *Behind* does not. Then throttles and errors of "
        "`<stack>-activities-to-salesforce`. An activity that was reported long after it happened also counts as old, "
        "for the moment until it is judged.",
        _STACK,
    ),
    "WatermarkAgeAlarm": Look(
        "`lockstep status`. *Blocked*: connect Marketo again. *Waiting for quota*: it goes on at midnight US Central. "
        "*Working*: nothing has moved for half an hour all the same; read the log of `<stack>-people-from-marketo`.",
        "a Marketo admin, if the connection is blocked; else whoever runs the stack",
    ),
}
_RETRY = (
    "Where a text says *retry the item*: `lockstep retry <event id>`, or all that have a reason, like `lockstep retry "
    "--reason VALIDATION_REFUSED`. The command shows first what would go and what still stands in the way. Where a "
    "connection is blocked or a vendor parked and the cause is mended: `lockstep resume`."
)
_MENDERS = {
    "seller": "The seller can mend it",
    "Salesforce admin": "A Salesforce admin can mend it",
    "Marketo admin": "A Marketo admin can mend it",
    "Lockstep admin": "A Lockstep admin can mend it",
    "nobody": "Nobody needs to act",
}


class _Loader(yaml.SafeLoader):
    """YAML in which CloudFormation's tags stand for nothing; an alarm's own words and numbers have none."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def alarms() -> dict[str, dict[str, Any]]:
    """Name -> properties of every alarm of the template."""
    template = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506 - a SafeLoader with tags
    kind = "AWS::CloudWatch::Alarm"
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_alarms(), *_reasons(), *_metrics()])


def _alarms() -> Iterator[str]:
    yield "## Alarms\n"
    yield "They notify the topic given as `AlarmTopicArn`; without one they only change state in CloudWatch.\n"
    for name, alarm in alarms().items():
        below = alarm["ComparisonOperator"] == "LessThanThreshold"
        span = alarm["Period"] * alarm["EvaluationPeriods"] // 60
        minutes = "a minute" if span == 1 else f"{span} minutes"
        yield f"### {name}\n"
        yield f"{alarm['AlarmDescription']}\n"
        yield f"- Look first at: {LOOKS[name].first}"
        yield f"- Who mends it: {LOOKS[name].mender}."
        yield (
            f"- Rings when `{alarm['Namespace']} {alarm['MetricName']}` ({alarm['Statistic'].lower()}) is "
            f"{'below' if below else 'above'} {alarm['Threshold']} for {minutes}.\n"
        )


def _reasons() -> Iterator[str]:
    yield "## Reasons\n"
    yield "Every item that is not logged, and every person who is not active, carries one of these.\n"
    yield f"{_RETRY}\n"
    for who in get_args(Who):
        yield f"### {_MENDERS[who]}\n"
        yield "| reason | what happened | what to do |"
        yield "|---|---|---|"
        for reason, text in REASON_TEXTS.items():
            if text.who == who:
                yield f"| `{reason}`<br>{text.title} | {text.meaning} | {text.remedy} |"
        yield ""


def _metrics() -> Iterator[str]:
    meanings = dict(re.findall(r'^    "(\w+)",  # (.+)$', METRICS.read_text(), re.MULTILINE))
    yield "## Metrics\n"
    yield "In CloudWatch, namespace `Lockstep`, dimension `service` = the stack's name.\n"
    yield "| metric | what a rise means |"
    yield "|---|---|"
    for name in get_args(Metric):
        yield f"| `{name}` | {meanings[name]} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page())
