"""People in the Workspace: one row for each Marketo id ever read, stored or passed over.

Promises that a row is written only over the version it was decided on, that look-ups and the
books move with it, and that opt-outs only ever go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.balance import RECEIVED, column
from lockstep.domain.ids import MarketoId
from lockstep.domain.item import State
from lockstep.domain.person import Heirs, PersonRecord, with_heirs
from lockstep.domain.reason import Reason
from lockstep.engine.ports import Chance
from lockstep.store import codec
from lockstep.store.table import Action, Change, Check, Delete, Equals, Key, Missing, Put, Row, Table
from lockstep.store.unit import SHARDS, Book, Group, commit, count_key

STORED: Book = (PEOPLE_FROM_MARKETO, "STORED")  # all days together, for the cap of PPL-17


def profile_row(person: int) -> Key:
    """What is known of one Marketo id."""
    return Key(f"PERSON#{person}", "PROFILE")


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it was read, with the revision that a write must find unchanged.

    `heirs` says what records of this person became in the organization `heirs_of`, until Marketo brings other ids.
    """

    record: PersonRecord
    revision: int
    heirs: Heirs = field(default_factory=dict)
    heirs_of: str = ""

    def heirs_in(self, organization: str) -> Heirs:
        """What the records became there; ids of another organization lead nowhere (I24)."""
        return self.heirs if self.heirs_of == organization else {}


def _state(reason: Reason | None) -> str:
    return column(State.SKIPPED if reason else State.CONFIRMED, reason)


def _lookups(record: PersonRecord | None) -> set[Key]:
    person = record.person if record else None
    if person is None:
        return set()
    ids = (person.salesforce_contact_id, person.salesforce_lead_id)
    keys = {Key(f"SFID#{sfid[:15]}", str(person.marketo_id)) for sfid in ids if sfid}
    if person.email:
        keys.add(Key(f"EMAIL#{person.email.strip().lower()}", str(person.marketo_id)))
    return keys


def _ids(lookups: set[Key]) -> set[Key]:
    return {key for key in lookups if key.pk.startswith("SFID#")}


class People:
    """Person rows in one table."""

    def __init__(self, table: Table, chance: Chance):
        self._table = table
        self._chance = chance

    def known(self, ids: Sequence[int]) -> dict[MarketoId, Known]:
        """What is known of these ids, as they stand (successors are not followed)."""
        rows = self._table.get_many([profile_row(person) for person in ids])
        read = (
            Known(codec.read(PersonRecord, row), int(row["rev"]), row.get("heirs", {}), row.get("heirs_of", ""))
            for row in rows.values()
        )
        return {known.record.marketo_id: known for known in read}

    def living(self, ids: Sequence[int]) -> dict[MarketoId, PersonRecord]:
        """For each id the record that lives on after merges; chains are followed, cycles end (F076)."""
        return {person: known.record for person, known in self.standing(ids).items()}

    def standing(self, ids: Sequence[int]) -> dict[MarketoId, Known]:
        """The same with the revision of each record, so that a write can hold on to it."""
        found: dict[MarketoId, Known] = {}
        asked: set[MarketoId] = set()
        wanted = {MarketoId(person) for person in ids}
        while wanted:
            asked |= wanted
            read = self.known(sorted(wanted))
            found |= read
            wanted = {known.record.merged_into for known in read.values() if known.record.merged_into} - asked
        ends = {MarketoId(person): _end(MarketoId(person), found) for person in ids}
        return {start: end for start, end in ends.items() if end}

    def save(
        self,
        changes: Sequence[tuple[Known | None, PersonRecord]],
        *,
        position: Callable[[int], list[Action]] | None = None,
    ) -> list[MarketoId]:
        """Store decided records with look-ups and counters; returns ids changed by others meanwhile.

        `position(done)` moves the reader's cursor in the same transactions (LostFence on conflict).
        """
        groups = [self._saving(known, record) for known, record in changes]
        refused: list[MarketoId] = commit(
            self._table, groups, shard=lambda: self._chance.below(SHARDS), position=position
        )
        return refused

    def _saving(self, known: Known | None, new: PersonRecord) -> Group:
        old = known.record if known else None
        if old:
            new = replace(new, received_on=old.received_on)  # the books of the day of the first read
        key = profile_row(new.marketo_id)
        revision = known.revision if known else 0
        when = (Equals("rev", revision),) if known else (Missing(),)
        before, after = _lookups(old), _lookups(new)
        stays = known is not None and known.heirs and _ids(before) == _ids(after)
        kept: Row = {"heirs": dict(known.heirs), "heirs_of": known.heirs_of} if known and stays else {}
        actions: list[Action] = [Put(key, codec.row(new) | {"rev": revision + 1} | kept, when)]
        actions += [Put(row, {"marketo_id": new.marketo_id}) for row in sorted(after - before)]
        actions += [Delete(row) for row in sorted(before - after)]
        return Group(new.marketo_id, actions, _counts(old, new))

    def remember(self, became: Sequence[tuple[Known, Heirs]], organization: str) -> None:
        """Keep what records of these people became there; one who was stored anew meanwhile is looked up anew."""
        groups = [
            Group(
                known.record.marketo_id,
                [
                    Change(
                        profile_row(known.record.marketo_id),
                        set={"heirs": with_heirs(known.heirs_in(organization), heirs), "heirs_of": organization},
                        when=(Equals("rev", known.revision),),
                    )
                ],
            )
            for known, heirs in became
        ]
        commit(self._table, groups, shard=lambda: 0)

    def unchanged(self, person: int, known: Known | None) -> Action:
        """The action that goes on only while a person is as it was read (None: not here)."""
        key = profile_row(known.record.marketo_id if known else person)
        return Check(key, (Equals("rev", known.revision) if known else Missing(),))

    def stored(self) -> int:
        """How many people are stored, for the cap of PPL-17; exact at any moment."""
        rows = self._table.snapshot([count_key(STORED, shard) for shard in range(SHARDS)])
        return sum(int(row["people"]) for row in rows.values())

    def opted_out(self, person: int) -> dict[str, Any] | None:
        """The first opt-out of a person or of those merged into it; None where there is none."""
        for each in self._selves(person):
            rows = self._table.query(f"PERSON#{each}", prefix="OPT_OUT#", limit=1)
            if rows:
                return rows[0]
        return None

    def history(self, person: int, limit: int = 100) -> list[dict[str, Any]]:
        """Activities of a person and of those merged into it, newest first."""
        lines = [
            line
            for each in self._selves(person)
            for line in self._table.query(f"PERSON#{each}", prefix="EVENT#", limit=limit, newest_first=True)
        ]
        return sorted(lines, key=lambda line: str(line["occurred_at"]), reverse=True)[:limit]

    def _selves(self, person: int) -> list[MarketoId]:
        """A person and everybody ever merged into it, over any number of merges."""
        found = [MarketoId(person)]
        asked = 0
        while asked < len(found):
            known = self.known(found[asked:])
            asked = len(found)
            merged = (each for one in known.values() for each in one.record.merged_from)
            found += [each for each in dict.fromkeys(merged) if each not in found]
        return found

    def by_email(self, address: str) -> list[MarketoId]:
        """All people with this address; there may be several (PPL-24)."""
        return self._looked_up(f"EMAIL#{address.strip().lower()}")

    def by_salesforce_id(self, sfid: str) -> list[MarketoId]:
        """People with this lead or contact id, in its 15- or 18-character form."""
        return self._looked_up(f"SFID#{sfid[:15]}")

    def _looked_up(self, pk: str) -> list[MarketoId]:
        return [MarketoId(int(row["marketo_id"])) for row in self._table.query(pk)]


def _end(start: MarketoId, found: dict[MarketoId, Known]) -> Known | None:
    passed = {start}
    known = found.get(start)
    while known and known.record.merged_into and known.record.merged_into not in passed:
        passed.add(known.record.merged_into)
        known = found.get(known.record.merged_into)
    return known


def _counts(old: PersonRecord | None, new: PersonRecord) -> dict[tuple[Book, str], int]:
    book = (PEOPLE_FROM_MARKETO, new.received_on.isoformat())
    counts = {(book, RECEIVED): 0 if old else 1, (book, _state(new.reason)): 1}
    if old:
        before = (book, _state(old.reason))
        counts[before] = counts.get(before, 0) - 1
    if new.person and not (old and old.person):
        counts[STORED, "people"] = 1
    return {name: delta for name, delta in counts.items() if delta}
