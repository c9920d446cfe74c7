"""The pass over all Marketo ids, range by range; it can be killed anywhere and goes on (PPL-17)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from lockstep.domain.ids import MarketoId
from lockstep.domain.load import RANGE, ChangesPosition, LoadProgress
from lockstep.engine.deadline import Deadline
from lockstep.marketo.people import People as MarketoPeople
from lockstep.marketo.people import Read
from lockstep.store.leases import Lease
from lockstep.store.people import Known
from people_from_marketo import rules
from people_from_marketo.desk import Change, Desk

PEEK = timedelta(days=1)
PEEK_PAGES = 10


def go_on(desk: Desk, marketo: MarketoPeople, names: Mapping[str, str], lease: Lease, deadline: Deadline) -> bool:
    """Read ranges until the pass is done or time is short; True where ranges are left."""
    progress = desk.load()
    if progress and progress.state == "requested":
        progress = _begin(desk, marketo, names, lease, progress)
    while progress and progress.pending:
        if deadline.near:
            return True
        progress = _range(desk, marketo, names, lease, progress)
    return False


def _begin(
    desk: Desk,
    marketo: MarketoPeople,
    names: Mapping[str, str],
    lease: Lease,
    progress: LoadProgress,
) -> LoadProgress:
    """Take the watermark before the first page (PPL-29), and the highest id the feed shows.

    A later pass leaves the watermark alone while the feeds still reach back to it: deletions and merges
    are told by the feeds only.
    """
    start = marketo.paging_token(desk.clock.now() - PEEK)
    token, highest = start.token, 0
    for _ in range(PEEK_PAGES):
        page = marketo.changes(token, names)
        highest = max([highest, *page.ids])
        token = page.token
        if not page.more:
            break
    begun = replace(progress, state="running", started_at=desk.clock.now(), highest_id=highest)
    desk.save(lease, [], load=begun, changes=desk.followed() or ChangesPosition(start.as_of - desk.lag))
    return begun


def _range(
    desk: Desk,
    marketo: MarketoPeople,
    names: Mapping[str, str],
    lease: Lease,
    progress: LoadProgress,
) -> LoadProgress:
    ids = range(progress.next_id, progress.next_id + RANGE)
    read = marketo.by_ids(ids, names)
    changes, decided = decide_all(desk, read, ids if progress.reconcile else ())
    found = [record.person.marketo_id for record in read.records]
    found += [person for person, _ in read.malformed]
    ahead = progress.after_range(
        len(found),
        max(found, default=0),
        desk.clock.now(),
        qualified=decided,
        failed=len(read.malformed),
    )
    desk.save(lease, changes, load=ahead)
    return ahead


def decide_all(desk: Desk, read: Read, expected: range | tuple[()] = ()) -> tuple[list[Change], int]:
    """What to store of a read, and how many of its people qualify.

    People stored under an `expected` id that Marketo no longer returns are gone (I36: the read
    is complete, or it would have raised).
    """
    reading = desk.reading(read.as_of)
    ids = [record.person.marketo_id for record in read.records]
    known = desk.people.known([*(expected or ids), *(person for person, _ in read.malformed)])
    changes: list[Change] = []
    for record in read.records:
        before = known.pop(record.person.marketo_id, None)
        new = rules.decide(record, before.record if before else None, reading)
        if new:
            changes.append((before, new))
            newly = new.person is not None and (before is None or before.record.person is None)
            reading = replace(reading, room=reading.room - newly)
    for person, _ in read.malformed:
        before = known.pop(MarketoId(person), None)
        record_before = before.record if before else None
        if unread := rules.malformed(MarketoId(person), record_before, reading):
            changes.append((before, unread))
    if expected:
        changes += _missing(known, reading)
    return changes, sum(1 for record in read.records if rules.disqualified(record) is None)


def _missing(known: dict[MarketoId, Known], reading: rules.Reading) -> list[Change]:
    away = ((before, rules.gone(before.record, reading)) for before in known.values())
    return [(before, new) for before, new in away if new]
