"""Which flow wants which kind of sales activity, to which effect, and where each flow's nudges go.

The relay and the intake only follow this table: a new destination is one row.
"""

from lockstep.domain.item import Effect

PEOPLE_FROM_MARKETO = "people_from_marketo"
ACTIVITIES_TO_SALESFORCE = "activities_to_salesforce"

FLOWS = (PEOPLE_FROM_MARKETO, ACTIVITIES_TO_SALESFORCE)

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
