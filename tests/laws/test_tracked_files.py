"""Law of what is committed: nothing of one machine, no secret, no link that leads nowhere."""

import re
from pathlib import Path
from urllib.parse import unquote

from tests.laws.repository import ROOT, files, text

MACHINE = re.compile(r"(?<![\w.~}/:-])/(?:home|root|Users|work)/[\w.]|(?<![A-Za-z])[A-Z]:\\\\?Users")
REGISTRY = re.compile(
    r"pypi\.(?:org|python\.org)|files\.pythonhosted\.org|registry\.npmjs|file:///"
    r"|--(?:extra-)?index-url[ =]\S|--find-links[ =]\S|--trusted-host"
)
SECRET = re.compile(r"AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s*$|\bgh[pousr]_\w{36}|\bxox[abp]-\w{10}")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HERE = Path("tests/laws/test_tracked_files.py")


def found(pattern: re.Pattern[str]) -> list[str]:
    """Where a pattern occurs, as file:line."""
    return [
        f"{path}:{number}"
        for path in files()
        if path != HERE
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_path_of_one_machine() -> None:
    """No committed file names a place that exists on one machine only."""
    assert not found(MACHINE)


def test_no_registry_address() -> None:
    """No committed file names a package registry; the machine's own configuration does."""
    assert not found(REGISTRY)


def test_no_secret() -> None:
    """No committed file holds what looks like a key of a cloud, a code host or a chat, or a private key."""
    assert not found(SECRET)


def test_links_of_the_documents_resolve() -> None:
    """Every relative link of every Markdown file leads to a file, and every fragment to a heading of it."""
    broken = []
    for path in files():
        if path.suffix != ".md":
            continue
        for target in LINK.findall(text(path)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, fragment = unquote(target).partition("#")
            goal = (path.parent / name) if name else path
            there = (ROOT / goal).exists()
            if not there or (fragment and goal.suffix == ".md" and fragment not in anchors(goal)):
                broken.append(f"{path}: {target}")
    assert not broken


def anchors(path: Path) -> set[str]:
    """The fragments of one document, as the usual renderers make them from its headings."""
    headings = re.findall(r"^#+ (.+?)\s*$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
