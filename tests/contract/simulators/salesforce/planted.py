"""Faults planted in the Salesforce simulator: each makes it lie as the real one might, and somebody must notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.simulators.salesforce.api import collections, queries, query_jobs, replication
from local.simulators.salesforce.bulk import sheet
from local.simulators.salesforce.table import Table

Plant = Callable[[pytest.MonkeyPatch], None]


def _around(patch: pytest.MonkeyPatch, owner: Any, name: str, spoil: Callable[[Any], Any]) -> None:
    honest = getattr(owner, name)
    patch.setattr(owner, name, lambda *given, **named: spoil(honest(*given, **named)))


def lost_at_a_page_edge(patch: pytest.MonkeyPatch) -> None:
    """The last record of every page but the last is dropped."""

    def spoil(answer: Any) -> Any:
        if not answer.body["done"]:
            answer.body["records"].pop()
        return answer

    _around(patch, queries, "_page", spoil)


def locator_that_skips(patch: pytest.MonkeyPatch) -> None:
    """The address of the next page begins one record too far."""

    def spoil(answer: Any) -> Any:
        if not answer.body["done"]:
            address, _, offset = answer.body["nextRecordsUrl"].rpartition("-")
            answer.body["nextRecordsUrl"] = f"{address}-{int(offset) + 1}"
        return answer

    _around(patch, queries, "_page", spoil)


def done_too_early(patch: pytest.MonkeyPatch) -> None:
    """The first page says that it is the last."""

    def spoil(answer: Any) -> Any:
        answer.body.pop("nextRecordsUrl", None)
        answer.body["done"] = True
        return answer

    _around(patch, queries, "_page", spoil)


def results_out_of_order(patch: pytest.MonkeyPatch) -> None:
    """The results of a Collections call come last first."""

    def spoil(answer: Any) -> Any:
        answer.body.reverse()
        return answer

    _around(patch, collections, "_run", spoil)


def tie_lost(patch: pytest.MonkeyPatch) -> None:
    """`>=` on SystemModstamp leaves out what carries that very second."""
    honest = Table.stamped

    def stamped(self: Table, low: str, high: str) -> list[str]:
        return [one for one in honest(self, low, high) if self.rows[one]["SystemModstamp"] != low]

    patch.setattr(Table, "stamped", stamped)


def bulk_row_missing(patch: pytest.MonkeyPatch) -> None:
    """Every file of a bulk job lacks its last row."""
    for name in ("table", "results"):
        honest = getattr(sheet, name)
        patch.setattr(sheet, name, lambda job, head, rows, honest=honest: honest(job, head, list(rows)[:-1]))


def bulk_locator_that_skips(patch: pytest.MonkeyPatch) -> None:
    """The next part of a bulk result begins one row too far."""
    honest = query_jobs._locator
    patch.setattr(query_jobs, "_locator", lambda offset: honest(offset + 1))


def change_untold(patch: pytest.MonkeyPatch) -> None:
    """getUpdated and getDeleted leave out the first of those that they should name."""
    _around(patch, replication, "_stamped", lambda found: found[1:])
