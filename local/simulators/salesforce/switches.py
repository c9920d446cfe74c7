"""The quotas and switches of the organisation: what `/__control__/limits` changes, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from local.simulators.salesforce.org import Org


def _set(owner: str, name: str, kind: Callable[[Any], Any]) -> Callable[[Org, Any], None]:
    def change(org: Org, value: Any) -> None:
        setattr(getattr(org, owner), name, kind(value))

    return change


def _spend(org: Org, value: Any) -> None:
    org.quota.spend(int(value))


def _strict(org: Org, value: Any) -> None:
    org.rules.strictness.on = bool(value)


def _nothing(_org: Org, _value: Any) -> None:
    """A limit of Marketo's only: one command can set the limits of both simulators."""


SETTINGS: dict[str, Callable[[Org, Any], None]] = {
    "calls_per_24h": _set("quota", "calls_per_24h", int),
    "used": _spend,
    "query_page": _set("quota", "page_limit", lambda value: int(value) if value else None),
    "replicated_ids": _set("quota", "replicated_ids", int),
    "session_seconds": _set("sessions", "life_seconds", float),
    "strict": _strict,
    "bulk_queued_s": _set("jobs", "queued_s", float),
    "bulk_chunk_s": _set("jobs", "chunk_s", float),
    "bulk_chunk_rows": _set("jobs", "chunk_rows", int),
    "bulk_page": _set("jobs", "page_rows", int),
    "calls_per_20s": _nothing,
    "concurrent": _nothing,
    "calls_per_day": _nothing,
}


def limits(org: Org, settings: Mapping[str, Any]) -> None:
    """Change quotas and switches."""
    for name, value in settings.items():
        if name not in SETTINGS:
            raise ValueError(f"there is no limit {name}; there are {', '.join(SETTINGS)}")
        SETTINGS[name](org, value)
