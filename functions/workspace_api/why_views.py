"""How an explanation reads: the answer first, then every check with how it was, how it is, and who can mend it."""

from typing import Literal

from pydantic import Field

from lockstep.catalogue.reason_texts import REASON_TEXTS, mendable
from lockstep.domain.item import Item, State
from lockstep.domain.reason import Reason
from workspace_api.checks import PENDING, TITLES, Check, first_failing, in_the_way
from workspace_api.reading import ActivityView
from workspace_api.views import PersonView, SalesforceConnectionView, View, sentence
from workspace_api.why_field import FieldCheck

_PARKED = frozenset({State.SKIPPED, State.NEEDS_YOU})


class CheckView(View):
    """One thing that must be so."""

    code: str
    check: str
    then: Literal["pass", "fail", "not reached", "not known"] = Field(description="When it was judged last")
    then_value: str
    now: Literal["pass", "fail", "not reached", "not known"]
    now_value: str
    reason: str | None = Field(default=None, description="The reason's code, where it failed or fails")
    remedy: str = Field(default="", description="What must change")
    who: str = Field(default="", description="Who can change it")

    @classmethod
    def of(cls, one: Check) -> "CheckView":
        """A check of an item."""
        text = REASON_TEXTS[one.reason] if one.reason else None
        return cls(
            code=one.stage,
            check=TITLES[one.stage],
            then=one.then.mark,
            then_value=one.then.value,
            now=one.now.mark,
            now_value=one.now.value,
            reason=one.reason,
            remedy=text.remedy if text else "",
            who=text.who if text else "",
        )

    @classmethod
    def of_field(cls, one: FieldCheck) -> "CheckView":
        """A check of a field; it is told as it stands."""
        mark: Literal["pass", "fail"] = "pass" if one.passed else "fail"
        return cls(
            code=one.code,
            check=one.check,
            then=mark,
            then_value=one.value,
            now=mark,
            now_value=one.value,
            remedy="" if one.passed else one.remedy,
            who="" if one.passed else one.who,
        )

    @classmethod
    def now_only(cls, code: str, check: str, reason: Reason | None, value: str, *, failed: bool = False) -> "CheckView":
        """A check of a person or a seller, who are as they are."""
        text = REASON_TEXTS[reason] if reason else None
        return cls(
            code=code,
            check=check,
            then="not known",
            then_value="",
            now="fail" if reason or failed else "pass",
            now_value=value,
            reason=reason,
            remedy=text.remedy if text else "",
            who=text.who if text else "",
        )


class ItemWhyView(View):
    """One effect of an activity, explained."""

    key: str
    effect: str = Field(
        description="task: a Task of its own; life: told on the Task of its email; "
        "fields: a back-fill; rollup: newest activity on records"
    )
    answer: str
    failed: str | None = Field(description="The first check that failed")
    goes_now: bool = Field(description="Whether nothing is in the way now")
    command: str | None = Field(description="What sends it again, where that can end otherwise")
    checks: list[CheckView]


class WhyView(View):
    """The answer in a sentence, then what it rests on."""

    asked: str
    kind: Literal["activity", "person", "seller", "task", "field"]
    answer: str
    failed: str | None = Field(default=None, description="The first check that failed, by its code")
    checks: list[CheckView] = Field(default_factory=list)
    activity: ActivityView | None = None
    items: list[ItemWhyView] = Field(default_factory=list)
    people: list[PersonView] = Field(default_factory=list)
    seller: SalesforceConnectionView | None = None


def item_view(item: Item, found: list[Check]) -> ItemWhyView:
    """One item with its checks."""
    first = first_failing(item, found)
    blocking = in_the_way(found)
    parked = item.state in _PARKED and item.reason is not None and mendable(item.reason)
    return ItemWhyView(
        key=item.key,
        effect=item.effect,
        answer=_answer(item, first, blocking, found),
        failed=first.stage if first else None,
        goes_now=not blocking,
        command=f"lockstep retry {item.event_id}" if parked and not blocking else None,
        checks=[CheckView.of(one) for one in found],
    )


def _answer(item: Item, first: Check | None, blocking: list[Check], found: list[Check]) -> str:
    """The first failing check in a sentence; of what is logged the record, the rule, and what became of it."""
    if item.state is State.CONFIRMED:
        return _logged(item, found)
    told = sentence(item, first.reason if first else None)
    if item.state in PENDING and first:
        return f"{told} In the way: {TITLES[first.stage].lower()} is not so ({first.now.value})."
    if item.state not in _PARKED:
        return told
    if not blocking:
        return f"{told} Nothing is in the way now: lockstep retry {item.event_id}."
    others = [TITLES[one.stage] for one in blocking if first is None or one.stage is not first.stage]
    return f"{told} Also not so now: {'; '.join(others)}." if others else told


def _logged(item: Item, found: list[Check]) -> str:
    record = next((one.then.value for one in found if one.stage == "record"), "")
    how = f" It belongs to {record}." if record else ""
    version = "" if item.settings_version is None else f" Judged under settings version {item.settings_version}."
    gone = next((f" But {one.now.value}." for one in found if one.stage == "task" and one.now.mark == "fail"), "")
    return f"{sentence(item)}{gone}{how}{version}"
