"""Moments and days as Salesforce writes them: `2026-11-23T09:30:00.000+0000`, whole seconds, UTC, and `2026-11-23`.

Texts of this one form compare as the moments do, so records hold texts.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

_FORM = "%Y-%m-%dT%H:%M:%S.000+0000"
_INPUT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def stamp(moment: datetime) -> str:
    """A moment as JSON answers carry it."""
    return moment.astimezone(UTC).strftime(_FORM)


def read(text: str) -> str | None:
    """A moment in any accepted form (`Z`, `+00:00`, `+0000`), brought to the one form; None where it is none."""
    found = _INPUT.fullmatch(text)
    if found is None:
        return None
    day, clock, offset = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=_zone(offset))
        return stamp(moment)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> timezone:
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead)


def read_day(text: str) -> str | None:
    """A day `YYYY-MM-DD`; a moment's day is taken as it is written. None where it is none."""
    day = text[:10]
    if not (_DAY.fullmatch(text) or _INPUT.fullmatch(text)):
        return None
    try:
        date.fromisoformat(day)
    except ValueError:
        return None
    return day


def moment(text: str) -> datetime:
    """The moment that a stored text states."""
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)
