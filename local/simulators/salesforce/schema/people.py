"""Leads and contacts: the standard fields that a real organisation shows, and the opt-outs it usually hides."""

INDUSTRIES = (
    "Agriculture",
    "Apparel",
    "Banking",
    "Biotechnology",
    "Chemicals",
    "Communications",
    "Construction",
    "Consulting",
    "Education",
    "Electronics",
    "Energy",
    "Engineering",
    "Entertainment",
    "Environmental",
    "Finance",
    "Food & Beverage",
    "Government",
    "Healthcare",
    "Hospitality",
    "Insurance",
    "Machinery",
    "Manufacturing",
    "Media",
    "Not For Profit",
    "Recreation",
    "Retail",
    "Shipping",
    "Technology",
    "Telecommunications",
    "Transportation",
    "Utilities",
    "Other",
)
GEOCODE = (
    "Address",
    "NearAddress",
    "Block",
    "Street",
    "ExtendedZip",
    "Zip",
    "Neighborhood",
    "City",
    "County",
    "State",
    "Unknown",
)
CLEAN = (
    "Matched=In Sync",
    "Different",
    "Acknowledged=Reviewed",
    "NotFound=Not Found",
    "Inactive",
    "Pending=Not Compared",
    "SelectMatch=Select Match",
    "Skipped",
)

LEAD_FIELDS = """
Id|id|18|Lead ID|d|
IsDeleted|boolean|0|Deleted|d|
MasterRecordId|reference|18|Master Record ID|n|to=Lead rel=MasterRecord
LastName|string|80|Last Name|cu|in=Name extra=personname
FirstName|string|40|First Name|cun|in=Name extra=personname
Salutation|picklist|40|Salutation|cun|in=Name extra=personname
Name|string|121|Full Name||name extra=personname
Title|string|128|Title|cunp|
Company|string|255|Company|cu|
Street|textarea|255|Street|cunp|in=Address extra=plaintextarea +a +f +g +s
City|string|40|City|cunp|in=Address
State|string|80|State/Province|cunp|in=Address
PostalCode|string|20|Zip/Postal Code|cunp|in=Address
Country|string|80|Country|cunp|in=Address
Latitude|double|0|Latitude|cunp|in=Address digits=18.15
Longitude|double|0|Longitude|cunp|in=Address digits=18.15
GeocodeAccuracy|picklist|40|Geocode Accuracy|cunp|restricted in=Address
Address|address|0|Address|np|
Phone|phone|40|Phone|cunp|
MobilePhone|phone|40|Mobile Phone|cunp|
Fax|phone|40|Fax|cunp|
Email|email|80|Email|cunp|lookup
Website|url|255|Website|cunp|
PhotoUrl|url|255|Photo URL|n|extra=imageurl
Description|textarea|32000|Description|cunp|extra=plaintextarea
LeadSource|picklist|255|Lead Source|cunp|
Status|picklist|255|Status|cud|default=Open_-_Not_Contacted
Industry|picklist|255|Industry|cunp|
Rating|picklist|255|Rating|cunp|
AnnualRevenue|currency|0|Annual Revenue|cunp|digits=18.0
NumberOfEmployees|int|0|Employees|cunp|
OwnerId|reference|18|Owner ID|cud|to=Group,User rel=Owner poly
IsConverted|boolean|0|Converted|cd|
ConvertedDate|date|0|Converted Date|n|
ConvertedAccountId|reference|18|Converted Account ID|n|to=Account rel=ConvertedAccount prefilter
ConvertedContactId|reference|18|Converted Contact ID|n|to=Contact rel=ConvertedContact prefilter
ConvertedOpportunityId|reference|18|Converted Opportunity ID|n|to=Opportunity rel=ConvertedOpportunity prefilter
IsUnreadByOwner|boolean|0|Unread By Owner|cud|
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
LastActivityDate|date|0|Last Activity|n|
LastViewedDate|datetime|0|Last Viewed Date|n|
LastReferencedDate|datetime|0|Last Referenced Date|n|
Jigsaw|string|20|Data.com Key|cunp|
JigsawContactId|string|20|Jigsaw Contact ID|n|rel=JigsawContact
CleanStatus|picklist|40|Clean Status|cunp|restricted
CompanyDunsNumber|string|9|Company D-U-N-S Number|cunp|
DandbCompanyId|reference|18|D&B Company ID|cunp|to=DandBCompany rel=DandbCompany prefilter
EmailBouncedReason|string|255|Email Bounced Reason|un|
EmailBouncedDate|datetime|0|Email Bounced Date|un|
IndividualId|reference|18|Individual ID|cun|to=Individual rel=Individual prefilter
HasOptedOutOfEmail|boolean|0|Email Opt Out|cupd|
DoNotCall|boolean|0|Do Not Call|cupd|
HasOptedOutOfFax|boolean|0|Fax Opt Out|cupd|
"""

LEAD_CHOICES = {
    "Salutation": ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."),
    "GeocodeAccuracy": GEOCODE,
    "LeadSource": ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
    "Status": ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted"),
    "Industry": INDUSTRIES,
    "Rating": ("Hot", "Warm", "Cold"),
    "CleanStatus": CLEAN,
}

CONTACT_FIELDS = """
Id|id|18|Contact ID|d|
IsDeleted|boolean|0|Deleted|d|
MasterRecordId|reference|18|Master Record ID|n|to=Contact rel=MasterRecord
AccountId|reference|18|Account ID|cunp|to=Account rel=Account prefilter
LastName|string|80|Last Name|cu|in=Name extra=personname
FirstName|string|40|First Name|cun|in=Name extra=personname
Salutation|picklist|40|Salutation|cun|in=Name extra=personname
Name|string|121|Full Name||name extra=personname
OtherStreet|textarea|255|Other Street|cunp|in=OtherAddress extra=plaintextarea +a +f +g +s
OtherCity|string|40|Other City|cunp|in=OtherAddress
OtherState|string|80|Other State/Province|cunp|in=OtherAddress
OtherPostalCode|string|20|Other Zip/Postal Code|cunp|in=OtherAddress
OtherCountry|string|80|Other Country|cunp|in=OtherAddress
OtherLatitude|double|0|Other Latitude|cunp|in=OtherAddress digits=18.15
OtherLongitude|double|0|Other Longitude|cunp|in=OtherAddress digits=18.15
OtherGeocodeAccuracy|picklist|40|Other Geocode Accuracy|cunp|restricted in=OtherAddress
OtherAddress|address|0|Other Address|np|
MailingStreet|textarea|255|Mailing Street|cunp|in=MailingAddress extra=plaintextarea +a +f +g +s
MailingCity|string|40|Mailing City|cunp|in=MailingAddress
MailingState|string|80|Mailing State/Province|cunp|in=MailingAddress
MailingPostalCode|string|20|Mailing Zip/Postal Code|cunp|in=MailingAddress
MailingCountry|string|80|Mailing Country|cunp|in=MailingAddress
MailingLatitude|double|0|Mailing Latitude|cunp|in=MailingAddress digits=18.15
MailingLongitude|double|0|Mailing Longitude|cunp|in=MailingAddress digits=18.15
MailingGeocodeAccuracy|picklist|40|Mailing Geocode Accuracy|cunp|restricted in=MailingAddress
MailingAddress|address|0|Mailing Address|np|
Phone|phone|40|Business Phone|cunp|
Fax|phone|40|Business Fax|cunp|
MobilePhone|phone|40|Mobile Phone|cunp|
HomePhone|phone|40|Home Phone|cunp|
OtherPhone|phone|40|Other Phone|cunp|
AssistantPhone|phone|40|Asst. Phone|cunp|
ReportsToId|reference|18|Reports To ID|cunp|to=Contact rel=ReportsTo prefilter
Email|email|80|Email|cunp|lookup
Title|string|128|Title|cunp|
Department|string|80|Department|cunp|
AssistantName|string|40|Assistant's Name|cunp|
LeadSource|picklist|255|Lead Source|cunp|
Birthdate|date|0|Birthdate|cunp|
Description|textarea|32000|Contact Description|cunp|extra=plaintextarea
OwnerId|reference|18|Owner ID|cud|to=User rel=Owner
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
LastActivityDate|date|0|Last Activity|n|
LastCURequestDate|datetime|0|Last Stay-in-Touch Request Date|n|
LastCUUpdateDate|datetime|0|Last Stay-in-Touch Save Date|n|
LastViewedDate|datetime|0|Last Viewed Date|n|
LastReferencedDate|datetime|0|Last Referenced Date|n|
EmailBouncedReason|string|255|Email Bounced Reason|cun|
EmailBouncedDate|datetime|0|Email Bounced Date|cun|
IsEmailBounced|boolean|0|Is Email Bounced|d|
PhotoUrl|url|255|Photo URL|n|extra=imageurl
Jigsaw|string|20|Data.com Key|cunp|
JigsawContactId|string|20|Jigsaw Contact ID|n|rel=JigsawContact
CleanStatus|picklist|40|Clean Status|cunp|restricted
IndividualId|reference|18|Individual ID|cun|to=Individual rel=Individual prefilter
HasOptedOutOfEmail|boolean|0|Email Opt Out|cupd|
DoNotCall|boolean|0|Do Not Call|cupd|
HasOptedOutOfFax|boolean|0|Fax Opt Out|cupd|
"""

CONTACT_CHOICES = {
    "Salutation": ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof."),
    "OtherGeocodeAccuracy": GEOCODE,
    "MailingGeocodeAccuracy": GEOCODE,
    "LeadSource": ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"),
    "CleanStatus": CLEAN,
}
