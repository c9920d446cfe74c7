"""Somebody else's Marketo client, pointed at the simulator, finds its way."""

from __future__ import annotations

from typing import Any

from marketorestpython.client import MarketoClient

from local.simulators.kernel.http import serving
from local.simulators.marketo import MarketoSimulator


def test_marketorestpython_reads_writes_and_follows_the_feed(marketo: MarketoSimulator) -> None:
    """Describe, upsert, look-up by a form, activities and deletion agree with the truth."""
    with serving(marketo) as address:
        client: Any = MarketoClient("123-ABC-456", "demo-client", "demo-secret", max_retry_time=2)
        client.host = address
        (made,) = client.execute(
            method="create_update_leads", leads=[{"email": "a@example.net", "firstName": "Ada"}], lookupField="email"
        )
        found = client.execute(
            method="get_multiple_leads_by_filter_type",
            filterType="email",
            filterValues=["a@example.net"],
            fields=["firstName", "email"],
        )
        assert found == [{"id": made["id"], "firstName": "Ada", "email": "a@example.net"}]
        told = client.execute(method="get_lead_activities", activityTypeIds=["12"], sinceDatetime="2026-11-01")
        assert [entry["leadId"] for entry in told] == [made["id"]]
        client.execute(method="delete_lead", id=[made["id"]])
    assert marketo.world.leads.by_id[made["id"]].deleted
    assert {call.outcome for call in marketo.calls} == {"ok"}
