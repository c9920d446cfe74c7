"""The story of local-world.md 1: start, deploy, connect, load, sell, wait, hold the books against the truth.

Promises that whatever was started is taken down again when the story ends, however it ends.
"""

import time
from collections import Counter
from dataclasses import dataclass

from local.actors import marketers
from local.actors.cast import Cast
from local.cloud import lifecycle, processes
from local.cloud.state import CloudState, load
from local.demo.audit import audit, items_of
from local.demo.connecting import Connecting
from local.demo.product import Product
from local.demo.report import Report, books
from local.demo.screen import Screen
from local.demo.selling import Day, Selling
from local.demo.vendors import Vendors
from local.demo.waiting import Waiting
from lockstep.domain.item import Item, State

STEPS = {
    "start": "embedded AWS, token issuer, Marketo and Salesforce simulators started",
    "build": "sam build: two layers, seven functions",
    "deploy": "sam deploy: table, queues, schedules, stream, HTTP API",
    "gaps": "routes and the rest that the embedded AWS leaves out",
}

NEXT = {"start": "sam build", "build": "sam deploy", "deploy": "routes", "gaps": "ready"}


@dataclass
class Story:
    """One telling."""

    people: int
    seed: int
    screen: Screen
    report: Report
    started: bool = False

    def tell(self) -> Product:
        """All six steps; the product is left running."""
        state = self._deploy()
        product, vendors = Product(state), Vendors(state.urls)
        self.report.api = product.api
        cast = Cast.of(self.seed, self.people)
        for act in marketers.before(cast):
            vendors.do(act)
        self.screen.chapter("Connect, as a user would")
        Connecting(product, vendors, self.screen).everything()
        self._load(product)
        day = self._sell(product, vendors, cast)
        self._close(product, vendors, day)
        return product

    def _deploy(self) -> CloudState:
        screen = self.screen
        screen.chapter("Start and deploy template.yaml with the real SAM CLI")
        with screen.waiting("starting") as say:

            def report(step: str, seconds: float) -> None:
                screen.done(STEPS[step], seconds)
                say(NEXT[step])

            state = lifecycle.up(lifecycle.Wishes(self.people, self.seed), report)
        self.started = True
        return state

    def _load(self, product: Product) -> None:
        self.screen.chapter("Load people from Marketo")
        self.screen.command("lockstep start-load --yes")
        began = time.monotonic()
        self.screen.said(product.cli("start-load", "--yes").rstrip().splitlines()[-1])
        load = Waiting(product, self.screen).for_load(self.people)
        text = f"first load: {load['processed']:,} people read, {load['qualified']:,} taken in"
        self.screen.done(text, time.monotonic() - began)

    def _sell(self, product: Product, vendors: Vendors, cast: Cast) -> Day:
        self.screen.chapter("Sellers work, people change in Marketo, and some things go wrong")
        began = time.monotonic()
        activities = min(600, max(150, self.people // 10))
        day = Selling(product, vendors, self.screen, cast, self.seed, activities).day()
        self.report.webhook = {"delivered": day.answers.total(), **day.answers}
        self.screen.done(f"{len(day.sent):,} activities stored once each", time.monotonic() - began)
        return day

    def _close(self, product: Product, vendors: Vendors, day: Day) -> None:
        self.screen.chapter("Wait until the ledger is quiet, then hold the books against the truth")
        began = time.monotonic()
        status = Waiting(product, self.screen).for_quiet(day.changed_at)
        self.screen.done("nothing waits any more", time.monotonic() - began)
        self.report.vendor_calls = vendors.calls()
        with self.screen.step("books compared with both vendors' records"):
            findings = audit(product, vendors, day, books(status))
        self.report.close(status, findings)
        self.screen.line()
        self.report.show(self.screen)
        self._samples(product, day)

    def _samples(self, product: Product, day: Day) -> None:
        self.screen.chapter("Ask why")
        items = [item for item in items_of(product, day).values() if item]
        for item in filter(None, (_troubled(items), _turned_away(items))):
            self.screen.command(f"lockstep why {item.event_id}")
            self.screen.said(product.cli("why", item.event_id))


def _troubled(items: list[Item]) -> Item | None:
    """A logged item with the longest way behind it."""
    logged = [item for item in items if item.state is State.CONFIRMED]
    return max(logged, key=lambda item: len(item.history), default=None)


def _turned_away(items: list[Item]) -> Item | None:
    """An item that was skipped for a reason that only one of the others shares, or fewer."""
    skipped = [item for item in items if item.state is State.SKIPPED]
    shares = Counter(item.reason for item in skipped)
    return min(skipped, key=lambda item: shares[item.reason], default=None)


def serve(product: Product, screen: Screen) -> None:
    """Say where everything is, and go on until Ctrl-C."""
    screen.chapter("Running until Ctrl-C")
    for text in (
        f"interface  {product.api}",
        "token      .venv/bin/python -m local.issuer token admin@example.com --role admin",
        "try        .venv/bin/lockstep status",
    ):
        screen.line(f"  {text}")
    state = load()
    started = list(state.processes.values()) if state else []
    while all(map(processes.alive, started)):
        time.sleep(1)
    raise product.problem("The local cloud is not whole any more.")
