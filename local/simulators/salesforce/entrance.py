"""What Salesforce answers outside its data API: tokens, revocation, and who a token belongs to."""

from typing import Any
from urllib.parse import parse_qsl

from local.simulators.kernel.clock import write_instant
from local.simulators.kernel.http import Request
from local.simulators.salesforce import soap
from local.simulators.salesforce.answers import Answer
from local.simulators.salesforce.login import LoginRefused
from local.simulators.salesforce.org import Org
from local.simulators.salesforce.problems import method_not_allowed, not_found


class Entrance:
    """The OAuth endpoints of one organisation; `logins` lists every request for a token."""

    def __init__(self, org: Org) -> None:
        self.org = org
        self.logins: list[dict[str, Any]] = []

    def answer(self, request: Request, base_url: str) -> Answer:
        """The answer to a path outside the data API."""
        path = request.path.rstrip("/")
        if soap.PATH.fullmatch(path) is not None:
            return self._soap(request, base_url)
        if path == "/services/oauth2/token":
            return self._token(request, base_url)
        if path == "/services/oauth2/revoke":
            return self._revoke(request)
        if path == "/services/oauth2/userinfo" or path.startswith("/id/"):
            return self._identity(request, base_url)
        raise not_found()

    def _token(self, request: Request, base_url: str) -> Answer:
        if request.method != "POST":
            raise method_not_allowed(request.method, ("HEAD", "POST"))
        try:
            answer = Answer(200, self.org.login.grant(request, base_url))
        except LoginRefused as refused:
            answer = Answer(400, refused.body, outcome=refused.body["error_description"])
        form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        at = write_instant(self.org.clock.now())
        self.logins.append({"grant_type": form.get("grant_type"), "status": answer.status, "at": at})
        return answer

    def _soap(self, request: Request, base_url: str) -> Answer:
        answer = soap.login(self.org, request, base_url)
        at = write_instant(self.org.clock.now())
        self.logins.append({"grant_type": "soap", "status": answer.status, "at": at})
        return answer

    def _revoke(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) | dict(parse_qsl(request.query))
        if self.org.sessions.revoke_token(form.get("token", "")):
            return Answer(200)
        body = {"error": "unsupported_token_type", "error_description": "this token type is not supported"}
        return Answer(400, body, outcome="unsupported_token_type")

    def _identity(self, request: Request, base_url: str) -> Answer:
        token = request.headers.get("authorization", "").partition(" ")[2]
        user_id = self.org.sessions.user_of(token)
        if user_id is None:
            word = b"Bad_OAuth_Token" if token else b"Missing_OAuth_Token"
            return Answer(403, word, outcome=word.decode(), content_type="text/html;charset=UTF-8")
        body = self.org.login.identity(user_id, base_url)
        wanted = request.path.removeprefix("/id/").split("/")
        if request.path.startswith("/id/") and wanted != [self.org.world.org_id, user_id]:
            raise not_found()
        return Answer(200, {"sub": body["id"], **body})
