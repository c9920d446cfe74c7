"""Law of the runbook: docs/runbook.md is what the template and the catalogue say, and every alarm has its way out."""

from pathlib import Path

from local import runbook
from tests.laws.repository import text


def test_what_is_published_is_what_is_generated() -> None:
    """The page is committed word for word as it is generated; `make docs` mends it."""
    assert text(Path("docs/runbook.md")) == runbook.page()


def test_every_alarm_says_where_to_look() -> None:
    """Each alarm of the template has a row that says where to look first and who mends it, and no other row exists."""
    assert runbook.LOOKS.keys() == runbook.alarms().keys()
