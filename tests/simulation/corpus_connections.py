"""Named stories of logins that end and come back, of rights that are granted late, and of a flow that halts itself.

Each looks at its end before everything is healed, since healing connects every seller anew.
"""

from tests.simulation.acts import CANARY, SELLERS, ask_as_admin, connect
from tests.simulation.audits import items
from tests.simulation.corpus_life import happens
from tests.simulation.scenes import LOGGING, call, mail, tale
from tests.simulation.stage import Stage
from tests.workspace import APP

LIMIT = 5
RULE = {"object": "Task", "when": {"Status": "Completed"}, "message": "not so"}


def _ask(stage: Stage, method: str, target: str, body: object = None) -> None:
    answer = stage.attempt("workspace_api", ask_as_admin(method, target, body))
    assert answer is not None
    assert answer["statusCode"] < 300, answer["body"]


def _ends(stage: Stage, *wanted: str) -> None:
    """Everything that is known now ends in one of these states."""
    stage.flush()
    assert {str(item["state"]) for item in items(stage)} == set(wanted)


@tale
def revoked_in_the_middle_of_a_page(stage: Stage) -> None:
    """The approval is taken back between the two calls of one page; the seller connects anew (F004)."""
    mail(stage)
    stage.flush()
    happens(stage, "email.opened")
    mail(stage, 1, email_id="other")
    revoke = {"user": SELLERS[0]}
    stage.boundary.when(LOGGING, "http before P", lambda: stage.salesforce.act("revoke_user", revoke), skip=1)
    _ends(stage, "CONFIRMED", "NEEDS_YOU")
    assert connect(stage, SELLERS[0])
    _ends(stage, "CONFIRMED")


@tale
def inactive_and_active_again(stage: Stage) -> None:
    """The seller is deactivated in Salesforce, and comes back after a day (F006)."""
    stage.salesforce.act("set_active", {"user": SELLERS[0], "active": False})
    mail(stage)
    call(stage, 1)
    _ends(stage, "NEEDS_YOU")
    stage.turn(86_400)
    stage.salesforce.act("set_active", {"user": SELLERS[0], "active": True})
    assert connect(stage, SELLERS[0])
    _ends(stage, "CONFIRMED")


@tale
def the_api_is_taken_away_and_given_back(stage: Stage) -> None:
    """The profile loses the API and gets it back; one word sets the seller going, without a new approval (F007)."""
    stage.salesforce.act("set_api_enabled", {"user": SELLERS[0], "enabled": False})
    mail(stage)
    _ends(stage, "NEEDS_YOU")
    stage.salesforce.act("set_api_enabled", {"user": SELLERS[0], "enabled": True})
    _ask(stage, "POST", "/resume", {"what": SELLERS[0]})
    _ends(stage, "CONFIRMED")


@tale
def the_sixth_approval(stage: Stage) -> None:
    """Approved five times more elsewhere, the seller's first approval is gone."""
    for _ in range(5):
        stage.salesforce.act("issue_refresh_token", {"user": SELLERS[0]})
    stage.salesforce.act("expire_tokens", {"user": SELLERS[0]})
    mail(stage)
    _ends(stage, "NEEDS_YOU")
    assert connect(stage, SELLERS[0])
    _ends(stage, "CONFIRMED")


@tale
def a_rule_halts_the_flow(stage: Stage) -> None:
    """A rule refuses every Task until the flow halts; cleared, resumed and retried, everything is logged."""
    _ask(stage, "PATCH", "/settings", {"rejection_limit": LIMIT})
    stage.salesforce.act("validation_rule", RULE)
    for number in range(4 * LIMIT):
        mail(stage, number % 3, number % 2, email_id=f"em{number}")
    stage.flush()
    assert sum(item["state"] == "NEEDS_YOU" for item in items(stage)) == LIMIT
    stage.salesforce.act("clear_rules", {})
    _ask(stage, "POST", "/resume")
    _ends(stage, "CONFIRMED", "NEEDS_YOU")
    _ask(stage, "POST", "/retries", {"filter": {"reason": "VALIDATION_REFUSED"}, "dry_run": False})
    _ends(stage, "CONFIRMED")


@tale
def granted_after_news_was_withheld(stage: Stage) -> None:
    """The seller may not edit the field of opens when the email is opened; the right comes later (F090)."""
    mail(stage)
    stage.flush()
    _viewed(stage, edit=False)
    happens(stage, "email.opened")
    _ends(stage, "CONFIRMED", "SKIPPED")
    _viewed(stage, edit=True)
    happens(stage, "email.clicked")
    stage.flush()
    (task,) = [one for one in stage.salesforce.records("Task") if CANARY in (one["Subject"] or "")]
    assert (task["MSE_Viewed__c"], task["MSE_Clicked__c"]) == (True, True)


def _viewed(stage: Stage, *, edit: bool) -> None:
    right = {"user": SELLERS[0], "object": "Task", "field": "MSE_Viewed__c", "read": True, "edit": edit}
    stage.salesforce.act("set_permissions", right)
    _ask(stage, "POST", f"/connections/salesforce/{SELLERS[0]}/refresh-fields")


@tale
def two_workers_and_a_token_that_rotates(stage: Stage) -> None:
    """Two workers meet at the end of one access token, twice, and each login makes the refresh token before it void."""
    stage.salesforce.act("set_app", {"client_id": APP["client_id"], "rotate": True})
    for _ in range(2):
        stage.salesforce.act("expire_tokens", {"user": SELLERS[0]})
        mail(stage)
        stage.boundary.when(LOGGING, "http before POST /services/oauth2", lambda: stage.another(SELLERS[0]))
        _ends(stage, "CONFIRMED")
