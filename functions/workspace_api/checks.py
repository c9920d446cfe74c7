"""Everything that must be so for an activity to stand in Salesforce, one check after the other (experience.md 10.5).

Promises that each check says how it was when the activity was judged and how it is now, that what the flow never
came to is not called passed, and that the first check that failed is the reason that the ledger holds. Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from lockstep.catalogue.reason_texts import REASON_TEXTS
from lockstep.domain.item import Item, State, Step
from lockstep.domain.reason import Reason

Mark = Literal["pass", "fail", "not reached", "not known"]


class Stage(StrEnum):
    """The checks, in the order in which they are told."""

    RECEIVED = "received"
    KIND = "kind"
    EVENT = "event"
    CHOICES = "choices"
    METHOD = "method"
    NAMED = "named"
    USER = "user"
    CONNECTION = "connection"
    PERSON = "person"
    EMAIL = "email"
    RECORD = "record"
    OBJECT = "object"
    RULE = "rule"
    TASK = "task"
    FIELDS = "fields"
    NEWEST = "newest"
    SALESFORCE = "salesforce"
    QUOTA = "quota"
    ATTEMPTS = "attempts"
    READ_BACK = "read-back"


TITLES: dict[Stage, str] = {
    Stage.RECEIVED: "The activity was received",
    Stage.KIND: "This kind of activity is switched on",
    Stage.EVENT: "It was sent, or was an outbound call",
    Stage.CHOICES: "The call has the outcome and the reason that are required",
    Stage.METHOD: "The email is logged by the API",
    Stage.NAMED: "A field of the newest activity is named for it",
    Stage.USER: "The seller is a user of the Workspace",
    Stage.CONNECTION: "The seller is connected to Salesforce",
    Stage.PERSON: "The person is in the Workspace",
    Stage.EMAIL: "Its email is a Task in Salesforce",
    Stage.RECORD: "The person's record in Salesforce is found",
    Stage.OBJECT: "Activities are logged to this kind of record",
    Stage.RULE: "The rules for several records, or none, choose one",
    Stage.TASK: "The Task was not deleted in Salesforce",
    Stage.FIELDS: "The seller may write the fields",
    Stage.NEWEST: "Nothing newer is known of its records",
    Stage.SALESFORCE: "Salesforce takes it",
    Stage.QUOTA: "Calls of Salesforce are left, and nothing is halted",
    Stage.ATTEMPTS: "No attempt is under way or left over",
    Stage.READ_BACK: "Salesforce answered what came of the write",
}
FLOW = tuple(Stage)

STAGES: dict[Reason, Stage] = {
    Reason.KIND_OFF: Stage.KIND,
    Reason.NOT_ROUTED: Stage.KIND,
    Reason.NOT_SENT: Stage.EVENT,
    Reason.NOT_OUTBOUND: Stage.EVENT,
    Reason.OUTCOME_REQUIRED: Stage.CHOICES,
    Reason.LOGGED_BY_BCC: Stage.METHOD,
    Reason.BCC_MISSING: Stage.METHOD,
    Reason.USER_UNKNOWN: Stage.USER,
    Reason.NO_CONNECTION: Stage.CONNECTION,
    Reason.CONNECTION_EXPIRED: Stage.CONNECTION,
    Reason.API_DISABLED: Stage.CONNECTION,
    Reason.OTHER_ORGANIZATION: Stage.CONNECTION,
    Reason.PERSON_UNKNOWN: Stage.PERSON,
    Reason.NO_MARKETO_ID: Stage.PERSON,
    Reason.EMAIL_UNKNOWN: Stage.EMAIL,
    Reason.EMAIL_NOT_LOGGED: Stage.EMAIL,
    Reason.NOTHING_TO_UPDATE: Stage.EMAIL,
    Reason.NO_SF_RECORD: Stage.RECORD,
    Reason.NO_SF_ID_FOR_CALL: Stage.RECORD,
    Reason.SF_RECORD_GONE: Stage.RECORD,
    Reason.OBJECT_NOT_LOGGED: Stage.OBJECT,
    Reason.AMBIGUOUS_MATCH: Stage.RULE,
    Reason.TASK_DELETED: Stage.TASK,
    Reason.FIELDS_WITHHELD: Stage.FIELDS,
    Reason.NEWER_ACTIVITY: Stage.NEWEST,
    Reason.QUOTA_SPENT: Stage.QUOTA,
    Reason.TOO_MANY_REFUSED: Stage.QUOTA,
    Reason.VENDOR_BUSY: Stage.ATTEMPTS,
    Reason.GATHERED: Stage.ATTEMPTS,
    Reason.INTERNAL_FAULT: Stage.ATTEMPTS,
    Reason.CANNOT_TELL: Stage.READ_BACK,
}


@dataclass(frozen=True, slots=True)
class Told:
    """How one check is at one moment; `reason` where it fails."""

    mark: Mark
    value: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One check, as it was when the item was judged last, and as it is now."""

    stage: Stage
    then: Told
    now: Told

    @property
    def reason(self) -> Reason | None:
        """Why it failed, or fails; who is missing as a person may be told more exactly now."""
        if self.then.reason in (None, Reason.PERSON_UNKNOWN):
            return self.now.reason or self.then.reason
        return self.then.reason


PENDING = frozenset({State.RECEIVED, State.READY, State.LEASED})
NOT_REACHED = Told("not reached", "")


def stage_of(item: Item, reason: Reason, cause: str | None = None) -> Stage:
    """The check that a reason belongs to; whatever parks for the connection is the connection's."""
    if reason is Reason.NOTHING_TO_UPDATE and item.effect == "rollup":
        return Stage.NAMED
    if cause and cause.startswith("connection:") and reason not in (Reason.USER_UNKNOWN, Reason.TOO_MANY_REFUSED):
        return Stage.CONNECTION
    return STAGES.get(reason, Stage.SALESFORCE)


def checks(item: Item, stages: Sequence[Stage], judged: Mapping[Stage, Told], now: Mapping[Stage, Told]) -> list[Check]:
    """The checks that this item has, in order.

    `judged` is what can be told of then by the settings of then; the rest follows from where the flow stopped.
    """
    stopped = _stopped(item)
    found = [Check(stage, _then(item, stage, stopped, judged), now.get(stage, NOT_REACHED)) for stage in stages]
    return [replace(one, now=_settled(item, one)) for one in found]


def _stopped(item: Item) -> Stage | None:
    """The check at which the flow stopped when it judged the item last; None where it passed them all, or none."""
    return stage_of(item, item.reason, item.cause) if item.reason else None


def _then(item: Item, stage: Stage, stopped: Stage | None, judged: Mapping[Stage, Told]) -> Told:
    if stage is Stage.RECEIVED:
        return judged.get(stage, Told("pass", "received"))
    if item.reason and stage is stopped:
        known, step = judged.get(stage), _last(item, stage)
        note = known.value if known and known.mark == "fail" else step.note if step else ""
        return Told("fail", note, item.reason)
    if item.state is State.CONFIRMED or (stopped and FLOW.index(stage) < FLOW.index(stopped)):
        return judged.get(stage, _passed(item, stage))
    known = judged.get(stage)
    return known if known and known.mark == "fail" and item.settings_version is not None else NOT_REACHED


def _passed(item: Item, stage: Stage) -> Told:
    """A check that was passed; had it failed before, then since when not any more."""
    before = _last(item, stage)
    if before is None or before.reason is None:
        return Told("pass", "")
    return Told(
        "pass", f"after it had failed at {before.at:%Y-%m-%d %H:%M:%S} UTC: {REASON_TEXTS[before.reason].title}"
    )


def _last(item: Item, stage: Stage) -> Step | None:
    """The last move of the history that this check was the reason for."""

    def belongs(step: Step) -> bool:
        cause = item.cause if step.reason is item.reason else None
        return step.reason is not None and stage_of(item, step.reason, cause) is stage

    return next((step for step in reversed(item.history) if belongs(step)), None)


def _settled(item: Item, one: Check) -> Told:
    """What only an attempt can tell is not known now, unless the last attempt is still what counts."""
    if one.now is not NOT_REACHED:
        return one.now
    if item.state is State.CONFIRMED and one.then.mark == "pass":
        return one.then
    return Told("not known", "it is known when it is tried")


def first_failing(item: Item, found: Sequence[Check]) -> Check | None:
    """The first check that failed when the item was judged; of one that waits still, the first that fails now."""
    if item.state is State.CONFIRMED:
        return None
    told = [(one, one.now if item.state in PENDING else one.then) for one in found]
    return next((one for one, at in told if at.mark == "fail"), None)


def in_the_way(found: Sequence[Check]) -> list[Check]:
    """What fails now."""
    return [one for one in found if one.now.mark == "fail"]
