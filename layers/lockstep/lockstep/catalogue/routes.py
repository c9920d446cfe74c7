"""Which flow wants which kind of sales activity, to which effect, and where each flow's nudges go.

The relay and the intake only follow this table: a new destination is one row.
"""

from lockstep.domain.item import Effect
from lockstep.domain.rollup import FEEDS
from lockstep.domain.settings import Settings

PEOPLE_FROM_MARKETO = "people_from_marketo"
ACTIVITIES_TO_SALESFORCE = "activities_to_salesforce"
ROLLUPS_TO_SALESFORCE = "rollups_to_salesforce"

FLOWS = (PEOPLE_FROM_MARKETO, ACTIVITIES_TO_SALESFORCE, ROLLUPS_TO_SALESFORCE)

WANTED: dict[str, tuple[tuple[str, Effect], ...]] = {
    "email.sent": ((ACTIVITIES_TO_SALESFORCE, "task"),),
    "call.logged": ((ACTIVITIES_TO_SALESFORCE, "task"),),
    "email.replied": ((ACTIVITIES_TO_SALESFORCE, "task"), (ACTIVITIES_TO_SALESFORCE, "life")),
    "email.opened": ((ACTIVITIES_TO_SALESFORCE, "life"),),
    "email.clicked": ((ACTIVITIES_TO_SALESFORCE, "life"),),
    "email.bounced": ((ACTIVITIES_TO_SALESFORCE, "life"),),
    "campaign.added": ((ACTIVITIES_TO_SALESFORCE, "life"),),
    "campaign.removed": ((ACTIVITIES_TO_SALESFORCE, "life"),),
}
_ROLLUP: tuple[tuple[str, Effect], ...] = ((ROLLUPS_TO_SALESFORCE, "rollup"),)


def possible(event_type: str) -> tuple[tuple[str, Effect], ...]:
    """Every effect that an event of this type can have, whatever the settings."""
    return WANTED.get(event_type, ()) + (_ROLLUP if event_type in FEEDS else ())


def wanted(event_type: str, settings: Settings) -> tuple[tuple[str, Effect], ...]:
    """The effects of an event under these settings: those of the table, and the roll-ups where they are on (LS-31)."""
    return WANTED.get(event_type, ()) + (_ROLLUP if rolled_up(event_type, settings) else ())


def rolled_up(event_type: str, settings: Settings) -> bool:
    """Whether a field is named that an event of this type bears on, and an object to show it."""
    return bool(settings.rollups and settings.rollup_fields.keys() & FEEDS.get(event_type, ()))
