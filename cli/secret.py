"""Secrets for `connect`: from a file, from standard input, or typed without echo; never from the command line."""

import sys
from pathlib import Path

import typer

from cli.problem import CliProblem


def read(source: str | None, what: str) -> str:
    """The secret without blanks around it; `source` is a file name or `-` for standard input."""
    if source == "-":
        text = sys.stdin.read()
    elif source:
        try:
            text = Path(source).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise CliProblem(f"The file {source} with the {what} cannot be read.") from None
    elif sys.stdin.isatty():
        text = typer.prompt(what.capitalize(), hide_input=True)
    else:
        raise CliProblem(f"The {what} is missing: name a file that holds it, or - for standard input.")
    if not text.strip():
        raise CliProblem(f"The {what} is empty.")
    return text.strip()
