"""What each record of Salesforce was told of the newest activity, shared by all sellers who work on it.

Promises that two workers never write to one record at the same time, and that a record whose last write may
still arrive is left alone until it certainly has (I11): the hold ends by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from lockstep.domain.ids import SalesforceId
from lockstep.domain.rollup import Standing
from lockstep.engine.ports import Chance
from lockstep.store import codec
from lockstep.store.table import Action, Equals, Key, Missing, Put, Table
from lockstep.store.unit import SHARDS, Group, commit


def _key(record: str) -> Key:
    return Key(f"ROLLUP#{record}", "NEWEST")


class Rollups:
    """Rows of records in one table."""

    def __init__(self, table: Table, chance: Chance):
        self._table = table
        self._chance = chance

    def of(self, records: Iterable[SalesforceId]) -> dict[SalesforceId, Standing]:
        """How these records stand; one that was never told anything stands empty."""
        keys = {_key(record): record for record in records}
        rows = self._table.get_many(list(keys))
        return {
            record: codec.read(Standing, {**rows[key], "record": record}) if key in rows else Standing(record)
            for key, record in keys.items()
        }

    def hold(self, standings: Sequence[Standing], until: datetime) -> list[Standing]:
        """Intent before effect: nobody else writes before `until`; returns those that are ours now."""
        return self._save([replace(one, held_until=until) for one in standings])

    def release(self, standings: Sequence[Standing]) -> None:
        """The write has its answer: whoever comes next may write."""
        self._save([replace(one, held_until=None) for one in standings])

    def _save(self, standings: Sequence[Standing]) -> list[Standing]:
        groups = [Group(one.record, [_put(one)]) for one in standings]
        refused = set(commit(self._table, groups, shard=lambda: self._chance.below(SHARDS)))
        return [replace(one, revision=one.revision + 1) for one in standings if one.record not in refused]


def _put(standing: Standing) -> Action:
    when = Equals("revision", standing.revision) if standing.revision else Missing("revision")
    return Put(_key(standing.record), codec.row(replace(standing, revision=standing.revision + 1)), (when,))
