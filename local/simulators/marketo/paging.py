"""Pages of things that have ids: the token holds the last id that was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from local.simulators.marketo.incoming import Ask
from local.simulators.marketo.tokens import LEADS, Place, place_of, write_token


class Numbered(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> int:
        """Its number."""


N = TypeVar("N", bound=Numbered)


def page(ask: Ask, entries: Sequence[N]) -> tuple[list[N], dict[str, Any]]:
    """The asked page of entries in the order of their ids, and the token of the next one if there is one."""
    size, after = ask.batch_size(), start_of(ask)
    rest = [entry for entry in entries if entry.id > after]
    shown = rest[:size]
    if len(rest) <= size:
        return shown, {}
    return shown, rest_after(shown[-1].id)


def start_of(ask: Ask) -> int:
    """The id after which the asked page begins."""
    token = ask.given.one("nextPageToken")
    return place_of(token, LEADS).number if token else 0


def rest_after(number: int) -> dict[str, Any]:
    """What tells that there is more after this id."""
    return {"nextPageToken": write_token(Place(LEADS, 0, number))}
