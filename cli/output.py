"""What a person reads: tables in a terminal, aligned plain lines elsewhere, or the JSON itself.

Promises that remote text stays text: no markup, no terminal escapes, no bidirectional controls (S20).
"""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def plain(value: Any) -> str:
    """A value as one line of harmless text."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:,}"
    return "".join(char if char.isprintable() else " " for char in str(value))


def instant(text: str | None) -> str:
    """An ISO instant as people read it, with its zone."""
    return f"{text[:10]} {text[11:19]} UTC" if text else "-"


def span(seconds: int | None) -> str:
    """A length of time, roughly."""
    if seconds is None:
        return "-"
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{round(seconds / length)} {unit}"
    return f"{seconds} s"


class Output:
    """Standard output, as wide and as colourful as it is."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        self._console = Console(highlight=False, markup=False, soft_wrap=True)

    def json(self, value: Any) -> None:
        """The answer itself."""
        self._console.out(json.dumps(value, indent=2, ensure_ascii=False), highlight=False)

    def line(self, text: str = "", style: str = "") -> None:
        """One line."""
        self._console.print(Text(plain(text) if text else "", style=style))

    def pairs(self, rows: Sequence[tuple[str, Any]]) -> None:
        """Names and values, aligned."""
        width = max((len(name) for name, _ in rows), default=0)
        for name, value in rows:
            self._console.print(Text.assemble((f"{name:<{width}}  ", "dim"), plain(value)))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
        """Rows under columns; numbers to the right."""
        if not rows:
            return
        if title:
            self.line()
            self.line(title, "bold")
        cells = [[plain(value) for value in row] for row in rows]
        right = [all(isinstance(row[i], int | float) and not isinstance(row[i], bool) for row in rows)
                 for i in range(len(columns))]  # fmt: skip
        if self._console.is_terminal:
            self._console.print(_drawn(columns, cells, right), soft_wrap=False)
            return
        widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
        for row in (columns, *cells):
            parts = (text.rjust(w) if r else text.ljust(w) for text, w, r in zip(row, widths, right, strict=True))
            self._console.print(Text("  ".join(parts).rstrip()))


def _drawn(columns: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[bool]) -> Table:
    table = Table(header_style="bold", box=None, pad_edge=False)
    for name, to_right in zip(columns, right, strict=True):
        table.add_column(name, justify="right" if to_right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(Text(text) for text in row))
    return table
