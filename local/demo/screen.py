"""What the watcher sees: colours, spinners and bars in a terminal, plain lines anywhere else.

Promises the same facts in both, and that remote text stays text.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

_EVERY = 3.0  # seconds between plain lines of progress


class Screen:
    """Standard output."""

    def __init__(self, console: Console | None = None):
        self.console = console or Console(highlight=False, markup=False, soft_wrap=True)
        self.steps: list[tuple[str, float]] = []
        self._began = time.monotonic()

    @property
    def pretty(self) -> bool:
        """Whether a person watches."""
        return self.console.is_terminal

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return round(time.monotonic() - self._began, 1)

    def title(self, name: str, text: str) -> None:
        """The head of it all."""
        if self.pretty:
            head = Text.assemble((name, "bold"), "\n", (text, "dim"))
            self.console.print(Panel(head, box=box.ROUNDED, border_style="cyan", padding=(0, 2), expand=False))
        else:
            self.line(f"{name}: {text}")

    def chapter(self, text: str) -> None:
        """A new part of the story."""
        self.line()
        self.line(text, "bold cyan")

    def line(self, text: str = "", style: str = "") -> None:
        """One line."""
        self.console.print(Text(text, style=style))

    def command(self, text: str) -> None:
        """A command as a user would type it."""
        self.console.print(Text.assemble(("  $ ", "dim"), (text, "bold")))

    def said(self, text: str) -> None:
        """What a command answered."""
        for line in text.rstrip().splitlines():
            self.line(f"    {line}", "dim")

    def good(self, text: str) -> None:
        """Something that is as it should be."""
        self.console.print(Text.assemble(("  \u2713 ", "green"), text))

    def bad(self, text: str) -> None:
        """Something that is not."""
        self.console.print(Text.assemble(("  \u2717 ", "bold red"), text))

    def done(self, text: str, seconds: float) -> None:
        """A step with its time."""
        self.steps.append((text, round(seconds, 1)))
        self.console.print(Text.assemble(("  \u2713 ", "green"), (f"{seconds:6.1f} s  ", "dim"), text))

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        """Something that takes a while; its line with the time comes when it is done."""
        began = time.monotonic()
        with self.waiting(text):
            yield
        self.done(text, time.monotonic() - began)

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """A spinner for as long as something takes, and how to change its text; nothing where nobody watches."""
        if not self.pretty:
            yield lambda _: None
            return
        with self.console.status(_dim(text)) as status:
            yield lambda now: status.update(_dim(now))

    @contextmanager
    def progress(self, text: str) -> Iterator["Bar"]:
        """A bar that ends full, or plain lines every few seconds."""
        columns = (
            SpinnerColumn(finished_text="[green]\u2713[/]"),
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=32, complete_style="cyan", finished_style="green"),
            MofNCompleteColumn(),
            TextColumn("{task.fields[more]}", style="dim", markup=False),
        )
        with Progress(TextColumn(" "), *columns, console=self.console, disable=not self.pretty) as progress:
            yield Bar(self, text, progress, progress.add_task(text, total=None, more=""))

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
        """Rows under columns; numbers to the right."""
        right = [all(isinstance(row[i], int) for row in rows) for i in range(len(columns))]
        cells = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in rows]
        if self.pretty:
            drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
            for name, to_right in zip(columns, right, strict=True):
                drawn.add_column(name, justify="right" if to_right else "left", overflow="fold")
            for row in cells:
                drawn.add_row(*(Text(cell) for cell in row))
            self.console.print(drawn, soft_wrap=False)
            return
        self.line(title)
        widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
        for row in (list(columns), *cells):
            parts = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
            self.line("  " + "  ".join(parts).rstrip())


def _dim(text: str) -> Text:
    return Text(f" {text} ...", style="dim")


@dataclass(slots=True)
class Bar:
    """One running progress."""

    screen: Screen
    text: str
    progress: Progress
    task: TaskID
    _said: float = 0.0

    def show(self, done: int, total: int, more: str = "") -> None:
        """How far it is."""
        self.progress.update(self.task, completed=done, total=total or None, more=more)
        now = time.monotonic()
        if not self.screen.pretty and (now - self._said >= _EVERY or (total and done >= total)):
            self._said = now
            self.screen.line(f"    {self.text}: {done:,} of {total:,}{'  ' + more if more else ''}")
