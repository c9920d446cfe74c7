"""Planted defects: small patches of the product, each with the smallest story that sees it.

M1 to M20 are those of reliability.md 6.7; from M21 on they are the ones most tempting in this code.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from activities_to_salesforce import answers, sync, writing
from activities_to_salesforce.desk import Desk as LoggingDesk
from lockstep.domain.ids import ItemKey, SalesforceId
from lockstep.domain.item import Outcome, ready, retry
from lockstep.domain.load import ChangesPosition
from lockstep.domain.reason import Reason
from lockstep.domain.task import TaskDraft, Written
from lockstep.engine.errors import UnknownOutcome
from lockstep.runtime import entry, working
from lockstep.runtime.lane import parked
from lockstep.salesforce import records
from lockstep.store import codec, ledger
from lockstep.store.leases import Leases
from lockstep.store.table import Put
from outbox_relay import relay
from people_from_marketo import changes, rules
from people_from_marketo.desk import Desk

Patch = pytest.MonkeyPatch
Plant = Callable[[Patch], None]


@dataclass(frozen=True)
class Defect:
    """A patch, and the story in which it must be seen; `unmet` says why random stories do not meet it, if so."""

    plant: Plant
    tale: str
    keyed: bool = True
    unmet: str = ""


DEFECTS: dict[str, Defect] = {}


def sees(number: str, tale: str, *, keyed: bool = True, unmet: str = "") -> Callable[[Plant], Plant]:
    """Enter a defect under its number."""

    def enter(plant: Plant) -> Plant:
        DEFECTS[number] = Defect(plant, tale, keyed, unmet)
        return plant

    return enter


@sees("M1", "the_reader_dies_between_two_writes")
def position_before_its_page(patch: Patch) -> None:
    """The position is committed first, the page after it."""

    def save(self: Desk, lease: Any, decided: Any, *, load: Any = None, changes: Any = None) -> None:
        places = {"load": load, "changes": changes}
        self.cursors.move(lease, {name: codec.row(place) for name, place in places.items() if place})
        self.people.save(decided)

    patch.setattr(Desk, "save", save)


@sees("M3", "the_answer_is_lost", keyed=False)
def repeated_without_a_probe(patch: Patch) -> None:
    """A write whose answer is lost is simply tried again."""
    honest = answers.after_write

    def careless(item: Any, result: Any, moment: Any, chance: Any, note: str) -> Outcome:
        if isinstance(result, UnknownOutcome):
            return retry(moment.now, Reason.VENDOR_BUSY, result.detail)
        return honest(item, result, moment, chance, note)

    patch.setattr(answers, "after_write", careless)


@sees("M4", "the_answer_is_lost")
def key_with_the_attempt(patch: Patch) -> None:
    """Each attempt has a key of its own."""
    attempt = itertools.count()

    def draft(key: ItemKey, fields: Any) -> TaskDraft:
        return TaskDraft(ItemKey(f"{key}-{next(attempt)}"), fields)

    patch.setattr(writing, "TaskDraft", draft)


@sees("M5", "the_lease_ends_behind_the_write")
def no_fence(patch: Patch) -> None:
    """Outcomes are written whoever holds the item now."""
    patch.setattr(ledger, "as_seen", lambda _item: ())


@sees("M6", "many_rows_are_locked")
def two_hundred_is_success(patch: Patch) -> None:
    """HTTP 200 counts as success for every record."""
    patch.setattr(
        records,
        "_result",
        lambda saved, *_, **__: Written(SalesforceId(saved.id or "00T000000000000AAA"), created=True),
    )


@sees("M7", "the_last_one_is_refused")
def last_result_is_dropped(patch: Patch) -> None:
    """The last result of every call is forgotten."""
    honest = writing.Writer._round
    patch.setattr(writing.Writer, "_round", lambda self, targets: honest(self, targets)[:-1])


@sees("M8", "two_logins_at_once")
def everybody_renews(patch: Patch) -> None:
    """Each worker logs in by itself."""
    patch.setattr("lockstep.store.connections.SharedToken.renew", lambda self, _worn, fetch: self._fetch(fetch))


@sees("M11", "the_answer_is_lost")
def lower_case_ids(patch: Patch) -> None:
    """Salesforce ids are taken for words without case."""
    patch.setattr("lockstep.marketo.people.salesforce_id", lambda text: SalesforceId(text.lower()))


@sees("M14", "too_many_at_once")
def waits_are_attempts(patch: Patch) -> None:
    """Waiting for a quota counts as an attempt."""
    patch.setattr(writing, "ready", lambda note="": replace(ready(note), counted=True))


@sees("M15", "many_rows_are_locked")
def no_jitter(patch: Patch) -> None:
    """All retries of a burst come at the same instant."""
    patch.setattr("lockstep.engine.retry.JITTER", 0)


@sees("M18", "nudges_are_not_taken")
def refused_nudges_are_forgotten(patch: Patch) -> None:
    """What the queue did not take is not handed back to the stream."""

    def forward(rows: Any, world: Any) -> list[int]:
        relay.forward(rows, world)
        return []

    patch.setattr("outbox_relay.app.handler", entry.stream(forward))


@sees("M21", "the_worker_dies_behind_the_write", keyed=False)
def effect_before_intent(patch: Patch) -> None:
    """The call comes first, the claim behind it."""
    honest = writing.Writer._send_claimed

    def send_first(self: writing.Writer, targets: Sequence[Any]) -> list[writing.Done]:
        rendered = [self._render(target) for target in targets]
        drafts = [TaskDraft(t.item.key, r.fields) for t, r in zip(targets, rendered, strict=True)]
        results = honest(self, list(targets), drafts)
        claims = [ledger.Claim(t.item, r.hash, t.who or "") for t, r in zip(targets, rendered, strict=True)]
        taken = {i.key: i for i in self._desk.ledger.claim(claims, seconds=120, version=1)}
        done = zip(targets, rendered, results, strict=True)
        return [writing.Done(replace(t, item=taken[t.item.key]), r, result) for t, r, result in done]

    patch.setattr(writing.Writer, "_round", send_first)


@sees("M22", "a_letter_comes_ten_times")
def the_door_forgets(patch: Patch) -> None:
    """An event that was received before is stored once more."""
    honest = ledger.Ledger.opening

    def opening(self: ledger.Ledger, item: Any) -> Any:
        group = honest(self, item)
        group.actions = [replace(a, when=()) if isinstance(a, Put) else a for a in group.actions]
        return group

    def put(key: Any, row: Any, when: Any = ()) -> Put:
        return Put(key, row)

    patch.setattr(ledger.Ledger, "opening", opening)
    patch.setattr("lockstep.store.events.Put", put)


@sees("M23", "changes_that_show_late")
def no_lag(patch: Patch) -> None:
    """The watermark moves up to the present."""

    def begin(desk: Any, marketo: Any, lease: Any, position: Any) -> Any:
        start = marketo.paging_token(position.watermark)
        begun = replace(position, until=start.as_of, stage="changes", start_token=start.token, token=start.token)
        desk.save(lease, [], changes=begun)
        return begun

    patch.setattr(changes, "_begin", begin)


@sees("M24", "back_from_the_dead")
def deletions_are_believed(patch: Patch) -> None:
    """Whoever stands in the feed of deletions is gone, without another look."""

    def gone(desk: Any, _marketo: Any, _names: Any, ids: Any) -> list[Any]:
        known = desk.people.known(ids).values()
        return [(before, rules.gone(before.record, desk.reading(desk.clock.now()))) for before in known]

    patch.setattr(changes, "_gone", gone)


@sees("M25", "disconnected_mid_flight", keyed=False)
def parked_without_its_doubt(patch: Patch) -> None:
    """An item that is parked forgets that it may have been written."""
    for module in (working, writing):
        patch.setattr(module, "parked", lambda item, halt: replace(parked(item, halt), doubt=False))


@sees("M26", "many_rows_are_locked")
def jitter_without_a_cap(patch: Patch) -> None:
    """A wait may become several times as long as its step."""
    patch.setattr("lockstep.engine.retry.JITTER", 3)


@sees("M27", "the_worker_dies_before_the_write")
def leases_for_ever(patch: Patch) -> None:
    """A dead worker keeps its lane."""
    honest = Leases.__init__

    def patient(self: Leases, table: Any, clock: Any, seconds: int) -> None:
        honest(self, table, clock, seconds * 1_000_000)

    patch.setattr(Leases, "__init__", patient)


@sees("M28", "merged_just_before_a_load")
def a_load_begins_anew(patch: Patch) -> None:
    """Each load puts the watermark to the present."""
    honest = Desk.save

    def save(self: Desk, lease: Any, decided: Any, *, load: Any = None, changes: Any = None) -> None:
        anew = ChangesPosition(self.clock.now() - self.lag) if load and changes else changes
        honest(self, lease, decided, load=load, changes=anew)

    patch.setattr(Desk, "save", save)


@sees("M29", "a_rule_behind_the_lost_answer")
def no_look_before_the_repeat(patch: Patch) -> None:
    """What may have been written is written again, and a refusal of the repeat is believed."""
    patch.setattr(sync, "settle_doubts", lambda _desk, _link, targets: targets)


@sees("M30", "not_seen_yet", keyed=False)
def no_settle_time(patch: Patch) -> None:
    """A probe that sees nothing counts as proof at once."""
    honest = LoggingDesk.__init__

    def hasty(self: LoggingDesk, world: Any, user: Any) -> None:
        honest(self, world, user)
        self.settle_time = timedelta()

    patch.setattr(LoggingDesk, "__init__", hasty)


@sees("M31", "news_without_an_item_comes_again")
def only_items_remember(patch: Patch) -> None:
    """An event is stored whether or not it is there; what has an item is refused by its item."""
    patch.setattr("lockstep.store.events.Put", lambda key, row, when=(): Put(key, row))
