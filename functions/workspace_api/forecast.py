"""How a retry of an activity would end now, told before anything is sent.

Promises what the flow's own judgement says wherever that needs no look into Salesforce; a test holds the two
together. Whatever stands in the way now is named, so that nothing is sent that would only come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from lockstep.domain.connection import ConnectionState
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import WAITING, Item, State
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.sales_activity import CallLogged, SalesEvent
from lockstep.domain.settings import Settings
from lockstep.domain.wanted import unwanted
from lockstep.runtime.wiring import World
from workspace_api.mail_items import parents as parents_of
from workspace_api.why_around import kind_of, searched

_NO_EMAIL = frozenset({Reason.EMAIL_UNKNOWN, Reason.NOTHING_TO_UPDATE})


@dataclass(frozen=True, slots=True)
class Forecast:
    """What stands in the way of one item now, if anything, and whether its address must be searched."""

    reason: Reason | None
    searched: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What judgements of these items rest on besides the settings."""

    items: Sequence[Item]
    broken: Mapping[UserEmail, Reason | None]
    events: Mapping[str, SalesEvent]
    people: Mapping[MarketoId, PersonRecord]
    parents: Mapping[ItemKey, Sequence[Item]]

    def under(self, settings: Settings) -> dict[ItemKey, Forecast]:
        """The forecast of each item under these settings."""
        return {item.key: self._of(item, settings) for item in self.items}

    def _of(self, item: Item, settings: Settings) -> Forecast:
        event, broken = self.events.get(item.event_id), self.broken[item.connection]
        if event is None:
            return Forecast(broken or Reason.INTERNAL_FAULT)
        if refusal := unwanted(item, event, settings):
            return Forecast(refusal.reason)
        if broken:
            return Forecast(broken)
        return _foretold(item, event, self.people.get(item.person_id), settings, self.parents.get(item.key, ()))


def facts(here: World, items: Sequence[Item]) -> Facts:
    """What is known of these items' sellers, events and people now."""
    events = _events(here, [item.event_id for item in items])
    return Facts(
        items=items,
        broken={user: _broken(here, user) for user in {item.connection for item in items}},
        events=events,
        people=here.people.living([item.person_id for item in items]),
        parents=parents_of(here, items, events),
    )


def forecasts(here: World, items: Sequence[Item]) -> dict[ItemKey, Forecast]:
    """The forecast of each item under the settings in force."""
    return facts(here, items).under(here.settings.current().values)


def _broken(here: World, user: UserEmail) -> Reason | None:
    """Why nothing can be written in this seller's name now (LS-03, LS-36)."""
    link = here.connections.salesforce(user)
    if link is None and not here.connections.is_user(user):
        return Reason.USER_UNKNOWN
    if link is None or link.state is ConnectionState.DISCONNECTED:
        return Reason.NO_CONNECTION
    blocked = link.state is ConnectionState.BLOCKED
    return (link.reason or Reason.CONNECTION_EXPIRED) if blocked else None


def _events(here: World, ids: Sequence[str]) -> dict[str, SalesEvent]:
    """What was received, less what does not read any more."""
    try:
        return here.events.get_many(ids)
    except ValidationError:
        found: dict[str, SalesEvent] = {}
        halves = (ids[: len(ids) // 2], ids[len(ids) // 2 :]) if len(ids) > 1 else ()
        for half in halves:
            found |= _events(here, half)
        return found


def _foretold(
    item: Item, event: SalesEvent, record: PersonRecord | None, settings: Settings, parents: Sequence[Item] = ()
) -> Forecast:
    """What the flow would judge of an item that is wanted, as far as that can be told without a look into Salesforce.

    `parents` are the items of the email that this one is about, or answers.
    """
    if item.effect == "fields" or (item.in_doubt and item.target):
        return Forecast(None)
    if item.effect == "life":
        return _told(item, parents)
    if item.effect == "rollup":
        return _shown(record)
    if any(parent.target and parent.remote_id for parent in parents):
        return Forecast(None)
    return Forecast(None) if item.record else _placed(event, record, settings)


def _shown(record: PersonRecord | None) -> Forecast:
    """The newest activity is shown on the records whose ids the person carries; no other is looked for."""
    if record is None or record.person is None or not record.active:
        return Forecast(Reason.PERSON_UNKNOWN)
    return Forecast(None if record.person.salesforce_id else Reason.NO_SF_RECORD)


def _told(item: Item, parents: Sequence[Item]) -> Forecast:
    """What happened to an email is told where the email is a Task, or may still become one."""
    if not parents:
        return Forecast(item.reason if item.reason in _NO_EMAIL else Reason.EMAIL_UNKNOWN)
    waits = any(parent.state is State.CONFIRMED or parent.state in WAITING for parent in parents)
    return Forecast(None if waits else Reason.EMAIL_NOT_LOGGED)


def _placed(event: SalesEvent, record: PersonRecord | None, settings: Settings) -> Forecast:
    if record is None or record.person is None or not record.active:
        return Forecast(Reason.PERSON_UNKNOWN)
    if own := record.person.salesforce_id:
        return Forecast(None if kind_of(own) in settings.log_to else Reason.OBJECT_NOT_LOGGED)
    if isinstance(event, CallLogged):
        return Forecast(Reason.NO_SF_ID_FOR_CALL)
    return Forecast(None, searched=True) if searched(record.person, event) else Forecast(Reason.NO_SF_RECORD)
