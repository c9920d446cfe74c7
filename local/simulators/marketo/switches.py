"""Quotas and open questions as settings: what `/__control__/limits` changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Switches:
    """Every limit and every assumption that can be turned the other way."""

    calls_per_20s: int = 100
    concurrent: int = 10
    calls_per_day: int = 50_000
    seconds_per_call: float = 0.0  # how long each call takes, so that calls overlap
    token_seconds: int = 3600
    query_token: bool = False  # accept access_token in the query, as before its removal
    sparse: str = ""  # "empty" or "missing": every other page is empty, with or without the result key
    no_ids: bool = False  # activities carry marketoGUID only
    late_s: int = 0  # new activities are dated so many seconds back
    upsert_race_s: float = 0.0  # an upsert does not see a lead made less than so many seconds ago
    merge_ids_as_list: bool = True  # Merge IDs as a JSON list; else as text
    type_ids: dict[str, int] = field(default_factory=dict)  # ids of activity types by name, where a customer's differ
    bulk_queued_s: float = 1.0  # how long an export job waits at least
    bulk_processing_s: float = 1.0  # how long it runs
    bulk_running: int = 2
    bulk_queue: int = 10
    bulk_bytes_per_day: int = 500_000_000
    bulk_file_misses: int = 0  # a completed job's file is not found so many times
    bulk_no_filters: list[str] = field(default_factory=lambda: ["smartListId", "smartListName"])  # these are 1035

    def change(self, settings: Mapping[str, Any]) -> None:
        """Set some; `ValueError` names one that does not exist."""
        unknown = set(settings) - {known.name for known in fields(self)}
        if unknown:
            raise ValueError(f"no setting {', '.join(sorted(unknown))}")
        for name, value in settings.items():
            setattr(self, name, value)
