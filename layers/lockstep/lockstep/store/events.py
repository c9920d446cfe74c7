"""Sales activities as received: each once, with its place in the person's history and its items.

Promises that an event, its items and an opt-out it carries are stored in one transaction, that
the event's id is the idempotency key, and that the first content received is kept.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from lockstep.catalogue.routes import possible, wanted
from lockstep.domain.ids import MarketoId, item_key, user_email
from lockstep.domain.item import Item, recipient
from lockstep.domain.sales_activity import EVENTS, EmailSent, SalesEvent
from lockstep.domain.settings import Settings
from lockstep.engine.ports import Chance, Clock
from lockstep.store.codec import stamp
from lockstep.store.ledger import Ledger
from lockstep.store.mails import entering, joining, place_of
from lockstep.store.table import Action, Key, Missing, Put, Row, Table
from lockstep.store.unit import SHARDS, Book, Group, commit

Receipt = Literal["stored", "duplicate", "conflict"]
Records = tuple[str, str | None]  # a lead or contact, and what its Task is related to
BY_DEFAULT = Settings()


def event_row(event_id: str) -> Key:
    """What was received under this id."""
    return Key(f"EVENT#{event_id}", "EVENT")


def items_of(event: SalesEvent, ledger: Ledger, settings: Settings | None = None) -> list[Item]:
    """The items that an event opens, one for each effect that a flow wants of its kind under these settings.

    Without settings those that it may have opened when it came.
    """
    person = MarketoId(event.person.marketo_id)
    return [
        Item(
            flow=flow,
            key=item_key(flow, event.id, recipient(person, effect)),
            effect=effect,
            connection=user_email(event.user),
            event_id=event.id,
            kind=event.type,
            person_id=person,
            occurred_at=event.instant,
            received_on=ledger.today(),
        )
        for flow, effect in (possible(event.type) if settings is None else wanted(event.type, settings))
    ]


def _sibling(item: Item, place: Records, ledger: Ledger) -> Item:
    """The item of the same effect at another place."""
    record, related = place
    key = item_key(item.flow, item.event_id, recipient(item.person_id, item.effect, record, related))
    return Item(
        flow=item.flow,
        key=key,
        effect=item.effect,
        connection=item.connection,
        event_id=item.event_id,
        kind=item.kind,
        person_id=item.person_id,
        occurred_at=item.occurred_at,
        received_on=ledger.today(),
        record=record,
        related=related,
    )


class Events:
    """Received events in one table."""

    def __init__(self, table: Table, ledger: Ledger, clock: Clock, chance: Chance):
        self._table = table
        self._ledger = ledger
        self._clock = clock
        self._chance = chance

    def accept(self, events: Sequence[SalesEvent], settings: Settings = BY_DEFAULT) -> list[Receipt]:
        """Store events with all that follows from them under these settings; one receipt each, in order."""
        first: dict[str, SalesEvent] = {}
        anew: list[bool] = []
        for event in events:
            anew.append(event.id not in first)
            first.setdefault(event.id, event)
        lanes = {(flow, user_email(e.user)) for e in first.values() for flow, _ in wanted(e.type, settings)}
        self._ledger.open_lanes(sorted(lanes))
        groups = [self._entering(event, settings) for event in first.values()]
        refused = set(commit(self._table, groups, shard=lambda: self._chance.below(SHARDS)))
        kept = self._table.get_many([event_row(event_id) for event_id in refused])
        known = {id: event.fingerprint() for id, event in first.items()}
        known |= {row["id"]: row["fingerprint"] for row in kept.values()}
        return [
            "stored" if new and event.id not in refused else _repeated(event, known[event.id])
            for event, new in zip(events, anew, strict=True)
        ]

    def _entering(self, event: SalesEvent, settings: Settings) -> Group:
        person = event.person.marketo_id
        at = stamp(event.instant)
        row: Row = {
            "id": event.id,
            # as text: a table takes no fractions, and numbers come back as they were sent
            "content": json.dumps(event.content(), ensure_ascii=False, separators=(",", ":")),
            "fingerprint": event.fingerprint(),
            "received_at": stamp(self._clock.now()),
        }
        line = {"id": event.id, "type": event.type, "occurred_at": at}
        actions: list[Action] = [
            Put(event_row(event.id), row, (Missing(),)),
            Put(Key(f"PERSON#{person}", f"EVENT#{at}#{event.id}"), line),
        ]
        if event.type == "unsubscribe.created":
            actions.append(Put(Key(f"PERSON#{person}", f"OPT_OUT#{at}#{event.id}"), line))
        counts: Counter[tuple[Book, str]] = Counter()
        items = items_of(event, self._ledger, settings)
        for item in items:
            opening = self._ledger.opening(item)
            actions += opening.actions
            counts.update(opening.counts)
        actions += entering(event, [item.key for item in items if item.effect == "task"])
        return Group(event.id, actions, counts)

    def fan_out(self, item: Item, event: SalesEvent, places: Sequence[Records]) -> Item | None:
        """Decide an item for the first of several places and open one for each other, together; the item as it is now.

        None where somebody moved the item meanwhile. The Tasks of an email share its life.
        """
        record, related = places[0]
        others = [_sibling(item, one, self._ledger) for one in places[1:]]
        actions = [self._ledger.fixing(item, record, related, others)]
        counts: Counter[tuple[Book, str]] = Counter()
        for other in others:
            opening = self._ledger.opening(other)
            actions += opening.actions
            counts.update(opening.counts)
        where = place_of(event)
        if isinstance(event, EmailSent) and where:
            actions.append(joining(where, [other.key for other in others]))
        refused = commit(self._table, [Group(item.key, actions, counts)], shard=lambda: self._chance.below(SHARDS))
        return None if refused else replace(item, record=record, related=related, others=tuple(o.key for o in others))

    def get_many(self, ids: Sequence[str]) -> dict[str, SalesEvent]:
        """Events by id, as their senders reported them."""
        rows = self._table.get_many([event_row(event_id) for event_id in ids])
        return {row["id"]: EVENTS.validate_json(row["content"]) for row in rows.values()}

    def received(self, event_id: str) -> dict[str, Any] | None:
        """What was received under an id: content, fingerprint, received_at; None if nothing."""
        row = self._table.get(event_row(event_id))
        return row and row | {"content": json.loads(row["content"])}


def _repeated(event: SalesEvent, known: str) -> Receipt:
    return "duplicate" if event.fingerprint() == known else "conflict"
