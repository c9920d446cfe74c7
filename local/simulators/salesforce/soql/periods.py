"""Date literals such as TODAY and LAST_N_DAYS:7 as a range of days, first included and end excluded."""

from datetime import date, timedelta

_UNITS = {"WEEK": "WEEK", "WEEKS": "WEEK", "MONTH": "MONTH", "MONTHS": "MONTH", "QUARTER": "QUARTER"}
_UNITS |= {"QUARTERS": "QUARTER", "YEAR": "YEAR", "YEARS": "YEAR", "DAY": "DAY", "DAYS": "DAY"}


def span(literal: str, today: date) -> tuple[date, date]:
    """The days that the literal covers, seen from today."""
    if literal in {"TODAY", "YESTERDAY", "TOMORROW"}:
        start = today + timedelta(days={"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[literal])
        return start, start + timedelta(days=1)
    if literal in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        literal = f"{literal[:4]}_N_DAYS:90"
    word, _, count = literal.partition(":")
    parts = word.split("_")
    if count:
        return _counted(parts, int(count), today)
    return _one(parts[1], {"LAST": -1, "THIS": 0, "NEXT": 1}[parts[0]], today)


def _counted(parts: list[str], count: int, today: date) -> tuple[date, date]:
    if parts[0] == "N":
        unit, direction = _UNITS[parts[1]], -1
        return _one(unit, direction * count, today)
    unit = _UNITS[parts[2]]
    if parts[0] == "NEXT":
        return _one(unit, 1, today)[0], _one(unit, count, today)[1]
    first = _one(unit, -count, today)[0]
    return first, (today + timedelta(days=1)) if unit == "DAY" else _one(unit, 0, today)[0]


def _one(unit: str, steps: int, today: date) -> tuple[date, date]:
    if unit == "DAY":
        start = today + timedelta(days=steps)
        return start, start + timedelta(days=1)
    if unit == "WEEK":
        start = today - timedelta(days=(today.weekday() + 1) % 7) + timedelta(weeks=steps)
        return start, start + timedelta(weeks=1)
    size = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit]
    month = today.year * 12 + today.month - 1
    month = month - month % size + steps * size
    return _month(month), _month(month + size)


def _month(ordinal: int) -> date:
    return date(ordinal // 12, ordinal % 12 + 1, 1)
