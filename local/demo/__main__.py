"""`python -m local.demo --people 2000 --seed 7 [--exit]`: exit code 0 when the books balance and every flow worked."""

import argparse
import signal

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from local.cloud import lifecycle
from local.cloud.problem import CloudProblem
from local.demo.problem import DemoProblem
from local.demo.product import engine_log
from local.demo.report import DEMO_JSON, Report
from local.demo.screen import Screen
from local.demo.story import Story, serve
from lockstep.engine.errors import SyncError

FEWEST = 20


def main() -> int:
    """Tell the story, write build/demo.json, and serve or end."""
    wishes = _arguments()
    screen, report = Screen(), Report(wishes.people, wishes.seed)
    DEMO_JSON.unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    screen.title(
        "Lockstep", f"Marketo, a sales Workspace and Salesforce in step: {wishes.people:,} people, seed {wishes.seed}"
    )
    try:
        return _tell(Story(wishes.people, wishes.seed, screen, report), ends=wishes.exit)
    except (CloudProblem, DemoProblem) as problem:
        return _failed(screen, report, problem)
    except (httpx.HTTPError, BotoCoreError, ClientError, SyncError) as error:
        return _failed(screen, report, DemoProblem(f"The local cloud does not answer: {error}", engine_log()))
    except KeyboardInterrupt:
        return _interrupted(screen, report)


def _tell(story: Story, *, ends: bool) -> int:
    screen, report = story.screen, story.report
    product = None
    try:
        product = story.tell()
        _write(report, screen)
        screen.line()
        screen.line(f"{report.seconds:.1f} seconds; the facts are in {DEMO_JSON}", "dim")
        if not ends:
            serve(product, screen)
        return 0 if report.passed else 1
    finally:
        if story.started:
            with screen.waiting("taking everything down"):
                lifecycle.down()


def _write(report: Report, screen: Screen) -> None:
    report.seconds, report.steps = screen.seconds, screen.steps
    report.write()


def _failed(screen: Screen, report: Report, problem: Exception) -> int:
    report.error = str(problem)
    _write(report, screen)
    screen.line()
    screen.bad(str(problem))
    screen.said(getattr(problem, "log", ""))
    return 1


def _interrupted(screen: Screen, report: Report) -> int:
    screen.line()
    if report.flows:
        screen.line("Everything is taken down.")
        return 0 if report.passed else 1
    report.error = "interrupted"
    _write(report, screen)
    screen.line("Interrupted; everything is taken down.")
    return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.demo", description=__doc__)
    parser.add_argument("--people", type=_people, default=2000, help="people in the simulated world")
    parser.add_argument("--seed", type=int, default=7, help="seed of everything")
    parser.add_argument("--exit", action="store_true", help="end when the books are done")
    return parser.parse_args()


def _people(text: str) -> int:
    if not text.isdigit() or int(text) < FEWEST:
        raise argparse.ArgumentTypeError(f"{text} is too few for the story; take {FEWEST} or more (PEOPLE=2000)")
    return int(text)


if __name__ == "__main__":
    raise SystemExit(main())
