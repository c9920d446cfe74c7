"""From counted calls to money: what a million of the thing that a benchmark did would cost."""

from collections.abc import Mapping

from tests.bench.prices import USD_PER_MILLION


def usd_per_million(counted: Mapping[str, float], things: int) -> float:
    """USD for a million things (people, emails), from what `things` of them consumed."""
    if things < 1:
        raise ValueError("a price per thing needs at least one thing")
    usd = sum(USD_PER_MILLION[name] * number / 1_000_000 for name, number in counted.items())
    return round(usd * 1_000_000 / things, 2)
