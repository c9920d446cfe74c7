"""People in the Workspace: one row for each Marketo id ever read, stored or passed over.

Promises that a row is written only over the version it was decided on, that look-ups and the
books move with it, and that opt-outs only ever go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lockstep.catalogue.routes import PEOPLE_FROM_MARKETO
from lockstep.domain.balance import RECEIVED, column
from lockstep.domain.ids import MarketoId
from lockstep.domain.item import State
from lockstep.domain.person import PersonRecord
from lockstep.domain.reason import Reason
from lockstep.engine.ports import Chance
from lockstep.store import codec
from lockstep.store.table import Action, Change, Delete, Equals, Key, Missing, Put, Table
from lockstep.store.unit import SHARDS, Book, Group, commit

STORED = Key(f"COUNT#{PEOPLE_FROM_MARKETO}", "STORED")


def profile_row(person: int) -> Key:
    """What is known of one Marketo id."""
    return Key(f"PERSON#{person}", "PROFILE")


@dataclass(frozen=True, slots=True)
class Known:
    """A record as it was read, with the revision that a write must find unchanged."""

    record: PersonRecord
    revision: int


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


class People:
    """Person rows in one table."""

    def __init__(self, table: Table, chance: Chance):
        self._table = table
        self._chance = chance

    def known(self, ids: Sequence[int]) -> dict[MarketoId, Known]:
        """What is known of these ids, as they stand (successors are not followed)."""
        rows = self._table.get_many([profile_row(person) for person in ids])
        read = (Known(codec.read(PersonRecord, row), int(row["rev"])) for row in rows.values())
        return {known.record.marketo_id: known for known in read}

    def living(self, ids: Sequence[int]) -> dict[MarketoId, PersonRecord]:
        """For each id the record that lives on after merges; chains are followed, cycles end."""
        found: dict[MarketoId, PersonRecord] = {}
        ends = {MarketoId(person): MarketoId(person) for person in ids}
        asked: set[MarketoId] = set()
        while wanted := {end for end in ends.values() if end not in asked}:
            asked |= wanted
            found |= {person: known.record for person, known in self.known(list(wanted)).items()}
            for start, end in ends.items():
                record = found.get(end)
                if record and record.merged_into and record.merged_into not in asked:
                    ends[start] = record.merged_into
        return {start: found[end] for start, end in ends.items() if end in found}

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
        key = profile_row(new.marketo_id)
        revision = known.revision if known else 0
        when = (Equals("rev", revision),) if known else (Missing(),)
        actions: list[Action] = [Put(key, codec.row(new) | {"rev": revision + 1}, when)]
        before, after = _lookups(old), _lookups(new)
        actions += [Put(row, {"marketo_id": new.marketo_id}) for row in sorted(after - before)]
        actions += [Delete(row) for row in sorted(before - after)]
        return Group(new.marketo_id, actions, _counts(old, new))

    def stored(self) -> int:
        """How many people are stored, for the cap of PPL-17."""
        return int((self._table.get(STORED) or {}).get("stored", 0))

    def storing(self, more: int) -> list[Action]:
        """The action that counts newly stored people, to go with a reader's position."""
        return [Change(STORED, add={"stored": more})] if more else []

    def opted_out(self, person: int) -> dict[str, Any] | None:
        """The first opt-out of a person or of those merged into it; None where there is none."""
        known = self.known([person]).get(MarketoId(person))
        merged = known.record.merged_from if known else ()
        for each in (person, *merged):
            rows = self._table.query(f"PERSON#{each}", prefix="OPT_OUT#", limit=1)
            if rows:
                return rows[0]
        return None

    def history(self, person: int, limit: int = 100) -> list[dict[str, Any]]:
        """Activities of a person and of those merged into it, newest first."""
        known = self.known([person]).get(MarketoId(person))
        merged = known.record.merged_from if known else ()
        lines = [
            line
            for each in (person, *merged)
            for line in self._table.query(f"PERSON#{each}", prefix="EVENT#", limit=limit, newest_first=True)
        ]
        return sorted(lines, key=lambda line: str(line["occurred_at"]), reverse=True)[:limit]

    def by_email(self, address: str) -> list[MarketoId]:
        """All people with this address; there may be several (PPL-24)."""
        return self._looked_up(f"EMAIL#{address.strip().lower()}")

    def by_salesforce_id(self, sfid: str) -> list[MarketoId]:
        """People with this lead or contact id, in its 15- or 18-character form."""
        return self._looked_up(f"SFID#{sfid[:15]}")

    def _looked_up(self, pk: str) -> list[MarketoId]:
        return [MarketoId(int(row["marketo_id"])) for row in self._table.query(pk)]


def _counts(old: PersonRecord | None, new: PersonRecord) -> dict[tuple[Book, str], int]:
    book = (PEOPLE_FROM_MARKETO, new.received_on.isoformat())
    if old is None:
        return {(book, RECEIVED): 1, (book, _state(new.reason)): 1}
    before, after = _state(old.reason), _state(new.reason)
    return {} if before == after else {(book, before): -1, (book, after): 1}
