"""What happened to an email after it was sent, as changes of its one Task (LS-16, ATR-03, ATR-08); pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lockstep.catalogue.task_attributes import TASK_ATTRIBUTES
from lockstep.domain import cause
from lockstep.domain.item import WAITING, Item, Outcome, State, logged, retry, skipped
from lockstep.domain.mail import Life, Mail
from lockstep.domain.moment import Moment
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CampaignMove, SalesEvent
from lockstep.domain.task import FieldValue, TaskSchema
from lockstep.domain.wanted import passed_over

LOOK_AGAIN = timedelta(hours=1)  # of what waits for an email, should its word be lost, and of a spent day
SHOWN = {attribute.life: attribute for attribute in TASK_ATTRIBUTES if attribute.life}


@dataclass(frozen=True, slots=True)
class Happening:
    """One item about the life of an email, with its event and the mail that it names, if that is known."""

    item: Item
    event: SalesEvent
    mail: Mail | None


@dataclass(frozen=True, slots=True)
class Telling:
    """All that is to be told of one mail at once: the Tasks, the fields, and the life that they show then.

    `withheld` says for each part of the life that the seller may not write which field it would be.
    """

    mail: Mail
    tasks: tuple[str, ...]
    happenings: tuple[Happening, ...]
    fields: Mapping[str, FieldValue]
    life: Life
    withheld: Mapping[str, str]


def unready(happening: Happening, parents: Sequence[Item], moment: Moment) -> Outcome | None:
    """Why nothing can be told yet, or ever; None where every Task of the mail is there."""
    mail = happening.mail
    if refusal := passed_over(happening.item, happening.event, moment.settings):
        return refusal
    if mail is None or not parents:
        return _unknown(happening, moment)
    waits = cause.mail(mail.seller, mail.mail_id, mail.person_id)
    waiting = [parent for parent in parents if parent.state in WAITING]
    if waiting:
        at = moment.now + LOOK_AGAIN
        return replace(retry(at, Reason.EMAIL_NOT_LOGGED, "its email is not written yet", counted=False), cause=waits)
    missing = [parent for parent in parents if parent.state is not State.CONFIRMED]
    if len(missing) == len(parents):
        why = missing[0].reason or missing[0].state
        return skipped(Reason.EMAIL_NOT_LOGGED, f"the email {missing[0].event_id}: {why}", waits)
    return None


def _unknown(happening: Happening, moment: Moment) -> Outcome:
    if isinstance(happening.event, CampaignMove):
        return skipped(Reason.NOTHING_TO_UPDATE, "no email of this campaign to this person is known")
    mail = happening.mail
    if mail is None:
        return skipped(Reason.EMAIL_UNKNOWN, "the event names no email")
    waits = cause.mail(mail.seller, mail.mail_id, mail.person_id)
    if happening.item.attempts == 0:
        at = moment.now + 2 * moment.settle
        return replace(retry(at, Reason.EMAIL_UNKNOWN, "the email was not reported as sent (yet)"), cause=waits)
    return skipped(Reason.EMAIL_UNKNOWN, "the email was never reported as sent", waits)


def telling(mail: Mail, tasks: tuple[str, ...], happenings: Sequence[Happening], schema: TaskSchema) -> Telling:
    """What the Tasks of a mail do not show yet of what happened, as far as the seller may write it."""
    life = mail.told.after(one.event for one in happenings)
    fields: dict[str, FieldValue] = {}
    withheld: dict[str, str] = {}
    shown = life
    for name in _differing(life, mail.told):
        attribute = SHOWN[name]
        right = schema.fields.get(attribute.name)
        if right is not None and right.updateable:
            fields[attribute.name] = attribute.becomes or getattr(life, name) or None
        else:
            withheld[name] = f"{attribute.name} ({'hidden or missing' if right is None else 'read-only'})"
            shown = _untold(shown, name, mail.told)
    return Telling(mail, tasks, tuple(happenings), fields, shown, withheld)


def _differing(life: Life, other: Life) -> list[str]:
    return [name for name in SHOWN if getattr(life, name) != getattr(other, name)]


def _untold(life: Life, name: str, told: Life) -> Life:
    """The life without what cannot be shown, so that it is told once the field is there."""
    before = {name: getattr(told, name)} | ({"step_at": told.step_at} if name == "step" else {})
    return replace(life, **before)


def held_back(what: Telling, now: datetime, gathering: timedelta) -> Outcome | None:
    """Whether this waits for more of the same minute, so that ten opens are one update (ATR-08)."""
    if not what.fields or what.mail.told_at is None or now - what.mail.told_at >= gathering:
        return None
    return retry(what.mail.told_at + gathering, Reason.GATHERED, "the Task was updated a moment ago", counted=False)


def later(now: datetime) -> Outcome:
    """The organization's day is nearly used up: new Tasks go first, what they show can wait (DGN-03)."""
    detail = "the organization's calls of the day are nearly used up; Tasks come first"
    return retry(now + LOOK_AGAIN, Reason.QUOTA_SPENT, detail, counted=False)


def told(what: Telling, happening: Happening) -> Outcome:
    """What became of one item whose news the Tasks show now, or showed before."""
    own = _differing(Life().after([happening.event]), Life())
    left = tuple(what.withheld[name] for name in own if name in what.withheld)
    if left and len(left) == len(own):
        waits = cause.fields(happening.item.connection)
        return replace(skipped(Reason.FIELDS_WITHHELD, f"left out: {', '.join(left)}", waits), withheld=left)
    note = f"told {', '.join(what.fields)}" if what.fields else "the Task shows it already"
    return logged(what.tasks[0], note, left)
