"""What changed in Marketo since the watermark: changed and new people, deletions, merges."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from lockstep.domain.ids import MarketoId
from lockstep.domain.load import ChangesPosition, LoadProgress
from lockstep.domain.person import PersonRecord
from lockstep.engine.deadline import Deadline
from lockstep.engine.errors import Halt
from lockstep.marketo.people import People as MarketoPeople
from lockstep.store.leases import Lease
from lockstep.store.people import Known
from people_from_marketo import rules
from people_from_marketo.desk import Change, Desk
from people_from_marketo.load import decide_all

TOKEN_REFUSED = "1003"  # marketo-api: a value that a parameter may not have

Step = Callable[[Desk, MarketoPeople, Mapping[str, str], Lease, ChangesPosition], ChangesPosition]


def follow(desk: Desk, marketo: MarketoPeople, names: Mapping[str, str], lease: Lease, deadline: Deadline) -> bool:
    """One pass over the three feeds, from the watermark to now less the lag (PPL-18 to PPL-21).

    What lies in the lag is read now and read again next time, because Marketo shows some changes
    late; only the watermark waits. True where the pass has pages left, or a full pass is due because
    the feeds do not reach back to the watermark, or nobody can tell where it was (I6).
    """
    position = desk.followed()
    if position is None:
        _reconcile(desk, lease)
        return True
    if position.until is None:
        position = _begin(desk, marketo, lease, position)
    while position.until:
        if deadline.near:
            return True
        position = _step(desk, marketo, names, lease, position)
    return False


def _step(
    desk: Desk, marketo: MarketoPeople, names: Mapping[str, str], lease: Lease, position: ChangesPosition
) -> ChangesPosition:
    """The next page; where Marketo does not know the page's token any more, the next pass begins anew (F053)."""
    try:
        return _STEPS[position.stage](desk, marketo, names, lease, position)
    except Halt as halt:
        if halt.code == TOKEN_REFUSED:
            desk.save(lease, [], changes=ChangesPosition(position.watermark))
        raise


def _reconcile(desk: Desk, lease: Lease) -> None:
    progress = LoadProgress.request("catch-up", desk.clock.now(), reconcile=True)
    desk.save(lease, [], load=progress)


def _begin(desk: Desk, marketo: MarketoPeople, lease: Lease, position: ChangesPosition) -> ChangesPosition:
    start = marketo.paging_token(position.watermark)
    until = max(position.watermark, start.as_of - desk.lag)
    begun = replace(position, until=until, stage="changes", start_token=start.token, token=start.token)
    desk.save(lease, [], changes=begun)
    return begun


def _after(position: ChangesPosition, token: str, *, more: bool) -> ChangesPosition:
    """Behind a page: on in this feed, on to the next feed, or done with the pass."""
    if more:
        return replace(position, token=token)
    if position.stage == "merges":
        return ChangesPosition(position.until or position.watermark)
    if position.stage == "changes":
        return replace(position, stage="deletions", token=position.start_token)
    return replace(position, stage="merges", token=position.start_token)


def _changed(
    desk: Desk,
    marketo: MarketoPeople,
    names: Mapping[str, str],
    lease: Lease,
    position: ChangesPosition,
) -> ChangesPosition:
    page = marketo.changes(position.token or "", names)
    changes: list[Change] = []
    if page.ids:
        changes, _ = decide_all(desk, marketo.by_ids(sorted(set(page.ids)), names))
    ahead = _after(position, page.token, more=page.more)
    desk.save(lease, changes, changes=ahead)
    return ahead


def _deleted(
    desk: Desk,
    marketo: MarketoPeople,
    names: Mapping[str, str],
    lease: Lease,
    position: ChangesPosition,
) -> ChangesPosition:
    page = marketo.deletions(position.token or "")
    changes: list[Change] = []
    if page.ids:
        changes = _gone(desk, marketo, names, sorted(set(page.ids)))
    ahead = _after(position, page.token, more=page.more)
    desk.save(lease, changes, changes=ahead)
    return ahead


def _gone(desk: Desk, marketo: MarketoPeople, names: Mapping[str, str], ids: list[MarketoId]) -> list[Change]:
    """Those of deleted people who are still away: whoever came back is read as he is."""
    read = marketo.by_ids(ids, names)
    changes, _ = decide_all(desk, read)
    back = {record.person.marketo_id for record in read.records} | {person for person, _ in read.malformed}
    reading = desk.reading(read.as_of)
    known = desk.people.known([one for one in ids if one not in back])
    away = ((before, rules.gone(before.record, reading)) for before in known.values())
    return changes + [(before, new) for before, new in away if new]


def _merged(
    desk: Desk,
    marketo: MarketoPeople,
    names: Mapping[str, str],
    lease: Lease,
    position: ChangesPosition,
) -> ChangesPosition:
    page = marketo.merges(position.token or "")
    changes: dict[MarketoId, Change] = {}
    winners = sorted({merge.winner for merge in page.merges})
    if winners:
        read, _ = decide_all(desk, marketo.by_ids(winners, names))
        changes = {new.marketo_id: (before, new) for before, new in read}
    losers = [loser for merge in page.merges for loser in merge.losers]
    known = desk.people.known([*winners, *losers])
    reading = desk.reading(page.as_of)
    for merge in page.merges:
        _join(merge.winner, merge.losers, known, changes, reading)
    ahead = _after(position, page.token, more=page.more)
    desk.save(lease, list(changes.values()), changes=ahead)
    return ahead


def _join(
    winner: MarketoId,
    losers: tuple[MarketoId, ...],
    known: Mapping[MarketoId, Known],
    changes: dict[MarketoId, Change],
    reading: rules.Reading,
) -> None:
    """Point losers to the winner and the winner to them, on top of what is decided already."""

    def now(person: MarketoId) -> PersonRecord | None:
        if person in changes:
            return changes[person][1]
        return known[person].record if person in known else None

    head = now(winner)  # None where the survivor was deleted before anybody read it
    lost = tuple(record for record in map(now, losers) if record is not None)
    for record in lost:
        if new := rules.merged(record, winner, reading):
            changes[record.marketo_id] = (known.get(record.marketo_id), new)
    if head and (joined := rules.survivor(head, lost, reading)):
        changes[winner] = (known.get(winner), joined)


_STEPS: dict[str, Step] = {"changes": _changed, "deletions": _deleted, "merges": _merged}
