"""`python -m cli` is `lockstep`."""

from cli.commands import app

app()
