"""An item of the newest activity explained: on which records it is shown, by which fields, and what is newer. Pure."""

from collections.abc import Callable

from lockstep.domain.ids import SalesforceId
from lockstep.domain.item import State
from lockstep.domain.reason import Reason
from lockstep.domain.rollup import FEEDS, news
from lockstep.domain.rollup_fields import fields_of, places
from workspace_api.checks import Stage, Told
from workspace_api.why_around import Around

STAGES = [
    Stage.RECEIVED, Stage.KIND, Stage.EVENT, Stage.NAMED, Stage.USER, Stage.CONNECTION, Stage.PERSON, Stage.RECORD,
    Stage.OBJECT, Stage.FIELDS, Stage.NEWEST, Stage.SALESFORCE, Stage.QUOTA, Stage.ATTEMPTS, Stage.READ_BACK,
]  # fmt: skip


def _wanted(around: Around) -> dict[str, SalesforceId]:
    """The records that are to show it now."""
    return places(around.person, around.now.values.rollups) if around.person else {}


def _record(around: Around) -> Told | None:
    if around.person is None or around.item.state is State.CONFIRMED:
        return None
    if around.person.salesforce_id is None:
        note = "the person has no Salesforce id; no record is searched by address"
        return Told("fail", note, Reason.NO_SF_RECORD)
    return Told("pass", ", ".join(f"{kind} {sfid}" for kind, sfid in around.newest.places.items()))


def _object(around: Around) -> Told | None:
    if around.person is None or around.item.state is State.CONFIRMED:
        return None
    shown = _wanted(around)
    if not shown:
        wanted = " and no ".join(around.now.values.rollups) or "record that is to show it"
        return Told("fail", f"the person has no {wanted} that Marketo knows of", Reason.OBJECT_NOT_LOGGED)
    return Told("pass", f"to be shown on {', '.join(shown)}")


def _fields(around: Around) -> Told | None:
    """The seller's rights as they were read last; Salesforce is not asked for them."""
    names = around.now.values.rollup_fields
    named = [rollup for rollup in FEEDS.get(around.event.type, ()) if rollup in names]
    known = [fields_of(kind, around.newest.schemas[kind], names) for kind in _wanted(around)
             if kind in around.newest.schemas]  # fmt: skip
    if not known or not named:
        return None
    withheld = [one.withheld[rollup] for one in known for rollup in named if rollup in one.withheld]
    usable = [f"{one.kind}.{names[rollup]}" for one in known for rollup in named if rollup in one.usable]
    if not usable:
        return Told("fail", f"left out: {', '.join(withheld)}", Reason.FIELDS_WITHHELD)
    left_out = f"; left out: {', '.join(withheld)}" if withheld else ""
    return Told("pass", f"{', '.join(usable)}{left_out}")


def _newest(around: Around) -> Told | None:
    """Whether each of its records shows something newer in each of its fields."""
    if around.item.state is State.CONFIRMED:
        return None
    told = list(news(around.event, around.now.values.rollup_fields, around.event.instant))
    standings = [around.newest.standings[sfid] for sfid in _wanted(around).values()]
    newer = [standing.newer_than(one) for standing in standings for one in told]
    if not newer:
        return None
    found = [one for one in newer if one]
    if len(found) < len(newer):
        return Told("pass", "nothing newer is known")
    note = f"{found[0].event_id} of {found[0].at:%Y-%m-%d %H:%M} UTC is newer"
    return Told("fail", note, Reason.NEWER_ACTIVITY)


LOOKS: dict[Stage, Callable[[Around], Told | None]] = {
    Stage.RECORD: _record,
    Stage.OBJECT: _object,
    Stage.FIELDS: _fields,
    Stage.NEWEST: _newest,
}
