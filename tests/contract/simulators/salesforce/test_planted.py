"""A simulator that lies is found out: each planted fault makes a conversation with a foreign client disagree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local.simulators.kernel.clock import SimClock
from local.simulators.salesforce import SalesforceSimulator
from tests.contract.simulators.salesforce import foreign, planted
from tests.contract.simulators.salesforce.conftest import NOW

Conversation = Callable[[SalesforceSimulator, Any], None]

NOTICED: list[tuple[planted.Plant, Conversation]] = [
    (planted.lost_at_a_page_edge, foreign.every_page),
    (planted.locator_that_skips, foreign.every_page),
    (planted.done_too_early, foreign.every_page),
    (planted.results_out_of_order, foreign.results_in_order),
    (planted.tie_lost, foreign.from_a_watermark),
    (planted.bulk_row_missing, foreign.every_row),
    (planted.bulk_row_missing, foreign.every_fate),
    (planted.bulk_locator_that_skips, foreign.every_row),
    (planted.change_untold, foreign.what_changed),
]


@pytest.mark.parametrize(
    ("plant", "conversation"),
    [pytest.param(*pair, id=f"{pair[0].__name__}-{pair[1].__name__}") for pair in NOTICED],
)
def test_a_planted_fault_is_noticed(
    monkeypatch: pytest.MonkeyPatch, plant: planted.Plant, conversation: Conversation
) -> None:
    """What the client is told agrees with an honest simulator's truth, and not with a lying one's."""
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda _seconds: None)
    for lies in (False, True):
        sim = SalesforceSimulator(clock=SimClock(start=NOW))
        with foreign.redirected(sim) as session:
            client = foreign.connected(sim, session)
            if not lies:
                conversation(sim, client)
                assert foreign.refusals(sim) == []
                continue
            plant(monkeypatch)
            with pytest.raises(AssertionError):
                conversation(sim, client)
