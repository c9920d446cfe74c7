"""Mixed work of many sellers: emails with all that becomes of them, replies and calls; and a storm of opens."""

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.bench.measured import MeasuredWorld, measured_world, measuring
from tests.signed import content

Event = dict[str, Any]
Line = dict[str, Any]
SELLERS = 50
WAVES = 2  # morning and afternoon: what came in meanwhile is worked off together
MAILS_SHARE, CALLS_SHARE = 0.24, 0.08
NEWS = {
    "email.opened": 20, "email.clicked": 6, "email.replied": 2, "email.bounced": 1,
    "campaign.added": 3, "campaign.removed": 2,
}  # fmt: skip
OPENS_A_MAIL = 20


def log_mixed(activities: int) -> Line:
    """Activities of 50 sellers over a fifth as many people, opens and clicks included; describes and logins apart."""
    line: Line = {"bench": "log_mixed", "activities": activities}
    with measured_world(max(400, activities * 2 // 5)) as world:
        world.start_load()
        sellers, people = _office(world), _qualified(world)[: max(200, activities // 5)]
        world.switch_on(log_replies=True)
        before = world.far.told()
        with measuring(world, line, activities):
            for wave in _waves(activities, sellers, people):
                _report(world, wave)
        told = world.far.told()
    described = told["describes"] - before["describes"]
    line |= {"people": len(people), "updates": told["updates"], "describes": described}
    line["records_per_s"] = round(activities / line["seconds"])
    line["salesforce_calls_per_1000"] = round(1000 * (line["salesforce_calls"] - described) / activities, 2)
    return line


def open_storm(activities: int) -> Line:
    """Every email of one seller is opened twenty times, in random order and within a minute."""
    line: Line = {"bench": "open_storm", "activities": activities}
    with measured_world(2_000) as world:
        world.start_load()
        people = _qualified(world)
        mails = [_mail(number, "seller1@example.com", people) for number in range(activities // OPENS_A_MAIL)]
        _report(world, mails)
        opens = [_news(f"open_{n}", mails[n % len(mails)], "email.opened", n) for n in range(activities)]
        Random(7).shuffle(opens)
        before = world.far.told()["updates"]
        with measuring(world, line, activities):
            _report(world, opens)
        line |= {"tasks": len(mails), "updates": world.far.told()["updates"] - before}
    line["updates_a_task"] = round(line["updates"] / line["tasks"], 2)
    return line


def _waves(activities: int, sellers: list[str], people: list[int]) -> Iterator[list[Event]]:
    dice = Random(7)
    mails: dict[str, list[Event]] = {seller: [] for seller in sellers}
    for wave in range(WAVES):
        numbers = range(wave * activities // WAVES, (wave + 1) * activities // WAVES)
        yield [_activity(number, dice, mails, people) for number in numbers]


def _activity(number: int, dice: Random, mails: dict[str, list[Event]], people: list[int]) -> Event:
    seller = dice.choice(list(mails))
    share = dice.random()
    if share < MAILS_SHARE or not mails[seller]:
        mails[seller].append(_mail(number, seller, people))
        return mails[seller][-1]
    if share < MAILS_SHARE + CALLS_SHARE:
        who = people[number % len(people)]
        call = {"outcome": "Answered", "notes": "Good talk " * 20}
        return content(f"evt_{number}", "call.logged", person=who, user=seller, **call)
    (kind,) = dice.choices(list(NEWS), list(NEWS.values()))
    return _news(f"evt_{number}", dice.choice(mails[seller]), kind, number)


def _mail(number: int, seller: str, people: list[int]) -> Event:
    data: Event = {"email_id": f"mail-{number}", "subject": f"Hello {number}", "body_text": "Shall we talk? " * 20}
    if number % 2:
        data["campaign"] = {"id": number % 9, "name": f"Campaign {number % 9}", "step": 1}
    return content(f"evt_{number}", "email.sent", person=people[number % len(people)], user=seller, **data)


def _news(ident: str, mail: Event, kind: str, number: int) -> Event:
    data: Event = {"email_id": mail["data"]["email_id"]}
    if kind.startswith("campaign"):
        data = {"campaign": mail["data"].get("campaign", {"id": 1}) | {"step": number % 5}}
    when = f"2026-11-02T08:{30 + number % 30}:00Z"
    return content(ident, kind, person=mail["person"]["marketo_id"], user=mail["user"], occurred_at=when, **data)


def _report(world: MeasuredWorld, events: list[Event]) -> None:
    for start in range(0, len(events), 100):
        answer = world.sender.send(*events[start : start + 100])
        if answer.status != 202:
            raise RuntimeError(f"the webhook answered {answer.status}: {answer.body}")
    world.run_until_quiet(turns=100_000)
    for _ in range(2):  # what was gathered for a minute
        world.care(61)


def _office(world: MeasuredWorld) -> list[str]:
    sellers = [f"seller{number}@office.example" for number in range(1, SELLERS + 1)]
    users = [{"type": "User", "Username": one, "Email": one, "LastName": one.split("@")[0]} for one in sellers]
    world.salesforce.seed(users)
    for seller in sellers:
        world.connect_seller(seller)
    return sellers


def _qualified(world: MeasuredWorld) -> list[int]:
    leads = world.marketo.records("lead")
    return [lead["id"] for lead in leads if lead.get("leadOwnerEmailAddress") and not lead.get("sfdcIsDeleted")]
