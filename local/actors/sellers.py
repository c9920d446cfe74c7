"""Sellers at work: a day of sales activities as their senders report them, in bursts and about the same few people.

Promises that the same seed gives the same day, that an email is sent before it is opened, and that everything is
dated within the hours before `begin + length`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from local.actors import content
from local.actors.cast import STRANGERS, Cast
from local.simulators.kernel.population import SeedPerson

Event = dict[str, Any]
_FAVOURITES = 8


@dataclass(frozen=True, slots=True)
class Shift:
    """Who works from when, and how much: `regulars` most of the time, `rarely` now and then."""

    regulars: tuple[str, ...]
    rarely: tuple[str, ...]
    begin: datetime
    activities: int
    length: timedelta = timedelta(hours=3)


def working_day(cast: Cast, shift: Shift, seed: int) -> list[Event]:
    """Everything that the sellers did, in the order of reporting."""
    office = _Office(cast, shift, Random(f"{seed}/sellers"), prefix=f"evt_{seed}")
    found = list(office.overture())
    while len(found) < shift.activities:
        found += office.burst()
    return found[: shift.activities]


class _Office:
    """The dice, the clock and the numbers of one day."""

    def __init__(self, cast: Cast, shift: Shift, dice: Random, prefix: str):
        self._cast = cast
        self._shift = shift
        self._dice = dice
        self._prefix = prefix
        self._number = 0
        self._now = shift.begin
        self._pace = shift.length / max(1, shift.activities)
        self._favourites = cast.regulars[:_FAVOURITES]

    def overture(self) -> Iterator[Event]:
        """One email and one call to somebody of each group, and a little work of everybody who works rarely."""
        for group in self._cast.groups:
            who, user = self._dice.choice(group), self._dice.choice(self._shift.regulars)
            yield self._event("email.sent", user, who, content.email(self._dice, user, who, None))
            yield self._event("call.logged", user, who, content.call(self._dice, who))
        for user in self._shift.rarely:
            yield from self._thread(user)

    def burst(self) -> Iterator[Event]:
        """One seller does one thing many times, then everybody rests."""
        self._now += self._pace * self._dice.randint(0, 6)
        user = self._dice.choice(self._shift.regulars)
        if self._shift.rarely and self._dice.random() < 0.08:
            user = self._dice.choice(self._shift.rarely)
        work = self._dice.choices((self._mailing, self._calls, self._thread, self._farewell), (5, 4, 3, 1))[0]
        yield from work(user)

    def _mailing(self, user: str) -> Iterator[Event]:
        campaign = content.campaign(self._dice)
        for _ in range(self._dice.randint(4, 14)):
            who = self._someone()
            yield self._event("campaign.added", user, who, {"campaign": campaign})
            mail = content.email(self._dice, user, who, campaign)
            yield self._event("email.sent", user, who, mail)
            yield from self._answers(user, who, mail)

    def _answers(self, user: str, who: SeedPerson, mail: Event) -> Iterator[Event]:
        """What comes of a mail that was sent: nothing, or one thing after the other."""
        fate = self._dice.random()
        if mail["status"] != "sent" or fate < 0.45:
            return
        named = {"email_id": mail["email_id"], "subject": mail["subject"]}
        if fate < 0.48:
            yield self._event("email.bounced", user, who, named | {"details": "550 mailbox unavailable"})
            return
        yield self._event("email.opened", user, who, named)
        if fate > 0.75:
            yield self._event("email.clicked", user, who, named | {"link": "https://example.com/offer"})
        if fate > 0.92:
            yield self._event("email.replied", user, who, named)
            yield self._event("campaign.removed", user, who, {"campaign": mail.get("campaign"), "status": "replied"})

    def _calls(self, user: str) -> Iterator[Event]:
        for _ in range(self._dice.randint(3, 9)):
            who = self._someone()
            yield self._event("call.logged", user, who, content.call(self._dice, who))
            if self._dice.random() < 0.25:
                yield from self._reminder(user, who)

    def _reminder(self, user: str, who: SeedPerson) -> Iterator[Event]:
        data = {"reminder_id": f"{self._prefix}_r{self._number}", "name": f"Call {who.last_name} again"}
        yield self._event("reminder.created", user, who, data)
        if self._dice.random() < 0.5:
            yield self._event("reminder.updated", user, who, data | {"name": f"Write to {who.last_name}"})
            yield self._event("reminder.deleted", user, who, data)

    def _thread(self, user: str) -> Iterator[Event]:
        """The same person again and again, within minutes."""
        who = self._someone()
        for _ in range(self._dice.randint(2, 5)):
            mail = content.email(self._dice, user, who, None)
            yield self._event("email.sent", user, who, mail)
            yield from self._answers(user, who, mail)

    def _farewell(self, user: str) -> Iterator[Event]:
        yield self._event("unsubscribe.created", user, self._someone(), {"source": "link in the email"})

    def _someone(self) -> SeedPerson:
        cast = self._cast
        groups = [
            (self._favourites, 25), (cast.regulars, 30), (cast.searched, 12), (cast.updated, 5), (cast.adopted, 2),
            (cast.nowhere, 4), (cast.gone, 3), (cast.passed_over, 8), (cast.winners, 2), (cast.losers, 3),
            (cast.converted, 3), (cast.deleted, 2), (cast.orphaned, 1),
        ]  # fmt: skip
        peopled = [(group, weight) for group, weight in groups if group]
        if not peopled:
            raise ValueError("nobody lives in this world: at least a few people are needed")
        group = self._dice.choices([group for group, _ in peopled], [weight for _, weight in peopled])[0]
        return self._dice.choice(group)

    def _event(self, kind: str, user: str, who: SeedPerson, data: Event) -> Event:
        self._number += 1
        self._now += timedelta(seconds=self._dice.randint(1, 20))
        number = self._dice.choice(STRANGERS) if self._dice.random() < 0.01 else who.marketo_id
        latest = self._shift.begin + self._shift.length
        return {
            "id": f"{self._prefix}_{self._number:06}",
            "type": kind,
            "occurred_at": min(self._now, latest).isoformat(),
            "user": user,
            "person": {"marketo_id": number},
            "data": data,
        }
