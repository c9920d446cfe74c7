"""A stateful stand-in for Marketo's REST API: leads, their change feed, tokens and limits."""

from local.simulators.marketo.simulator import MarketoSimulator

__all__ = ["MarketoSimulator"]
