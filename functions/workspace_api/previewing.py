"""What a change of settings would do to what waits and what was parked, told before it is made (experience.md N14).

Promises that nothing is changed by looking, that the same judgement is asked under the old and under the new
settings, and that a look which did not see everything says so.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.cause import by_hand
from lockstep.domain.item import Item
from lockstep.domain.reason import Reason
from lockstep.domain.settings import SellerRules, Settings
from lockstep.runtime.wiring import World
from workspace_api.changing import differences
from workspace_api.forecast import Forecast, facts
from workspace_api.retrying import BATCH, PARKED, parked_at
from workspace_api.views import View

DAYS = 30
LOOKS = 3_000
ENOUGH = timedelta(seconds=15)  # the interface answers within 29
LOGGABLE = "LOGGABLE"
_KINDS = {"email.sent": "emails", "call.logged": "calls", "email.replied": "replies"}
_SALESFORCE = "salesforce"


class Judged(View):
    """How many activities end with one reason, under the settings in force and under the new ones."""

    code: str = Field(description="A reason, or LOGGABLE")
    title: str
    before: int
    after: int


class Preview(View):
    """The consequences of a change that was not made yet."""

    answer: list[str] = Field(description="In sentences")
    changes: list[str]
    warnings: list[str]
    days: int = DAYS
    looked_at: int = Field(description="Activities that wait or were parked in these days")
    limit: int = LOOKS
    complete: bool = Field(description="Whether all of them were looked at")
    judged: list[Judged]
    calls: int = Field(description="Calls to Salesforce that logging what becomes loggable needs, at least")


def preview(here: World, before: Settings, after: Settings) -> Preview:
    """The same judgement twice over everything that is not logged yet and can still be."""
    outcomes: Counter[tuple[str, str, str]] = Counter()
    writes: Counter[str] = Counter()
    looked, complete = 0, True
    for items, more in _pages(here):
        known = facts(here, items)
        old, new = known.under(before), known.under(after)
        for item in items:
            was, becomes = _code(old[item.key]), _code(new[item.key])
            outcomes[item.kind, was, becomes] += 1
            writes[item.connection] += becomes == LOGGABLE != was
        looked, complete = looked + len(items), complete and not more
    return Preview(
        answer=_answer(outcomes),
        changes=differences(before, after),
        warnings=_warnings(here, before, after),
        looked_at=looked,
        complete=complete,
        judged=_judged(outcomes),
        calls=sum(-(-number // BATCH) for number in writes.values()),
    )


def _pages(here: World) -> Iterator[tuple[list[Item], bool]]:
    """What waits and what is parked since 30 days, a page at a time; True where it was too much."""
    since, until = here.now() - timedelta(days=DAYS), here.now() + ENOUGH
    looked = 0
    for items in _lists(here):
        found = [item for item in items if item.state not in PARKED or parked_at(item) >= since]
        looked += len(items)
        over = looked >= LOOKS or here.now() > until
        yield found, over
        if over:
            return


def _lists(here: World) -> Iterator[list[Item]]:
    flow = ACTIVITIES_TO_SALESFORCE
    for lane in here.ledger.lanes(flow):
        last: Item | None = None
        while items := here.ledger.waiting_for(by_hand(lane), after=last):
            last = items[-1]
            yield [item for item in items if item.flow == flow]
        last = None
        while items := here.ledger.ready(flow, lane, after=last):
            last = items[-1]
            yield items


def _code(forecast: Forecast) -> str:
    return str(forecast.reason) if forecast.reason else LOGGABLE


def _judged(outcomes: Counter[tuple[str, str, str]]) -> list[Judged]:
    before, after = Counter[str](), Counter[str]()
    for (_, was, becomes), number in outcomes.items():
        before[was] += number
        after[becomes] += number
    return [
        Judged(code=code, title=_title(code), before=before[code], after=after[code])
        for code in sorted({*before, *after})
    ]


def _title(code: str) -> str:
    return "Would be logged" if code == LOGGABLE else REASON_TEXTS[Reason(code)].title


def _answer(outcomes: Counter[tuple[str, str, str]]) -> list[str]:
    """'312 waiting calls would become loggable', and the other way round."""
    gained: Counter[str] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    for (kind, was, becomes), number in outcomes.items():
        gained[kind] += number * (becomes == LOGGABLE != was)
        lost[kind, becomes] += number * (was == LOGGABLE != becomes)
    said = [
        f"{number:,} waiting {_KINDS.get(kind, kind)} would become loggable; "
        "what was skipped goes when it is retried (lockstep retry)."
        for kind, number in sorted(gained.items())
        if number
    ]
    said += [
        f"{number:,} {_KINDS.get(kind, kind)} that could be logged would not be any more ({_title(code)})."
        for (kind, code), number in sorted(lost.items())
        if number
    ]
    return said or ["Nothing that waits or was parked would end otherwise."]


def _warnings(here: World, before: Settings, after: Settings) -> list[str]:
    """Where a change makes many sellers log at once, what that costs (LS-06)."""
    users = here.connections.users()
    more = [user for user in users if _wider(before.of(user), after.of(user))]
    found = []
    if more:
        told = here.budgets.usage(_SALESFORCE)
        of = f"; of the {told.allowed:,} of the last 24 hours {told.used:,} were used" if told else ""
        found.append(
            f"{len(more):,} of {len(users):,} sellers would log more than now. Each write, look-up and login is a call "
            f"of the Salesforce organization{of}."
        )
    if after.team_override and not before.team_override:
        own = sum(1 for user in users if before.of(user) != after.of(user))
        found.append(f"team_override holds for all {len(users):,} sellers; {own:,} of them had chosen otherwise.")
    return found


def _wider(before: SellerRules, after: SellerRules) -> bool:
    api = after.log_emails and after.email_method == "api"
    was = before.log_emails and before.email_method == "api"
    return (
        (api and not was)
        or (after.log_calls and not before.log_calls)
        or (after.log_replies and not before.log_replies)
    )
