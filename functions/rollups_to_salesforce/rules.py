"""Which activity tells what to which record, and why the others tell nothing; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lockstep.domain import cause
from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import Item, Outcome, State, skipped
from lockstep.domain.moment import Moment, without_person
from lockstep.domain.person import Person, PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.rollup import News, Standing, news
from lockstep.domain.rollup_fields import Fields, places
from lockstep.domain.sales_activity import SalesEvent
from lockstep.domain.settings import Settings
from lockstep.domain.wanted import passed_over


@dataclass(frozen=True, slots=True)
class Part:
    """What one activity tells one record."""

    kind: str
    record: SalesforceId
    news: tuple[News, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """An item with all that it wants told; `withheld` names the fields that it has to leave out."""

    item: Item
    parts: tuple[Part, ...]
    withheld: tuple[str, ...] = ()


def judge(item: Item, event: SalesEvent, record: PersonRecord | None, moment: Moment) -> Wish | Outcome:
    """LS-31, LS-32: what becomes of one item, under the settings of now (I22)."""
    settings = moment.settings
    if refusal := passed_over(item, event, settings):
        return refusal
    if record is None or record.person is None or not record.active:
        return without_person(item, record, moment)
    found = places(record.person, settings.rollups)
    if not found:
        return _no_place(item, record.person, settings)
    told = tuple(news(event, settings.rollup_fields, moment.now))
    return Wish(item, tuple(Part(kind, sfid, told) for kind, sfid in found.items()))


def _no_place(item: Item, person: Person, settings: Settings) -> Outcome:
    if person.salesforce_id is None:
        return skipped(Reason.NO_SF_RECORD, "the person has no Salesforce id", cause.person(item.person_id))
    note = f"the person has no {' and no '.join(settings.rollups)} that Marketo knows of"
    return skipped(Reason.OBJECT_NOT_LOGGED, note)


def permitted(wish: Wish, fields: Mapping[str, Fields]) -> Wish | Outcome:
    """The wish without what its seller may not write; one that has nothing left ends here (ATR-09, 159)."""
    withheld: list[str] = []
    parts: list[Part] = []
    for part in wish.parts:
        mine = fields[part.kind]
        withheld += [mine.withheld[one.rollup] for one in part.news if one.rollup in mine.withheld]
        news = tuple(one for one in part.news if one.rollup in mine.usable)
        if news:
            parts.append(replace(part, news=news))
    left_out = tuple(dict.fromkeys(withheld))
    if not parts:
        note = f"left out: {', '.join(left_out)}"
        outcome = skipped(Reason.FIELDS_WITHHELD, note, cause.fields(wish.item.connection))
        return replace(outcome, withheld=left_out)
    return replace(wish, parts=tuple(parts), withheld=left_out)


def counting(wish: Wish, standings: Mapping[SalesforceId, Standing]) -> Wish | Outcome:
    """The wish without the news that are older than what is known; one that has nothing left is superseded (I12)."""
    newer: list[News] = []
    parts: list[Part] = []
    for part in wish.parts:
        known = [standings[part.record].newer_than(one) for one in part.news]
        news = tuple(one for one, other in zip(part.news, known, strict=True) if other is None)
        newer += [other for other in known if other]
        if news:
            parts.append(replace(part, news=news))
    if not parts:
        pointer = f"{newer[0].event_id} of {newer[0].at:%Y-%m-%d %H:%M} UTC is newer"
        return Outcome(State.SUPERSEDED, Reason.NEWER_ACTIVITY, pointer, withheld=wish.withheld)
    return replace(wish, parts=tuple(parts))
