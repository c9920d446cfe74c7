"""`lockstep settings`, `my-settings`, `sending` and `users`."""

from typing import Annotated, Any

import typer

from cli import values
from cli.output import Output, instant

settings = typer.Typer(no_args_is_help=True, help="The product's settings.")
users = typer.Typer(no_args_is_help=True, help="Users of the Workspace.")
Changes = Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="For example log_emails=true")]


def add_to(app: typer.Typer) -> None:
    """Hang the groups into the command."""
    app.add_typer(settings, name="settings")
    app.add_typer(users, name="users")
    app.command("my-settings")(my_settings)
    app.command("sending")(sending)


@settings.command("get")
def get_settings(ctx: typer.Context) -> None:
    """The settings in force."""
    session = ctx.obj
    session.show(session.interface.get("/settings"), _settings)


@settings.command("set")
def set_settings(ctx: typer.Context, changes: Changes) -> None:
    """Change settings; what is not named stays. Lists take commas: log_to=contact,lead."""
    session = ctx.obj
    session.show(session.interface.send("PATCH", "/settings", _wanted(session, changes)), _settings)


@settings.command("preview")
def preview_settings(ctx: typer.Context, changes: Changes) -> None:
    """What a change would do to what waits and what was parked in the last 30 days; nothing is changed."""
    session = ctx.obj
    session.show(session.interface.send("POST", "/settings/preview", _wanted(session, changes)), _preview)


@settings.command("revert")
def revert_settings(ctx: typer.Context, version: Annotated[int, typer.Argument(help="0 are the defaults")]) -> None:
    """Put an older version in force again, as a new one; sellers keep their own choices."""
    session = ctx.obj
    session.show(session.interface.send("POST", "/settings/revert", {"version": version}), _settings)


@settings.command("history")
def settings_history(ctx: typer.Context) -> None:
    """Who changed what when, newest first."""
    session = ctx.obj
    session.show(session.interface.get("/settings/history"), _history)


def my_settings(
    ctx: typer.Context,
    changes: Annotated[list[str] | None, typer.Argument(metavar="[NAME=VALUE...]", help="Nothing: only show")] = None,
) -> None:
    """Your own choices as a seller, and what holds with them; NAME=default follows the admin again."""
    session = ctx.obj
    if not changes:
        session.show(session.interface.get("/my/settings"), _mine)
        return
    nothing = dict.fromkeys(text.partition("=")[0].strip() for text in changes)
    session.show(session.interface.send("PATCH", "/my/settings", values.changes(changes, nothing)), _mine)


def sending(
    ctx: typer.Context,
    user: Annotated[str | None, typer.Argument(help="The seller's address; yours without it")] = None,
) -> None:
    """What a seller's mails and calls need so that they reach Salesforce."""
    session = ctx.obj
    session.show(session.interface.get("/sending", **({"user": user} if user else {})), _sending)


def _wanted(session: Any, changes: list[str]) -> dict[str, Any]:
    return values.changes(changes, session.interface.get("/settings")["values"])


def _settings(out: Output, answer: dict[str, Any]) -> None:
    own = answer["values"].pop("sellers", {})
    out.pairs([(name, _shown(value)) for name, value in answer["values"].items()])
    for user, choices in own.items():
        chosen = ", ".join(f"{name} {_shown(value)}" for name, value in choices.items() if value is not None)
        out.line(f"{user}: {chosen or 'follows'}")
    by = f", set {instant(answer['changed_at'])} by {answer['changed_by']}" if answer["changed_by"] else " (defaults)"
    out.line(f"version {answer['version']}{by}")


def _shown(value: Any) -> Any:
    match value:
        case list():
            return ", ".join(str(one["name"] if isinstance(one, dict) else one) for one in value) or None
        case dict():
            return ", ".join(f"{name}: {one}" for name, one in value.items()) or None
    return value


def _history(out: Output, answer: dict[str, Any]) -> None:
    for version in answer["versions"]:
        out.line(
            f"version {version['version']}, set {instant(version['changed_at'])} by {version['changed_by']}", "bold"
        )
        for line in version["changes"]:
            out.line(f"  {line}")
    if not answer["versions"]:
        out.line("Nobody changed the settings; the defaults are in force.")


def _preview(out: Output, answer: dict[str, Any]) -> None:
    for line in answer["answer"]:
        out.line(line, "bold")
    for line in answer["warnings"]:
        out.line(line, "yellow")
    rows = [[one["title"], one["code"], one["before"], one["after"]] for one in answer["judged"]]
    out.table(["how it would end", "code", "now", "with the change"], rows, "What waits or was parked in 30 days")
    out.table(["change"], [[line] for line in answer["changes"]])
    far = "all" if answer["complete"] else f"the first {answer['looked_at']:,}: there are more than one look takes"
    out.line(f"Looked at {far}; nothing was changed.")


def _mine(out: Output, answer: dict[str, Any]) -> None:
    names = ("log_emails", "log_calls", "log_replies", "email_method", "bcc_address")
    rows = [[name, _choice(answer["choices"][name]), _choice(answer[name])] for name in names]
    out.table(["setting", "chosen", "holds"], rows)
    if answer["locked"]:
        out.line("An admin's team_override is on: the same holds for every seller.", "yellow")
    for note in answer["notes"]:
        out.line(note, "yellow")


def _choice(value: Any) -> str:
    return {True: "on", False: "off", None: "-"}.get(value, str(value))


def _sending(out: Output, answer: dict[str, Any]) -> None:
    out.line(f"{answer['user']}: {answer['text']}", "bold")
    for kind in ("outcome", "reason"):
        choices = _shown(answer[f"call_{kind}s"])
        needed = " (one is required)" if answer[f"call_{kind}_required"] else ""
        if choices:
            out.line(f"call {kind}s{needed}: {choices}")


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
