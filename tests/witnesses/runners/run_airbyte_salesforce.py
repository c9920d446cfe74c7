"""Starts airbyte-source-salesforce against a loopback server: `run_airbyte_salesforce.py ADDRESS check ...`.

It looks at its bulk jobs more often than it would.
"""

import sys
from importlib import import_module

import_module("redirect").redirect(sys.argv[1])
orchestrator = import_module("airbyte_cdk.sources.declarative.async_job.job_orchestrator").AsyncJobOrchestrator
orchestrator._WAIT_TIME_BETWEEN_STATUS_UPDATE_IN_SECONDS = 0.1
sys.argv = ["source-salesforce", *sys.argv[2:]]
import_module("source_salesforce.run").run()
