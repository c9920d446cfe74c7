"""Tasks and events: standard fields, and the custom activity fields that an administrator creates for sales work."""

TASK_FIELDS = """
Id|id|18|Activity ID|d|
WhoId|reference|18|Name ID|cunp|to=Contact,Lead rel=Who poly
WhatId|reference|18|Related To ID|cunp|to=Account,Opportunity rel=What poly
Subject|combobox|255|Subject|cun|-g
ActivityDate|date|0|Due Date Only|cun|-a
Status|picklist|255|Status|cud|default=Not_Started
Priority|picklist|255|Priority|cud|default=Normal
IsHighPriority|boolean|0|High Priority|d|
OwnerId|reference|18|Assigned To ID|cud|to=Group,User rel=Owner poly
Description|textarea|32000|Description|cunp|extra=plaintextarea
Type|picklist|255|Type|cunp|
IsDeleted|boolean|0|Deleted|d|
AccountId|reference|18|Account ID|n|to=Account rel=Account
IsClosed|boolean|0|Closed|d|
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
IsArchived|boolean|0|Archived|d|
CallDurationInSeconds|int|0|Call Duration|cun|
CallType|picklist|40|Call Type|cun|restricted
CallDisposition|string|255|Call Result|cun|
CallObject|string|255|Call Object Identifier|cun|
ReminderDateTime|datetime|0|Reminder Date/Time|cun|
IsReminderSet|boolean|0|Reminder Set|cud|
RecurrenceActivityId|reference|18|Recurrence Activity ID|n|to=Task
IsRecurrence|boolean|0|Create Recurring Series of Tasks|cd|
RecurrenceStartDateOnly|date|0|Recurrence Start|cun|
RecurrenceEndDateOnly|date|0|Recurrence End|cun|
RecurrenceTimeZoneSidKey|picklist|40|Recurrence Time Zone|cun|restricted
RecurrenceType|picklist|40|Recurrence Type|cun|restricted
RecurrenceInterval|int|0|Recurrence Interval|cun|
RecurrenceDayOfWeekMask|int|0|Recurrence Day of Week Mask|cun|
RecurrenceDayOfMonth|int|0|Recurrence Day of Month|cun|
RecurrenceInstance|picklist|40|Recurrence Instance|cun|restricted
RecurrenceMonthOfYear|picklist|40|Recurrence Month of Year|cun|restricted
RecurrenceRegeneratedType|picklist|40|Repeat This Task|cun|restricted
TaskSubtype|picklist|40|Task Subtype|cnd|restricted
CompletedDateTime|datetime|0|Completed Date/Time|n|
"""

TIME_ZONES = (
    "Pacific/Auckland",
    "Australia/Sydney",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Europe/Istanbul",
    "Europe/Berlin",
    "Europe/London",
    "GMT",
    "America/Sao_Paulo",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Pacific/Honolulu",
)

TASK_CHOICES = {
    "Subject": ("Call", "Email", "Send Letter", "Send Quote", "Other"),
    "Status": ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"),
    "Priority": ("High", "Normal", "Low"),
    "Type": ("Email", "Call", "Meeting", "Other"),
    "CallType": ("Internal", "Inbound", "Outbound"),
    "TaskSubtype": ("Task", "Email", "ListEmail=List Email", "Cadence", "Call", "LinkedIn"),
    "RecurrenceTimeZoneSidKey": TIME_ZONES,
    "RecurrenceType": (
        "RecursDaily=Recurs Daily",
        "RecursEveryWeekday=Recurs Every Weekday",
        "RecursMonthly=Recurs Monthly",
        "RecursMonthlyNth=Recurs Monthly Nth",
        "RecursWeekly=Recurs Weekly",
        "RecursYearly=Recurs Yearly",
        "RecursYearlyNth=Recurs Yearly Nth",
    ),
    "RecurrenceInstance": ("First=1st", "Second=2nd", "Third=3rd", "Fourth=4th", "Last=last"),
    "RecurrenceMonthOfYear": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "RecurrenceRegeneratedType": (
        "RecurrenceRegenerateAfterDueDate=After due date",
        "RecurrenceRegenerateAfterToday=After date completed",
        "RecurrenceRegenerated=(Task Closed)",
    ),
}

EVENT_FIELDS = """
Id|id|18|Event ID|d|
WhoId|reference|18|Name ID|cunp|to=Contact,Lead rel=Who poly
WhatId|reference|18|Related To ID|cunp|to=Account,Opportunity rel=What poly
Subject|combobox|255|Subject|cun|-g
ActivityDateTime|datetime|0|Due Date Time|cun|
DurationInMinutes|int|0|Duration|cun|
Description|textarea|32000|Description|cunp|extra=plaintextarea
AccountId|reference|18|Account ID|n|to=Account rel=Account
OwnerId|reference|18|Assigned To ID|cud|to=User rel=Owner
IsDeleted|boolean|0|Deleted|d|
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
IsArchived|boolean|0|Archived|d|
"""

KEY_FIELD = "Lockstep_Key__c"

# Name, kind, length and label of the custom activity fields, in the administrator's order.
CUSTOM_FIELDS: tuple[tuple[str, str, int, str], ...] = (
    ("mktosales_call_outcome__c", "string", 50, "Call Outcomes"),
    ("mktosales_call_reason__c", "string", 50, "Call Reasons"),
    ("MSE_Call_Local_Presence_ID__c", "string", 255, "Marketo Sales Call Local Presence ID"),
    ("MSE_Call_Recording__c", "url", 255, "Marketo Sales Call Recording URL"),
    ("MSE_Campaign__c", "string", 255, "Marketo Sales Campaign"),
    ("MSE_Campaign_Details_Link__c", "url", 255, "Marketo Sales Campaign URL"),
    ("MSE_Current_Campaign_Step__c", "string", 255, "Marketo Sales Campaign Current Step"),
    ("MSE_Presentation_Viewed__c", "boolean", 0, "Marketo Sales Email Attachment Viewed"),
    ("MSE_Clicked__c", "boolean", 0, "Marketo Sales Email Clicked"),
    ("MSE_Replied__c", "boolean", 0, "Marketo Sales Email Replied"),
    ("MSE_Viewed__c", "boolean", 0, "Marketo Sales Email Viewed"),
    ("MSE_Email_Status__c", "string", 50, "Marketo Sales Email Status"),
    ("MSE_Template__c", "string", 255, "Marketo Sales Email Template"),
    ("MSE_Template_Details__c", "url", 255, "Marketo Sales Email Template URL"),
    ("MSE_Details__c", "url", 255, "Marketo Sales Email URL"),
)
