"""Chapter 5: sellers work while people change in Marketo, and while both vendors have a bad day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from local.actors import marketers, trouble
from local.actors.cast import Cast
from local.actors.deliveries import Delivery, deliveries
from local.actors.marketers import Act
from local.actors.sellers import Shift, working_day
from local.demo.connecting import BY_CONSENT, BY_KEY, NOT_CONNECTED, Connecting
from local.demo.problem import DemoProblem
from local.demo.product import Product
from local.demo.screen import Screen
from local.demo.vendors import Vendors

UNKNOWN_SELLER = "temp@example.com"
_HOURS = timedelta(hours=3)


@dataclass
class Day:
    """What was sent and done, for the audit."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Selling:
    """One seeded day, in a few seconds."""

    product: Product
    vendors: Vendors
    screen: Screen
    cast: Cast
    seed: int
    activities: int

    def day(self) -> Day:
        """Deliver everything, let everything change meanwhile, and arm the faults."""
        begin = datetime.now(UTC) - _HOURS
        shift = Shift((*BY_KEY, BY_CONSENT), (NOT_CONNECTED, UNKNOWN_SELLER), begin, self.activities, _HOURS)
        events = working_day(self.cast, shift, self.seed)
        day = Day()
        self._arm()
        acts = marketers.meanwhile(self.cast, self.seed)
        with self.screen.progress("activities reported") as bar:
            for delivery, some in _together(deliveries(events, self.seed), acts):
                self._deliver(day, delivery)
                self._change(day, some)
                bar.show(len(day.sent), len(events), f"{day.answers['duplicate']} repeated")
        self._tell(day, acts)
        self._late(day)
        self._forge(events[0])
        return day

    def _late(self, day: Day) -> None:
        """What held back work of today is mended: a seller connects, people get the Salesforce id that they lacked."""
        Connecting(self.product, self.vendors, self.screen).one_more(NOT_CONNECTED)
        gains = list(marketers.afterwards(self.cast))
        self._change(day, gains)
        self.screen.good(f"people: {len(gains)} gained their Salesforce id; what waited for it goes on")

    def _arm(self) -> None:
        for vendor, faults in (("salesforce", trouble.SALESFORCE), ("marketo", trouble.MARKETO)):
            self.vendors.faults(vendor, list(faults.values()))
            self.screen.good(f"armed: {', '.join(faults)}")

    def _deliver(self, day: Day, delivery: Delivery) -> None:
        answers = self.product.send(delivery)
        new = [event for event in delivery.events if event["id"] not in day.sent]
        day.sent.update((event["id"], event) for event in new)
        day.answers.update(answers)
        wrong = set(answers) - ({"duplicate"} if delivery.repeated else {"stored", "duplicate"})
        if wrong:
            raise DemoProblem(f"The webhook answered {', '.join(sorted(wrong))} to a delivery that says otherwise.")

    def _change(self, day: Day, acts: Sequence[Act]) -> None:
        for act in acts:
            self.vendors.do(act)
        if acts:
            day.changed_at = datetime.now(UTC)

    def _tell(self, day: Day, acts: Sequence[Act]) -> None:
        kinds = Counter(event["type"] for event in day.sent.values())
        self.screen.good("reported: " + ", ".join(f"{number} {kind}" for kind, number in kinds.most_common()))
        words = Counter(act.word for act in acts)
        self.screen.good("people: " + ", ".join(f"{number} {word}" for word, number in words.most_common()))

    def _forge(self, event: dict[str, Any]) -> None:
        status = self.product.forge(event)
        if status != 401:
            raise DemoProblem(f"The webhook answered {status} to a forged signature; 401 was expected.")
        self.screen.good("a delivery with a forged signature was refused (401)")


def _together(sent: Sequence[Delivery], acts: Sequence[Act]) -> Iterator[tuple[Delivery, Sequence[Act]]]:
    """Deliveries with the acts that happen behind each; all acts are done before the last third is delivered."""
    share = -(-len(acts) // max(1, len(sent) * 2 // 3))
    for number, delivery in enumerate(sent):
        yield delivery, acts[number * share : (number + 1) * share]
