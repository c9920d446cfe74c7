"""The activity types that types.json lists.

One row a type: `id|name|primary attribute:type|other attributes|description`; an attribute is a string unless it says
otherwise. types.json lists attributes by name, those about the API last; New Lead has no primary attribute. The ids of
the types 170 to 173 are made up, as no public source names them: a switch (`type_ids`) gives any type the id that it
has elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NEW_LEAD = 12
CHANGE_DATA_VALUE = 13
CONVERT_LEAD = 21
MERGE_LEADS = 32
DELETE_LEAD = 37

_ABOUT_API = ("API Method Name", "Modifying User", "Request Id")
_RUN = "Campaign Run ID:integer;Choice Number:integer;Has Predictive:boolean;Step ID:integer;Test Variant:integer"
_CLICK = _RUN.replace("Has Predictive", "Is Predictive")
_WEB = "Client IP Address;Query Parameters;Referrer URL"
_SALES = (
    "Sent By;Source;Template ID;Sales Template URL;Sales Campaign URL;Sales Template Name;Email Subject;"
    "Sales Campaign Name;Marketo Sales Person ID"
)
_BOT = "Bot Activity Pattern;Device;Is Bot Activity:boolean;Is Mobile Device:boolean;Platform;User Agent"
_NEW = (
    "Created Date:date;Form Name;Lead Source;List Name;SFDC Type;Source Type;API Method Name;Modifying User;Request Id"
)
_STEP = (
    "Acquired By:boolean;New Status;New Status ID:integer;Old Status;Old Status ID:integer;"
    "Program Member ID:integer;Reason;Success:boolean"
)
_CAMPAIGN = "Sales Call Status;Sales Campaign URL;Sent By;Source;Sales Campaign ID"
_CALL = (
    "Sales Call Made By;Status;Duration:integer;Recording URL;Answered By;Sales Phone Number Called;"
    "Sales Campaign Name;Sales Campaign URL;Source;Marketo Sales Person ID"
)
_TABLE = f"""
1|Visit Webpage|Webpage ID:integer|{_WEB};Search Engine;Search Query;User Agent;Webpage URL|User visits a web page
2|Fill Out Form|Webform ID:integer|Client IP Address;Form Fields:text;Query Parameters;Referrer URL;User Agent;\
Webpage ID:integer|User fills out and submits a form on web page
3|Click Link|Link ID:integer|{_WEB};User Agent;Webpage ID:integer|User clicks link on a page
6|Send Email|Mailing ID:integer|{_RUN}|Send Marketo Email to a person
7|Email Delivered|Mailing ID:integer|{_RUN}|Marketo Email is delivered to a lead/contact
8|Email Bounced|Mailing ID:integer|{_RUN};Category;Details;Email;Subcategory|Marketo Email is bounced for a lead
9|Unsubscribe Email|Mailing ID:integer|Campaign Run ID:integer;Client IP Address;Form Fields:text;\
Has Predictive:boolean;Query Parameters;Referrer URL;Test Variant:integer;User Agent;Webform ID:integer;\
Webpage ID:integer|Person unsubscribed from Marketo Emails
10|Open Email|Mailing ID:integer|{_RUN};{_BOT}|User opens Marketo Email
11|Click Email|Mailing ID:integer|{_CLICK};{_BOT};Link;Link ID|User clicks on a link in a Marketo Email
12|New Lead||{_NEW}|New person/record is added to the lead database
13|Change Data Value|Attribute Name|New Value;Old Value;Reason;Source;API Method Name;Modifying User;Request Id
19|Sync Lead to SFDC||
21|Convert Lead|Assigned Owner|Account Name;Status
22|Change Score|Score Name|Change Value;New Value:integer;Old Value:integer;Reason
23|Change Owner|New Owner|Old Owner
24|Add to List|List ID:integer|Source
25|Remove from List|List ID:integer|Source
26|SFDC Activity|Subject|Activity Owner;Description;Is Task:boolean;Priority;Status;Due Date:date
27|Email Bounced Soft|Mailing ID:integer|{_RUN};Category;Details;Email;Subcategory
28|Sync Lead Updates to SFDC||
29|Delete Lead from SFDC||
30|SFDC Activity Updated|Subject|Activity Owner;Description;Is Task:boolean;Priority;Status;Due Date:date
31|SFDC Merge Leads|Lead ID:integer|Merge IDs
32|Merge Leads|Lead ID:integer|Merge IDs;Merged in Sales:boolean;Merge Source;Master Updated:boolean
34|Add to Opportunity|Opportunity ID:integer|Is Primary:boolean;Role
35|Remove from Opportunity|Opportunity ID:integer|Is Primary:boolean;Role
36|Update Opportunity|Opportunity ID:integer|Attribute Name;New Value;Old Value
37|Delete Lead|Lead ID:integer|
38|Send Alert|Mailing ID:integer|{_RUN};Send To List
39|Send Sales Email|Artifact ID|{_SALES}
40|Open Sales Email|Artifact ID|{_SALES}
41|Click Sales Email|Artifact ID|{_SALES};Link
42|Add to SFDC Campaign|Campaign ID|Status
43|Remove from SFDC Campaign|Campaign ID|Status
44|Change Status in SFDC Campaign|Campaign ID|New Status;Old Status
45|Receive Sales Email|Artifact ID|Received By;Source;Marketo Sales Person ID
46|Interesting Moment|Type|Date:datetime;Description;Source
47|Request Campaign|Campaign ID:integer|Source
48|Sales Email Bounced|Artifact ID|Details;Email;Sent By;Template ID;Marketo Sales Person ID
100|Change Lead Partition|New Partition ID:integer|Old Partition ID:integer;Reason
101|Change Revenue Stage|Model ID:integer|New Stage ID:integer;Old Stage ID:integer;Reason
104|Change Status in Progression|Program ID:integer|{_STEP}
108|Change Segment|Segmentation ID:integer|New Segment ID:integer;Old Segment ID:integer
110|Call Webhook|Webhook|Error Type;Response
111|Sent Forward to Friend Email|Mailing ID:integer|Campaign Run ID:integer
112|Received Forward to Friend Email|Mailing ID:integer|Campaign Run ID:integer
113|Add to Nurture|Program ID:integer|Track ID:integer;Track Name
114|Change Nurture Track|Program ID:integer|New Track ID:integer;Old Track ID:integer
115|Change Nurture Cadence|Program ID:integer|New Nurture Cadence;Old Nurture Cadence
145|Push Lead to Marketo|Program ID:integer|Reason;Source;API Method Name;Modifying User;Request Id
155|Execute Campaign|Campaign ID:integer|Qualified:boolean;Used Parent Campaign Token Context:boolean
170|Add to Sales Campaign|Sales Campaign Name|{_CAMPAIGN}
171|Remove from Sales Campaign|Sales Campaign Name|{_CAMPAIGN}
172|Change Status in Sales Campaign|Sales Campaign Name|{_CAMPAIGN};New Status;Old Status
173|Received Sales Call|Subject|{_CALL}
"""


def _attribute(text: str) -> dict[str, str]:
    name, _, kind = text.partition(":")
    return {"name": name, "dataType": kind or "string"}


def _type(row: str) -> dict[str, Any]:
    number, name, primary, others, *rest = row.split("|")
    entry: dict[str, Any] = {"id": int(number), "name": name, "description": rest[0] if rest else name}
    if primary:
        entry["primaryAttribute"] = _attribute(primary)
    attributes = [_attribute(text) for text in others.split(";") if text]
    return {**entry, "attributes": sorted(attributes, key=lambda told: (told["name"] in _ABOUT_API, told["name"]))}


ACTIVITY_TYPES = [_type(row) for row in _TABLE.strip().splitlines()]
_KNOWN = {entry["name"]: entry["id"] for entry in ACTIVITY_TYPES}


def types_with(ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The types as types.json lists them, some under other ids."""
    return [{**entry, "id": ids.get(entry["name"], entry["id"])} for entry in ACTIVITY_TYPES]


def type_number(given: int | str, ids: Mapping[str, int]) -> int:
    """The id of a type that is given by id or by name; `ValueError` for an unknown name."""
    if isinstance(given, int) or given.isdigit():
        return int(given)
    if given not in _KNOWN:
        raise ValueError(f"no activity type {given}")
    return ids.get(given, _KNOWN[given])
