"""Page: connections to Marketo and Salesforce. Credentials go in and never come out (items 136 and 161)."""

from typing import Annotated, Any, Literal
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.connection import MARKETO, ConnectionState
from lockstep.domain.ids import SalesforceId, UserEmail, salesforce_id
from lockstep.domain.message import Nudge
from lockstep.runtime.wiring import World, world
from workspace_api import connect, reading
from workspace_api.access import address_of, caller_of
from workspace_api.pages import page
from workspace_api.problems import bad_request, conflict, forbidden, not_found
from workspace_api.views import ConnectionsView, MarketoConnectionView, SalesforceConnectionView
from workspace_api.waking import wake_connected

router = page()
_NEEDS = {"jwt": ("client_id", "private_key"), "refresh_token": ("client_id", "refresh_token")}


class _Login(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, defer_build=True)


class MarketoLogin(_Login):
    """Credentials of the custom service in Marketo (CON-05); blanks around them are dropped."""

    munchkin_id: str | None = None
    client_id: str
    client_secret: SecretStr


class SalesforceLogin(_Login):
    """How one seller's connection logs in; `private_key` is the PEM file of an RSA key."""

    method: Literal["jwt", "refresh_token"]
    client_id: str
    client_secret: SecretStr | None = None
    private_key: SecretStr | None = None
    refresh_token: SecretStr | None = None
    username: str | None = None
    confirm_organization: str | None = Field(
        default=None,
        max_length=18,
        description="The id of the other organization in which an admin begins anew; every seller connects again then",
    )

    def confirmed(self) -> SalesforceId | None:
        """The organization that is confirmed; raises Problem where that is no id of one, or not an admin's word."""
        if not self.confirm_organization:
            return None
        if not caller_of(router.context).admin:
            raise forbidden("Only an admin of this Workspace may move it to another Salesforce organization.")
        try:
            return salesforce_id(self.confirm_organization)
        except ValueError:
            raise bad_request("confirm_organization is the id of a Salesforce organization, like 00D...") from None

    def secret(self, user: UserEmail) -> dict[str, str]:
        """What is sealed; raises Problem where a part is missing."""
        lacking = [name for name in _NEEDS[self.method] if not _plain(getattr(self, name))]
        if lacking:
            raise bad_request(f"A connection by {self.method} needs {' and '.join(lacking)}.")
        if self.method == "jwt":
            pem = _plain(self.private_key) + "\n"
            return {"client_id": self.client_id, "private_key_pem": pem, "username": self.username or user}
        parts = {"client_secret": _plain(self.client_secret), "refresh_token": _plain(self.refresh_token)}
        return {"client_id": self.client_id, **parts}


def _plain(value: SecretStr | str | None) -> str:
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    return (text or "").strip()


@router.get("/connections", summary="Connections and their states")
def list_connections() -> ConnectionsView:
    """Marketo's, and the Salesforce connections that the caller may see."""
    return reading.connections(world(), caller_of(router.context))


@router.put("/connections/marketo", summary="Connect Marketo")
def connect_marketo(login: Annotated[MarketoLogin, Body()]) -> MarketoConnectionView:
    """Logs in and looks for all fields; what is wrong or missing is named, and nothing is stored then."""
    here = world()
    secret = {"client_id": login.client_id, "client_secret": _plain(login.client_secret)}
    if not all(secret.values()):
        raise bad_request("A connection to Marketo needs client_id and client_secret.")
    address = connect.marketo_at(here, login.munchkin_id)
    before = here.connections.marketo()
    if before and before.base_url != address and here.people.stored():
        raise conflict(
            f"This Workspace holds people of {before.base_url}; people of two Marketo instances are never mixed. "
            "Use a Workspace of its own for the other instance."
        )
    link = connect.marketo(here, address, secret)
    if reading.load_progress(here):
        here.nudge(Nudge(PEOPLE_FROM_MARKETO, MARKETO))
    return MarketoConnectionView.of(link)


@router.delete("/connections/marketo", summary="Disconnect Marketo")
def disconnect_marketo() -> MarketoConnectionView:
    """Forgets the credentials; people stay, and reading goes on where it stopped after the next connect."""
    here = world()
    _disconnect(here, MARKETO)
    link = here.connections.marketo()
    if link is None:
        raise not_found("Marketo was never connected.")
    return MarketoConnectionView.of(link)


@router.put("/connections/salesforce/<user>", summary="Connect a seller to Salesforce")
def connect_salesforce(user: str, login: Annotated[SalesforceLogin, Body()]) -> SalesforceConnectionView:
    """Logs in as this user, reads his rights, and logs what waited for the connection (LS-16d, CON-01)."""
    here, email = world(), _user(user)
    link = connect.salesforce(here, email, login.method, login.secret(email), login.confirmed())
    wake_connected(here, email)
    return SalesforceConnectionView.of(link)


@router.delete("/connections/salesforce/<user>", summary="Disconnect a seller from Salesforce")
def disconnect_salesforce(user: str) -> SalesforceConnectionView:
    """Forgets the credentials; what waits is kept 7 days and written after reconnecting (CON-03)."""
    here, email = world(), _user(user)
    _disconnect(here, email)
    return _view(here, email)


@router.post("/connections/salesforce/<user>/refresh-fields", summary="Read a seller's rights in Salesforce anew")
def refresh_fields(user: str) -> SalesforceConnectionView:
    """Reads what the user may write now (ATR-02); a connection that was blocked and works again goes on."""
    here, email = world(), _user(user)
    link = here.connections.salesforce(email)
    if link is None or here.connections.secret(email) is None:
        raise conflict(f"{email} is not connected to Salesforce: run lockstep connect salesforce {email}.")
    return SalesforceConnectionView.of(connect.tried_again(here, link))


def _user(text: str) -> UserEmail:
    """The user that a path names, if the caller may act for him."""
    try:
        email = address_of(unquote(text))
    except ValueError:
        raise bad_request("Name the user by email address.") from None
    caller_of(router.context).acts_for(email)
    return email


def _disconnect(here: World, name: Any) -> None:
    here.connections.set_state(name, ConnectionState.DISCONNECTED)
    here.connections.forget(name)


def _view(here: World, email: UserEmail) -> SalesforceConnectionView:
    link = here.connections.salesforce(email)
    if link is None:
        raise not_found(f"{email} was never connected to Salesforce.")
    return SalesforceConnectionView.of(link)
