"""The activity types that types.json lists.

One row a type: `id|name|primary attribute:type|other attributes`; an attribute is a string unless it says otherwise.
New Lead has no primary attribute. The ids of Remove from and Add to Sales Campaign are made up, as no public source
names them.
"""

from __future__ import annotations

from typing import Any

NEW_LEAD = 12
CHANGE_DATA_VALUE = 13
MERGE_LEADS = 32
DELETE_LEAD = 37

_MAIL = "Campaign Run ID:integer;Choice Number:integer;Has Predictive:boolean;Step ID:integer;Test Variant:integer"
_SALES = (
    "Sent By;Source;Template ID;Sales Template URL;Sales Campaign URL;Sales Template Name;Email Subject;"
    "Sales Campaign Name;Marketo Sales Person ID"
)
_BOT = "Bot Activity Pattern;Device;Is Bot Activity:boolean;Is Mobile Device:boolean;Platform;User Agent"
_NEW = (
    "Created Date:date;Form Name;Lead Source;List Name;SFDC Type;Source Type;API Method Name;Modifying User;Request Id"
)
_CAMPAIGN = "Sales Campaign URL;Sent By;Source;Sales Campaign ID"
_TABLE = f"""
1|Visit Webpage|Webpage ID:integer|Client IP Address;Query Parameters;Referrer URL;User Agent;Webpage URL
2|Fill Out Form|Webform ID:integer|Client IP Address;Form Fields;Query Parameters;Referrer URL;User Agent
3|Click Link|Link ID:integer|Client IP Address;Query Parameters;Referrer URL;User Agent;Webpage ID:integer
6|Send Email|Mailing ID:integer|{_MAIL}
7|Email Delivered|Mailing ID:integer|{_MAIL}
8|Email Bounced|Mailing ID:integer|{_MAIL};Category;Details;Email;Subcategory
9|Unsubscribe Email|Mailing ID:integer|Campaign Run ID:integer;Client IP Address;Form Fields;Webform ID:integer
10|Open Email|Mailing ID:integer|{_MAIL};{_BOT}
11|Click Email|Mailing ID:integer|{_MAIL};{_BOT};Link;Link ID
12|New Lead||{_NEW}
13|Change Data Value|Attribute Name|New Value;Old Value;Reason;Source;API Method Name;Modifying User;Request Id
22|Change Score|Score Name|Change Value;New Value:integer;Old Value:integer;Reason
23|Change Owner|New Owner|Old Owner
24|Add to List|List ID:integer|Source
25|Remove from List|List ID:integer|Source
27|Email Bounced Soft|Mailing ID:integer|{_MAIL};Category;Details;Email;Subcategory
32|Merge Leads|Lead ID:integer|Merge IDs;Merged in Sales:boolean;Merge Source;Master Updated:boolean
37|Delete Lead|Lead ID:integer|
39|Send Sales Email|Artifact ID|{_SALES}
40|Open Sales Email|Artifact ID|{_SALES}
41|Click Sales Email|Artifact ID|{_SALES};Link
45|Receive Sales Email|Artifact ID|Received By;Source;Marketo Sales Person ID
46|Interesting Moment|Type|Date:datetime;Description;Source
48|Sales Email Bounced|Artifact ID|Details;Email;Sent By;Template ID;Marketo Sales Person ID
47|Request Campaign|Campaign ID:integer|Source
110|Call Webhook|Webhook|Error Type;Response
170|Add to Sales Campaign|Sales Campaign Name|{_CAMPAIGN}
171|Remove from Sales Campaign|Sales Campaign Name|{_CAMPAIGN}
"""


def _attribute(text: str) -> dict[str, str]:
    name, _, kind = text.partition(":")
    return {"name": name, "dataType": kind or "string"}


def _type(row: str) -> dict[str, Any]:
    number, name, primary, others = row.split("|")
    entry: dict[str, Any] = {"id": int(number), "name": name, "description": name}
    if primary:
        entry["primaryAttribute"] = _attribute(primary)
    return {**entry, "attributes": [_attribute(text) for text in others.split(";") if text]}


ACTIVITY_TYPES = [_type(row) for row in _TABLE.strip().splitlines()]
