"""`lockstep settings` and `lockstep users`."""

from typing import Annotated, Any

import typer

from cli.output import Output, instant
from cli.problem import CliProblem

settings = typer.Typer(no_args_is_help=True, help="The product's settings.")
users = typer.Typer(no_args_is_help=True, help="Users of the Workspace.")
_WORDS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


def add_to(app: typer.Typer) -> None:
    """Hang the groups into the command."""
    app.add_typer(settings, name="settings")
    app.add_typer(users, name="users")


@settings.command("get")
def get_settings(ctx: typer.Context) -> None:
    """The settings in force."""
    session = ctx.obj
    session.show(session.interface.get("/settings"), _settings)


@settings.command("set")
def set_settings(
    ctx: typer.Context,
    changes: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="For example log_emails=true")],
) -> None:
    """Change settings; what is not named stays."""
    session = ctx.obj
    session.show(session.interface.send("PATCH", "/settings", dict(map(_change, changes))), _settings)


@settings.command("history")
def settings_history(ctx: typer.Context) -> None:
    """Every version, newest first."""
    session = ctx.obj
    session.show(session.interface.get("/settings/history"), _history)


def _change(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise CliProblem(f"{text} is not NAME=VALUE.")
    value = value.strip()
    if value.lower() in _WORDS:
        return name.strip(), _WORDS[value.lower()]
    return name.strip(), int(value) if value.isascii() and value.isdigit() else value


def _settings(out: Output, answer: dict[str, Any]) -> None:
    out.pairs(list(answer["values"].items()))
    by = f", set {instant(answer['changed_at'])} by {answer['changed_by']}" if answer["changed_by"] else " (defaults)"
    out.line(f"version {answer['version']}{by}")


def _history(out: Output, answer: dict[str, Any]) -> None:
    for version in answer["versions"]:
        _settings(out, version)
        out.line()
    if not answer["versions"]:
        out.line("Nobody changed the settings; the defaults are in force.")


@users.command("add")
def add_user(ctx: typer.Context, email: Annotated[str, typer.Argument(help="The seller's address")]) -> None:
    """Make a seller known."""
    session = ctx.obj
    answer = session.interface.send("POST", "/users", {"email": email})
    session.show(answer, lambda out, user: out.line(f"{user['email']} is a user (Salesforce: {user['salesforce']})."))


@users.command("list")
def list_users(ctx: typer.Context) -> None:
    """Everybody known, with the state of his Salesforce connection."""
    session = ctx.obj
    session.show(session.interface.get("/users"), _users)


def _users(out: Output, answer: dict[str, Any]) -> None:
    out.table(["user", "salesforce"], [[user["email"], user["salesforce"]] for user in answer["users"]])
