"""What the seeded people did in the year after they appeared: visits, mails, scores, lists, sales mails.

Things happen in stories (a mail is sent, delivered, opened, clicked), each with the attributes that its type really
has. Attributes are shared between the activities that have the same, so that a large world stays small in memory.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from local.simulators.marketo.assets import DELIVERED, Campaign, Program, StaticList
from local.simulators.marketo.feed import Activity, Change
from local.simulators.marketo.leads import Lead
from local.simulators.marketo.world import World

YEAR = 365 * 86_400
MINUTE, HOUR = 60, 3600
BOUNCED, UNSUBSCRIBED = 8, 9
Told = dict[str, Any]

_PROGRAMS = ((1001, "Newsletter", "Email", "Email Send"), (1002, "Autumn webinar", "Event", "Webinar"),
             (1003, "Website", "Default", "Content"), (1004, "Welcome series", "Engagement", "Nurture"))  # fmt: skip
_CAMPAIGNS = (
    (2001, "Send newsletter", "batch", 1001), (2002, "Invite to webinar", "batch", 1002),
    (2003, "Filled out any form", "trigger", 1003), (2004, "Welcome", "trigger", 1004),
    (2005, "Raise score on visits", "trigger", 1003),
)  # fmt: skip
_LISTS = (
    (1001, "Newsletter readers", "Newsletter"),
    (1002, "Webinar guests", "Autumn webinar"),
    (1003, "Partners", ""),
)
_PAGES = ("/", "/pricing", "/product", "/customers", "/blog/why-sync", "/contact")
_AGENTS = (
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "Macintosh", "Mac OS X", False),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0", "PC", "Windows", False),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148", "iPhone", "iOS", True),
    ("Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/126.0 Mobile", "Pixel 8", "Android", True),
)
_FOUND = (("", ""), ("https://www.google.com/", "marketo salesforce sync"), ("https://news.example.org/", ""))
_MAILS = (
    (701, "Newsletter.Spring newsletter", 2001), (702, "Newsletter.Summer newsletter", 2001),
    (703, "Newsletter.Autumn newsletter", 2001), (704, "Autumn webinar.Invitation", 2002),
    (705, "Autumn webinar.Reminder", 2002), (706, "Welcome series.Welcome 1", 2004),
    (707, "Welcome series.Welcome 2", 2004),
)  # fmt: skip
_TEMPLATES = ((31, "First contact"), (32, "After the webinar"), (33, "Checking in"))
_SCORES = ((5, "Opened a mail"), (10, "Visited pricing"), (20, "Filled out a form"), (-5, "Inactive"))
_STATUSES = ("Open", "Working", "Qualified", "Recycled")
_STEPS = ("Invited", "Registered", "Attended")
_CALLS = (("Completed", 312), ("No answer", 0), ("Completed", 45), ("Cancelled", 0))
_MOMENTS = (("Milestone", "Attended the webinar"), ("Web", "Looked at pricing twice"), ("Email", "Clicked in a mail"))


class Deed(NamedTuple):
    """One activity of a story, so many seconds after the story began."""

    delay: int
    type_id: int
    primary_id: int | None
    primary: str | None
    attributes: Told
    campaign_id: int | None = None
    change: Change | None = None


def furnish(world: World) -> None:
    """The programs, campaigns and lists of a seeded subscription."""
    assets, at = world.assets, DELIVERED
    for number, name, kind, channel in _PROGRAMS:
        assets.programs[number] = Program(number, name, at, at, kind, channel)
    for number, name, kind, program in _CAMPAIGNS:
        assets.campaigns[number] = Campaign(number, name, at, at, kind, kind == "trigger", program)
    for number, name, owner in _LISTS:
        assets.lists[number] = StaticList(number, name, at, at, program=owner)


def year_of(world: World, lead: Lead, dice: random.Random, count: int) -> Iterator[Activity]:
    """So many activities of one person, spread over a year."""
    done, gap = 0, YEAR // count
    while done < count:
        begin = lead.created + int(gap * (done + 0.1 + 0.4 * dice.random()))
        for deed in _story(dice)(world, lead, dice)[: count - done]:
            second = begin + min(deed.delay, gap // 2)
            told = (deed.primary_id, deed.primary, deed.attributes)
            _leave_traces(world, lead, deed.type_id)
            yield Activity(second, 0, deed.type_id, lead.id, *told, deed.change, deed.campaign_id)
            done += 1


def _leave_traces(world: World, lead: Lead, type_id: int) -> None:
    if type_id == UNSUBSCRIBED:
        world.remember_unsubscribed(lead.values["email"])
    if type_id == BOUNCED:
        lead.values |= {"emailInvalid": True, "emailInvalidCause": "550 5.1.1 user unknown"}


Story = Callable[[World, Lead, random.Random], list[Deed]]


def _story(dice: random.Random) -> Story:
    fate = dice.random()
    return next(story for limit, story in _STORIES if fate < limit)


# --- the web ---------------------------------------------------------------------------------------------------------


def _web(_world: World, _lead: Lead, dice: random.Random) -> list[Deed]:
    agent, address, source = int(dice.random() * 4), int(dice.random() * 16), int(dice.random() * 3)
    deeds = []
    for step in range(1 + int(dice.random() * 3)):
        page = int(dice.random() * len(_PAGES))
        told = _visit(page, agent, address, source if step == 0 else 0)
        deeds.append(Deed(step * 2 * MINUTE, 1, 501 + page, f"example.com{_PAGES[page]}", told))
    if dice.random() < 0.3:
        deeds.append(Deed(7 * MINUTE, 3, 551, "example.com/brochure.pdf", _followed(agent, address)))
    if dice.random() < 0.3:
        deeds.append(Deed(9 * MINUTE, 2, 601, "Contact us", _form(agent, address), 2003))
    return deeds


@cache
def _visit(page: int, agent: int, address: int, source: int) -> Told:
    referrer, query = _FOUND[source]
    told = {"Client IP Address": f"192.0.2.{address + 1}", "Query Parameters": "utm_source=mail" if address % 3 else ""}
    told |= {"Referrer URL": referrer, "Search Engine": "Google" if query else "", "Search Query": query}
    return {**told, "User Agent": _AGENTS[agent][0], "Webpage URL": _PAGES[page]}


@cache
def _followed(agent: int, address: int) -> Told:
    told: Told = {"Client IP Address": f"192.0.2.{address + 1}", "Referrer URL": "https://example.com/product"}
    return {**told, "User Agent": _AGENTS[agent][0], "Webpage ID": 503}


@cache
def _form(agent: int, address: int) -> Told:
    fields = 'a:3:{s:9:"FirstName";s:1:"*";s:8:"LastName";s:1:"*";s:5:"Email";s:1:"*";}'
    return {**_followed(agent, address), "Form Fields": fields, "Webpage ID": 506}


# --- mails -----------------------------------------------------------------------------------------------------------


def _mail(_world: World, lead: Lead, dice: random.Random) -> list[Deed]:
    number, name, campaign = _MAILS[int(dice.random() * len(_MAILS))]
    run, agent, fate = int(dice.random() * 12), int(dice.random() * 4), dice.random()
    sent = _run(number, run)
    deeds = [Deed(0, 6, number, name, sent, campaign)]
    if fate < 0.06 and "email" in lead.values:
        kind, category = (8, "2") if fate < 0.02 else (27, "4")
        why = {"Category": category, "Details": "550 5.1.1 user unknown", "Email": lead.values["email"]}
        return [*deeds, Deed(9, kind, number, name, {**sent, **why, "Subcategory": f"{category}003"}, campaign)]
    deeds.append(Deed(5, 7, number, name, sent, campaign))
    if fate > 0.4:
        deeds.append(Deed(2 * HOUR, 10, number, name, _opened(number, run, agent, fate > 0.9), campaign))
    if fate > 0.7:
        deeds.append(Deed(2 * HOUR + 40, 11, number, name, _clicked(number, run, agent, fate > 0.9), campaign))
    if 0.40 < fate < 0.41 and "email" in lead.values:
        told = {"Campaign Run ID": sent["Campaign Run ID"], "Client IP Address": "192.0.2.77", "Has Predictive": False}
        deeds.append(Deed(3 * HOUR, 9, number, name, {**told, "Webform ID": 602, "Webpage ID": 507}, campaign))
    return deeds


@cache
def _run(mail: int, run: int) -> Told:
    told: Told = {"Campaign Run ID": 3000 + (mail - 700) * 12 + run, "Choice Number": 0, "Has Predictive": False}
    return {**told, "Step ID": 100 + mail, "Test Variant": 0}


@cache
def _opened(mail: int, run: int, agent: int, bot: bool) -> Told:
    text, device, platform, mobile = _AGENTS[agent]
    told = {**_run(mail, run), "Bot Activity Pattern": "UA_PATTERN" if bot else "N/A", "Device": device}
    return {**told, "Is Bot Activity": bot, "Is Mobile Device": mobile, "Platform": platform, "User Agent": text}


@cache
def _clicked(mail: int, run: int, agent: int, bot: bool) -> Told:
    told = {name: value for name, value in _opened(mail, run, agent, bot).items() if name != "Has Predictive"}
    return {**told, "Is Predictive": False, "Link": "https://example.com/pricing", "Link ID": "551"}


# --- marketing -------------------------------------------------------------------------------------------------------


def _score(_world: World, lead: Lead, dice: random.Random) -> list[Deed]:
    change, reason = _SCORES[int(dice.random() * len(_SCORES))]
    old = lead.values.get("leadScore", 0)
    lead.values["leadScore"] = old + change
    return [Deed(0, 22, 146, "Lead Score", _scored(old, change, reason), 2005)]


@cache
def _scored(old: int, change: int, reason: str) -> Told:
    return {"Change Value": f"{change:+d}", "New Value": old + change, "Old Value": old, "Reason": reason}


def _listed(world: World, lead: Lead, dice: random.Random) -> list[Deed]:
    entry = list(world.assets.lists.values())[int(dice.random() * 3)]
    name = f"{entry.program}.{entry.name}" if entry.program else entry.name
    if lead.id in entry.members:
        entry.members.discard(lead.id)
        return [Deed(0, 25, entry.id, name, {"Source": "Marketo Flow Action"})]
    entry.members.add(lead.id)
    return [Deed(0, 24, entry.id, name, {"Source": "Marketo Flow Action"}, 2003)]


def _moment(_world: World, _lead: Lead, dice: random.Random) -> list[Deed]:
    kind, text = _MOMENTS[int(dice.random() * len(_MOMENTS))]
    return [Deed(0, 46, None, kind, _noted(text), 2003)]


@cache
def _noted(text: str) -> Told:
    return {"Description": text, "Source": "Smart Campaign"}


def _status(world: World, lead: Lead, _dice: random.Random) -> list[Deed]:
    old = lead.values.get("leadStatus")
    new = _STATUSES[(_STATUSES.index(old) + 1) % len(_STATUSES) if old else 0]
    lead.values["leadStatus"] = new
    field = world.book.by_name["leadStatus"]
    told = _moved(old, new)
    return [Deed(0, 13, field.id, field.display, told, 2003, Change(field.id, field.name, old, new))]


@cache
def _moved(old: str | None, new: str) -> Told:
    return {"New Value": new, "Old Value": old, "Reason": "Scored high enough", "Source": "Smart Campaign"}


def _webinar(_world: World, _lead: Lead, dice: random.Random) -> list[Deed]:
    steps = 1 + int(dice.random() * len(_STEPS))
    return [Deed(step * 26 * HOUR, 104, 1002, "Autumn webinar", _progressed(step), 2002) for step in range(steps)]


@cache
def _progressed(step: int) -> Told:
    told: Told = {"Acquired By": False, "New Status": _STEPS[step], "New Status ID": 31 + step}
    told |= {"Old Status": _STEPS[step - 1] if step else "Not in Program", "Old Status ID": 30 + step}
    return {**told, "Success": step == len(_STEPS) - 1}


# --- sales -----------------------------------------------------------------------------------------------------------


def _sales(world: World, lead: Lead, dice: random.Random) -> list[Deed]:
    owner = lead.values.get("leadOwnerEmailAddress")
    if not owner:
        return _web(world, lead, dice)
    template, fate = int(dice.random() * len(_TEMPLATES)), dice.random()
    if fate < 0.1:
        number = world.switches.type_ids.get("Received Sales Call", 173)
        return [Deed(0, number, None, "Following up", _called(owner, template))]
    if fate < 0.35 and "sfdcOpptyId" in lead.values:
        name = f"{lead.values['company']} renewal"
        return [Deed(0, 34, lead.id, name, {"Is Primary": True, "Role": "Decision Maker"})]
    artifact, sent = str(9000 + lead.id * 10 + template), _sent(owner, template)
    kinds = [(0, "Send Sales Email", sent)]
    if fate > 0.3:
        kinds.append((HOUR, "Open Sales Email", sent))
    if fate > 0.6:
        kinds.append((HOUR + 30, "Click Sales Email", {**sent, "Link": "https://example.com/case-study"}))
    if fate > 0.8:
        reply = {
            "Received By": owner,
            "Source": "Sales App",
            "Marketo Sales Person ID": sent["Marketo Sales Person ID"],
        }
        kinds.append((5 * HOUR, "Receive Sales Email", reply))
    ids = world.switches.type_ids
    return [Deed(delay, ids.get(name, _SALES_IDS[name]), None, artifact, told) for delay, name, told in kinds]


@cache
def _called(owner: str, template: int) -> Told:
    status, seconds = _CALLS[template]
    told: Told = {"Sales Call Made By": owner, "Status": status, "Duration": seconds, "Answered By": "human"}
    return {**told, "Sales Phone Number Called": "+1 555 0100", "Source": "Sales App"}


_SALES_IDS = {"Send Sales Email": 39, "Open Sales Email": 40, "Click Sales Email": 41, "Receive Sales Email": 45}


@cache
def _sent(owner: str, template: int) -> Told:
    number, name = _TEMPLATES[template]
    told = {"Sent By": owner, "Source": "Sales App", "Template ID": str(number), "Sales Template Name": name}
    told["Sales Template URL"] = f"https://toutapp.com/next#templates/{number}"
    return {**told, "Email Subject": name, "Marketo Sales Person ID": str(40 + sum(owner.encode()) % 50)}


_STORIES: tuple[tuple[float, Story], ...] = (
    (0.33, _web), (0.70, _mail), (0.77, _score), (0.83, _listed), (0.87, _moment), (0.90, _status), (0.92, _webinar),
    (2.0, _sales),
)  # fmt: skip
