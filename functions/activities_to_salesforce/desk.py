"""What the logging of one seller works with: ports, the seller's connection, and their rights."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from activities_to_salesforce.former import as_seen_from_here
from activities_to_salesforce.rendering import Author
from lockstep.catalogue import quota_shares
from lockstep.catalogue.metrics import Metric
from lockstep.catalogue.routes import ACTIVITIES_TO_SALESFORCE
from lockstep.domain.cause import fields
from lockstep.domain.cause import person as waits_for_person
from lockstep.domain.connection import SalesforceConnection
from lockstep.domain.ids import ItemKey, MarketoId, UserEmail
from lockstep.domain.item import Item, Outcome, State, ready
from lockstep.domain.mail import Mail
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.domain.task import KEY_FIELD, TaskSchema
from lockstep.runtime.lane import SALESFORCE, Along, Lane, Moves
from lockstep.runtime.wiring import World
from lockstep.store.awaited import awaiting
from lockstep.store.mails import Place, cause, place
from lockstep.store.people import Known
from lockstep.store.table import Action

LATE = frozenset({Reason.NO_SF_RECORD, Reason.NO_SF_ID_FOR_CALL, Reason.PERSON_UNKNOWN, Reason.SF_RECORD_GONE})
DESCRIBE_KEPT = timedelta(hours=24)  # ATR-02


class Desk(Lane):
    """The lane of one seller, with what Tasks need besides."""

    confirmed: Metric = "TasksLogged"

    def __init__(self, world: World, user: UserEmail):
        super().__init__(world, ACTIVITIES_TO_SALESFORCE, user)
        self.mails = world.mails
        self.fillings = world.fillings
        self.new_leads = world.new_leads
        self.lease_seconds = world.environment.lease_seconds
        self.gathering = timedelta(seconds=world.environment.gather_seconds)
        self._seen: dict[MarketoId, Known | None] = {}
        self._schema: TaskSchema | None = None

    def link(self) -> SalesforceConnection:
        """The seller's connection; new leads are those of its organization."""
        link = super().link()
        self.new_leads = self.new_leads.within(link.org_id)
        return link

    @property
    def organization(self) -> str:
        """The Salesforce organization of the connection in use."""
        return self._link.org_id if self._link else ""

    def author(self, link: SalesforceConnection) -> Author:
        """The seller as author of Tasks."""
        return Author(link.user_id, link.time_zone, self.schema())

    def schema(self, *, anew: bool = False) -> TaskSchema:
        """What the seller may write on a Task, at most a day old (ATR-02)."""
        known = self._schema or self.world.connections.schema(self.user)
        if anew or known is None or self.clock.now() - known.read_at > DESCRIBE_KEPT:
            known = self.open().describe_task()
            more = self.world.connections.save_schema(self.user, known).gained
            if more and self.ledger.wake(fields(self.user), lambda _: ready("fields or rights have come")):
                self.nudge()
        self._schema = known
        return known

    def look_up(self, people: Iterable[MarketoId]) -> dict[MarketoId, PersonRecord]:
        """The records of these people that live on after merges; what was seen of them is remembered."""
        wanted = sorted(set(people))
        found = self.people.standing(wanted)
        nobody = [person for person in wanted if person not in found]
        left = self.people.known(nobody) if nobody else {}  # merged into somebody who is not here
        self._seen |= {person: found.get(person) or left.get(person) for person in wanted}
        return {person: known.record for person, known in found.items()}

    def person(self, item: Item) -> Known | None:
        """The person of an item, as it was judged."""
        return self._seen.get(item.person_id)

    def learn(self, refused: Iterable[str]) -> None:
        """Remember fields that a save refused although describe let them pass, until the next describe (F036)."""
        known = self.schema(anew=True)
        # one that may only be set when a Task is made is rightly refused when a write is repeated
        names = {name for name in refused if name in known.fields and known.fields[name].updateable}
        if names:
            shut = {n: replace(known.fields[n], createable=False, updateable=False) for n in names}
            usable = known.key_usable and KEY_FIELD not in names
            known = replace(known, fields={**known.fields, **shut}, key_usable=usable)
            self.world.connections.save_schema(self.user, known)
        self._schema = known

    def parents(self, mails: Iterable[Mail]) -> dict[Place, list[Item]]:
        """The items of the Tasks of these mails, as they stand now."""
        by_place = {place(mail): mail.keys for mail in mails}
        keys = sorted({key for some in by_place.values() for key in some})
        items = self.ledger.get_many(ACTIVITIES_TO_SALESFORCE, keys)
        found = {item.key: as_seen_from_here(item, self._link) for item in items}
        return {where: [found[key] for key in some if key in found] for where, some in by_place.items()}

    def put_by(self, moves: Moves, mails: Mapping[ItemKey, Mail]) -> None:
        """Settle, and remember with each mail that something waits for it."""
        waiting = {item.key: mails[item.key] for item, outcome in moves if _awaits(outcome, mails.get(item.key))}
        first = {place(mail): key for key, mail in reversed(waiting.items()) if not mail.awaited}
        self.settle(moves, {key: [self.mails.awaiting(where)] for where, key in first.items()})

    def call_up(self, mails: Iterable[Mail]) -> None:
        """Wake what waited for these mails, now that each of them has its outcome."""
        for mail in mails:
            if mail.awaited:
                self.ledger.wake(cause(mail), lambda _: ready("its email has its outcome"))

    def settle(self, moves: Moves, along: Along | None = None) -> None:
        """Who waits for a person is noted with the outcome, and waits only while the person is as judged (LS-16c)."""
        late = {item.key: self._awaiting(item) for item, outcome in moves if _is_late(item, outcome)}
        moves = [(item, _waiting(item, outcome) if item.key in late else outcome) for item, outcome in moves]
        super().settle(moves, {**(along or {}), **late})

    def _awaiting(self, item: Item) -> list[Action]:
        person = item.person_id
        held = [self.people.unchanged(person, self._seen[person])] if person in self._seen else []
        return [awaiting(person), *held]

    def scarce(self) -> bool:
        """Whether so little of the organization's day is left that only new Tasks are written (DGN-03)."""
        return self.world.budgets.scarce(SALESFORCE, quota_shares.UPDATES)


def _is_late(item: Item, outcome: Outcome) -> bool:
    """Whether a record that the person gains may make this a Task after all."""
    skipped = outcome.state is State.SKIPPED and outcome.reason in LATE
    return skipped and item.effect == "task" and item.record is None


def _waiting(item: Item, outcome: Outcome) -> Outcome:
    return replace(outcome, cause=waits_for_person(item.person_id))


def _awaits(outcome: Outcome, mail: Mail | None) -> bool:
    return mail is not None and outcome.cause == cause(mail)
