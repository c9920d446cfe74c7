"""Hold the records, one Collections call for up to 200 of them, let go, settle (reliability.md 3.1).

Promises that nobody writes to a record while another's write to it may still arrive, that several activities of
one record are one update, and that an update holds nothing but named, permitted fields (I17).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lockstep.domain.ids import SalesforceId
from lockstep.domain.rollup import News, Standing
from lockstep.domain.settings import Rollup
from lockstep.domain.task import Written
from lockstep.engine.errors import Defer, Halt, QuotaSpent, Reject, SyncError, UnknownOutcome
from lockstep.runtime.braking import braked
from lockstep.runtime.lane import Moves
from lockstep.salesforce.errors import FieldsRefused
from lockstep.salesforce.halving import Result, answered
from rollups_to_salesforce import rules
from rollups_to_salesforce.answers import Answers, combined, gathered
from rollups_to_salesforce.desk import Desk
from rollups_to_salesforce.fields import written
from rollups_to_salesforce.rules import Wish

CALL = 200  # salesforce-api.md 6: records a Collections call
HIDDEN = frozenset({"INVALID_TYPE", "NOT_FOUND"})  # an object that this user lost concerns nothing else


@dataclass(frozen=True, slots=True)
class Due:
    """One record to be updated: how it stands now, and which of its fields are to be told."""

    kind: str
    standing: Standing
    rollups: tuple[Rollup, ...]


class Teller:
    """Tells the wishes of one seller; each is settled, or left on its list where the calls were put off."""

    def __init__(self, desk: Desk, zone: str):
        self._desk = desk
        self._zone = zone
        self._results: dict[SalesforceId, Result] = {}
        self._left_out: dict[SalesforceId, tuple[str, ...]] = {}
        self._stop: SyncError | None = None

    def tell(self, wishes: Sequence[Wish]) -> None:
        """Write what is newest; raises what stopped the calls once the rest is settled."""
        now, rollups = self._desk.clock.now(), self._desk.rollups
        until = now + self._desk.settle_time
        wanted, standings = self._newest(wishes)
        held = {one.record: one for one in rollups.hold(list(standings.values()), until)}
        due = _due(wanted, held)
        self._send(due)
        self._mend(due)
        lost = {record for record, result in self._results.items() if isinstance(result, UnknownOutcome)}
        rollups.release([one for record, one in held.items() if record not in lost])
        unsent = held.keys() - self._results.keys()
        answers = Answers(self._results, self._left_out, now, until)
        answered = [wish for wish in wanted if not unsent & {part.record for part in wish.parts}]
        moves = [(wish.item, combined(wish, answers, self._desk.chance)) for wish in answered]
        taken = sum(isinstance(result, Written) for result in self._results.values())
        self._desk.settle(braked(self._desk, moves, accepted=taken))
        if self._stop:
            raise self._stop

    def _newest(self, wishes: Sequence[Wish]) -> tuple[list[Wish], dict[SalesforceId, Standing]]:
        """What is to be told, and how its records will stand; what waits or is superseded is settled."""
        now = self._desk.clock.now()
        known = self._desk.rollups.of({part.record for wish in wishes for part in wish.parts})
        busy = {record: one.held_until for record, one in known.items() if one.held_until and one.held_until > now}
        moves: Moves = []
        wanted: list[Wish] = []
        for wish in wishes:
            held = [part for part in wish.parts if part.record in busy]
            if held:
                until = max(busy[part.record] for part in held)
                moves.append((wish.item, gathered(until, now, f"{held[0].kind} {held[0].record}")))
            else:
                wanted.append(wish)
        news = _by_record(wanted)
        after = {record: one.after(news.get(record, ())) for record, one in known.items()}
        left: list[Wish] = []
        for wish in wanted:
            judged = rules.counting(wish, after)
            if isinstance(judged, Wish):
                left.append(judged)
            else:
                moves.append((wish.item, judged))
        self._desk.settle(moves)
        return left, {part.record: after[part.record] for wish in left for part in wish.parts}

    def _send(self, due: Sequence[Due]) -> None:
        """All calls that it takes; one that is put off puts off the rest."""
        for start in range(0, len(due), CALL):
            if self._stop is None:
                self._call(due[start : start + CALL])

    def _call(self, due: Sequence[Due]) -> None:
        try:
            results = answered([self._row(one) for one in due], self._update)
        except (Defer, Halt) as error:
            self._stop = error
            return
        for one, result in zip(due, results, strict=True):
            if isinstance(result, QuotaSpent | Halt) and result.code not in HIDDEN:
                self._stop = result
            else:
                self._results[one.standing.record] = result

    def _update(self, rows: Sequence[Mapping[str, object]]) -> list[Result]:
        """One call; an object that this user lost spoils it as a bad record does."""
        try:
            return self._desk.open().update(rows)
        except Halt as halt:
            if halt.code in HIDDEN:
                raise Reject(halt.reason, halt.detail, code=halt.code) from halt
            raise

    def _row(self, due: Due) -> dict[str, object]:
        fields = written(due.standing.values(due.rollups), self._desk.fields(due.kind), self._zone)
        return {"attributes": {"type": due.kind}, "Id": due.standing.record, **fields}

    def _mend(self, due: Sequence[Due]) -> None:
        """What refuses fields is told once more without them, the fields described anew (ATR-02)."""
        again = [one for one in due if isinstance(self._results.get(one.standing.record), FieldsRefused)]
        for kind in {one.kind for one in again}:
            self._desk.fields(kind, anew=True)
        self._send([one for one in map(self._without_refused, again) if one.rollups])

    def _without_refused(self, due: Due) -> Due:
        refused, fields = self._results[due.standing.record], self._desk.fields(due.kind)
        names = {name.lower() for name in refused.fields} if isinstance(refused, FieldsRefused) else set()
        usable = {rollup: right.name for rollup, right in fields.usable.items() if right.name.lower() not in names}
        gone = [rollup for rollup in due.rollups if rollup not in usable]
        words = (fields.withheld.get(rollup) or f"{due.kind}.{fields.usable[rollup].name} (refused)" for rollup in gone)
        self._left_out[due.standing.record] = tuple(words)
        return replace(due, rollups=tuple(rollup for rollup in due.rollups if rollup in usable))


def _by_record(wishes: Iterable[Wish]) -> dict[SalesforceId, list[News]]:
    found: defaultdict[SalesforceId, list[News]] = defaultdict(list)
    for wish in wishes:
        for part in wish.parts:
            found[part.record] += part.news
    return found


def _due(wishes: Iterable[Wish], held: Mapping[SalesforceId, Standing]) -> list[Due]:
    """One update for each record that is ours now, sorted by kind: Salesforce takes ten runs of a kind a call."""
    rollups: defaultdict[tuple[str, SalesforceId], dict[Rollup, None]] = defaultdict(dict)
    for wish in wishes:
        for part in wish.parts:
            rollups[part.kind, part.record].update(dict.fromkeys(one.rollup for one in part.news))
    return [Due(kind, held[record], tuple(some)) for (kind, record), some in sorted(rollups.items()) if record in held]
