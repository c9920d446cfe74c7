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
    token, size = ask.given.one("nextPageToken"), ask.batch_size()
    after = place_of(token, LEADS).number if token else 0
    rest = [entry for entry in entries if entry.id > after]
    shown = rest[:size]
    if len(rest) <= size:
        return shown, {}
    return shown, {"nextPageToken": write_token(Place(LEADS, 0, shown[-1].id))}
