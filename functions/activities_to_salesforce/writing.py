"""Intent, one Collections call, one outcome for each Task (reliability.md 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from activities_to_salesforce import accounts, answers, resolving
from activities_to_salesforce.desk import Desk
from activities_to_salesforce.mending import Spared, mended, spared
from activities_to_salesforce.probe import key_line
from activities_to_salesforce.rendering import Author, Rendered, Rendering, render
from activities_to_salesforce.rules import Target
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.ids import ItemKey
from lockstep.domain.item import Item, Outcome, State, ready
from lockstep.domain.reason import Reason
from lockstep.domain.task import TaskDraft, TaskSchema, Written
from lockstep.engine.errors import Defer, Halt, Locked, QuotaSpent
from lockstep.runtime.braking import braked
from lockstep.runtime.lane import Moves, parked
from lockstep.salesforce.errors import FieldsRefused, SessionWorn, WrongRecord
from lockstep.salesforce.halving import Result, answered
from lockstep.store.ledger import Claim


@dataclass(frozen=True, slots=True)
class Done:
    """One target with what was sent for it and what came back."""

    target: Target
    rendered: Rendered
    result: Result


class Writer:
    """Writes targets of one seller; what can be mended at once is written a second time, once."""

    def __init__(self, desk: Desk, link: SalesforceConnection):
        self._desk = desk
        self._link = link
        self._schema: TaskSchema = desk.schema()
        self._spared: dict[ItemKey, Spared] = {}
        self._slots: dict[ItemKey, accounts.Slot] = {}

    def write(self, targets: Sequence[Target]) -> None:
        """Claim and write; every claimed item is settled when this returns or raises."""
        answered = self._round(accounts.together(self._desk, targets))
        again, moves = self._mend(answered)
        refused = [pair for pair in moves if pair[1].state is State.NEEDS_YOU]
        self._desk.settle([pair for pair in moves if pair not in refused])
        try:
            if again:
                second = self._round(again)
                refused += map(self._final, second)
                answered = [*(done for done in answered if done.target not in again), *second]
        finally:
            accepted = sum(isinstance(done.result, Written) for done in answered)
            self._desk.settle(braked(self._desk, refused, accepted=accepted))
        for done in answered:
            # met by one half of a call or by one record, they hold for all the same
            if isinstance(done.result, Halt | QuotaSpent):
                raise done.result

    def _round(self, targets: Sequence[Target]) -> list[Done]:
        rendered = {target.item.key: self._render(target) for target in targets}
        claims = [self._claim(target, rendered[target.item.key]) for target in targets]
        claimed = self._desk.ledger.claim(claims, seconds=self._desk.lease_seconds, version=self._desk.settings.version)
        self._desk.claims |= {(item.key, item.fence) for item in claimed}
        mine = {item.key: item for item in claimed}
        held = [replace(t, item=mine[t.item.key]) for t in targets if t.item.key in mine]
        drafts = [TaskDraft(t.item.key, rendered[t.item.key].fields) for t in held]
        results = self._send_claimed(held, drafts)
        self._slots |= accounts.slots(
            self._desk, [t for t, one in zip(held, results, strict=True) if isinstance(one, Locked)]
        )
        return [Done(target, rendered[target.item.key], result) for target, result in zip(held, results, strict=True)]

    def _claim(self, target: Target, made: Rendered) -> Claim:
        return Claim(target.item, made.hash, target.who or "", made.withheld, target.related)

    def _render(self, target: Target) -> Rendered:
        schema = self._schema
        author = Author(self._link.user_id, self._link.time_zone, schema)
        line = "" if schema.key_usable else key_line(target.item.key)
        what = Rendering(target.activity, target.who or "", target.original, line, target.related)
        rendered = render(what, author, self._desk.settings.values.subject_template)
        return mended(rendered, self._spared.get(target.item.key, Spared()), line)

    def _send_claimed(self, held: list[Target], drafts: list[TaskDraft]) -> list[Result]:
        """Send; what certainly was not executed goes back to where it was before the claim."""
        try:
            return self._send(drafts)
        except Defer as deferral:
            self._back(held, ready(f"not sent: {deferral.detail}"))
            raise
        except Halt as halt:
            if halt.scope != "connection":
                self._back(held, ready(f"not sent: {halt.detail}"))
            else:
                self._desk.settle([(t.item, replace(parked(t.item, halt), doubt=t.doubtful)) for t in held])
            raise

    def _back(self, held: list[Target], outcome: Outcome) -> None:
        self._desk.settle([(t.item, replace(outcome, doubt=t.doubtful)) for t in held])

    def _send(self, drafts: list[TaskDraft]) -> list[Result]:
        client = self._desk.open()
        return answered(drafts, client.upsert_tasks if self._schema.key_usable else client.create_tasks)

    def _mend(self, first: list[Done]) -> tuple[list[Target], Moves]:
        """Split answers into those worth one more try at once, and final ones."""
        worn = [done for done in first if isinstance(done.result, SessionWorn)]
        if worn:
            self._desk.open().log_in_again()
        spared = self._spare(first)
        gone = [done for done in first if isinstance(done.result, WrongRecord)]
        again = [done.target for done in first if done in worn or done.target.item.key in spared]
        moves = [self._final(d) for d in first if d.target not in again and d not in gone]
        for target, judged in resolving.again(self._desk, self._link.user_id, [done.target for done in gone]):
            if isinstance(judged, Target):
                again.append(judged)
            else:
                moves.append((target.item, judged))
        return again, moves

    def _spare(self, answered: list[Done]) -> dict[ItemKey, Spared]:
        """What refused records may be written without; what the user may not write at all, nobody tries again."""
        refused = [(done, done.result) for done in answered if isinstance(done.result, FieldsRefused)]
        less = {done.target.item.key: some for done, error in refused if (some := spared(error, done.rendered))}
        shut = {name for _, error in refused if error.reason is Reason.PERMISSION_REFUSED for name in error.fields}
        if shut:
            self._desk.learn(shut)
            self._schema = self._desk.schema()
        self._spared |= less
        return less

    def _final(self, done: Done) -> tuple[Item, Outcome]:
        desk = self._desk
        item = done.target.item
        if isinstance(done.result, Halt):
            return item, parked(item, done.result)
        chance = self._slots.get(item.key, desk.chance)
        outcome = answers.after_write(item, done.result, desk.moment, chance, done.target.trace)
        doubt = outcome.doubt or (done.target.doubtful and outcome.state is State.RETRY_AT)
        withheld = self._withheld(done)
        waits = outcome.cause or (answers.completed_by(item, withheld) if outcome.state is State.CONFIRMED else None)
        return item, replace(outcome, doubt=doubt, withheld=withheld, cause=waits)

    def _withheld(self, done: Done) -> tuple[str, ...]:
        """What was left out; a field that a repeat may not set again was written the first time."""
        if not isinstance(done.result, Written) or done.result.created:
            return done.rendered.withheld
        fields = self._desk.schema().fields
        once = {name for name, right in fields.items() if right.createable and not right.updateable}
        return tuple(entry for entry in done.rendered.withheld if entry.split(" ")[0] not in once)
