"""Accounts and opportunities: the standard fields of a real organisation."""

from local.simulators.salesforce.schema.people import CLEAN, GEOCODE, INDUSTRIES

ACCOUNT_FIELDS = """
Id|id|18|Account ID|d|
IsDeleted|boolean|0|Deleted|d|
MasterRecordId|reference|18|Master Record ID|n|to=Account rel=MasterRecord
Name|string|255|Account Name|cu|name in=Name extra=switchablepersonname
Type|picklist|40|Account Type|cunp|
ParentId|reference|18|Parent Account ID|cunp|to=Account rel=Parent prefilter
BillingStreet|textarea|255|Billing Street|cunp|in=BillingAddress extra=plaintextarea +a +f +g +s
BillingCity|string|40|Billing City|cunp|in=BillingAddress
BillingState|string|80|Billing State/Province|cunp|in=BillingAddress
BillingPostalCode|string|20|Billing Zip/Postal Code|cunp|in=BillingAddress
BillingCountry|string|80|Billing Country|cunp|in=BillingAddress
BillingLatitude|double|0|Billing Latitude|cunp|in=BillingAddress digits=18.15
BillingLongitude|double|0|Billing Longitude|cunp|in=BillingAddress digits=18.15
BillingGeocodeAccuracy|picklist|40|Billing Geocode Accuracy|cunp|restricted in=BillingAddress
BillingAddress|address|0|Billing Address|np|
ShippingStreet|textarea|255|Shipping Street|cunp|in=ShippingAddress extra=plaintextarea +a +f +g +s
ShippingCity|string|40|Shipping City|cunp|in=ShippingAddress
ShippingState|string|80|Shipping State/Province|cunp|in=ShippingAddress
ShippingPostalCode|string|20|Shipping Zip/Postal Code|cunp|in=ShippingAddress
ShippingCountry|string|80|Shipping Country|cunp|in=ShippingAddress
ShippingLatitude|double|0|Shipping Latitude|cunp|in=ShippingAddress digits=18.15
ShippingLongitude|double|0|Shipping Longitude|cunp|in=ShippingAddress digits=18.15
ShippingGeocodeAccuracy|picklist|40|Shipping Geocode Accuracy|cunp|restricted in=ShippingAddress
ShippingAddress|address|0|Shipping Address|np|
Phone|phone|40|Account Phone|cunp|
Fax|phone|40|Account Fax|cunp|
AccountNumber|string|40|Account Number|cunp|
Website|url|255|Website|cunp|
PhotoUrl|url|255|Photo URL|n|extra=imageurl
Sic|string|20|SIC Code|cunp|
Industry|picklist|40|Industry|cunp|
AnnualRevenue|currency|0|Annual Revenue|cunp|digits=18.0
NumberOfEmployees|int|0|Employees|cunp|
Ownership|picklist|40|Ownership|cunp|
TickerSymbol|string|20|Ticker Symbol|cunp|
Description|textarea|32000|Account Description|cunp|extra=plaintextarea
Rating|picklist|40|Account Rating|cunp|
Site|string|80|Account Site|cunp|
OwnerId|reference|18|Owner ID|cud|to=User rel=Owner
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
LastActivityDate|date|0|Last Activity|n|
LastViewedDate|datetime|0|Last Viewed Date|n|
LastReferencedDate|datetime|0|Last Referenced Date|n|
IsPartner|boolean|0|Partner Account|ud|
IsCustomerPortal|boolean|0|Customer Portal Account|ud|
ChannelProgramName|string|255|Channel Program Name|n|-f -s
ChannelProgramLevelName|string|255|Channel Program Level Name|n|-f -s
Jigsaw|string|20|Data.com Key|cunp|
JigsawCompanyId|string|20|Jigsaw Company ID|n|rel=JigsawCompany
CleanStatus|picklist|40|Clean Status|cunp|restricted
AccountSource|picklist|40|Account Source|cunp|
DunsNumber|string|9|D-U-N-S Number|cunp|
Tradestyle|string|255|Tradestyle|cunp|
NaicsCode|string|8|NAICS Code|cunp|
NaicsDesc|string|120|NAICS Description|cunp|
YearStarted|string|4|Year Started|cunp|
SicDesc|string|80|SIC Description|cunp|
DandbCompanyId|reference|18|D&B Company ID|cunp|to=DandBCompany rel=DandbCompany prefilter
OperatingHoursId|reference|18|Operating Hour ID|cunp|to=OperatingHours rel=OperatingHours prefilter
"""

ACCOUNT_CHOICES = {
    "Type": (
        "Prospect",
        "Customer - Direct",
        "Customer - Channel",
        "Channel Partner / Reseller",
        "Installation Partner",
        "Technology Partner",
        "Other",
    ),
    "BillingGeocodeAccuracy": GEOCODE,
    "ShippingGeocodeAccuracy": GEOCODE,
    "Industry": INDUSTRIES,
    "Ownership": ("Public", "Private", "Subsidiary", "Other"),
    "Rating": ("Hot", "Warm", "Cold"),
    "CleanStatus": CLEAN,
    "AccountSource": ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
}

_HISTORY = "|reference|18|Opportunity History ID|n|to=OpportunityHistory prefilter rel="

OPPORTUNITY_FIELDS = (
    """
Id|id|18|Opportunity ID|d|
IsDeleted|boolean|0|Deleted|d|
AccountId|reference|18|Account ID|cunp|to=Account rel=Account prefilter
IsPrivate|boolean|0|Private|cupd|
Name|string|120|Name|cu|name lookup
Description|textarea|32000|Description|cunp|extra=plaintextarea
StageName|picklist|255|Stage|cu|
Amount|currency|0|Amount|cunp|digits=18.2
Probability|percent|0|Probability (%)|cunpd|digits=3.0
ExpectedRevenue|currency|0|Expected Amount|np|digits=18.2
TotalOpportunityQuantity|double|0|Quantity|cunp|digits=18.2
CloseDate|date|0|Close Date|cu|
Type|picklist|255|Opportunity Type|cunp|
NextStep|string|255|Next Step|cunp|
LeadSource|picklist|255|Lead Source|cunp|
IsClosed|boolean|0|Closed|d|
IsWon|boolean|0|Won|d|
ForecastCategory|picklist|40|Forecast Category||restricted
ForecastCategoryName|picklist|255|Forecast Category|cund|restricted
CampaignId|reference|18|Campaign ID|cunp|to=Campaign rel=Campaign prefilter
HasOpportunityLineItem|boolean|0|Has Line Item|d|
Pricebook2Id|reference|18|Price Book ID|cund|to=Pricebook2 rel=Pricebook2 prefilter
OwnerId|reference|18|Owner ID|cud|to=User rel=Owner
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
LastActivityDate|date|0|Last Activity|n|
LastStageChangeDate|datetime|0|Last Stage Change Date|n|
FiscalQuarter|int|0|Fiscal Quarter|n|in=Fiscal
FiscalYear|int|0|Fiscal Year|n|in=Fiscal
Fiscal|string|6|Fiscal Period|n|bytes=6
ContactId|reference|18|Contact ID|cn|to=Contact
LastViewedDate|datetime|0|Last Viewed Date|n|
LastReferencedDate|datetime|0|Last Referenced Date|n|
HasOpenActivity|boolean|0|Has Open Activity|d|-f -s
HasOverdueTask|boolean|0|Has Overdue Task|d|-f -s
"""
    f"LastAmountChangedHistoryId{_HISTORY}LastAmountChangedHistory\n"
    f"LastCloseDateChangedHistoryId{_HISTORY}LastCloseDateChangedHistory"
)

OPPORTUNITY_CHOICES = {
    "StageName": (
        "Prospecting",
        "Qualification",
        "Needs Analysis",
        "Value Proposition",
        "Id. Decision Makers",
        "Perception Analysis",
        "Proposal/Price Quote",
        "Negotiation/Review",
        "Closed Won",
        "Closed Lost",
    ),
    "Type": (
        "Existing Customer - Upgrade",
        "Existing Customer - Replacement",
        "Existing Customer - Downgrade",
        "New Customer",
    ),
    "LeadSource": ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
    "ForecastCategory": (
        "Omitted",
        "Pipeline",
        "BestCase=Best Case",
        "MostLikely=Most Likely",
        "Forecast=Commit",
        "Closed",
    ),
    "ForecastCategoryName": ("Omitted", "Pipeline", "Best Case", "Commit", "Closed"),
}

_ROLE_FIELDS = """
Role|picklist|40|Role|cun|
IsPrimary|boolean|0|Primary|cud|
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
IsDeleted|boolean|0|Deleted|d|
"""

OPPORTUNITY_ROLE_FIELDS = (
    """
Id|id|18|Contact Role ID|d|
OpportunityId|reference|18|Opportunity ID|c|to=Opportunity rel=Opportunity
ContactId|reference|18|Contact ID|cu|to=Contact rel=Contact prefilter"""
    + _ROLE_FIELDS
)

ACCOUNT_ROLE_FIELDS = (
    """
Id|id|18|Contact Role ID|d|
AccountId|reference|18|Account ID|cu|to=Account rel=Account
ContactId|reference|18|Contact ID|cu|to=Contact rel=Contact prefilter"""
    + _ROLE_FIELDS
)

ROLE_CHOICES = {
    "Role": (
        "Business User",
        "Decision Maker",
        "Economic Buyer",
        "Economic Decision Maker",
        "Evaluator",
        "Executive Sponsor",
        "Influencer",
        "Technical Buyer",
        "Other",
    ),
}
