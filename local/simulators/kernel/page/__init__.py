"""The page for what people do in the vendor's own pages: three files, served beside the control routes.

What there is to look up and to do is told by the simulator as one description; the files are the same for every vendor.
Nothing is loaded from elsewhere, and the policy sent along forbids it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from local.simulators.kernel.http import Response

Fields = Mapping[str, Any]
MOST_FOUND = 50
_FOLDER = Path(__file__).parent
_FILES = {"page": ("page.html", "text/html"), "page.css": ("page.css", "text/css"),
          "page.js": ("page.js", "text/javascript")}  # fmt: skip
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'"
METHODS = ("", "GET", "POST", "PATCH", "PUT", "DELETE")


def served(name: str) -> Response | None:
    """One of the three files, or None for another name."""
    if name not in _FILES:
        return None
    file, kind = _FILES[name]
    head = [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Security-Policy", _POLICY)]
    head += [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store")]
    return Response(200, head, (_FOLDER / file).read_bytes())


def argument(name: str, label: str = "", kind: str = "text", **more: Any) -> dict[str, Any]:
    """One input of a form: text, number, ids (with commas), flag, or choice with its `choices`."""
    return {"name": name, "label": label or name, "kind": kind, **more}


def choice(name: str, choices: Iterable[str], label: str = "", **more: Any) -> dict[str, Any]:
    """An input with given values."""
    return argument(name, label, "choice", choices=list(choices), **more)


def act(name: str, label: str, *arguments: Fields, on: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    """One thing that people do: on a record of these types (`subject` names its id), or in the office."""
    subject = {"on": list(on), "subject": more.pop("subject", "id")} if on else {}
    return {"act": name, "label": label, "arguments": list(arguments), **subject, **more}


def description(
    vendor: str, office: str, types: Sequence[Fields], acts: Sequence[Fields], faults: Iterable[str]
) -> dict[str, Any]:
    """What the page has to know of a vendor."""
    fault = [
        choice("fault", faults), choice("method", METHODS), argument("path", "path contains"),
        argument("times", kind="number", value=1), argument("after", kind="number"), argument("code"),
        argument("seconds", kind="number"), argument("match", "record contains"), argument("body"),
    ]  # fmt: skip
    return {"vendor": vendor, "office": office, "types": list(types), "acts": list(acts), "fault": fault, "links": {}}


def listing(name: str, label: str, *columns: str) -> dict[str, Any]:
    """A type of records with the columns of its list; the first one is the id."""
    return {"name": name, "label": label, "columns": list(columns)}


def related(
    label: str, rows: Sequence[Fields], columns: Sequence[str], kind: str = "", total: int | None = None
) -> Any:
    """Records beside a record; those of a `kind` can be opened by their first column."""
    shown = [{column: row.get(column) for column in columns} for row in rows[:MOST_FOUND]]
    return {"label": label, "columns": list(columns), "rows": shown, "type": kind, "total": total or len(rows)}


def matching(records: Iterable[Fields], asked: str, columns: Sequence[str]) -> dict[str, Any]:
    """The first records in which one of the columns has the asked text, whatever its case."""
    wanted = asked.casefold()
    found: list[Fields] = []
    for record in records:
        if not wanted or any(wanted in str(record.get(column, "")).casefold() for column in columns):
            if len(found) == MOST_FOUND:
                return {"records": found, "more": True}
            found.append({column: record.get(column) for column in columns})
    return {"records": found, "more": False}
