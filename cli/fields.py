"""`lockstep fields`: the custom fields of Tasks, checked against the checklist."""

from typing import Annotated, Any

import typer

from cli.output import Output, instant

fields = typer.Typer(no_args_is_help=True, help="The custom fields of Salesforce's Tasks.")


def add_to(app: typer.Typer) -> None:
    """Hang the group into the command."""
    app.add_typer(fields, name="fields")


@fields.command("check")
def check(
    ctx: typer.Context,
    seller: Annotated[str | None, typer.Argument(help="One seller; every connected one without it")] = None,
    stored: Annotated[bool, typer.Option("--stored", help="As last described, without asking Salesforce")] = False,
) -> None:
    """Which fields are missing, misspelt, hidden, read-only, of the wrong type or too short, and for whom."""
    session = ctx.obj
    wish: dict[str, Any] = {"fresh": not stored} | ({"user": seller} if seller else {})
    session.show(session.interface.send("POST", "/fields/check", wish), _checked)


def _checked(out: Output, answer: dict[str, Any]) -> None:
    out.line(answer["answer"], "yellow" if answer["findings"] else "green")
    looked = [one["user"] for one in answer["looked_at"] if one["as_of"]]
    for one in answer["findings"]:
        whom = "everybody" if one["sellers"] == looked else ", ".join(one["sellers"])
        out.line()
        out.line(f"{one['field']}: {one['trouble']}", "bold")
        out.pairs([("what", one["text"]), ("what to do", one["remedy"]), ("who can", one["who"]), ("for", whom)])
    rows = [[one["user"], instant(one["as_of"]), one["note"]] for one in answer["looked_at"]]
    out.table(["seller", "described", ""], rows, "Looked at")
