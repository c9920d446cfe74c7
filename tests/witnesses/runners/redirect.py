"""Sends what a tool addresses to a host of Salesforce's to a loopback server instead; nothing else is touched."""

from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

_send = requests.Session.send


def redirect(address: str) -> None:
    """From now on every request of this process to `*.salesforce.com` goes to the address."""

    def send(self: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        there = urlsplit(str(request.url))
        if (there.hostname or "").endswith(".salesforce.com"):
            request.url = f"{address}{there.path}" + (f"?{there.query}" if there.query else "")
        return _send(self, request, **how)

    patch.object(requests.Session, "send", send).start()
