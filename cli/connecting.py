"""`lockstep connect`, `disconnect` and `refresh-fields`."""

from typing import Annotated

import typer

from cli import pages, secret
from cli.interface import segment

connect = typer.Typer(no_args_is_help=True, help="Connect Marketo, or a seller to Salesforce.")
disconnect = typer.Typer(no_args_is_help=True, help="Forget credentials; what waits is kept.")

User = Annotated[str, typer.Argument(help="The seller's address")]
ClientId = Annotated[str, typer.Option(help="Client id")]
_FILES = "A file that holds it, or - for standard input"
_FILE = f"{_FILES}; without it you are asked"


def add_to(app: typer.Typer) -> None:
    """Hang the commands into the command."""
    app.add_typer(connect, name="connect")
    app.add_typer(disconnect, name="disconnect")
    app.command("refresh-fields")(refresh_fields)


@connect.command("marketo")
def connect_marketo(
    ctx: typer.Context,
    client_id: ClientId,
    munchkin_id: Annotated[str | None, typer.Option(help="Like 123-ABC-456, from Admin > Munchkin")] = None,
    client_secret_file: Annotated[str | None, typer.Option(help=_FILE)] = None,
) -> None:
    """Log in to Marketo, look for all fields, and keep the connection."""
    session = ctx.obj
    body = {"client_id": client_id, "client_secret": secret.read(client_secret_file, "client secret")}
    if munchkin_id:
        body["munchkin_id"] = munchkin_id
    session.show(session.interface.send("PUT", "/connections/marketo", body), pages.connection)


@connect.command("salesforce")
def connect_salesforce(  # noqa: PLR0913 - one parameter for each option of the command
    ctx: typer.Context,
    user: User,
    client_id: ClientId,
    private_key_file: Annotated[str | None, typer.Option(help=f"By signed login: the RSA key. {_FILE}")] = None,
    refresh_token_file: Annotated[str | None, typer.Option(help=f"By consent: the refresh token. {_FILES}")] = None,
    client_secret_file: Annotated[str | None, typer.Option(help=f"By consent: the client secret. {_FILES}")] = None,
    username: Annotated[str | None, typer.Option(help="Salesforce user name, where it is not the address")] = None,
    confirm_organization: Annotated[
        str | None, typer.Option(help="Begin anew in another organization: its id. Every seller connects again then")
    ] = None,
) -> None:
    """Log in to Salesforce as this seller, read his rights, and log what waited for it."""
    session = ctx.obj
    body = {"client_id": client_id}
    if refresh_token_file:
        body |= {"method": "refresh_token", "refresh_token": secret.read(refresh_token_file, "refresh token")}
        if client_secret_file:
            body["client_secret"] = secret.read(client_secret_file, "client secret")
    else:
        body |= {"method": "jwt", "private_key": secret.read(private_key_file, "private key")}
    if username:
        body["username"] = username
    if confirm_organization:
        body["confirm_organization"] = confirm_organization
    answer = session.interface.send("PUT", f"/connections/salesforce/{segment(user)}", body)
    session.show(answer, pages.connection)


@disconnect.command("marketo")
def disconnect_marketo(ctx: typer.Context) -> None:
    """Forget Marketo's credentials; people stay."""
    session = ctx.obj
    session.show(session.interface.send("DELETE", "/connections/marketo"), pages.connection)


@disconnect.command("salesforce")
def disconnect_salesforce(ctx: typer.Context, user: User) -> None:
    """Forget a seller's credentials; activities wait for 7 days."""
    session = ctx.obj
    answer = session.interface.send("DELETE", f"/connections/salesforce/{segment(user)}")
    session.show(answer, pages.connection)


def refresh_fields(ctx: typer.Context, user: User) -> None:
    """Read anew what a seller may write in Salesforce."""
    session = ctx.obj
    answer = session.interface.send("POST", f"/connections/salesforce/{segment(user)}/refresh-fields")
    session.show(answer, pages.connection)
