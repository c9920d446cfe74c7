"""Starts airbyte-source-marketo, with less time between two looks at a job: `run_airbyte_marketo.py check ...`."""

import sys
from importlib import import_module

import_module("source_marketo.source").MarketoExportBase.poll_interval = 0.1
sys.argv = ["source-marketo", *sys.argv[1:]]
import_module("source_marketo.run").run()
