"""The lead fields of a subscription with a native Salesforce sync, as describe tells them.

Facts only, one row a field: `id|REST name|display name|data type|length|r when read-only|SOAP name`. The ids of the
standard fields agree across subscriptions, those of the rows from 795 on are one subscription's custom fields.
"""

STANDARD_FIELDS = """
4|company|Company Name|string|255||Company
5|site|Site|string|255||Site
6|billingStreet|Billing Address|text|||BillingStreet
7|billingCity|Billing City|string|255||BillingCity
8|billingState|Billing State|string|255||BillingState
9|billingCountry|Billing Country|string|255||BillingCountry
10|billingPostalCode|Billing Postal Code|string|255||BillingPostalCode
11|website|Website|url|255||Website
12|mainPhone|Main Phone|string|255||MainPhone
15|annualRevenue|Annual Revenue|currency|||AnnualRevenue
16|numberOfEmployees|Num Employees|integer|||NumberOfEmployees
17|industry|Industry|string|255||Industry
18|sicCode|SIC Code|string|40||SICCode
20|mktoCompanyNotes|Company Notes|text|||MktoCompanyNotes
41|externalCompanyId|External Company Id|string|50||
44|id|Id|integer|||Id
45|mktoName|Full Name|string|255|r|
46|personType|Person Type|string|50||PersonType
48|mktoIsPartner|Is Partner|boolean|||
49|isLead|Is Lead|boolean|||IsLead
50|mktoIsCustomer|Is Customer|boolean|||
51|isAnonymous|Is Anonymous|boolean|||
52|salutation|Salutation|string|255||Salutation
53|firstName|First Name|string|255||FirstName
54|middleName|Middle Name|string|255||MiddleName
55|lastName|Last Name|string|255||LastName
56|email|Email Address|email|255||Email
57|phone|Phone Number|phone|255||Phone
58|mobilePhone|Mobile Phone Number|phone|255||MobilePhone
59|fax|Fax Number|phone|255||Fax
60|title|Job Title|string|255||Title
61|contactCompany|Contact Company|reference||r|Contact Company
62|dateOfBirth|Date of Birth|date|||DateofBirth
63|address|Address|text|||Address
64|city|City|string|255||City
65|state|State|string|255||State
66|country|Country|string|255||Country
67|postalCode|Postal Code|string|255||PostalCode
68|personTimeZone|Person Time Zone|string|255|r|
70|originalSourceType|Original Source Type|string|255|r|OriginalSourceType
71|originalSourceInfo|Original Source Info|string|2000|r|OriginalSourceInfo
72|registrationSourceType|Registration Source Type|string|255||RegistrationSourceType
73|registrationSourceInfo|Registration Source Info|string|2000||RegistrationSourceInfo
74|originalSearchEngine|Original Search Engine|string|255|r|OriginalSearchEngine
75|originalSearchPhrase|Original Search Phrase|string|255|r|OriginalSearchPhrase
76|originalReferrer|Original Referrer|url|255|r|OriginalReferrer
77|emailInvalid|Email Invalid|boolean|||EmailInvalid
78|emailInvalidCause|Email Invalid Cause|string|255||EmailInvalidCause
79|unsubscribed|Unsubscribed|boolean|||Unsubscribed
81|unsubscribedReason|Unsubscribed Reason|string|2000||UnsubscribedReason
82|doNotCall|Do Not Call|boolean|||DoNotCall
83|mktoDoNotCallCause|Do Not Call Cause|string|255||
84|doNotCallReason|Do Not Call Reason|string|2000||DoNotCallReason
85|marketingSuspended|Marketing Suspended|boolean|||
86|marketingSuspendedCause|Marketing Suspended Cause|string|255||
87|blackListed|Black Listed|boolean|||
88|blackListedCause|Black Listed Cause|string|255||
89|mktoPersonNotes|Person Notes|text|||MktoPersonNotes
103|anonymousIP|Anonymous IP|string|255||AnonymousIP
104|inferredCompany|Inferred Company|string|255|r|InferredCompany
105|inferredCountry|Inferred Country|string|255|r|InferredCountry
106|inferredCity|Inferred City|string|255|r|
107|inferredStateRegion|Inferred State Region|string|255|r|
108|inferredPostalCode|Inferred Postal Code|string|255|r|
109|inferredMetropolitanArea|Inferred Metropolitan Area|string|255|r|
110|inferredPhoneAreaCode|Inferred Phone Area Code|string|255|r|
123|emailSuspended|Email Suspended|boolean|||
124|emailSuspendedCause|Email Suspended Cause|string|255||
125|emailSuspendedAt|Email Suspended At|datetime|||
126|department|Department|string|255||Department
130|createdAt|Created At|datetime||r|
131|updatedAt|Updated At|datetime||r|
136|cookies|Cookies|string|255||
137|externalSalesPersonId|External Sales Person Id|string|50||
141|leadPerson|Lead Person|reference||r|Lead Person
143|leadRole|Role|string|50||LeadRole
144|leadSource|Lead Source|string|255||LeadSource
145|leadStatus|Lead Status|string|255||LeadStatus
146|leadScore|Lead Score|integer|||LeadScore
147|urgency|Urgency|float|||
148|priority|Priority|integer|||
149|relativeScore|Relative Score|integer|||
150|relativeUrgency|Relative Urgency|integer|||
160|rating|Lead Rating|string|255||Rating
181|personPrimaryLeadInterest|Primary Lead Interest|reference||r|Person Primary Lead Interest
479|leadPartitionId|Lead Partition Id|reference|||Lead Partition ID
485|leadRevenueCycleModelId|Lead Revenue Cycle Model ID|reference|||Lead Revenue Cycle Model ID
487|leadRevenueStageId|Lead Revenue Stage ID|reference|||Lead Revenue Stage ID
625|acquisitionProgramId|Acquisition Program|reference|||Acquisition Program ID
627|mktoAcquisitionDate|Acquisition Date|datetime|||
795|textarea_field|textarea_field|text|||textarea_field
796|boolean_field|boolean_field|boolean|||boolean_field
797|email_field|email_field|email|255||email_field
798|integer_field|integer_field|integer|||integer_field
799|float_field|float_field|float|||float_field
800|datetime_field|datetime_field|datetime|||datetime_field
801|score_field|score_field|integer|||score_field
802|percent_field|percent_field|percent|||percent_field
827|currency_field|currency_field|currency|||currency_field
830|ecids|ECIDs|string|255|r|
831|date_field|date_field|date|||date_field
"""

FIRST_CUSTOM_ID = 795

# Kept by the sync with Salesforce: nobody writes them through Marketo's API.
CRM_FIELDS = """
200|sfdcContactId|SFDC Contact ID|string|50|r|
201|sfdcLeadId|SFDC Lead ID|string|50|r|
202|sfdcAccountId|SFDC Account ID|string|50|r|
203|sfdcOpptyId|SFDC Opportunity ID|string|50|r|
204|sfdcType|SFDC Type|string|50|r|
205|sfdcIsDeleted|SFDC Is Deleted|boolean||r|
206|linkedInProfileURL|LinkedIn Profile URL|url|255||
210|leadOwnerFirstName|Lead Owner First Name|string|255|r|
211|leadOwnerLastName|Lead Owner Last Name|string|255|r|
212|leadOwnerJobTitle|Lead Owner Job Title|string|255|r|
213|leadOwnerPhoneNumber|Lead Owner Phone Number|phone|255|r|
214|leadOwnerEmailAddress|Lead Owner Email Address|email|255|r|
"""
