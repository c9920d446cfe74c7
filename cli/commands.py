"""The `lockstep` command: what stands where, why, and the few commands that admins give.

Promises exit code 0 when it was done, 1 with one sentence when it was not, 2 when it was typed wrongly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
import typer

from cli import address, pages
from cli.interface import Interface, segment
from cli.output import Output
from cli.problem import CliProblem


class Sentences(typer.core.TyperGroup):
    """Commands whose failures are one sentence on standard error."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CliProblem as problem:
            typer.echo(f"lockstep: {problem}", err=True)
            raise typer.Exit(1) from None


@dataclass(slots=True)
class Session:
    """One run of the command."""

    out: Output
    find: Callable[[], address.Address]
    transport: httpx.BaseTransport | None

    @property
    def interface(self) -> Interface:
        """The interface; looked for at first use, so that --help needs none."""
        return Interface(self.find(), self.transport)

    def show(self, answer: Any, page: Callable[[Output, Any], None]) -> None:
        """The answer for people, or as JSON where that was asked for."""
        if self.out.as_json:
            self.out.json(answer)
        else:
            page(self.out, answer)


app = typer.Typer(cls=Sentences, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def lockstep(
    ctx: typer.Context,
    url: Annotated[str | None, typer.Option(help="Address of the interface (or LOCKSTEP_URL)")] = None,
    token: Annotated[str | None, typer.Option(help="Your token (or LOCKSTEP_TOKEN)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON")] = False,
) -> None:
    """Lockstep keeps Marketo, the Workspace and Salesforce in step."""
    transport = ctx.obj if isinstance(ctx.obj, httpx.BaseTransport) else None
    ctx.obj = Session(Output(as_json=as_json), lambda: address.find(url, token), transport)


@app.command()
def status(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=90, help="How many days of books")] = 7,
) -> None:
    """How everything stands: books, progress, connections, what needs you."""
    session: Session = ctx.obj
    session.show(session.interface.get("/status", days=days), pages.status)


@app.command()
def why(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="Event id, Marketo id, email address, Salesforce id of a Task or person")],
    field: Annotated[str | None, typer.Option(help="Why is this field of the Task empty? Its API name")] = None,
) -> None:
    """Why something did or did not sync, or a field is empty: in a sentence, and what it rests on."""
    session: Session = ctx.obj
    session.show(session.interface.get(f"/why/{segment(id)}", **({"field": field} if field else {})), pages.why)


@app.command()
def person(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(help="Marketo id, email address or Salesforce id")],
) -> None:
    """One person as the Workspace holds it."""
    session: Session = ctx.obj
    if id.isdigit():
        session.show(session.interface.get(f"/people/{id}"), pages.person)
        return
    query = {"email": id} if "@" in id else {"salesforce_id": id}
    answer = session.interface.get("/people", **query)
    if not answer["people"]:
        raise CliProblem(f"Nobody in the Workspace has {id}; `lockstep why {id}` looks further.")
    session.show(answer, pages.people)


@app.command("start-load")
def start_load(
    ctx: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the second confirmation")] = False,
) -> None:
    """Show what a load of people would copy, and start it after a second confirmation."""
    session: Session = ctx.obj
    interface = session.interface
    preview = interface.get("/people-load")
    if not session.out.as_json:
        pages.preview(session.out, preview)
    if preview["may_start"] and not yes and not typer.confirm("Start the load of people now?", err=True):
        raise CliProblem("Nothing was started.")
    answer = interface.send("POST", "/people-load", {"confirmation": preview["confirmation"]})
    session.show(answer, lambda out, _: out.line("Started. `lockstep status` shows how far it is.", "bold"))


@app.command()
def connections(ctx: typer.Context) -> None:
    """All connections and their states."""
    session: Session = ctx.obj
    session.show(session.interface.get("/connections"), pages.connections)


def _rest() -> None:
    """The groups of commands that live in files of their own."""
    from cli import administration, connecting, fields, repair

    administration.add_to(app)
    connecting.add_to(app)
    fields.add_to(app)
    repair.add_to(app)


_rest()
