"""`lockstep fields`: the custom fields of Tasks, checked against the checklist, and filled in later."""

from collections import Counter
from typing import Annotated, Any

import typer

from cli.output import Output, instant
from cli.problem import CliProblem

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


@fields.command("backfill")
def backfill(
    ctx: typer.Context,
    seller: Annotated[str | None, typer.Argument(help="One seller; every connected one without it")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Activities of the last so many days")] = 90,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Fill fields of Tasks that were logged before the fields could be written: shown first, then done."""
    session = ctx.obj
    wish: dict[str, Any] = {"days": days} | ({"user": seller} if seller else {})
    shown = _pages(session.interface, wish, dry_run=True)
    if not session.out.as_json:
        _found(session.out, shown)
    if not shown["tasks"] and not shown["news"]:
        if session.out.as_json:
            session.out.json(shown)
        return
    if not yes and not typer.confirm(f"Fill in {shown['tasks']:,} Tasks now?", err=True):
        raise CliProblem("Nothing was filled in.")
    session.show(_pages(session.interface, wish, dry_run=False), _started)


def _pages(interface: Any, wish: dict[str, Any], *, dry_run: bool) -> dict[str, Any]:
    """All pages of an answer as one."""
    numbers: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    lacking: Counter[str] = Counter()
    after = None
    while True:
        body = {**wish, "dry_run": dry_run} | ({"after": after} if after else {})
        answer = interface.send("POST", "/fields/backfill", body)
        numbers.update({name: answer[name] for name in ("tasks", "news", "older", "asked_before", "calls")})
        fields.update(answer["fields"])
        lacking.update(answer["not_writable"])
        after = answer["next"]
        if not after:
            return {"dry_run": dry_run, **numbers, "fields": dict(fields), "not_writable": dict(lacking)}


def _found(out: Output, answer: dict[str, Any]) -> None:
    calls = f"{answer['calls']:,} calls to Salesforce or more"
    out.line(f"{answer['tasks']:,} Tasks would get fields, with {calls}.", "bold")
    out.table(["field", "Tasks"], [[name, number] for name, number in answer["fields"].items()], "Filled in")
    lacking = [[name, number] for name, number in answer["not_writable"].items()]
    out.table(["field", "Tasks"], lacking, "Still not writable: lockstep fields check")
    names = {"news": "shown on their Tasks now", "older": "older than that", "asked_before": "asked for before"}
    out.pairs([(text, answer[name]) for name, text in names.items()])


def _started(out: Output, answer: dict[str, Any]) -> None:
    out.line(f"{answer['tasks']:,} Tasks are on their work lists; lockstep status shows when they are done.", "bold")


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
