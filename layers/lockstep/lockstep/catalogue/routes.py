"""Which flow wants which kind of sales activity, and where each flow's nudges go.

The relay and the intake only follow this table: a new destination is one row.
"""

PEOPLE_FROM_MARKETO = "people_from_marketo"
ACTIVITIES_TO_SALESFORCE = "activities_to_salesforce"

FLOWS = (PEOPLE_FROM_MARKETO, ACTIVITIES_TO_SALESFORCE)

WANTED: dict[str, tuple[str, ...]] = {
    "email.sent": (ACTIVITIES_TO_SALESFORCE,),
    "call.logged": (ACTIVITIES_TO_SALESFORCE,),
}
