"""`lockstep retry`, `resume`, `dead-letters` and `redrive`: what a person repairs."""

import os
from datetime import UTC, datetime
from time import sleep
from typing import Annotated, Any

import typer

from cli import address
from cli.letters import KEPT, QUEUES, RELAY, DeadLetters, Letter
from cli.output import Output, span
from cli.problem import CliProblem

Answer = dict[str, Any]
Stack = Annotated[str | None, typer.Option(help="Name of the stack (or LOCKSTEP_STACK); your AWS credentials are used")]
Region = Annotated[str | None, typer.Option(help="Its region, where your AWS configuration names another")]


def add_to(app: typer.Typer) -> None:
    """Hang the commands into the command."""
    app.command("retry")(retry)
    app.command("resume")(resume)
    app.command("dead-letters")(dead_letters)
    app.command("redrive")(redrive)


def retry(  # noqa: PLR0913 - one parameter for each option of the command
    ctx: typer.Context,
    id: Annotated[str | None, typer.Argument(help="Event id, or key of an item")] = None,
    flow: Annotated[str | None, typer.Option(help="Only of this flow")] = None,
    reason: Annotated[str | None, typer.Option(help="Only with this reason, like VALIDATION_REFUSED")] = None,
    user: Annotated[str | None, typer.Option(help="Only of this seller")] = None,
    since: Annotated[str | None, typer.Option(help="Only if parked then or later (ISO, UTC)")] = None,
    until: Annotated[str | None, typer.Option(help="Only if parked before then")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Whatever can be retried")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Send again what needs somebody or was skipped: shown first, then done."""
    session = ctx.obj
    named = {"id": id, "flow": flow, "reason": reason, "user": user, "since": since, "until": until}
    wanted = {name: value for name, value in named.items() if value}
    if not wanted and not everything:
        raise CliProblem("Name an activity or a filter, or say --all.")
    shown = _pages(session.interface, wanted, dry_run=True)
    if not session.out.as_json:
        _show(session.out, shown)
    if not shown["sent"]:
        if session.out.as_json:
            session.out.json(shown)
        return
    if not yes and not typer.confirm(f"Send {shown['sent']:,} again now?", err=True):
        raise CliProblem("Nothing was sent.")
    session.show(_pages(session.interface, wanted, dry_run=False), _done)


def _pages(interface: Any, wanted: Answer, *, dry_run: bool) -> Answer:
    """All pages of an answer as one."""
    total: Answer = {
        "dry_run": dry_run,
        "found": 0,
        "sent": 0,
        "moved_meanwhile": 0,
        "calls": 0,
        "left": {},
        "items": [],
    }
    after = None
    while True:
        body = {"filter": wanted, "dry_run": dry_run} | ({"after": after} if after else {})
        answer = interface.send("POST", "/retries", body)
        for name in ("found", "sent", "moved_meanwhile", "calls"):
            total[name] += answer[name]
        for one in answer["left"]:
            before = total["left"].get(one["code"], {"title": one["title"], "number": 0})
            total["left"][one["code"]] = before | {"number": before["number"] + one["number"]}
        total["items"] = (total["items"] + answer["items"])[:20]
        after = answer["next"]
        if not after:
            return total


def _show(out: Output, answer: Answer) -> None:
    if not answer["found"]:
        out.line("Nothing that can be retried fits.")
        return
    out.line(f"{answer['sent']:,} would be sent again, with {answer['calls']:,} calls to Salesforce or more.", "bold")
    rows = [[one["number"], f"{one['title']} ({code})"] for code, one in answer["left"].items()]
    out.table(["number", "what is in the way"], rows, "These stay as they are")
    going = [[i["event_id"], i["seller"], i["reason"]] for i in answer["items"] if i["in_the_way"] is None]
    out.table(["activity", "seller", "was parked for"], going, f"The first {len(going)} of them")


def _done(out: Output, answer: Answer) -> None:
    meanwhile = answer["moved_meanwhile"]
    others = f" {meanwhile:,} were moved by somebody else meanwhile." if meanwhile else ""
    out.line(f"{answer['sent']:,} are on their work lists again.{others}", "bold")


def resume(
    ctx: typer.Context,
    what: Annotated[str | None, typer.Argument(help="marketo, or a seller's address; everything without it")] = None,
) -> None:
    """Set going again what stands still: blocked connections, parked vendors, a load that nobody is at."""
    session = ctx.obj
    session.show(session.interface.send("POST", "/resume", {"what": what} if what else {}), _resumed)


def _resumed(out: Output, answer: Answer) -> None:
    out.line(answer["answer"], "bold")
    for step in answer["steps"]:
        out.line(f"{step['what']}: {step['was']}", "" if step["goes_on"] else "yellow")
        out.line(f"  {step['did']}")


def dead_letters(
    ctx: typer.Context,
    stack: Stack = None,
    region: Region = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many letters of each queue to look at")] = 50,
) -> None:
    """Each queue's dead letters, with what each is about and why it may lie there."""
    session = ctx.obj
    letters = _letters(stack, region)
    found = [_queue(letters, queue, limit) for queue in QUEUES]
    session.show({"queues": found}, _listed)


def _queue(letters: DeadLetters, queue: str, limit: int) -> Answer:
    count = letters.count(queue)
    seen = letters.look(queue, limit) if count else []
    age = int((_now() - seen[0].sent_at).total_seconds()) if seen else None
    left = int(KEPT.total_seconds()) - age if age is not None else None
    shown = [_about(letter) for letter in seen]
    return {"queue": queue, "count": count, "oldest_seconds": age, "lost_in_seconds": left, "letters": shown}


def _about(letter: Letter) -> Answer:
    back = letter.nudge is not None
    return {
        "about": letter.what,
        "since": letter.sent_at.isoformat(),
        "received": letter.received,
        "cause": letter.cause,
        "can_be_sent_back": back,
    }


def _listed(out: Output, answer: Answer) -> None:
    rows = [
        [q["queue"], q["count"], span(q["oldest_seconds"]), span(q["lost_in_seconds"])] for q in answer["queues"]
    ]  # fmt: skip
    out.table(["queue", "dead letters", "oldest", "kept for another"], rows)
    for queue in answer["queues"]:
        letters = [[one["about"], one["since"][:19], one["received"], one["cause"]] for one in queue["letters"]]
        out.table(["about", "since (UTC)", "received", "cause"], letters, queue["queue"])
    if not any(queue["count"] for queue in answer["queues"]):
        out.line("No dead letters.")


def redrive(
    ctx: typer.Context,
    flow: Annotated[str, typer.Argument(help=f"One of {', '.join(QUEUES)}")],
    stack: Stack = None,
    region: Region = None,
    per_second: Annotated[float, typer.Option(min=0.1, max=100, help="Nudges a second at most")] = 5,
) -> None:
    """Send a flow's dead letters back to its queue, each nudge once; what is no nudge stays."""
    session = ctx.obj
    queue = flow.replace("-", "_")
    if queue not in QUEUES:
        raise CliProblem(f"There is no queue of {flow}; there are {', '.join(QUEUES)}.")
    done = _letters(stack, region).redrive(queue, per_second)
    answer = {
        "queue": queue,
        "sent": done.sent,
        "repeats": done.repeats,
        "removed": done.removed,
        "stay": [_about(one) for one in done.stay],
    }
    session.show(answer, _redriven)


def _redriven(out: Output, answer: Answer) -> None:
    if answer["queue"] == RELAY:
        out.line(
            "Records of the stream cannot be sent again: they name a place in the stream, which is forgotten in a day."
        )
        out.line("ledger_care has nudged that work meanwhile; it looks at all waiting work each minute.")
        out.line(f"{answer['removed']:,} records older than 5 minutes were taken out.", "bold")
    else:
        out.line(f"{answer['sent']:,} nudges were sent, {answer['repeats']:,} repeats of them taken out.", "bold")
    for letter in answer["stay"]:
        out.line(f"stays: {letter['about']}: {letter['cause']}", "yellow")


def _letters(stack: str | None, region: str | None) -> DeadLetters:
    """The queues of the named stack, or of the local cloud where none is named."""
    import boto3

    stack = stack or os.environ.get("LOCKSTEP_STACK")
    if stack:
        try:
            sqs = boto3.client("sqs", region_name=region)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with somebody's AWS configuration
            raise CliProblem(f"Your AWS configuration does not do: {error}") from None
        return DeadLetters(sqs, stack, sleep, _now)
    local = address.local_aws()
    if not local:
        raise CliProblem("No stack: give --stack (or LOCKSTEP_STACK), or start the local cloud with `make demo`.")
    return DeadLetters(boto3.client("sqs", **local.client), local.stack, sleep, _now)


def _now() -> datetime:
    return datetime.now(UTC)
