"""Starts tap-salesforce against a loopback server: `run_tap_salesforce.py ADDRESS --config c.json --discover`."""

import sys
from importlib import import_module

import_module("redirect").redirect(sys.argv[1])
sys.argv = ["tap-salesforce", *sys.argv[2:]]
import_module("tap_salesforce").main()
