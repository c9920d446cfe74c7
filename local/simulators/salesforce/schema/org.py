"""The organisation's own objects: users, queues, the organisation, and the two picklist objects of tasks."""

from local.simulators.salesforce.schema.activity import TIME_ZONES

_STAMPS = """
CreatedDate|datetime|0|Created Date|d|
CreatedById|reference|18|Created By ID|d|to=User rel=CreatedBy
LastModifiedDate|datetime|0|Last Modified Date|d|
LastModifiedById|reference|18|Last Modified By ID|d|to=User rel=LastModifiedBy
SystemModstamp|datetime|0|System Modstamp|d|
"""

USER_FIELDS = (
    """
Id|id|18|User ID|d|
Username|string|80|Username|cu|lookup
LastName|string|80|Last Name|cu|in=Name extra=personname
FirstName|string|40|First Name|cun|in=Name extra=personname
Name|string|121|Full Name||name extra=personname
CompanyName|string|80|Company Name|cun|
Department|string|80|Department|cun|
Title|string|80|Title|cun|
Email|email|128|Email|cu|lookup
Phone|phone|40|Phone|cun|
Alias|string|8|Alias|cu|
IsActive|boolean|0|Active|cud|
TimeZoneSidKey|picklist|40|Time Zone|cu|restricted
LocaleSidKey|picklist|40|Locale|cu|restricted
LanguageLocaleKey|picklist|40|Language|cu|restricted
EmailEncodingKey|picklist|40|Email Encoding|cu|restricted
UserType|picklist|40|User Type|n|restricted
ProfileId|reference|18|Profile ID|cu|to=Profile rel=Profile
UserRoleId|reference|18|Role ID|cun|to=UserRole rel=UserRole
ManagerId|reference|18|Manager ID|cun|to=User rel=Manager
LastLoginDate|datetime|0|Last Login|n|"""
    + _STAMPS
)

USER_CHOICES = {
    "TimeZoneSidKey": TIME_ZONES,
    "LocaleSidKey": ("en_US", "en_GB", "de_DE", "fr_FR", "ja_JP", "tr_TR"),
    "LanguageLocaleKey": ("en_US", "de", "fr", "ja", "tr"),
    "EmailEncodingKey": ("UTF-8", "ISO-8859-1"),
    "UserType": ("Standard", "PowerPartner", "CsnOnly", "Guest"),
}

GROUP_FIELDS = (
    """
Id|id|18|Group ID|d|
Name|string|40|Name|cu|name
DeveloperName|string|80|Developer Name|cun|
Type|picklist|40|Type|c|restricted"""
    + _STAMPS
)

GROUP_CHOICES = {"Type": ("Regular", "Queue", "Role")}

ORGANIZATION_FIELDS = (
    """
Id|id|18|Organization ID|d|
Name|string|80|Name|u|name
OrganizationType|picklist|40|Edition|n|restricted
InstanceName|string|5|Instance Name|n|
IsSandbox|boolean|0|Is Sandbox|d|
TimeZoneSidKey|picklist|40|Time Zone|u|restricted
NamespacePrefix|string|15|Namespace Prefix|n|"""
    + _STAMPS
)

ORGANIZATION_CHOICES = {
    "OrganizationType": ("Developer Edition", "Enterprise Edition", "Unlimited Edition"),
    "TimeZoneSidKey": TIME_ZONES,
}

_PICKLIST_OBJECT = """
Id|id|18|{label} ID|d|
MasterLabel|string|255|Master Label|n|name
ApiName|string|255|API Name|n|
SortOrder|int|0|Sort Order|n|
IsDefault|boolean|0|Is Default|d|
"""

TASK_STATUS_FIELDS = _PICKLIST_OBJECT.format(label="Task Status Value") + "IsClosed|boolean|0|Is Closed|d|" + _STAMPS
TASK_PRIORITY_FIELDS = (
    _PICKLIST_OBJECT.format(label="Task Priority Value") + "IsHighPriority|boolean|0|Is High Priority|d|" + _STAMPS
)
