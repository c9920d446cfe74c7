"""Page: users of the Workspace."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict

from lockstep.domain.ids import user_email
from lockstep.domain.sales_activity import EmailText
from lockstep.runtime.wiring import world
from workspace_api import reading
from workspace_api.access import caller_of
from workspace_api.pages import page
from workspace_api.views import View
from workspace_api.waking import make_known

router = page()


class NewUser(BaseModel):
    """A seller's address."""

    model_config = ConfigDict(extra="forbid", defer_build=True)

    email: EmailText


class UserView(View):
    """A user and where his Salesforce connection stands."""

    email: str
    salesforce: str


class UsersView(View):
    """Everybody known."""

    users: list[UserView]


@router.get("/users", summary="Everybody known to the Workspace")
def list_users() -> UsersView:
    """Users that were added, connected, or signed in once."""
    found = reading.links(world(), caller_of(router.context))
    return UsersView(
        users=[
            UserView(email=user, salesforce=link.state if link else "never connected") for user, link in found.items()
        ]
    )


@router.post("/users", summary="Make a seller known", status_code=HTTPStatus.CREATED)
def add_user(user: Annotated[NewUser, Body()]) -> UserView:
    """Adds an address (ROL-01); adding it again changes nothing."""
    here, email = world(), user_email(user.email)
    make_known(here, email)
    link = here.connections.salesforce(email)
    return UserView(email=email, salesforce=link.state if link else "never connected")
