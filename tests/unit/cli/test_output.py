"""What people read: harmless text, plain lines, rough lengths of time."""

import pytest

from cli.output import Output, instant, plain, span


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (True, "yes"),
        (False, "no"),
        (12345, "12,345"),
        ("a\x1b[2Jb\u202ec\nd", "a [2Jb c d"),
        ("佐藤", "佐藤"),
    ],
)
def test_values_become_harmless_text(value: object, shown: str) -> None:
    """Control and bidirectional characters become blanks; numbers are grouped; nothing is a dash (S20)."""
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "-"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2 h")]
)
def test_lengths_of_time(seconds: int | None, shown: str) -> None:
    """Seconds, minutes or hours, whichever reads best."""
    assert span(seconds) == shown


def test_instants_say_their_zone() -> None:
    """An instant is shown in UTC and says so."""
    assert instant("2026-11-02T09:00:00.123Z") == "2026-11-02 09:00:00 UTC"
    assert instant(None) == "-"


def test_a_table_without_a_terminal_is_aligned_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Outside a terminal columns are aligned with blanks, numbers to the right, and nothing is drawn."""
    Output().table(["flow", "number"], [["people", 5], ["x", 1200]])
    assert capsys.readouterr().out == "flow    number\npeople       5\nx        1,200\n"


def test_a_table_in_a_terminal_shows_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a terminal the same cells are drawn as a table."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    Output().table(["flow", "number"], [["[red]people", 5]])
    shown = capsys.readouterr().out
    assert "[red]people" in shown
    assert "5" in shown
