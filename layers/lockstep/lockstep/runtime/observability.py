"""Logs and metrics: ids and codes only, never contents (S21)."""

from functools import cache

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lockstep.catalogue.metrics import Metric


@cache
def logger() -> Logger:
    """The structured logger of this container."""
    return Logger()


@cache
def metrics() -> Metrics:
    """The metrics of this container, written with the log in CloudWatch's embedded format."""
    return Metrics()


def count(name: Metric, number: float = 1) -> None:
    """Add to a counter."""
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=number)


def seconds(name: Metric, value: float) -> None:
    """Record a length of time."""
    metrics().add_metric(name=name, unit=MetricUnit.Seconds, value=value)


def flush() -> None:
    """Write what was counted and measured in this invocation, if anything was."""
    if metrics().metric_set:
        metrics().flush_metrics()
