"""Sales-activity events for tests: valid by default, every part replaceable."""

from typing import Any

from lockstep.domain.sales_activity import EVENTS, SalesEvent


def content(event_id: str, kind: str, *, person: int, user: str = "seller1@example.com", **data: Any) -> dict[str, Any]:
    """An event as its sender writes it."""
    return {
        "id": event_id,
        "type": kind,
        "occurred_at": data.pop("occurred_at", "2026-11-02T08:30:00Z"),
        "user": user,
        "person": {"marketo_id": person},
        "data": data,
    }


def event(event_id: str, kind: str, *, person: int, user: str = "seller1@example.com", **data: Any) -> SalesEvent:
    """The same, as the product reads it."""
    return EVENTS.validate_python(content(event_id, kind, person=person, user=user, **data))
