"""Who may do what: one table from operation to roles, looked at in one place.

Promises that an operation which is not in the table is refused to everybody (S08), that a token without
one of our roles is refused everything, and that whoever signs in is known from then on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from pydantic import ConfigDict, TypeAdapter

from lockstep.domain.ids import UserEmail, user_email
from lockstep.domain.sales_activity import EmailText
from lockstep.runtime.wiring import world
from workspace_api.problems import Problem, forbidden
from workspace_api.waking import make_known

ADMIN, USER = "admin", "user"
_ALL = frozenset({ADMIN, USER})
_ADMINS = frozenset({ADMIN})

# Operation (the name of a route's function) -> who may; behaviour.md 12.1.
MAY: Mapping[str, frozenset[str]] = {
    "read_status": _ADMINS,
    "find_people": _ALL,
    "read_person": _ALL,
    "refuse_person": _ALL,
    "read_activity": _ALL,
    "read_item": _ALL,
    "explain": _ALL,
    "retry_items": _ALL,
    "resume": _ADMINS,
    "preview_people_load": _ADMINS,
    "start_people_load": _ADMINS,
    "check_fields": _ALL,
    "backfill_fields": _ALL,
    "read_settings": _ALL,
    "change_settings": _ADMINS,
    "preview_settings": _ADMINS,
    "revert_settings": _ADMINS,
    "read_settings_history": _ADMINS,
    "read_my_settings": _ALL,
    "change_my_settings": _ALL,
    "read_sending": _ALL,
    "list_users": _ADMINS,
    "add_user": _ADMINS,
    "list_connections": _ALL,
    "connect_marketo": _ADMINS,
    "disconnect_marketo": _ADMINS,
    "connect_salesforce": _ALL,
    "disconnect_salesforce": _ALL,
    "refresh_fields": _ALL,
    "not_found_handler": _ALL,
}

_ADDRESS: TypeAdapter[str] = TypeAdapter(EmailText, config=ConfigDict(defer_build=True))


def address_of(text: object) -> UserEmail:
    """A text as a user's address; raises ValueError where it is none."""
    return user_email(_ADDRESS.validate_python(text))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as the verified token says."""

    email: UserEmail
    role: str

    @property
    def admin(self) -> bool:
        """Whether the caller may act for others."""
        return self.role == ADMIN

    def sees(self, seller: str) -> bool:
        """Whether the caller may see this seller's activities (behaviour.md 12.1)."""
        return self.admin or self.email == user_email(seller)

    def acts_for(self, user: UserEmail) -> None:
        """Raises Problem unless the caller is this user or an admin."""
        if not self.admin and self.email != user:
            raise forbidden("You may connect only your own account; ask an admin for the others.")


def caller_of(context: Mapping[str, Any]) -> Caller:
    """The caller whom `guard` let in."""
    caller: Caller = context["caller"]
    return caller


def let_in(app: APIGatewayHttpResolver) -> Caller:
    """The caller, if the token's role may do what was asked; raises Problem otherwise."""
    claims = app.current_event.request_context.authorizer.jwt_claim
    if not claims:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Sign in: this request carries no verified token.")
    try:
        email = address_of(claims.get("email"))
    except ValueError:
        raise forbidden("The token names no email address; ask whoever issues it to add the claim email.") from None
    role = str(claims.get("lockstep_role", ""))
    if role not in _ALL:
        raise forbidden("The token's claim lockstep_role must be admin or user; ask whoever issues it.")
    if role not in MAY.get(app.context["_route"].func.__name__, frozenset()):
        raise forbidden("Only an admin of this Workspace may do this.")
    return Caller(email, role)


def guard(app: APIGatewayHttpResolver, next_middleware: NextMiddleware) -> Response[Any]:
    """Let the request through or refuse it; whoever comes through is a user of the Workspace."""
    caller = let_in(app)
    make_known(world(), caller.email)
    app.append_context(caller=caller)  # type: ignore[no-untyped-call]
    return next_middleware(app)
