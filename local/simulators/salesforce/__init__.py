"""A stateful stand-in for one Salesforce organisation: `SalesforceSimulator`, in process or as a loopback server."""

from local.simulators.salesforce.simulator import SalesforceSimulator

__all__ = ["SalesforceSimulator"]
