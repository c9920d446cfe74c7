"""Random walks over the ledger: several workers, each with what it saw some time ago, and an audit after each step."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.fakes.memory_table import MemoryTable
from lockstep.domain.item import Item, Outcome, State, logged, may_become, needs_you, ready, retry, skipped, unknown
from lockstep.domain.reason import Reason
from tests import audit
from tests.contract.store.shelf import FLOW, SELLER, Shelf, email

CAUSES = [f"connection:{SELLER}", f"user:{SELLER}", "item:x"]
REASONS = [Reason.NO_CONNECTION, Reason.NO_SF_RECORD, Reason.RECORD_LOCKED]
PEOPLE = 6
STEPS = 120


class Walk:
    """One story; `seen` holds items as some worker read or claimed them, most of them out of date."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.table = MemoryTable()
        self.shelf = Shelf(self.table)
        self.seen: list[Item] = []
        self.refused = 0

    def step(self) -> None:
        """One thing happens, by chance."""
        acts = (
            self.send,
            self.work,
            self.work,
            self.work,
            self.lag,
            self.lag,
            self.care,
            self.care,
            self.mend,
            self.wait,
        )
        self.random.choice(acts)()

    def send(self) -> None:
        """Events come in, some of them for the second time."""
        self.shelf.events.accept([email(self.random.randint(1, PEOPLE)) for _ in range(2)])

    def work(self) -> None:
        """A worker takes an item from the list, claims it or has only probed, and writes an outcome or dies."""
        found = self.shelf.ledger.ready(FLOW, SELLER)
        if not found:
            return
        item = self.random.choice(found)
        self.seen.append(item)
        if self.random.random() < 0.7:
            claimed = self.shelf.claim(item)
            self.seen += claimed
            item = claimed[0]
        if self.random.random() < 0.8:
            self.settle(item)

    def lag(self) -> None:
        """A worker goes on with what it saw some time ago."""
        if not self.seen:
            return
        item = self.random.choice(self.seen[-20:])
        if item.state in audit.LISTED and item.due_at is None and self.random.random() < 0.3:
            self.refused += not self.shelf.claim(item)
        else:
            self.settle(item)

    def settle(self, item: Item) -> None:
        """Write one of the outcomes that the protocol allows from the state that the worker saw."""
        outcome = self.random.choice([each for each in self.outcomes() if may_become(item, each.state)] or [None])
        if outcome:
            self.refused += not self.shelf.settle(item, outcome)

    def outcomes(self) -> list[Outcome]:
        """All ends of an attempt; what is not known comes up more often than in life."""
        later = self.shelf.later(self.random.choice([1, 60]))
        reason, cause = self.random.choice(REASONS), self.random.choice(CAUSES)
        doubt = unknown(later, "no answer")
        parked = [needs_you(reason, cause), skipped(reason, cause=cause)]
        return [logged("00T1"), skipped(reason), *parked, retry(later, reason), doubt, doubt, doubt, ready()]

    def care(self) -> None:
        """What is due goes on; another care run saw the same and comes a little later."""
        due = [item for shard in range(16) for item in self.shelf.ledger.due(FLOW, shard)]
        self.seen += due
        self.shelf.ledger.look_again([item for item in due if item.state is State.UNKNOWN])
        self.shelf.ledger.settle([(item, ready()) for item in due if item.state is State.RETRY_AT])
        late = [item for item in self.seen[-20:] if item.state is State.UNKNOWN and item.due_at]
        self.shelf.ledger.look_again(late[:1])

    def mend(self) -> None:
        """Everything that waited for a cause wakes."""
        cause = self.random.choice(CAUSES)
        self.shelf.ledger.wake(cause, lambda _: ready())
        assert self.shelf.ledger.waiting_for(cause) == []

    def wait(self) -> None:
        """Leases end, items become due, the day turns."""
        self.shelf.clock.advance(self.random.choice([1, 60, 60, 43_200]))

    def audit(self) -> None:
        """The laws of every instant."""
        audit.books(self.table, self.shelf.ledger, FLOW)
        audit.lists(self.table, FLOW)
        audit.explained(self.table, FLOW)


@pytest.mark.invariant("I1")
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_books_and_lists_are_true_after_every_step(seed: int) -> None:
    """Whatever workers, care and waking do with what they saw, and however late: a recount equals the books."""
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
        walk.audit()
    assert len(audit.items(walk.table, FLOW)) <= PEOPLE


def test_the_walk_goes_where_it_is_hard() -> None:
    """A few walks reach every state that the flow uses, and late workers are refused again and again."""
    states, refused = set[State](), 0
    for seed in range(5):
        walk = Walk(seed)
        for _ in range(STEPS):
            walk.step()
            states |= {item.state for item in audit.items(walk.table, FLOW)}
        refused += walk.refused
    assert states == set(State) - {State.RECEIVED, State.SUPERSEDED, State.ERASED}
    assert refused > 20
