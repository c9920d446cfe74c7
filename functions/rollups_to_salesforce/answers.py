"""What follows for an item from the answers for its records; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lockstep.domain import cause
from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import Item, Outcome, State, logged, retry, skipped
from lockstep.domain.reason import Reason
from lockstep.domain.task import Written
from lockstep.engine.errors import UnknownOutcome
from lockstep.engine.ports import Chance
from lockstep.salesforce.answers import after_update
from lockstep.salesforce.errors import FieldsRefused
from lockstep.salesforce.halving import Result
from rollups_to_salesforce.rules import Part, Wish

SOON = timedelta(seconds=60)
RANK = (State.RETRY_AT, State.NEEDS_YOU, State.CONFIRMED, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Answers:
    """What came back for each record, which fields had to be left out there, and until when a lost write may arrive."""

    results: Mapping[SalesforceId, Result]
    left_out: Mapping[SalesforceId, tuple[str, ...]]
    now: datetime
    settled_at: datetime


def gathered(until: datetime, now: datetime, where: str) -> Outcome:
    """Somebody else's write to the record is under way, or may still arrive: it is left alone meanwhile."""
    return retry(min(until, now + SOON), Reason.GATHERED, f"another write to {where} is under way", counted=False)


def combined(wish: Wish, answers: Answers, chance: Chance) -> Outcome:
    """One end for an activity that bears on several records: what is still open comes before what is done."""
    outcomes = [_after(wish.item, part, answers, chance) for part in wish.parts]
    first = min(outcomes, key=lambda one: RANK.index(one.state))
    withheld = [*wish.withheld, *(name for part in wish.parts for name in answers.left_out.get(part.record, ()))]
    alike = [one for one in outcomes if one.due_at]
    return replace(
        first,
        note="; ".join(one.note for one in outcomes if one.note),
        due_at=max((one.due_at for one in alike if one.due_at), default=None),
        counted=any(one.counted for one in alike),
        withheld=tuple(dict.fromkeys(withheld)),
    )


def _after(item: Item, part: Part, answers: Answers, chance: Chance) -> Outcome:
    where, result = f"{part.kind} {part.record}", answers.results.get(part.record)
    if result is None:
        return gathered(answers.settled_at, answers.now, where)
    if isinstance(result, Written):
        return logged(result.id, where)
    note = f"{where}: {result.detail}"
    if isinstance(result, FieldsRefused):
        return skipped(Reason.FIELDS_WITHHELD, note, cause.fields(item.connection))
    if result.reason is Reason.SF_RECORD_GONE:
        return skipped(result.reason, note)
    outcome = replace(after_update(item, result, answers.now, chance), note=note)
    if isinstance(result, UnknownOutcome) and outcome.due_at:
        return replace(outcome, due_at=max(outcome.due_at, answers.settled_at))
    return outcome
