"""Starts tap-marketo against a loopback port: `run_tap_marketo.py PORT --config c.json --discover`.

The tap builds its addresses from a domain alone, so the one function that does is pointed elsewhere; nothing more.
"""

import sys
from importlib import import_module

port = sys.argv[1]
import_module("tap_marketo.client").Client.get_url = lambda _self, path: f"http://127.0.0.1:{port}/{path}"
sys.argv = ["tap-marketo", *sys.argv[2:]]
import_module("tap_marketo").main()
