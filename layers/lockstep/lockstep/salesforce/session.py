"""One request to Salesforce: token, instance address, error answers.

Promises that a worn token is renewed once and the call repeated once (a 401 was certainly not executed),
that the token goes only to an address that `auth.instance` lets pass, and that no call repeats by itself
for any other cause.
"""

import re
from datetime import datetime
from typing import Any

import httpx
from pydantic import ValidationError

from lockstep.domain.reason import Reason
from lockstep.engine.errors import Halt
from lockstep.engine.ports import Clock, Token, TokenKeeper
from lockstep.exchange.http import SALESFORCE, unanswered, vendor_time
from lockstep.salesforce import errors
from lockstep.salesforce.auth import Login, instance
from lockstep.salesforce.wire import FAULTS, Fault

_USAGE = re.compile(r"(?:^|[\s;])api-usage=(\d+)/(\d+)")
_UNAUTHORIZED = 401


class Session:
    """One user's way to one instance; the timeouts are those of `http`, which must be shorter than a lease."""

    def __init__(
        self,
        http: httpx.Client,
        *,
        login: Login,
        tokens: TokenKeeper,
        clock: Clock,
        api_version: str,
        instance_url: str | None,
    ) -> None:
        self._http = http
        self._login = login
        self._tokens = tokens
        self._clock = clock
        self._version = api_version
        self._instance = instance_url
        self._owner: tuple[str, str] | None = None
        self.usage: tuple[int, int] | None = None
        self.as_of: datetime = clock.now()

    def owner(self) -> tuple[str, str] | None:
        """Org id and user id, which Salesforce tells at a login only; so this logs in where nobody has yet."""
        if self._owner is None:
            self.log_in_again()
        return self._owner

    def log_in_again(self) -> None:
        """A new token, whatever the present one is still good for."""
        known = self._tokens.current()
        self._tokens.renew(known.value if known else None, self._fetch)

    def version_path(self, path: str) -> str:
        """The path of a resource of our API version."""
        return f"/services/data/v{self._version}/{path}"

    def read(self, path: str) -> Any:
        """The JSON behind a path; raises Defer, Halt or Reject where there is none."""
        return self._json("GET", path, None, write=False)

    def write(self, method: str, path: str, body: Any) -> Any:
        """What a write was answered; UnknownOutcome where nobody knows whether it was executed."""
        return self._json(method, path, body, write=True)

    def _json(self, method: str, path: str, body: Any, *, write: bool) -> Any:
        token = self._tokens.current() or self._tokens.renew(None, self._fetch)
        response = self._once(method, path, body, token, write=write)
        if response.status_code == _UNAUTHORIZED:
            token = self._tokens.renew(token.value, self._fetch)
            response = self._once(method, path, body, token, write=write)
        self._note(response)
        if not response.is_success:
            raise errors.of_call(response.status_code, _faults(response), write=write)
        try:
            return response.json()
        except ValueError:
            raise unanswered("Salesforce's answer is broken or is not JSON", write=write) from None

    def _once(self, method: str, path: str, body: Any, token: Token, *, write: bool) -> httpx.Response:
        self._instance = where = token.instance_url or self._instance
        if not where:
            detail = "nobody knows on which instance this user is; run `lockstep connect salesforce` again"
            raise Halt(Reason.CONNECTION_EXPIRED, detail, scope="connection")
        url = f"{instance(where, self._login.login_url)}{path}"
        headers = {"Authorization": f"Bearer {token.value}"}
        content = {} if body is None else {"json": body}
        return SALESFORCE.send(self._http, method, url, write=write, headers=headers, **content)

    def _fetch(self) -> Token:
        granted = self._login.fetch(self._http, self._clock, self._instance)
        self._owner = granted.owner
        return granted

    def _note(self, response: httpx.Response) -> None:
        self.as_of = vendor_time(response) or self._clock.now()
        found = _USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if found:
            self.usage = int(found[1]), int(found[2])


def _faults(response: httpx.Response) -> list[Fault]:
    try:
        return FAULTS.validate_json(response.content)
    except ValidationError:
        return []
