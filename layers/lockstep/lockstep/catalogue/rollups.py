"""Which activity bears on which most-recent-activity field, on which objects, and which field types can hold it."""

from lockstep.domain.rollup import CAMPAIGN
from lockstep.domain.settings import Rollup, RollupObject

FEEDS: dict[str, tuple[Rollup, ...]] = {
    "email.sent": ("last_activity_by_sales",),
    "call.logged": ("last_activity_by_sales",),
    "email.opened": ("last_sales_engagement",),
    "email.clicked": ("last_sales_engagement",),
    "email.replied": ("last_sales_engagement", "last_replied"),
    "campaign.added": (CAMPAIGN,),
    "campaign.removed": (CAMPAIGN,),
}

OBJECTS: dict[RollupObject, str] = {
    "contact": "Contact",
    "lead": "Lead",
    "account": "Account",
    "opportunity": "Opportunity",
}

TEXTS = frozenset({"string", "textarea"})
TIMES = TEXTS | {"datetime", "date"}
NAMES = TEXTS | {"picklist", "combobox"}
